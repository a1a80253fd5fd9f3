//! Results on standard output: words, or one JSON object a line. Sentences about failures on standard error.

use std::io::Write;

use app::{Conflict, Failure, News, Note, Proof, Row, RowState, SkippedPath};
use serde::Serialize;

/// How to say it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Voice {
    Words,
    Json,
}

impl Voice {
    /// One result: an object, or the words for it.
    pub(crate) fn say(self, object: &impl Serialize, words: impl FnOnce() -> String) {
        let line = match self {
            Self::Words => words(),
            // These types always serialise.
            Self::Json => serde_json::to_string(object).unwrap_or_default(),
        };
        // A closed pipe ends the listener's interest, not the upload.
        let _ = writeln!(std::io::stdout(), "{line}");
    }

    /// A failed command.
    pub(crate) fn fail(self, failure: &Failure) {
        if let Self::Json = self {
            self.say(
                &FailedCommand {
                    failure: failure.into(),
                },
                String::new,
            );
        }
        eprintln!("sandglass: {failure}");
    }
}

#[derive(Debug, Serialize)]
struct FailedCommand {
    failure: FailureObject,
}

#[derive(Debug, Serialize)]
pub(crate) struct FailureObject {
    code: &'static str,
    message: String,
    remedy: &'static str,
    about: String,
}

impl From<&Failure> for FailureObject {
    fn from(failure: &Failure) -> Self {
        Self {
            code: failure.code.as_str(),
            message: failure.message(),
            remedy: failure.remedy().as_str(),
            about: failure.about.clone(),
        }
    }
}

/// What a sign-in did not get.
pub(crate) fn news(news: News, destination: &str) -> String {
    match news {
        News::LengthLowered { to } => format!(
            "the role of “{destination}” allows sessions of {} seconds at most; from now on that much is asked for",
            to.seconds()
        ),
        News::NarrowingOff => format!(
            "the server of “{destination}” did not take the policy that narrows a session: its sessions can do all that the role may"
        ),
    }
}

/// A row that ended or waits.
#[derive(Debug, Serialize)]
pub(crate) struct RowObject {
    key: Option<String>,
    name: String,
    drop: Option<u64>,
    state: &'static str,
    size_bytes: Option<u64>,
    etag: Option<String>,
    crc64nvme: Option<String>,
    /// What shows that the object holds the bytes that were read.
    proof: Option<&'static str>,
    note: Option<&'static str>,
    conflict: Option<&'static str>,
    failure: Option<FailureObject>,
}

impl From<&Row> for RowObject {
    fn from(row: &Row) -> Self {
        let receipt = match &row.state {
            RowState::Stored(receipt) => Some(receipt),
            _ => None,
        };
        Self {
            key: Some(row.key.clone()),
            name: row.name.clone(),
            drop: Some(row.drop.0),
            state: state_word(&row.state),
            size_bytes: Some(row.size_bytes),
            etag: receipt.map(|receipt| receipt.etag.clone()),
            crc64nvme: receipt.map(|receipt| receipt.crc64nvme.to_header()),
            proof: receipt.map(|receipt| proof_word(receipt.proof)),
            note: row.note.map(note_word),
            conflict: match &row.state {
                RowState::Conflict(conflict) => Some(conflict_word(conflict)),
                _ => None,
            },
            failure: row.failure.as_ref().map(FailureObject::from),
        }
    }
}

impl From<&SkippedPath> for RowObject {
    fn from(path: &SkippedPath) -> Self {
        Self {
            key: None,
            name: path.name.clone(),
            drop: None,
            state: "skipped",
            size_bytes: None,
            etag: None,
            crc64nvme: None,
            proof: None,
            note: None,
            conflict: None,
            failure: Some((&path.failure).into()),
        }
    }
}

impl RowObject {
    pub(crate) fn words(&self) -> String {
        let what = self.key.as_deref().unwrap_or(&self.name);
        match &self.failure {
            Some(failure) => format!("{}: {what}: {}", self.state, failure.message),
            None => format!("{}: {what}", self.state.replace('_', " ")),
        }
    }
}

pub(crate) fn state_word(state: &RowState) -> &'static str {
    match state {
        RowState::Waiting => "waiting",
        RowState::Sending => "sending",
        RowState::Paused => "paused",
        RowState::WaitingForNetwork => "waiting_for_network",
        RowState::WaitingForSignIn => "waiting_for_sign_in",
        RowState::Stored(_) => "stored",
        RowState::Conflict(_) => "conflict",
        RowState::Failed(_) => "failed",
        RowState::Cancelled => "cancelled",
        RowState::Skipped => "skipped",
    }
}

pub(crate) fn proof_word(proof: Proof) -> &'static str {
    match proof {
        Proof::Checksum => "checksum",
        Proof::ETag => "etag",
        Proof::NotReported => "notReported",
    }
}

fn note_word(note: Note) -> &'static str {
    match note {
        Note::StartedAgain => "startedAgain",
        Note::FileChanged => "fileChanged",
    }
}

fn conflict_word(conflict: &Conflict) -> &'static str {
    match conflict {
        Conflict::Taken => "taken",
        Conflict::MaybeStored => "maybeStored",
        Conflict::SameKey { .. } => "sameKey",
        Conflict::CaseTwin { .. } => "caseTwin",
    }
}
