//! The AWS side on the wire: the form of a set-up, its texts, its plan.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is to be set up, as it was written.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupFields {
    /// Region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Folder in the bucket, or empty.
    pub prefix: String,
    /// IAM user; empty for the usual one.
    pub user: String,
    /// Role; empty for the usual one.
    pub role: String,
    /// The account's 12 digits; empty where nobody knows them yet.
    pub account: String,
    /// A session needs a one-time code.
    pub needs_mfa: bool,
    /// ExternalId, or empty.
    pub external_id: String,
    /// Addresses and networks, with commas between them.
    pub source_ips: String,
    /// Uploads that were begun can be removed.
    pub may_abort: bool,
    /// A KMS key's ARN, or empty.
    pub kms_key: String,
}

/// A set-up in words: what to paste in the console, and itself as code.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupTexts {
    /// The five steps, in their order.
    pub steps: Vec<SetupStep>,
    /// A template of CloudFormation's.
    pub cloudformation: String,
    /// A configuration of Terraform's.
    pub terraform: String,
    /// A script of aws-cli calls.
    pub aws_cli: String,
    /// The names that stand where none were chosen.
    pub user: String,
    /// As `user`.
    pub role: String,
}

/// One of the five steps.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupStep {
    /// Which.
    #[ts(type = "\"sts\" | \"bucket\" | \"user\" | \"role\" | \"userPolicy\"")]
    pub step: &'static str,
    /// What to paste there.
    pub pastes: Vec<SetupPaste>,
}

/// A document to paste.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupPaste {
    /// Which.
    #[ts(type = "\"bucketPolicy\" | \"trust\" | \"permissions\" | \"userPolicy\"")]
    pub paste: &'static str,
    /// The document.
    pub text: String,
}

/// What is there in the account, and what would be made or changed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupPlan {
    /// Whose rights are used, by ARN.
    pub administrator: String,
    /// Tells this plan from another one: a yes is for what was seen.
    pub seal: String,
    /// False where IAM did not simulate what it was asked: a denial or a boundary may stand in the way unseen.
    pub is_simulated: bool,
    /// One for each thing.
    pub items: Vec<SetupItem>,
}

/// The plan that a yes is for.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupSeen {
    /// Whose rights it was made with, by ARN.
    pub administrator: String,
    /// The plan's own.
    pub seal: String,
}

/// A thing of the plan.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupItem {
    /// Which.
    #[ts(type = "SetupThing")]
    pub thing: &'static str,
    /// How it stands.
    #[ts(type = "\"missing\" | \"right\" | \"otherwise\" | \"withheld\"")]
    pub standing: &'static str,
    /// Why it is left as it is, where it is withheld.
    #[ts(type = "\"condition\" | \"deny\" | \"above\" | \"otherAccount\" | \"unclear\" | null")]
    pub why: Option<&'static str>,
    /// It was there before, and is not touched without a yes.
    pub is_foreign: bool,
    /// Its document, line by line: what would stay, go and come.
    pub diff: Vec<DiffLine>,
}

/// A line of a document that would be changed.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// What becomes of it.
    #[ts(type = "\"stays\" | \"goes\" | \"comes\"")]
    pub change: &'static str,
    /// It.
    pub text: String,
}

/// What became of a thing.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupDone {
    /// Which.
    #[ts(type = "SetupThing")]
    pub thing: &'static str,
    /// What became of it.
    #[ts(type = "SetupOutcome")]
    pub outcome: &'static str,
}
