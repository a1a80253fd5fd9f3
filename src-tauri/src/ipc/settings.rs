//! What a person sets: for one destination's uploads, and for all.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Language;

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

/// What a destination's sessions are asked for besides the role. Texts as they were typed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionOptions {
    /// `project=alpha, team=field`; empty for none.
    pub tags: String,
    /// Who acts, for AWS's logs; empty for none.
    pub source_identity: String,
    /// The session's name in AWS's logs; empty for this computer's `user@host`.
    pub name: String,
    /// All that the role may do, instead of only what this destination's uploads need.
    pub is_whole_role: bool,
    /// The role is said to allow deleting.
    pub may_delete: bool,
}

/// How the bucket's server is addressed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Addressing {
    /// Where the bucket's name goes.
    pub style: AddressingStyle,
    /// The endpoints with FIPS 140 modules.
    pub is_fips: bool,
    /// The endpoints that answer over IPv6, too.
    pub is_dual_stack: bool,
}

/// Where the bucket's name goes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AddressingStyle {
    /// Into the path where another endpoint is named, else into the host name.
    Usual,
    /// `https://server/bucket/key`.
    Path,
    /// `https://bucket.server/key`.
    VirtualHosted,
}

/// What holds for all destinations.
#[expect(clippy::struct_excessive_bools, reason = "each says another thing")]
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
    /// Only when it holds so many files or more; 1 for every drop.
    pub looks_first_from: u32,
    /// The desktop says it when a session ends soon and the window is not in front.
    pub notifies: bool,
    /// Sessions end when nobody has touched keyboard or mouse for so many minutes; null: never.
    pub idle_minutes: Option<u32>,
    /// Sessions end when the screen is locked.
    pub ends_on_lock: bool,
    /// Null: the system's.
    pub language: Option<Language>,
    /// Light or dark.
    pub theme: Theme,
    /// The log says more than usual.
    pub logs_in_detail: bool,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
