//! The wire: what crosses between the page and Rust, and nothing else does.
//!
//! Only these types are serialised for the page. A path, a secret or a session never stands in an
//! outgoing one; the access key stands in [`TypedKey`], which only comes in. `cargo xtask bindings` writes
//! them as TypeScript to `ui/src/ipc/bindings.ts`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A failed command, a failed row: what happened and what to do.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The closed code; the page has a sentence for each, in each language.
    #[ts(as = "Code")]
    pub code: String,
    /// The English sentence, for the log and for copying.
    pub message: String,
    /// What the person can do.
    #[ts(as = "Remedy")]
    pub remedy: String,
    /// The thing the sentence names: a file, a bucket, a role.
    pub about: String,
}

/// Stands for `app::Code` in the bindings, whose list is written from `app::Code::ALL`.
#[derive(TS)]
pub struct Code;

/// Stands for `app::Remedy` in the bindings, whose list is written from `app::Remedy::ALL`.
#[derive(TS)]
pub struct Remedy;

/// A saved target, without any secret.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// Stable id.
    pub id: String,
    /// The name the person gave.
    pub name: String,
    /// Bucket.
    pub bucket: String,
    /// Region.
    pub region: String,
    /// Folder in the bucket: empty, or ends in `/`.
    pub prefix: String,
    /// The role a session acts as.
    pub role_arn: String,
    /// Another S3 endpoint than AWS's.
    pub endpoint: Option<String>,
    /// Is it the sandbox on this computer?
    pub is_sandbox: bool,
    /// Last four characters of the access key id.
    pub key_ends: String,
    /// A one-time code is asked for at sign-in.
    pub needs_mfa: bool,
    /// Another STS endpoint than the region's.
    pub sts_endpoint: Option<String>,
    /// How long a session is asked for.
    pub session_seconds: u32,
    /// `ExternalId`.
    pub external_id: Option<String>,
    /// MFA serial.
    pub mfa_serial: Option<String>,
}

/// Where a destination's session stands.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Session {
    /// Never signed in since the start.
    None,
    /// STS is being asked.
    SigningIn,
    /// Uploads may run.
    Running {
        /// Time left when this was sent.
        #[ts(type = "number")]
        seconds_left: u64,
        /// The whole length.
        #[ts(type = "number")]
        length_seconds: u64,
        /// The end, RFC 3339.
        ends_at: String,
    },
    /// Over.
    Ended {
        /// Why.
        cause: EndCause,
    },
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EndCause {
    /// Its time was up.
    Time,
    /// The server refused it before its time.
    Server,
    /// *End session*.
    User,
}

/// How far a row is.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RowState {
    /// In the queue.
    Waiting,
    /// Bytes are on their way.
    Sending,
    /// In the bucket, checksum proved.
    Stored,
    /// Goes on after the next sign-in.
    WaitingForSignIn,
    /// Another object has this key: replace, keep both or skip.
    Conflict,
    /// See its failure.
    Failed,
    /// The person took it back.
    Cancelled,
    /// The person left the object that was there.
    Skipped,
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
    pub planning: bool,
}

/// A path of a drop that is not uploaded, and why.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Its name inside the drop.
    pub name: String,
    /// Why.
    pub failure: Failure,
}

/// One line of the listing.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// A folder (a common prefix)?
    pub is_folder: bool,
    /// The last part of the key.
    pub name: String,
    /// The whole key, or the folder's prefix.
    pub key: String,
    /// Size of an object.
    #[ts(type = "number | null")]
    pub size_bytes: Option<u64>,
    /// When it was stored, RFC 3339.
    pub modified: Option<String>,
    /// Storage class, when told.
    pub storage_class: Option<String>,
}

/// One page of the listing.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Folders and objects.
    pub entries: Vec<Entry>,
    /// Give this to `list` for the next page.
    pub next: Option<String>,
}

/// The policy of the published tutorial beside the corrected one.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyAdvice {
    /// The statements that most likely stand there: denied listing.
    pub published: Vec<String>,
    /// The statements that should.
    pub corrected: Vec<String>,
    /// The whole corrected document, to copy.
    pub document: String,
}

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

/// The connect form, as the person filled it.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectForm {
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

/// What to do with a row whose key is taken.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConflictChoice {
    /// Overwrite the object.
    Replace,
    /// Store under `name (2).ext`.
    KeepBoth,
    /// Leave the object, drop the row.
    Skip,
}

/// Everything, as `watch` sends it first.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// All destinations.
    pub destinations: Vec<Destination>,
    /// The one that is shown; null before the first.
    pub selected: Option<String>,
    /// One for each destination that has been signed in to, by id.
    pub sessions: Vec<DestinationSession>,
    /// All rows of all destinations.
    pub rows: Vec<Row>,
    /// One for each destination with rows.
    pub totals: Vec<Totals>,
}

/// A session and whose it is.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestinationSession {
    /// Destination id.
    pub destination: String,
    /// Its session.
    pub session: Session,
}

/// What `watch` sends: the snapshot first, then changes in the order they happened.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Change {
    /// Everything; first, and again after a gap.
    Snapshot {
        /// The state.
        snapshot: Snapshot,
    },
    /// The list of destinations, or which one is shown.
    Destinations {
        /// All.
        destinations: Vec<Destination>,
        /// Shown.
        selected: Option<String>,
    },
    /// A session began, ended, or is being asked for. Also sent every 30 s, so that the countdown stays true.
    Session(DestinationSession),
    /// New rows.
    RowsAdded {
        /// Rows.
        rows: Vec<Row>,
    },
    /// Rows that moved; at most ten times a second.
    RowsChanged {
        /// Rows.
        rows: Vec<RowChange>,
    },
    /// Rows that left the drawer.
    RowsRemoved {
        /// Ids.
        #[ts(type = "Array<number>")]
        ids: Vec<u64>,
    },
    /// New sums; at most ten times a second.
    Totals(Totals),
    /// Paths of the last drop that are not uploaded.
    Skipped {
        /// Paths.
        skipped: Vec<Skipped>,
    },
    /// Files hang over the window; null when they left or fell.
    DropHover {
        /// How many dropped things (a folder counts as one).
        #[ts(type = "number | null")]
        items: Option<u64>,
    },
    /// Just stored: the listing shows these without asking the server.
    Arrived {
        /// Where.
        destination: String,
        /// Objects, in full keys.
        entries: Vec<Entry>,
    },
    /// Something failed that belongs to no row and no command.
    Failed {
        /// What.
        failure: Failure,
    },
}
