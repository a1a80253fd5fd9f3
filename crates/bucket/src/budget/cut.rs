//! When something was cut last: requests that were on their way together fail together, and that is one event.

use std::time::Duration;

use tokio::time::Instant;

pub(super) const BETWEEN_CUTS: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct LastCut(Option<Instant>);

impl LastCut {
    /// False for what belongs to the last cut.
    pub(super) fn is_another(&mut self, now: Instant) -> bool {
        let is_same = |cut: Instant| now.duration_since(cut) < BETWEEN_CUTS;
        if self.0.is_some_and(is_same) {
            return false;
        }
        self.0 = Some(now);
        true
    }
}
