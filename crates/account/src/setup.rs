//! The five set-up steps as one model: what is to be there in the account. Its documents, its exports and what makes it all
//! come from here, so that the three ways have one result.

mod administrator;
mod console;
mod documents;
mod export;
mod provision;

pub use administrator::{Administrator, ProvisionError};
pub use console::{Paste, Step, link, pastes};
pub use documents::Documents;
pub(crate) use documents::{asking, permissions};
pub use export::{Export, export};
#[cfg(feature = "fuzzing")]
pub use provision::fuzzing;
pub use provision::{
    Item, Kept, NewKey, Outcome, Plan, Scope, Seen, Standing, Thing, Withheld, apply, drop_key,
    key_ids, key_is_kept, make_key, plan, undo,
};
use serde_json::{Value, json};

use crate::narrowing::literal;

/// What the steps make, and what was chosen for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// Of the bucket and of STS.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Where uploads go in it: empty, or ends in `/`.
    pub prefix: String,
    /// The IAM user whose access key asks for sessions; one that is there may have a path before its name (`team/mira`).
    pub user: String,
    /// The user's account, where it is not the role's.
    pub user_account: Option<String>,
    /// The role that sessions act as; the same holds.
    pub role: String,
    /// What a session may last at most; IAM takes 3,600 to 43,200 s.
    pub longest_session_seconds: u32,
    /// The bucket refuses whoever comes without TLS; false only for a server that has none.
    pub only_tls: bool,
    /// More than the least.
    pub options: SetupOptions,
}

/// Choices that make the trust narrower, or the permissions wider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "choices of a form")]
pub struct SetupOptions {
    /// A session needs a one-time code of the user's MFA device.
    pub needs_mfa: bool,
    /// A session needs this word of a third party ("The confused deputy problem", IAM user guide).
    pub external_id: Option<String>,
    /// A session is given to these addresses only, in CIDR form.
    pub source_ips: Vec<String>,
    /// Uploads that were begun can be removed by who began them.
    pub may_abort: bool,
    /// The bucket encrypts with this KMS key, by its ARN; else with S3's own keys.
    pub kms_key: Option<String>,
    /// Objects get tags when they are stored.
    pub tags_objects: bool,
    /// Sessions are tagged.
    pub tags_sessions: bool,
    /// Sessions carry a source identity.
    pub names_source: bool,
}

/// The names of the inline policies, as the console shows them.
pub(crate) const ROLE_POLICY: &str = "upload";
pub(crate) const USER_POLICY: &str = "ask-for-a-session";
/// The name of the rule that does it.
pub(crate) const LIFECYCLE_RULE: &str = "sandglass-incomplete-uploads";
/// After so many days the bucket removes what was begun and never completed.
pub(crate) const DAYS_OF_INCOMPLETE: u32 = 7;
/// Marks what was made here, and by which set-up, so that it is found again and nothing else is removed.
pub(crate) const TAG: &str = "sandglass";

/// On somebody else's user or role that was given a right with a yes.
pub(crate) const RIGHT_TAG: &str = "sandglass-right";

/// Characters of a tag's value.
const LONGEST_TAG: usize = 256;

/// The partition of a region ("AWS Regions", partitions).
pub fn partition_of(region: &str) -> &'static str {
    match region.trim() {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

impl Setup {
    /// The tag's value: bucket and folder, in the characters and the length that tags take ("Tag naming limits and
    /// requirements" in the IAM user guide), less `=` and spaces, which shells and short forms read as their own.
    pub fn mark(&self) -> String {
        let is_taken = |c: char| c.is_alphanumeric() || "_.:/+-@".contains(c);
        let mark = format!("{}/{}", self.bucket, self.prefix);
        let mark = mark.chars().map(|c| if is_taken(c) { c } else { '-' });
        mark.take(LONGEST_TAG).collect()
    }

    /// As IAM's requests name the user: without a path ("IAM identifiers", friendly names and paths).
    pub(crate) fn user_name(&self) -> &str {
        self.user.rsplit('/').next().unwrap_or_default()
    }

    /// As [`Setup::user_name`].
    pub(crate) fn role_name(&self) -> &str {
        self.role.rsplit('/').next().unwrap_or_default()
    }

    /// As CreateRole takes it: none for the usual one.
    pub(crate) fn role_path(&self) -> Option<String> {
        let (path, _) = self.role.rsplit_once('/')?;
        Some(format!("/{path}/"))
    }

    /// The prefix as a policy reads it: without wildcards and variables.
    pub(crate) fn literal_prefix(&self) -> String {
        literal(&self.prefix)
    }

    /// `ServerSideEncryptionByDefault`, as S3's API and CloudFormation have it.
    pub(crate) fn encryption(&self) -> Value {
        match &self.options.kms_key {
            Some(key) => json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}),
            None => json!({"SSEAlgorithm": "AES256"}),
        }
    }

    pub(crate) fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.bucket)
    }

    pub(crate) fn user_arn(&self, account: &str) -> String {
        let account = self.user_account.as_deref().unwrap_or(account);
        format!("arn:{}:iam::{account}:user/{}", self.partition, self.user)
    }

    /// The role that a destination names.
    pub fn role_arn(&self, account: &str) -> String {
        format!("arn:{}:iam::{account}:role/{}", self.partition, self.role)
    }
}
