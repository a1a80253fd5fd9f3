//! A destination's access key: how long it has been here, whether it still is, and away with it.

use std::sync::Arc;

use jiff::Timestamp;

use super::rotation::{next_entry, old_entry};
use super::{App, Inner, session_failure};
use crate::Failure;
use crate::destination::{Destination, DestinationId};

/// A key that has been here for more days than this is called old.
const OLD_AFTER_DAYS: u32 = 90;

/// What the keychain has for a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPresence {
    /// The key that the destination was given.
    InKeychain,
    /// None.
    Gone,
    /// Something else: another program wrote there.
    Changed,
}

/// What is known of a destination's access key without using it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyState {
    /// The access key id's last four characters, as the destination was given it.
    pub ends: String,
    /// Is it there?
    pub presence: KeyPresence,
    /// When it came into this computer's keychain; none where that is not known, and where it is not there.
    pub stored_since: Option<Timestamp>,
    /// Whole days since then, by the wall clock.
    pub days_here: Option<u32>,
    /// When IAM made it; none as long as IAM was not asked.
    pub made_at: Option<Timestamp>,
    /// It is more than 90 days old; where its age is not known, it has been here for so long.
    pub is_old: bool,
    /// A replacement was interrupted: the new key's last four characters.
    pub next_ends: Option<String>,
    /// The key that was replaced, and that IAM may still have: its last four characters.
    pub old_ends: Option<String>,
}

impl App {
    /// Looks for a destination's key in the keychain. Nobody is asked but the keychain, and no session begins.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`](crate::Code::DestinationUnknown), the keychain's.
    pub async fn key_state(&self, id: &DestinationId) -> Result<KeyState, Failure> {
        let destination = self.inner.fresh_destination(id)?;
        let keychain = Arc::clone(&self.inner.around.keychain);
        let presence = match session::read(keychain, id.0.clone()).await {
            Ok(key) if self.inner.recognize(&destination, &key).is_ok() => KeyPresence::InKeychain,
            Ok(_) | Err(session::Error::AccessKeyChanged) => KeyPresence::Changed,
            Err(session::Error::AccessKeyMissing) => KeyPresence::Gone,
            Err(error) => return Err(session_failure(&error, &destination)),
        };
        // An announced key may have been found there.
        let destination = self.inner.destination(id)?;
        let (next_ends, old_ends) = self.inner.keys_of_rotation(&destination).await?;
        let is_there = presence == KeyPresence::InKeychain;
        let key = destination.key;
        let now = self.inner.around.clock.wall();
        let days = |since: Option<Timestamp>| since.map(|since| whole_days(since, now));
        let (stored_since, made_at) = (
            key.since.filter(|_| is_there),
            key.made_at.filter(|_| is_there),
        );
        let age = days(made_at.or(stored_since));
        Ok(KeyState {
            ends: key.ends,
            presence,
            stored_since,
            days_here: days(stored_since),
            made_at,
            is_old: age.is_some_and(|days| days > OLD_AFTER_DAYS),
            next_ends,
            old_ends,
        })
    }

    /// Takes a destination's key out of the keychain, and ends its session. The destination and its rows stay; its next
    /// sign-in asks for a key. When the keychain says no, everything stays as it is.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`](crate::Code::DestinationUnknown), the keychain's.
    pub async fn forget_key(&self, id: &DestinationId) -> Result<(), Failure> {
        let destination = self.inner.destination(id)?;
        let _turn = self.end_rotation().await;
        self.inner.forget_entries(&destination).await?;
        // One that is on its way may have read the key before it went.
        self.cancel_sign_in(id);
        self.end_session(id);
        Ok(())
    }
}

impl Inner {
    /// All entries of a destination: those that a replacement left, too.
    pub(super) async fn forget_entries(&self, destination: &Destination) -> Result<(), Failure> {
        let id = &destination.id;
        for entry in [id.0.clone(), next_entry(id), old_entry(id)] {
            let keychain = Arc::clone(&self.around.keychain);
            let forgotten = session::forget(keychain, entry).await;
            forgotten.map_err(|error| session_failure(&error, destination))?;
        }
        Ok(())
    }
}

/// None are gone when the clock was set back.
fn whole_days(since: Timestamp, now: Timestamp) -> u32 {
    let hours = now.duration_since(since).as_hours();
    u32::try_from(hours / 24).unwrap_or(0)
}
