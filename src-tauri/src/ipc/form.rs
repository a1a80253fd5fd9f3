//! The connect form, and the one way in which an access key crosses.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Addressing, SessionOptions, UploadOptions};

/// A key that was read from a CSV file in Rust and waits there for `connect`.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyFile {
    /// Name it in `connect`.
    #[ts(type = "number")]
    pub ticket: u64,
    /// The file's name, without its folder.
    pub file_name: String,
    /// Last four characters of the access key id.
    pub key_ends: String,
}

/// The connect form without its key: as the person filled it, or as an offer fills it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormFields {
    /// Name.
    pub name: String,
    /// Role ARN.
    pub role_arn: String,
    /// Region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Folder in the bucket; may be empty.
    pub prefix: String,
    /// S3 endpoint; empty for AWS.
    pub endpoint: String,
    /// STS endpoint; empty for the region's, or for `endpoint` where that is set.
    pub sts_endpoint: String,
    /// Session length in seconds; empty for an hour.
    pub session_seconds: String,
    /// `ExternalId`; may be empty.
    pub external_id: String,
    /// MFA serial; may be empty.
    pub mfa_serial: String,
    /// How the bucket's server is addressed.
    pub addressing: Addressing,
    /// What its sessions are asked for besides the role.
    pub session: SessionOptions,
    /// What its uploads get besides their bytes.
    pub uploads: UploadOptions,
}

/// The connect form with its key.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectForm {
    /// What was filled in.
    #[serde(flatten)]
    pub fields: FormFields,
    /// The access key was just created: AWS may not know it yet.
    pub is_key_new: bool,
    /// The access key.
    pub key: FormKey,
    /// The destination that this one takes the place of; null for a new one.
    pub replaces: Option<String>,
}

/// Where the form's access key comes from.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "from", rename_all = "camelCase")]
pub enum FormKey {
    /// Typed into the form.
    Typed(TypedKey),
    /// The one that the replaced destination has already.
    Kept,
    /// Read from the console's CSV file.
    File {
        /// From `choose_key_file`.
        #[ts(type = "number")]
        ticket: u64,
    },
}

/// A typed access key. It crosses once, this way only; its `Debug` shows nothing.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TypedKey {
    /// Access key ID.
    pub id: String,
    /// Secret access key.
    #[ts(as = "String")]
    pub secret: secrecy::SecretString,
}

impl std::fmt::Debug for TypedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedKey(…)")
    }
}
