//! A destination's access key: how long it has been here, whether it still is, and away with it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{App, session_failure};
use crate::Failure;
use crate::destination::DestinationId;

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
    /// It has been here for more than 90 days.
    pub is_old: bool,
}

impl App {
    /// Looks for a destination's key in the keychain. Nobody is asked but the keychain, and no session begins.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`](crate::Code::DestinationUnknown), the keychain's.
    pub async fn key_state(&self, id: &DestinationId) -> Result<KeyState, Failure> {
        let destination = self.inner.destination(id)?;
        let keychain = Arc::clone(&self.inner.around.keychain);
        let presence = match session::read(keychain, id.0.clone()).await {
            Ok(key) if key.ends().as_str() == destination.key_ends => KeyPresence::InKeychain,
            Ok(_) | Err(session::Error::AccessKeyChanged) => KeyPresence::Changed,
            Err(session::Error::AccessKeyMissing) => KeyPresence::Gone,
            Err(error) => return Err(session_failure(&error, &destination)),
        };
        let stored_since = destination
            .key_since
            .filter(|_| presence == KeyPresence::InKeychain);
        let now = self.inner.around.clock.wall();
        let days_here = stored_since.map(|since| whole_days(since, now));
        Ok(KeyState {
            ends: destination.key_ends,
            presence,
            stored_since,
            days_here,
            is_old: days_here.is_some_and(|days| days > OLD_AFTER_DAYS),
        })
    }

    /// Takes a destination's key out of the keychain, and ends its session. The destination and its rows stay; its next
    /// sign-in asks for a key. When the keychain says no, everything stays as it is.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`](crate::Code::DestinationUnknown), the keychain's.
    pub async fn forget_key(&self, id: &DestinationId) -> Result<(), Failure> {
        let destination = self.inner.destination(id)?;
        let keychain = Arc::clone(&self.inner.around.keychain);
        session::forget(keychain, id.0.clone())
            .await
            .map_err(|error| session_failure(&error, &destination))?;
        // One that is on its way may have read the key before it went.
        self.cancel_sign_in(id);
        self.end_session(id);
        Ok(())
    }
}

/// None are gone when the clock was set back.
fn whole_days(since: Timestamp, now: Timestamp) -> u32 {
    let hours = now.duration_since(since).as_hours();
    u32::try_from(hours / 24).unwrap_or(0)
}
