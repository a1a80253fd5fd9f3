//! The policies of a set-up. Each is written once; who asks says how the ARNs read: as they are, or as a template refers to
//! what it makes.

use serde_json::{Value, json};

use super::{DAYS_OF_INCOMPLETE, LIFECYCLE_RULE, Setup, SetupOptions};

/// How a document names what is made.
pub(crate) struct Arns {
    pub(crate) user: Value,
    pub(crate) role: Value,
    pub(crate) bucket: Value,
    /// Everything in the bucket.
    pub(crate) all_objects: Value,
    /// Everything below the prefix.
    pub(crate) objects: Value,
}

/// The policies, ready to be put where they belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    /// Step 2, the bucket's: nobody comes without TLS.
    pub bucket: Value,
    /// Step 4, the role's trust.
    pub trust: Value,
    /// Step 4, the role's permissions.
    pub permissions: Value,
    /// Step 5, the user's.
    pub user: Value,
    /// The bucket's lifecycle, as PutBucketLifecycleConfiguration takes it.
    pub lifecycle: Value,
}

impl Documents {
    /// For this account.
    pub fn of(setup: &Setup, account: &str) -> Self {
        let bucket = setup.bucket_arn();
        Self::with(
            setup,
            &Arns {
                user: json!(setup.user_arn(account)),
                role: json!(setup.role_arn(account)),
                all_objects: json!(format!("{bucket}/*")),
                objects: json!(format!("{bucket}/{}*", setup.literal_prefix())),
                bucket: json!(bucket),
            },
        )
    }

    pub(crate) fn with(setup: &Setup, arns: &Arns) -> Self {
        Self {
            bucket: bucket_policy(arns),
            trust: trust(setup, arns),
            permissions: permissions(
                &arns.bucket,
                &arns.objects,
                &setup.literal_prefix(),
                &setup.options,
            ),
            user: user_policy(setup, arns),
            lifecycle: lifecycle(),
        }
    }
}

