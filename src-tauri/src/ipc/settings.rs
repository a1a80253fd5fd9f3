//! What a person sets: for one destination's uploads, and for all.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a destination's uploads get besides their bytes, and what of a drop is taken. Texts as they were typed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UploadOptions {
    /// Store the file's time of change as `x-amz-meta-mtime`.
    pub keeps_mtime: bool,
    /// One of S3's names; empty for the bucket's own.
    pub storage_class: String,
    /// Id or ARN of a KMS key; empty for the bucket's own encryption.
    pub kms_key: String,
    /// `a=1, b=2`; empty for none.
    pub tags: String,
    /// Follow links that stay inside the dropped folder.
    pub follows_links: bool,
    /// Store an empty folder as an object of no bytes whose key ends in `/`.
    pub marks_empty_folders: bool,
    /// Names that are left out of a dropped folder, with commas between.
    pub leaves_out: String,
}

/// What holds for all destinations.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// At most this many requests at a time, 1 to 512; null: as many as are of use.
    pub most_requests: Option<u32>,
    /// At most this many KiB in a second, over all destinations; null: no limit.
    #[ts(type = "number | null")]
    pub kib_per_second: Option<u64>,
    /// A drop is shown before anything of it is sent.
    pub looks_first: bool,
}
