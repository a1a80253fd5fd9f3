//! Counters, sums and speed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// At most ten updates a second.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// Over how long the speed is smoothed.
const SMOOTH: Duration = Duration::from_secs(3);

/// The bytes of one row: confirmed ones plus those on their way. Written by its upload, read by the queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent(Arc<AtomicU64>);

impl Sent {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

/// What one request has put on its way. Unless S3 confirms it, it is taken back with this value.
#[derive(Debug)]
pub(crate) struct OnItsWay {
    sent: Sent,
    bytes: Arc<AtomicU64>,
}

impl OnItsWay {
    pub(crate) fn new(sent: &Sent) -> Self {
        Self {
            sent: sent.clone(),
            bytes: Arc::default(),
        }
    }

    /// Another handle on the same request, for its body.
    pub(crate) fn body(&self) -> Self {
        Self {
            sent: self.sent.clone(),
            bytes: Arc::clone(&self.bytes),
        }
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.sent.0.fetch_add(bytes, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// It was in vain, or begins again.
    pub(crate) fn take_back(&self) {
        let bytes = self.bytes.swap(0, Ordering::Relaxed);
        self.sent.0.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// S3 has confirmed `bytes`: they stay counted.
    pub(crate) fn confirm(&self, bytes: u64) {
        self.take_back();
        self.sent.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The sums over one destination's rows. Cancelled and skipped rows do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files.
    pub files: u64,
    /// Files stored.
    pub files_stored: u64,
    /// Files that failed or ask something.
    pub files_stopped: u64,
    /// Bytes.
    pub bytes: u64,
    /// Bytes confirmed, plus those on their way.
    pub bytes_sent: u64,
    /// Smoothed; 0 when nothing runs.
    pub bytes_per_second: u64,
    /// At that speed; none when it cannot be said.
    pub time_left: Option<Duration>,
    /// Dropped folders are still being walked.
    pub is_planning: bool,
}

/// Turns the sum of bytes into a smoothed speed.
#[derive(Debug)]
pub(crate) struct Speed {
    last: Option<(Instant, u64)>,
    bytes_per_second: f64,
    samples: u32,
}

impl Speed {
    pub(crate) fn new() -> Self {
        Self {
            last: None,
            bytes_per_second: 0.0,
            samples: 0,
        }
    }

    /// Nothing runs any more: the next measurement starts afresh.
    pub(crate) fn rest(&mut self) {
        *self = Self::new();
    }

    /// `bytes` sent so far, at `now`. The sum may fall when a request was sent in vain.
    pub(crate) fn measure(&mut self, bytes: u64, now: Instant) -> u64 {
        if let Some((then, before)) = self.last {
            let seconds = now.duration_since(then).as_secs_f64();
            if seconds > 0.0 {
                #[expect(clippy::cast_precision_loss, reason = "a speed needs no 53 bits")]
                let current = bytes.saturating_sub(before) as f64 / seconds;
                self.samples = self.samples.saturating_add(1);
                // The plain mean at first: a smoothed value would take seconds to climb from nothing.
                let smooth = 1.0 - (-seconds / SMOOTH.as_secs_f64()).exp();
                let weight = smooth.max(1.0 / f64::from(self.samples));
                self.bytes_per_second += weight * (current - self.bytes_per_second);
            }
        }
        self.last = Some((now, bytes));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative"
        )]
        let rounded = self.bytes_per_second as u64;
        rounded
    }
}

/// One destination's sums, kept up as its rows change and never counted anew.
#[derive(Debug)]
pub(crate) struct Sums {
    pub(crate) totals: Totals,
    pub(crate) plans: u32,
    /// Bytes of the rows that do not run: stored ones, and the confirmed parts of waiting ones.
    pub(crate) bytes_at_rest: u64,
    pub(crate) speed: Speed,
}

impl Sums {
    pub(crate) fn new() -> Self {
        Self {
            totals: Totals::default(),
            plans: 0,
            bytes_at_rest: 0,
            speed: Speed::new(),
        }
    }

    /// Brings the derived figures up to date. `running` are the bytes of the rows that run; none when none runs.
    pub(crate) fn refresh(&mut self, running: Option<u64>, now: Instant) {
        self.totals.bytes_sent = self.bytes_at_rest + running.unwrap_or(0);
        self.totals.is_planning = self.plans > 0;
        if running.is_some() {
            self.totals.bytes_per_second = self.speed.measure(self.totals.bytes_sent, now);
        } else {
            self.speed.rest();
            self.totals.bytes_per_second = 0;
        }
        let left = self.totals.bytes.saturating_sub(self.totals.bytes_sent);
        self.totals.time_left = left
            .checked_div(self.totals.bytes_per_second)
            .filter(|_| !self.totals.is_planning)
            .map(Duration::from_secs);
    }
}

/// By destination.
pub(crate) type AllSums = HashMap<Arc<str>, Sums>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_shows_its_speed_and_its_end() {
        let mut sums = Sums::new();
        sums.totals.bytes = 100_000_000;
        let start = Instant::now();
        for second in 0..=30_u64 {
            sums.refresh(
                Some(second * 1_000_000),
                start + Duration::from_secs(second),
            );
        }
        assert!((990_000..=1_000_000).contains(&sums.totals.bytes_per_second));
        assert_eq!(sums.totals.time_left, Some(Duration::from_secs(70)));
        sums.refresh(None, start + Duration::from_secs(31));
        assert_eq!(
            (sums.totals.bytes_per_second, sums.totals.time_left),
            (0, None)
        );
    }
}
