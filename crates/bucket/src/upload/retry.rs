//! Sending a request again: when its error says that it may help, and never beyond the session's end.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use crate::{Access, Error};

/// With the SDK's own second try: ten requests within about half a minute.
const MOST_TRIES: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_secs(1);

/// The slowest uplink that is not given up: a request of n bytes may take a minute and n at 16 kB/s.
fn patience(bytes: u64) -> Duration {
    Duration::from_secs(60 + bytes / 16_000)
}

/// Awaits the answer to a request of `bytes`, but not for ever.
pub(super) async fn in_time<T>(
    bytes: u64,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(patience(bytes), request).await {
        Ok(result) => result,
        Err(elapsed) => Err(Error::Offline(elapsed.into())),
    }
}

/// Counts the tries of one request.
#[derive(Debug)]
pub(super) struct Tries {
    access: Access,
    made: u32,
}

impl Tries {
    pub(super) fn of(access: &Access) -> Self {
        Self {
            access: access.clone(),
            made: 0,
        }
    }

    /// Waits before the next try.
    ///
    /// # Errors
    /// `error` itself when another try would not help or there were enough; [`Error::SessionEnded`] when the session
    /// would be over by then.
    pub(super) async fn again_after(&mut self, error: Error) -> Result<(), Error> {
        self.made += 1;
        if !error.is_transient() || self.made == MOST_TRIES {
            return Err(error);
        }
        let delay = jittered(FIRST_DELAY * 2_u32.pow(self.made - 1));
        if delay >= self.access.time_left() {
            return Err(Error::SessionEnded { by_server: false });
        }
        tracing::debug!(%error, tries = self.made, ?delay, "trying again");
        tokio::time::sleep(delay).await;
        Ok(())
    }
}

/// Half to all of `delay`, so that 32 requests that failed together do not come back together.
fn jittered(delay: Duration) -> Duration {
    let random = u32::try_from(RandomState::new().build_hasher().finish() % 1000).unwrap_or(0);
    delay / 2 + delay.mul_f64(f64::from(random) / 2000.0)
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
    async fn a_busy_server_is_asked_five_times_and_then_the_row_ends() {
        let mut tries = Tries::of(&access(Duration::from_hours(1)));
        for _ in 1..MOST_TRIES {
            assert!(tries.again_after(busy()).await.is_ok());
        }
        assert!(matches!(
            tries.again_after(busy()).await,
            Err(Error::Busy { .. })
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn no_try_begins_after_the_session() {
        let mut tries = Tries::of(&access(Duration::from_millis(400)));
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
