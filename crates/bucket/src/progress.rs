//! Counters, sums and speed.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::Note;
use crate::budget::Line;

/// At most ten updates a second.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// Over how long the speed is smoothed.
const SMOOTH: Duration = Duration::from_secs(3);

/// What one row tells while it runs: its bytes, confirmed ones plus those on their way, and what happened to it.
/// Written by its upload, read by the queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    confirmed: AtomicU64,
    /// The sum over the requests that live. Kept apart: a request that was stopped ends a moment later, and takes back
    /// what it counted after the row has come to rest.
    on_their_way: AtomicU64,
    note: AtomicU8,
}

impl Sent {
    /// What the row showed while it rested.
    pub(crate) fn going_on(confirmed_bytes: u64, note: Option<Note>) -> Self {
        let sent = Self::default();
        sent.set(confirmed_bytes);
        if let Some(note) = note {
            sent.say(note);
        }
        sent
    }

    /// Confirmed bytes and those on their way.
    pub(crate) fn get(&self) -> u64 {
        self.confirmed() + self.0.on_their_way.load(Ordering::Relaxed)
    }

    pub(crate) fn confirmed(&self) -> u64 {
        self.0.confirmed.load(Ordering::Relaxed)
    }

    /// So many are confirmed.
    pub(crate) fn set(&self, bytes: u64) {
        self.0.confirmed.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn note(&self) -> Option<Note> {
        match self.0.note.load(Ordering::Relaxed) {
            1 => Some(Note::StartedAgain),
            2 => Some(Note::FileChanged),
            _ => None,
        }
    }

    pub(crate) fn say(&self, note: Note) {
        let number = match note {
            Note::StartedAgain => 1,
            Note::FileChanged => 2,
        };
        self.0.note.store(number, Ordering::Relaxed);
    }
}

/// What one request has put on the line. Unless S3 confirms it, it is taken back; clones are the same request.
#[derive(Clone, Debug)]
pub(crate) struct OnItsWay(Arc<Way>);

#[derive(Debug)]
struct Way {
    sent: Sent,
    line: Line,
    bytes: AtomicU64,
    began: Instant,
    /// Milliseconds after `began` in which the last byte was taken.
    moved: AtomicU64,
}

impl OnItsWay {
    pub(crate) fn new(sent: &Sent, line: &Line) -> Self {
        Self(Arc::new(Way {
            sent: sent.clone(),
            line: line.clone(),
            bytes: AtomicU64::new(0),
            began: Instant::now(),
            moved: AtomicU64::new(0),
        }))
    }

    pub(crate) fn line(&self) -> &Line {
        &self.0.line
    }

    /// Bytes go out.
    pub(crate) fn add(&self, bytes: u64) {
        self.touch();
        self.0
            .sent
            .0
            .on_their_way
            .fetch_add(bytes, Ordering::Relaxed);
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.0.line.took(bytes);
    }

    /// It is alive, though no byte goes out: the person's limit holds it back.
    pub(crate) fn touch(&self) {
        let millis = u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.moved.store(millis, Ordering::Relaxed);
    }

    /// It was in vain, or begins again.
    pub(crate) fn take_back(&self) {
        self.0.take_back();
    }

    /// S3 has confirmed `bytes`: they stay counted.
    pub(crate) fn confirm(&self, bytes: u64) {
        self.take_back();
        self.0.sent.0.confirmed.fetch_add(bytes, Ordering::Relaxed);
        self.0.line.arrived(bytes);
    }

    /// How much longer the request may be silent before its connection counts as dead.
    pub(crate) fn patience_left(&self) -> Duration {
        let silent = self
            .0
            .began
            .elapsed()
            .saturating_sub(Duration::from_millis(self.0.moved.load(Ordering::Relaxed)));
        self.0.line.patience().saturating_sub(silent)
    }
}

impl Way {
    fn take_back(&self) {
        let bytes = self.bytes.swap(0, Ordering::Relaxed);
        self.sent.0.on_their_way.fetch_sub(bytes, Ordering::Relaxed);
        self.line.let_go(bytes);
    }
}

impl Drop for Way {
    /// A request that was stopped.
    fn drop(&mut self) {
        self.take_back();
    }
}

/// The sums over one destination's rows. Cancelled and skipped rows do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files.
    pub files: u64,
    /// Files stored.
    pub files_stored: u64,
    /// Files that are being sent.
    pub files_sending: u64,
    /// Files that failed or ask something.
    pub files_stopped: u64,
    /// Files that the person holds back one by one.
    pub files_paused: u64,
    /// Files that go on when the server can be reached again.
    pub files_waiting_for_network: u64,
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
    /// The person holds all files back.
    pub is_paused: bool,
    /// The server cannot be reached; it is tried again.
    pub is_offline: bool,
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
    /// Files and bytes of stored rows that are no longer in memory; the totals count them.
    retired: (u64, u64),
    /// Bytes of the rows that do not run: stored ones, and the confirmed parts of waiting ones.
    pub(crate) bytes_at_rest: u64,
    pub(crate) speed: Speed,
}

impl Sums {
    pub(crate) fn new() -> Self {
        Self {
            totals: Totals::default(),
            plans: 0,
            retired: (0, 0),
            bytes_at_rest: 0,
            speed: Speed::new(),
        }
    }

    /// One stored row of `bytes` leaves the rows and stays in the sums.
    pub(crate) fn retire(&mut self, bytes: u64) {
        self.retired.0 += 1;
        self.retired.1 += bytes;
        self.totals.files += 1;
        self.totals.files_stored += 1;
        self.totals.bytes += bytes;
        self.bytes_at_rest += bytes;
    }

    pub(crate) fn forget_retired(&mut self) {
        let (files, bytes) = std::mem::take(&mut self.retired);
        self.totals.files -= files;
        self.totals.files_stored -= files;
        self.totals.bytes -= bytes;
        self.bytes_at_rest -= bytes;
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
    fn a_request_that_ends_after_its_row_came_to_rest_takes_back_only_its_own_bytes() {
        let sent = Sent::default();
        let way = OnItsWay::new(&sent, &Line::new());
        way.add(300);
        sent.set(100);
        assert_eq!((sent.get(), sent.confirmed()), (400, 100));
        drop(way);
        assert_eq!((sent.get(), sent.confirmed()), (100, 100));
    }

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
