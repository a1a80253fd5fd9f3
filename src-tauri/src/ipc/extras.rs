//! What a richer role allows.

use serde::Serialize;
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