fn policy(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// "Amazon S3 policy keys", `aws:SecureTransport`.
fn bucket_policy(arns: &Arns) -> Value {
    policy(&[json!({
        "Sid": "OnlyWithTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [arns.bucket, arns.all_objects],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    })])
}

fn trust(setup: &Setup, arns: &Arns) -> Value {
    let options = &setup.options;
    let mut statement = json!({
        "Sid": "OnlyThisUser", "Effect": "Allow", "Principal": {"AWS": arns.user},
        "Action": asking(options.tags_sessions, options.names_source),
    });
    let mut conditions = serde_json::Map::new();
    if options.needs_mfa {
        conditions.insert(
            "Bool".to_owned(),
            json!({"aws:MultiFactorAuthPresent": "true"}),
        );
    }
    if let Some(external_id) = &options.external_id {
        conditions.insert(
            "StringEquals".to_owned(),
            json!({"sts:ExternalId": external_id}),
        );
    }
    if !options.source_ips.is_empty() {
        conditions.insert(
            "IpAddress".to_owned(),
            json!({"aws:SourceIp": options.source_ips}),
        );
    }
    if !conditions.is_empty() {
        statement["Condition"] = Value::Object(conditions);
    }
    policy(&[statement])
}

/// What a session may do: `below` is the prefix as policies read it, or empty.
pub(crate) fn permissions(
    bucket: &Value,
    objects: &Value,
    below: &str,
    options: &SetupOptions,
) -> Value {
    let mut list = json!({"Sid": "SeeTheList", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket});
    if !below.is_empty() {
        list["Condition"] = json!({"StringLike": {"s3:prefix": format!("{below}*")}});
    }
    let store = if options.tags_objects {
        json!(["s3:PutObject", "s3:PutObjectTagging"])
    } else {
        json!("s3:PutObject")
    };
    let mut statements = vec![
        json!({"Sid": "Upload", "Effect": "Allow", "Action": store, "Resource": objects}),
        list,
    ];
    if options.may_abort {
        statements.push(json!({
            "Sid": "RemoveWhatWasBegun", "Effect": "Allow", "Action": "s3:AbortMultipartUpload", "Resource": objects,
        }));
    }
    if let Some(key) = &options.kms_key {
        statements.push(json!({
            "Sid": "Encrypt", "Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": key,
        }));
    }
    policy(&statements)
}

fn user_policy(setup: &Setup, arns: &Arns) -> Value {
    let asking = asking(setup.options.tags_sessions, setup.options.names_source);
    policy(&[
        json!({"Sid": "AskForASession", "Effect": "Allow", "Action": asking, "Resource": arns.role}),
    ])
}

/// What asks for a session: one as a text, several as a list, as people write them.
pub(crate) fn asking(tags_sessions: bool, names_source: bool) -> Value {
    let more = [
        (tags_sessions, "sts:TagSession"),
        (names_source, "sts:SetSourceIdentity"),
    ];
    let more = more.iter().filter(|(is_asked, _)| *is_asked);
    let actions: Vec<&str> = std::iter::once("sts:AssumeRole")
        .chain(more.map(|(_, action)| *action))
        .collect();
    match actions[..] {
        [only] => json!(only),
        _ => json!(actions),
    }
}

fn lifecycle() -> Value {
    json!({"Rules": [{
        "ID": LIFECYCLE_RULE, "Status": "Enabled", "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": DAYS_OF_INCOMPLETE},
    }]})
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::setup) fn plain() -> Setup {
        Setup {
            partition: "aws".to_owned(),
            region: "ap-northeast-1".to_owned(),
            bucket: "s3-fs-example-bucket".to_owned(),
            prefix: "incoming/".to_owned(),
            user: "sts-s3-upload-user".to_owned(),
            user_account: None,
            role: "sts-s3-example-role".to_owned(),
            longest_session_seconds: 43_200,
            only_tls: true,
            options: SetupOptions::default(),
        }
    }

    #[test]
    fn the_least_set_up_allows_two_actions_and_trusts_one_user() {
        let documents = Documents::of(&plain(), "123456789012");
        let statements = documents.permissions["Statement"]
            .as_array()
            .expect("a list");
        let actions: Vec<_> = statements
            .iter()
            .map(|statement| &statement["Action"])
            .collect();
        assert_eq!(actions, ["s3:PutObject", "s3:ListBucket"]);
        assert_eq!(
            statements[0]["Resource"],
            "arn:aws:s3:::s3-fs-example-bucket/incoming/*"
        );
        assert_eq!(
            statements[1]["Resource"],
            "arn:aws:s3:::s3-fs-example-bucket"
        );
        let trust = &documents.trust["Statement"][0];
        assert_eq!(
            trust["Principal"]["AWS"],
            "arn:aws:iam::123456789012:user/sts-s3-upload-user"
        );
        assert_eq!(trust.get("Condition"), None);
    }

    #[test]
    fn each_choice_is_one_condition_or_one_statement_more() {
        let setup = Setup {
            prefix: String::new(),
            options: SetupOptions {
                needs_mfa: true,
                external_id: Some("alpha".to_owned()),
                source_ips: vec!["192.0.2.0/24".to_owned()],
                may_abort: true,
                kms_key: Some("arn:aws:kms:ap-northeast-1:123456789012:key/k".to_owned()),
                tags_objects: true,
                tags_sessions: true,
                ..SetupOptions::default()
            },
            ..plain()
        };
        let documents = Documents::of(&setup, "123456789012");
        let condition = &documents.trust["Statement"][0]["Condition"];
        let actions = &documents.trust["Statement"][0]["Action"];
        assert_eq!(actions, &json!(["sts:AssumeRole", "sts:TagSession"]));
        assert_eq!(condition["Bool"]["aws:MultiFactorAuthPresent"], "true");
        assert_eq!(condition["StringEquals"]["sts:ExternalId"], "alpha");
        assert_eq!(condition["IpAddress"]["aws:SourceIp"][0], "192.0.2.0/24");
        let statements = documents.permissions["Statement"]
            .as_array()
            .expect("a list");
        assert_eq!(statements.len(), 4);
        assert_eq!(statements[0]["Action"][1], "s3:PutObjectTagging");
        assert_eq!(statements[1].get("Condition"), None, "the whole bucket");
    }
}
