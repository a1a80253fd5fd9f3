//! The five steps in AWS's console: which page, and what to put there.

use serde_json::Value;

use super::{Documents, Setup};
use crate::permissions::pretty;

/// One of the five steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// STS is active in the region.
    Sts,
    /// The bucket.
    Bucket,
    /// The user.
    User,
    /// The role, with its two policies.
    Role,
    /// The user's inline policy.
    UserPolicy,
}

impl Step {
    /// All, in their order.
    pub const ALL: &[Self] = &[
        Self::Sts,
        Self::Bucket,
        Self::User,
        Self::Role,
        Self::UserPolicy,
    ];

    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Bucket => "bucket",
            Self::User => "user",
            Self::Role => "role",
            Self::UserPolicy => "userPolicy",
        }
    }
}

/// A document to paste, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paste {
    /// The bucket's policy.
    BucketPolicy,
    /// The role's trust policy.
    Trust,
    /// The role's permissions policy.
    Permissions,
    /// The user's inline policy.
    UserPolicy,
}

impl Paste {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BucketPolicy => "bucketPolicy",
            Self::Trust => "trust",
            Self::Permissions => "permissions",
            Self::UserPolicy => "userPolicy",
        }
    }
}

/// The documents of a step, as text.
pub fn pastes(setup: &Setup, account: &str, step: Step) -> Vec<(Paste, String)> {
    let documents = Documents::of(setup, account);
    let of = |paste: Paste, document: &Value| (paste, pretty(document));
    match step {
        Step::Sts | Step::User => Vec::new(),
        Step::Bucket => vec![of(Paste::BucketPolicy, &documents.bucket)],
        Step::Role => vec![
            of(Paste::Trust, &documents.trust),
            of(Paste::Permissions, &documents.permissions),
        ],
        Step::UserPolicy => vec![of(Paste::UserPolicy, &documents.user)],
    }
}

/// The console's page for a step. Names are of the characters that IAM and S3 take, so that they need no escape but `+`, `=`,
/// `,` and `@`, which a fragment may hold (RFC 3986).
pub fn link(setup: &Setup, step: Step) -> String {
    let host = match setup.partition.as_str() {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    let (region, user) = (&setup.region, &setup.user);
    match step {
        Step::Sts => format!("https://{host}/iam/home#/account_settings"),
        Step::Bucket => format!("https://{host}/s3/bucket/create?region={region}"),
        Step::User => format!("https://{host}/iam/home#/users/create"),
        Step::Role => format!("https://{host}/iam/home#/roles/create"),
        Step::UserPolicy => {
            format!("https://{host}/iam/home#/users/details/{user}?section=permissions")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::documents::tests::plain;

    #[test]
    fn each_partition_has_its_console_and_each_step_its_page() {
        let setup = plain();
        assert_eq!(
            link(&setup, Step::Bucket),
            "https://console.aws.amazon.com/s3/bucket/create?region=ap-northeast-1"
        );
        let china = Setup {
            partition: "aws-cn".to_owned(),
            ..setup
        };
        assert!(link(&china, Step::UserPolicy).starts_with("https://console.amazonaws.cn/iam/"));
        assert!(link(&china, Step::UserPolicy).contains("/sts-s3-upload-user?"));
        let all: Vec<_> = Step::ALL
            .iter()
            .flat_map(|step| pastes(&china, "123456789012", *step))
            .collect();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|(_, text)| text.contains("arn:aws-cn:")));
    }
}
