//! The session policy that narrows a role to what one destination's uploads need.
//!
//! A session may do what both its role and this policy allow ("Session policies", IAM user guide), so that a role that may
//! more does not do more by accident.

use serde_json::{Value, json};

/// What a destination's uploads use.
#[derive(Clone, Copy, Debug)]
pub struct Needs<'a> {
    /// The role ARN's: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    /// The bucket.
    pub bucket: &'a str,
    /// Empty, or ends in `/`.
    pub prefix: &'a str,
    /// The region whose S3 may use KMS keys in the session's name; none where the server is not AWS's and the destination
    /// names no key.
    pub kms_region: Option<&'a str>,
    /// Its objects are tagged.
    pub tags_objects: bool,
}

/// The document, in as few characters as it has: STS takes 2,048, and packs it together with the tags.
pub fn session_policy(needs: &Needs<'_>) -> String {
    let Needs {
        partition,
        bucket,
        prefix,
        ..
    } = needs;
    let bucket_arn = format!("arn:{partition}:s3:::{bucket}");
    let mut on_objects = vec!["s3:PutObject", "s3:AbortMultipartUpload"];
    if needs.tags_objects {
        on_objects.push("s3:PutObjectTagging");
    }
    let mut list = json!({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket_arn});
    if !prefix.is_empty() {
        list["Condition"] = json!({"StringLike": {"s3:prefix": format!("{}*", literal(prefix))}});
    }
    let objects = format!("{bucket_arn}/{}*", literal(prefix));
    let mut statements = vec![
        json!({"Effect": "Allow", "Action": on_objects, "Resource": objects}),
        list,
    ];
    // A bucket may encrypt with a key of its own that nobody here knows. S3 needs both rights for uploads in parts.
    statements.extend(needs.kms_region.map(|region| {
        let service = format!("s3.{region}.amazonaws.com");
        json!({
            "Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*",
            "Condition": {"StringLike": {"kms:ViaService": format!("{service}*")}},
        })
    }));
    Value::to_string(&json!({"Version": "2012-10-17", "Statement": statements}))
}

/// A folder's name may hold what policies read as wildcards and variables; those have escapes ("IAM policy elements:
/// Variables", special characters).
pub(crate) fn literal(prefix: &str) -> String {
    let mut text = String::with_capacity(prefix.len());
    for c in prefix.chars() {
        match c {
            '*' | '?' | '$' => {
                text.push_str("${");
                text.push(c);
                text.push('}');
            }
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: Needs<'_> = Needs {
        partition: "aws",
        bucket: "s3-fs-example-bucket",
        prefix: "incoming/",
        kms_region: None,
        tags_objects: false,
    };

    fn statements(needs: &Needs<'_>) -> Vec<Value> {
        let document: Value = serde_json::from_str(&session_policy(needs)).expect("json");
        document["Statement"].as_array().expect("a list").clone()
    }

    #[test]
    fn a_session_may_store_and_list_below_its_prefix_and_no_more() {
        let statements = statements(&NEEDS);
        assert_eq!(statements.len(), 2);
        assert_eq!(
            statements[0]["Action"],
            json!(["s3:PutObject", "s3:AbortMultipartUpload"])
        );
        assert_eq!(
            statements[0]["Resource"],
            "arn:aws:s3:::s3-fs-example-bucket/incoming/*"
        );
        assert_eq!(
            statements[1]["Resource"],
            "arn:aws:s3:::s3-fs-example-bucket"
        );
        assert_eq!(
            statements[1]["Condition"]["StringLike"]["s3:prefix"],
            "incoming/*"
        );
    }

    #[test]
    fn tags_and_keys_get_their_rights_where_the_destination_uses_them() {
        let needs = Needs {
            prefix: "",
            kms_region: Some("ap-northeast-1"),
            tags_objects: true,
            ..NEEDS
        };
        let statements = statements(&needs);
        assert_eq!(statements[0]["Action"][2], "s3:PutObjectTagging");
        assert_eq!(statements[1].get("Condition"), None);
        let via = &statements[2]["Condition"]["StringLike"]["kms:ViaService"];
        assert_eq!(via, "s3.ap-northeast-1.amazonaws.com*");
    }

    #[test]
    fn a_folder_whose_name_holds_a_wildcard_stays_that_folder() {
        let needs = Needs {
            prefix: "100%*?$/",
            ..NEEDS
        };
        let resource = statements(&needs)[0]["Resource"].clone();
        assert_eq!(
            resource,
            "arn:aws:s3:::s3-fs-example-bucket/100%${*}${?}${$}/*"
        );
    }

    #[test]
    fn the_longest_names_fit_into_what_sts_takes() {
        let (bucket, prefix) = ("b".repeat(63), format!("{}/", "p".repeat(500)));
        let needs = Needs {
            partition: "aws-us-gov",
            bucket: &bucket,
            prefix: &prefix,
            kms_region: Some("us-gov-west-1"),
            tags_objects: true,
        };
        assert!(session_policy(&needs).chars().count() <= 2048);
    }
}
