//! What the settings know of the key in a destination's keychain entry: of the key itself, four characters.

use jiff::Timestamp;
use session::AccessKey;

/// An access key, seen from the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownKey {
    /// The access key id's last four characters.
    pub ends: String,
    /// When it came into the keychain of this computer; none where an older version kept it.
    pub since: Option<Timestamp>,
    /// It was just created: AWS may not know it yet.
    pub is_new: bool,
    /// When IAM made it; none as long as IAM was not asked.
    pub made_at: Option<Timestamp>,
}

impl KnownKey {
    /// A key that comes into the keychain now.
    pub(crate) fn kept(key: &AccessKey, now: Timestamp, is_new: bool) -> Self {
        Self {
            ends: key.ends().as_str().to_owned(),
            since: Some(now),
            is_new,
            made_at: None,
        }
    }

    /// Can `key` be this one?
    pub(crate) fn may_be(&self, key: &AccessKey) -> bool {
        key.ends().as_str() == self.ends
    }
}
