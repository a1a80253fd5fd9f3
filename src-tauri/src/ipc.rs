//! The wire: what crosses between the page and Rust, and nothing else does.
//!
//! Only these types are serialised for the page. A path, a secret or a session never stands in an
//! outgoing one; the access key stands in [`TypedKey`], which only comes in. `cargo xtask bindings` writes
//! them as TypeScript to `ui/src/ipc/bindings.ts`.

mod account;
mod examine;
mod extras;
mod form;
mod keys;
mod network;
mod offer;
mod preview;
mod receipts;
mod rows;
mod settings;
mod views;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use account::{
    DiffLine, SetupDone, SetupFields, SetupItem, SetupPaste, SetupPlan, SetupSeen, SetupStep,
    SetupTexts,
};
pub use examine::{Finding, FindingState, Verdict};
pub use extras::{Deleted, Download, Downloaded, Extras, Wanted};
pub use form::{ConnectForm, FormFields, FormKey, KeyFile, TypedKey};
pub use keys::{
    KeyPresence, KeyState, LastUse, OldKey, OtherKey, OtherKeyRole, Rotated, RotationOutlook,
};
pub use network::{Network, ProxyChoice, ProxyForm, TrustedFile};
pub use offer::{AwsProfile, Offer, OfferSource};
pub use preview::{Fit, Looked, Preview, PreviewChoice};
pub use receipts::{Abandoned, PastDrop, Receipt, ReceiptFormat};
pub use rows::{Conflict, ConflictChoice, Note, Proof, Row, RowChange, RowState, Totals};
pub use settings::{
    Addressing, AddressingStyle, Preferences, SessionOptions, Theme, UploadOptions,
};
pub use views::{Column, Entry, Lines, Order, View};

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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says another thing of it"
)]
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
    /// How the bucket's server is addressed.
    pub addressing: Addressing,
    /// What its sessions are asked for besides the role.
    pub session: SessionOptions,
    /// Its server did not take the policy that narrows a session.
    pub refuses_policy: bool,
    /// The longest session that the role was found to allow, where that is less than was wanted.
    pub longest_session_seconds: Option<u32>,
    /// The person called it a key that was just created.
    pub is_key_new: bool,
    /// When the access key came into this computer's keychain, RFC 3339; null where that is not known.
    pub key_since: Option<String>,
    /// What its uploads get besides their bytes, and what of a drop is taken.
    pub uploads: UploadOptions,
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
    SigningIn {
        /// The key was just created and AWS does not know it yet: it is asked again, for a minute at most.
        waits_for_new_key: bool,
    },
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
        /// STS is being asked for the next one.
        is_renewing: bool,
        /// It is renewed by itself until its files are through.
        keeps_renewing: bool,
    },
    /// Over.
    Ended {
        /// Why.
        cause: EndCause,
    },
}

/// What a person should know once.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(
    tag = "what",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum News {
    /// The role allows shorter sessions only; from now on that much is asked for.
    LengthLowered {
        /// That much.
        to_seconds: u32,
    },
    /// The server takes no session policy: sessions can do all that the role may.
    NarrowingOff,
}

/// A language that the page speaks.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// What the text for the administrator is about.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LetterAbout {
    /// The last sign-in.
    SignIn,
    /// The list, or an upload.
    Bucket,
    /// To rotate the access key.
    OwnKeys,
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
    /// Nobody touched keyboard or mouse for as long as the settings say.
    Idle,
    /// The screen was locked, and the settings say so.
    ScreenLocked,
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
    /// What holds for all destinations.
    pub preferences: Preferences,
    /// Does this system tell that its screen is locked or that nobody is there?
    pub knows_absence: bool,
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

/// A place on the page, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
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
    /// A session ends soon; told twice.
    EndsSoon {
        /// Whose.
        destination: String,
        /// Time left.
        #[ts(type = "number")]
        seconds_left: u64,
    },
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
        /// Where they are.
        at: Option<Point>,
    },
    /// Files fell here: the page says into which folder, with `take_drop`.
    Dropped {
        /// Names the drop.
        #[ts(type = "number")]
        token: u64,
        /// Where.
        at: Point,
    },
    /// An open view holds other lines than before, or is no longer looked through.
    Viewed {
        /// What is known now.
        view: View,
    },
    /// How far a download is; at most ten times a second, and at its end.
    Downloading(Download),
    /// Something failed that belongs to no row and no command.
    Failed {
        /// What.
        failure: Failure,
        /// Where; null for what concerns none of them.
        destination: Option<String>,
    },
    /// What is no failure, and what the person should know once.
    News {
        /// Whose.
        destination: String,
        /// What.
        news: News,
    },
    /// What holds for all destinations has changed.
    Preferences(Preferences),
    /// A drop that is looked at before anything is sent: what is known of it so far.
    Preview {
        /// It takes the place of the one with the same token.
        preview: Preview,
    },
    /// A file that was dropped or opened is not uploaded: it would make a destination, or is a key for one.
    Offered {
        /// What.
        offer: Box<Offer>,
    },
    /// The window is to close while files are not finished: `quit_now` or `stay_open`.
    AskQuit {
        /// Files whose bytes are on their way.
        #[ts(type = "number")]
        running: u64,
        /// Files that wait, whatever for.
        #[ts(type = "number")]
        waiting: u64,
    },
}
