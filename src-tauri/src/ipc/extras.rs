//! What a richer role allows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// What is offered besides uploads.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Extras {
    /// A temporary link, and downloading.
    pub reads: bool,
    /// Deleting.
    pub deletes: bool,
}

/// What became of objects that were to be deleted.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Deleted {
    /// How many are no longer listed.
    pub count: usize,
    /// The bucket keeps versions: it has hidden them and not removed them.
    pub are_hidden: bool,
    /// Why not all of them.
    pub failure: Option<Failure>,
}

/// An object to download.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Its key.
    pub key: String,
    /// Its size, as the listing tells it.
    #[ts(type = "number")]
    pub size_bytes: u64,
}

/// How far a download is.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Download {
    /// Names it, for `stop_download`.
    #[ts(type = "number")]
    pub id: u64,
    /// From where.
    pub destination: String,
    /// How many objects.
    pub files: usize,
    /// How many of them are there whole.
    pub files_done: usize,
    /// Their size, as the listing tells it.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes that have come.
    #[ts(type = "number")]
    pub bytes_done: u64,
    /// Nothing more comes.
    pub is_over: bool,
}

/// What became of a download.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Downloaded {
    /// How many of the objects, from the first on, are there whole.
    pub files: usize,
    /// The person stopped it.
    pub was_stopped: bool,
    /// Why not all of them.
    pub failure: Option<Failure>,
}
