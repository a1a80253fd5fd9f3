//! What is known of a destination's access key; never the key.

use serde::Serialize;
use ts_rs::TS;

use super::Failure;

/// What the keychain has for a destination.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyPresence {
    /// The key that the destination was given.
    InKeychain,
    /// None.
    Gone,
    /// Something else: another program wrote there.
    Changed,
}

/// A destination's access key.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyState {
    /// Its id's last four characters.
    pub ends: String,
    /// Is it there?
    pub presence: KeyPresence,
    /// When it came into the keychain, RFC 3339; null where nobody knows, and where it is not there.
    pub stored_since: Option<String>,
    /// Whole days since then.
    pub days_here: Option<u32>,
    /// When IAM made it, RFC 3339; null as long as IAM was not asked.
    pub made_at: Option<String>,
    /// It is so old that it should be replaced.
    pub is_old: bool,
    /// A rotation was interrupted: the new key's last four characters.
    pub next_ends: Option<String>,
    /// The key that was replaced, and that IAM may still have: its last four characters.
    pub old_ends: Option<String>,
}

/// What IAM tells before a key is rotated.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationOutlook {
    /// The key's last four characters.
    pub ends: String,
    /// When IAM made it, RFC 3339; null where IAM does not tell.
    pub made_at: Option<String>,
    /// When it was used last.
    pub last_use: LastUse,
    /// The user's other key; IAM allows two.
    pub other: Option<OtherKey>,
    /// Names of destinations here that have the same key.
    pub shared_with: Vec<String>,
}

/// When a key was used last.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LastUse {
    /// Never, so far as IAM knows.
    Never,
    /// Then.
    At {
        /// RFC 3339.
        at: String,
    },
    /// IAM does not tell.
    Untold,
}

/// The user's other key.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OtherKey {
    /// Its last four characters.
    pub ends: String,
    /// STS takes it.
    pub is_active: bool,
    /// When IAM made it, RFC 3339.
    pub made_at: Option<String>,
    /// When it was used last.
    pub last_use: LastUse,
    /// What it is to this destination.
    pub role: OtherKeyRole,
}

/// What the user's other key is to a destination.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OtherKeyRole {
    /// The new key of a rotation that was interrupted.
    Begun,
    /// It was replaced here, and is active still.
    Replaced,
    /// It may go.
    Spare,
    /// Somebody may need it.
    InUse,
}

/// What became of a key that was replaced.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OldKey {
    /// IAM has deleted it.
    Deleted,
    /// IAM does not list it for this user; it is forgotten here.
    NotListed,
}

/// A key that was rotated.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rotated {
    /// The new key's last four characters.
    pub ends: String,
    /// The old key's; null when it is gone.
    pub old_ends: Option<String>,
    /// Names of other destinations here that have the new key, too.
    pub shared_with: Vec<String>,
    /// Why the old key is active still; null when it is not.
    pub still_active: Option<Failure>,
}
