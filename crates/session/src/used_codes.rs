//! One-time codes that were sent: none is sent a second time.
//!
//! AWS takes a code once ("A code ... can be used only once", IAM user guide, MFA); a second try would look like a wrong one,
//! and several wrong ones put the device out of step.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{Clock, Error, MfaCode, MfaSerial};

/// A code is shown for 30 seconds, and servers take the neighbouring ones, too (RFC 6238, 5.2).
const LIFE: Duration = Duration::from_secs(90);

/// What was sent lately. Forgets a code when the device has long shown others.
#[derive(Debug, Default)]
pub struct UsedCodes(Mutex<Vec<(MfaSerial, MfaCode, Duration)>>);

impl UsedCodes {
    /// Notes that the code is being sent, whatever comes of it.
    ///
    /// # Errors
    /// [`Error::MfaCodeUsed`] when it was before.
    pub fn take(&self, serial: &MfaSerial, code: &MfaCode, clock: &dyn Clock) -> Result<(), Error> {
        let now = clock.since_boot();
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|(_, _, since)| now.saturating_sub(*since) < LIFE);
        let is_used = used
            .iter()
            .any(|(known, old, _)| known == serial && old.as_str() == code.as_str());
        if is_used {
            return Err(Error::MfaCodeUsed);
        }
        used.push((serial.clone(), code.clone(), now));
        Ok(())
    }
}
