//! Rows: files on their way, what they ask, and their sums.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// How far a row is.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RowState {
    /// In the queue.
    Waiting,
    /// Bytes are on their way.
    Sending,
    /// The person holds it back.
    Paused,
    /// The server cannot be reached; goes on by itself when it can.
    WaitingForNetwork,
    /// In the bucket; `proof` says what shows it.
    Stored,
    /// Goes on after the next sign-in.
    WaitingForSignIn,
    /// The person must choose; `conflict` says what the key meets.
    Conflict,
    /// See its failure.
    Failed,
    /// The person took it back.
    Cancelled,
    /// The person left the object that was there.
    Skipped,
}

/// What a row's key meets.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Conflict {
    /// Another object has it.
    Taken,
    /// An object of the same size has it, and an answer was lost: it may be this file.
    MaybeStored,
    /// Another file of the same drop goes to the same key.
    SameKey,
    /// Another file of the same drop differs only in upper and lower case.
    CaseTwin,
}

/// What a row's history holds that its state does not show.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Note {
    /// The server no longer knew what had been sent: the file started again.
    StartedAgain,
    /// The file changed since it was planned: it started again with what it is now.
    FileChanged,
}

/// What shows that the object holds the bytes that were read.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Proof {
    /// The server told the same CRC64NVME of the whole object.
    Checksum,
    /// The object's size and `ETag` are those of the bytes.
    Etag,
    /// The server took it and told no checksum.
    NotReported,
}

/// One file on its way.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Unique in this data folder, for ever.
    #[ts(type = "number")]
    pub id: u64,
    /// The destination it goes to.
    pub destination: String,
    /// The drop that brought it.
    #[ts(type = "number")]
    pub drop: u64,
    /// The file's name, with the dropped folder's path before it (`day-01/a.wav`).
    pub name: String,
    /// The object's key.
    pub key: String,
    /// Size.
    #[ts(type = "number")]
    pub size_bytes: u64,
    /// Bytes that S3 has confirmed, plus those on their way.
    #[ts(type = "number")]
    pub sent_bytes: u64,
    /// State.
    pub state: RowState,
    /// Set when the state is `failed`.
    pub failure: Option<Failure>,
    /// What happened on the way.
    pub note: Option<Note>,
    /// Set when the state is `stored`.
    pub proof: Option<Proof>,
    /// Set when the state is `conflict`.
    pub conflict: Option<Conflict>,
    /// The other file's name inside the drop, where `conflict` names one.
    pub other: Option<String>,
}

/// What changed in one row.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RowChange {
    /// Which.
    #[ts(type = "number")]
    pub id: u64,
    /// The key (changes with *Keep both*).
    pub key: String,
    /// Size (changes when a file is planned again).
    #[ts(type = "number")]
    pub size_bytes: u64,
    /// Bytes.
    #[ts(type = "number")]
    pub sent_bytes: u64,
    /// State.
    pub state: RowState,
    /// Set when the state is `failed`.
    pub failure: Option<Failure>,
    /// What happened on the way.
    pub note: Option<Note>,
    /// Set when the state is `stored`.
    pub proof: Option<Proof>,
    /// Set when the state is `conflict`.
    pub conflict: Option<Conflict>,
    /// The other file's name inside the drop, where `conflict` names one.
    pub other: Option<String>,
}

/// The sums over one destination's rows.
#[derive(Clone, Debug, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Which destination.
    pub destination: String,
    /// Files in all (without cancelled and skipped ones).
    #[ts(type = "number")]
    pub files: u64,
    /// Files stored.
    #[ts(type = "number")]
    pub files_stored: u64,
    /// Files that failed or ask something.
    #[ts(type = "number")]
    pub files_stopped: u64,
    /// Files that the person holds back.
    #[ts(type = "number")]
    pub files_paused: u64,
    /// Files that wait until the server can be reached.
    #[ts(type = "number")]
    pub files_waiting_for_network: u64,
    /// Bytes in all.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes sent.
    #[ts(type = "number")]
    pub bytes_sent: u64,
    /// Smoothed speed; 0 when nothing runs.
    #[ts(type = "number")]
    pub bytes_per_second: u64,
    /// Time left at that speed, when it can be said.
    #[ts(type = "number | null")]
    pub seconds_left: Option<u64>,
    /// Paths are still being walked.
    pub is_planning: bool,
    /// The destination holds all its rows back.
    pub is_paused: bool,
    /// False: the server cannot be reached, and what can go on does so by itself when it can.
    pub is_reachable: bool,
}

/// What to do with a row that stands in conflict.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConflictChoice {
    /// Overwrite the object.
    Replace,
    /// Store under `name (2).ext`.
    KeepBoth,
    /// Leave the object, drop the row.
    Skip,
    /// Store under its own key beside its twin; for `caseTwin` only.
    SendAnyway,
}
