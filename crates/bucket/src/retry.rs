//! Sending a request again: when its error says that it may help, and never beyond the session's end.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use network::Unreached;

use crate::progress::OnItsWay;
use crate::{Access, Error};

/// How often and how soon; by the error.
#[derive(Clone, Copy, Debug)]
struct Advice {
    /// Tries altogether.
    most_tries: u32,
    /// Doubles with each try.
    first_delay: Duration,
    longest_delay: Duration,
}

/// The queue waits for the network, not this request.
const OFFLINE: Advice = Advice {
    most_tries: 4,
    first_delay: Duration::from_millis(250),
    longest_delay: Duration::from_secs(4),
};
/// 32 seconds in the mean.
const BUSY: Advice = Advice {
    most_tries: 9,
    first_delay: Duration::from_millis(500),
    longest_delay: Duration::from_secs(16),
};
/// The offset has been learnt from the refusal: the next try is right. But where the clock was set while requests were on their
/// way, each of their answers teaches the SDK the old one again (it believes the last answer), so it may take some.
const CLOCK: Advice = Advice {
    most_tries: 8,
    first_delay: Duration::from_millis(100),
    longest_delay: Duration::from_secs(4),
};
/// Damaged on the way once; again and again, it is this computer's memory or disk.
const DAMAGED: Advice = Advice {
    most_tries: 3,
    first_delay: Duration::from_millis(250),
    longest_delay: Duration::from_secs(1),
};

/// The smallest delay, so that no request is sent again in the same instant.
const LEAST: Duration = Duration::from_millis(20);

fn advice(error: &Error) -> Option<Advice> {
    match error {
        Error::Offline(_) => Some(OFFLINE),
        Error::Unreached { why, .. } => match why {
            // A proxy says the same when it does not reach the server.
            Unreached::HostUnknown
            | Unreached::ProxyUnreachable { .. }
            | Unreached::ProxyRefused { .. }
            | Unreached::CaptivePortal => Some(OFFLINE),
            Unreached::CertificateUntrusted | Unreached::ProxyPasswordWrong { .. } => None,
        },
        Error::Busy { .. } => Some(BUSY),
        Error::ClockOff => Some(CLOCK),
        Error::ChecksumMismatch => Some(DAMAGED),
        Error::SessionEnded { .. }
        | Error::NotS3
        | Error::Denied
        | Error::BucketMissing
        | Error::WrongRegion { .. }
        | Error::Taken
        | Error::UploadForgotten
        | Error::StoredDiffers
        | Error::Refused { .. }
        | Error::Defect
        | Error::Changed
        | Error::Vanished
        | Error::Unreadable(_)
        | Error::Ledger(_)
        | Error::LedgerFolder(_) => None,
    }
}

/// Of an answer without a body to send before it: half a minute, and where the server must first gather `bytes`, the
/// time of 10 MB/s, up to ten minutes.
fn patience(bytes: u64) -> Duration {
    Duration::from_secs(30 + (bytes / 10_000_000).min(570))
}

/// Awaits the answer to a request that asks the server to do something with `bytes`, but not for ever.
pub(crate) async fn in_time<T>(
    bytes: u64,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(patience(bytes), request).await {
        Ok(result) => result,
        Err(elapsed) => Err(Error::Offline(elapsed.into())),
    }
}

/// Awaits the answer to a request with a body as long as it moves, however slowly; a dead connection is given up.
pub(crate) async fn attended<T>(
    way: &OnItsWay,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut request = std::pin::pin!(request);
    loop {
        match tokio::time::timeout(way.patience_left(), request.as_mut()).await {
            Ok(result) => return result,
            Err(elapsed) if way.patience_left().is_zero() => {
                return Err(Error::Offline(elapsed.into()));
            }
            // Bytes went out meanwhile.
            Err(_) => {}
        }
    }
}

/// Counts the tries of one request.
#[derive(Debug)]
pub(crate) struct Tries {
    access: Access,
    made: u32,
    most: u32,
}

impl Tries {
    pub(crate) fn of(access: &Access) -> Self {
        Self {
            access: access.clone(),
            made: 0,
            most: u32::MAX,
        }
    }

    /// For a request whose answer somebody sits and waits for.
    pub(crate) fn few(access: &Access) -> Self {
        Self {
            most: 3,
            ..Self::of(access)
        }
    }

    /// Waits before the next try.
    ///
    /// # Errors
    /// `error` itself when another try would not help or there were enough; [`Error::SessionEnded`] when the session
    /// would be over by then.
    pub(crate) async fn again_after(&mut self, error: Error) -> Result<(), Error> {
        self.made += 1;
        let Some(advice) =
            advice(&error).filter(|advice| self.made < advice.most_tries.min(self.most))
        else {
            return Err(error);
        };
        let longest = advice.first_delay * 2_u32.pow(self.made - 1);
        let delay = jittered(longest.min(advice.longest_delay));
        if delay >= self.access.time_left() {
            return Err(Error::SessionEnded { by_server: false });
        }
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            tries = self.made,
            ?delay,
            "trying again"
        );
        tokio::time::sleep(delay).await;
        Ok(())
    }
}

/// Full jitter: anything up to `delay`, so that requests that failed together do not come back together.
fn jittered(delay: Duration) -> Duration {
    let random = u32::try_from(RandomState::new().build_hasher().finish() % 1000).unwrap_or(0);
    delay.mul_f64(f64::from(random) / 1000.0).max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(left: Duration) -> Access {
        Access::new(String::new(), String::new(), String::new(), move || left)
    }

    fn busy() -> Error {
        Error::Busy {
            code: "SlowDown".to_owned(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_server_is_asked_nine_times_and_then_the_row_ends() {
        let mut tries = Tries::of(&access(Duration::from_hours(1)));
        for _ in 1..BUSY.most_tries {
            assert!(tries.again_after(busy()).await.is_ok());
        }
        assert!(matches!(
            tries.again_after(busy()).await,
            Err(Error::Busy { .. })
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn no_try_begins_after_the_session() {
        let mut tries = Tries::of(&access(Duration::from_millis(10)));
        let ended = tries.again_after(busy()).await;
        assert!(matches!(
            ended,
            Err(Error::SessionEnded { by_server: false })
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_not_tried_again() {
        let mut tries = Tries::of(&access(Duration::from_hours(1)));
        assert!(matches!(
            tries.again_after(Error::Denied).await,
            Err(Error::Denied)
        ));
    }
}
