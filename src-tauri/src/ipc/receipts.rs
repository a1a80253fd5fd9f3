//! What stays of uploads: receipts, past drops, and what was begun and never finished.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Proof;

/// What the server confirmed about a stored object.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The object's key.
    pub key: String,
    /// Size.
    #[ts(type = "number")]
    pub size_bytes: u64,
    /// Of the whole object, computed from the bytes sent; as S3 writes it.
    pub crc64nvme: String,
    /// As the server wrote it.
    pub etag: String,
    /// In a bucket with versions.
    pub version_id: Option<String>,
    /// When the answer came, RFC 3339.
    pub stored_at: String,
    /// What shows that the object holds these bytes.
    pub proof: Proof,
}

/// A drop whose receipts are kept.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PastDrop {
    /// Unique in this data folder, for ever.
    #[ts(type = "number")]
    pub drop: u64,
    /// The folder in the bucket that it went to: a whole prefix.
    pub folder: String,
    /// When, RFC 3339.
    pub added_at: String,
    /// Files in all.
    #[ts(type = "number")]
    pub files: u64,
    /// Files stored.
    #[ts(type = "number")]
    pub stored: u64,
    /// Bytes in all.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// How receipts are written to a file.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ReceiptFormat {
    /// A table.
    Csv,
    /// What `sandglass verify` reads too.
    Json,
}

/// An upload that was begun and never finished: its parts stay on the server, and are paid for.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Abandoned {
    /// The key that it was for.
    pub key: String,
    /// Bytes that the server has confirmed.
    #[ts(type = "number")]
    pub confirmed_bytes: u64,
    /// When it was given up, RFC 3339.
    pub abandoned_at: String,
    /// S3's name for it.
    pub upload_id: String,
}
