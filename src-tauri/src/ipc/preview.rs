//! A drop before anything of it is sent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Skipped;

/// What is known of a drop that waits for the person's word. Sent again while its folders are walked.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Names it in `send_previewed` and `drop_previewed`.
    #[ts(type = "number")]
    pub token: u64,
    /// Where it would go.
    pub destination: String,
    /// The folder in the bucket: a whole prefix.
    pub folder: String,
    /// Everything has been walked and looked for.
    pub is_done: bool,
    /// Files that would be uploaded.
    #[ts(type = "number")]
    pub files: u64,
    /// Their bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Folders that were walked.
    #[ts(type = "number")]
    pub folders: u64,
    /// Paths that would not be added; the first 1,000.
    pub skipped: Vec<Skipped>,
    /// How many in all.
    #[ts(type = "number")]
    pub skipped_count: u64,
    /// Names that meet another name of this drop: the same key, or only another case; the first 1,000.
    pub twins: Vec<String>,
    /// Names whose keys are taken in the bucket; the first 1,000.
    pub conflicts: Vec<String>,
    /// How many in all.
    #[ts(type = "number")]
    pub conflict_count: u64,
    /// Could the bucket be looked at?
    pub listing: Looked,
    /// Does it fit into the session?
    pub fit: Fit,
}

/// Whether the bucket was looked at for keys that are taken.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Looked {
    /// It was.
    Looked,
    /// The role may not see the list.
    Denied,
    /// Not yet, or nobody is signed in.
    NotLooked,
}

/// Whether a drop fits into the session at the speed that was measured.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Fit {
    /// It does.
    Yes,
    /// It does not.
    No {
        /// What it would take.
        #[ts(type = "number")]
        needed_seconds: u64,
    },
    /// Nothing has been measured, or nobody is signed in.
    Unknown,
}

/// What to do with the conflicts of a drop that is sent.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PreviewChoice {
    /// Stop each and ask.
    Ask,
    /// Leave the objects that are there.
    Skip,
    /// Overwrite them.
    Replace,
    /// Store under `name (2).ext`.
    KeepBoth,
}
