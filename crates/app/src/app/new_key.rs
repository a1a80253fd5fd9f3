//! A key that was just created: AWS makes it known everywhere a little later, and until then it looks like a mistyped one.

use std::time::Duration;

use session::Clock;

use crate::known_key::KnownKey;

/// How long AWS may need for that: about fifteen seconds, rarely a minute.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two questions for a new key.
const PAUSE: Duration = Duration::from_secs(2);
/// After that, a key that was called new is as old as any other.
const LIFE: Duration = Duration::from_mins(10);

pub(super) fn is_key_new(key: &KnownKey, clock: &dyn Clock) -> bool {
    key.is_new
        && key
            .since
            .is_some_and(|since| clock.wall().duration_since(since).unsigned_abs() < LIFE)
}

/// How long a refusal that a new key may meet is met with another question.
pub(super) struct Patience<'a> {
    clock: &'a dyn Clock,
    since: Duration,
}

impl<'a> Patience<'a> {
    /// It begins with the first question.
    pub(super) fn begins(clock: &'a dyn Clock) -> Self {
        Self {
            clock,
            since: clock.since_boot(),
        }
    }

    pub(super) fn lasts(&self) -> bool {
        self.clock.since_boot().saturating_sub(self.since) < PATIENCE
    }

    pub(super) async fn pause(&self) {
        tokio::time::sleep(PAUSE).await;
    }
}
