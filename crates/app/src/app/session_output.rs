//! The session's values for another program: the one way by which they leave this process.

use jiff::Timestamp;
use secrecy::SecretString;

use super::App;
use crate::destination::DestinationId;
use crate::{Code, Failure};

/// A session as another program signs with it. Temporary; the access key is not in it.
#[derive(Clone, Debug)]
pub struct SessionOutput {
    /// Starts with ASIA.
    pub access_key_id: SecretString,
    /// Signs.
    pub secret_access_key: SecretString,
    /// Sent along.
    pub session_token: SecretString,
    /// By the server's clock.
    pub ends_at: Timestamp,
}

impl App {
    /// The running session, for `sandglass credential-process`. The window has no command for it.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::SignedOut`], [`Code::SessionEnded`].
    pub fn session_output(&self, id: &DestinationId) -> Result<SessionOutput, Failure> {
        let running = self.inner.running(&self.inner.destination(id)?)?;
        if running
            .session
            .time_left(&*self.inner.around.clock)
            .is_zero()
        {
            return Err(Failure::new(Code::SessionEnded, ""));
        }
        let keys = running.session.keys();
        Ok(SessionOutput {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
            ends_at: running.session.ends_at(),
        })
    }
}
