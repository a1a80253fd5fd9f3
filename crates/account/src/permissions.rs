//! The role's permissions policy.
//!
//! `s3:ListBucket` is an action on the bucket, `s3:PutObject` one on its objects (Service Authorization Reference,
//! "Actions, resources, and condition keys for Amazon S3"). A policy that allows both on `bucket/*` lets files in and
//! denies every listing.

use serde_json::{Value, json};

use crate::narrowing::literal;
use crate::setup::{SetupOptions, permissions};

/// The published statement beside the corrected ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The lines that most likely stand in the role's policy.
    pub published: Vec<String>,
    /// The lines that should stand there instead.
    pub corrected: Vec<String>,
    /// The whole corrected document.
    pub document: String,
}

/// What to tell an administrator whose role may upload, but not list. `prefix` is empty or ends in `/`; `partition` is
/// the role ARN's (`aws`, `aws-cn`, `aws-us-gov`); `options` is what the destination's uploads need besides.
pub fn advice(partition: &str, bucket: &str, prefix: &str, options: &SetupOptions) -> Advice {
    let bucket_arn = format!("arn:{partition}:s3:::{bucket}");
    let line = |actions: &str, resource: &str| {
        format!("\"Action\": {actions}, \"Resource\": \"{resource}\"")
    };
    let below = literal(prefix);
    Advice {
        published: vec![line(
            r#"["s3:PutObject", "s3:ListBucket"]"#,
            &format!("{bucket_arn}/*"),
        )],
        corrected: vec![
            line(r#""s3:PutObject""#, &format!("{bucket_arn}/{below}*")),
            line(r#""s3:ListBucket""#, &bucket_arn),
        ],
        document: pretty(&permissions(
            &json!(bucket_arn),
            &json!(format!("{bucket_arn}/{below}*")),
            &below,
            options,
        )),
    }
}

pub(crate) fn pretty(document: &Value) -> String {
    // A value built here always prints.
    serde_json::to_string_pretty(document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listing_is_allowed_on_the_bucket_and_only_below_the_prefix() {
        let advice = advice(
            "aws",
            "s3-fs-example-bucket",
            "incoming/",
            &SetupOptions::default(),
        );
        let document: Value = serde_json::from_str(&advice.document).expect("json");
        let list = &document["Statement"][1];
        assert_eq!(list["Resource"], "arn:aws:s3:::s3-fs-example-bucket");
        assert_eq!(list["Condition"]["StringLike"]["s3:prefix"], "incoming/*");
        assert_eq!(
            document["Statement"][0]["Resource"],
            "arn:aws:s3:::s3-fs-example-bucket/incoming/*"
        );
    }

    #[test]
    fn without_a_prefix_there_is_no_condition_and_other_partitions_keep_theirs() {
        let advice = advice("aws-cn", "b-1", "", &SetupOptions::default());
        assert!(!advice.document.contains("Condition"));
        assert!(advice.document.contains("arn:aws-cn:s3:::b-1/*"));
    }
}
