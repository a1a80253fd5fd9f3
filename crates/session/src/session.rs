//! What STS gave: temporary, in memory only.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::Clock;

/// The three values that sign S3 requests until the session ends.
#[derive(Clone, Debug)]
pub struct SessionKeys {
    /// Starts with ASIA.
    pub access_key_id: SecretString,
    /// Signs.
    pub secret_access_key: SecretString,
    /// Sent along.
    pub session_token: SecretString,
}

/// One AssumeRole. It is never renewed; another sign-in makes another session.
#[derive(Clone, Debug)]
pub struct Session {
    assumed_role: String,
    keys: SessionKeys,
    length: Duration,
    ends_at: Timestamp,
    ends_since_boot: Duration,
}

impl Session {
    /// `server_now` is the `Date` of the answer, `asked_since_boot` our clock when the request was sent: the end is
    /// the server's remaining time counted from there, so a wrong wall clock does not matter and the journey of
    /// the answer is on the safe side.
    pub(crate) fn new(
        assumed_role: String,
        keys: SessionKeys,
        ends_at: Timestamp,
        server_now: Timestamp,
        asked_since_boot: Duration,
    ) -> Self {
        let length = Duration::try_from(ends_at.duration_since(server_now)).unwrap_or_default();
        Self {
            assumed_role,
            keys,
            length,
            ends_at,
            ends_since_boot: asked_since_boot + length,
        }
    }

    /// The ARN that AWS's logs show for what this session does.
    pub fn assumed_role(&self) -> &str {
        &self.assumed_role
    }

    /// Signs S3 requests.
    pub fn keys(&self) -> &SessionKeys {
        &self.keys
    }

    /// The whole length.
    pub fn length(&self) -> Duration {
        self.length
    }

    /// The end by the server's clock, for showing.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// Time left; zero when it has ended.
    pub fn time_left(&self, clock: &dyn Clock) -> Duration {
        self.ends_since_boot.saturating_sub(clock.since_boot())
    }
}
