//! What is known of a destination's access key; never the key.

use serde::Serialize;
use ts_rs::TS;

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
    /// It has been here for so long that it should be replaced.
    pub is_old: bool,
}
