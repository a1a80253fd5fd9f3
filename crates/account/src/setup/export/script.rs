//! A shell script of aws-cli calls, each behind a look whether it is needed: a second run changes nothing that is right, and
//! no policy that somebody wrote.

use serde_json::{Value, json};

use super::filled;
use crate::permissions::pretty;
use crate::setup::documents::Documents;
use crate::setup::{DAYS_OF_INCOMPLETE, ROLE_POLICY, Setup, TAG, USER_POLICY};

/// Stands for the account until the script knows it.
const ACCOUNT: &str = "@ACCOUNT@";

pub(super) fn script(setup: &Setup) -> String {
    let documents = Documents::of(setup, ACCOUNT);
    let region = quoted(&setup.region);
    let location = match setup.region.as_str() {
        "us-east-1" => String::new(),
        _ => format!(" --create-bucket-configuration LocationConstraint={region}"),
    };
    filled(
        include_str!("script.sh"),
        &[
            ("@DOCUMENTS@", &variables(setup, &documents)),
            ("@REGION@", &region),
            ("@BUCKET@", &quoted(&setup.bucket)),
            ("@USER@", &quoted(&setup.user)),
            ("@ROLE@", &quoted(&setup.role)),
            ("@MARK@", &quoted(&setup.mark())),
            ("@LOCATION@", &location),
            ("@LONGEST@", &setup.longest_session_seconds.to_string()),
            ("@DAYS@", &DAYS_OF_INCOMPLETE.to_string()),
            ("@TAG@", TAG),
            ("@ROLE_POLICY@", ROLE_POLICY),
            ("@USER_POLICY@", USER_POLICY),
            ("@PARTITION@", &setup.partition),
        ],
    )
}

/// Each as a variable of the shell's, with the account filled in. Queries hold them between backticks.
fn variables(setup: &Setup, documents: &Documents) -> String {
    let encryption = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": setup.encryption()}]});
    let variable = |(name, document): (&str, &Value)| {
        let document = quoted(&pretty(document).replace('`', r"\u0060"));
        format!("{name}={document}\n{name}=${{{name}//{ACCOUNT}/$account}}\n")
    };
    let all = [
        ("creation", &creation(setup)),
        ("encryption", &encryption),
        ("lifecycle", &documents.lifecycle),
        ("bucket_policy", &documents.bucket),
        ("trust", &documents.trust),
        ("permissions", &documents.permissions),
        ("user_policy", &documents.user),
    ];
    all.map(variable).concat()
}

/// `CreateBucketConfiguration`; only us-east-1 takes no location ("CreateBucket", S3 API reference).
fn creation(setup: &Setup) -> Value {
    let mut creation = json!({"Tags": [{"Key": TAG, "Value": setup.mark()}]});
    if setup.region != "us-east-1" {
        creation["LocationConstraint"] = json!(setup.region);
    }
    creation
}

/// As one word of a shell's.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::documents::tests::plain;

    #[test]
    fn a_backtick_in_a_prefix_does_not_end_a_query() {
        let setup = Setup {
            prefix: "it`s/".to_owned(),
            ..plain()
        };
        let variables = variables(&setup, &Documents::of(&setup, ACCOUNT));
        assert!(!variables.contains('`'), "{variables}");
        assert!(
            variables.contains(r"s3-fs-example-bucket/it\u0060s/*"),
            "{variables}"
        );
    }
}
