//! The line: how fast it is, how many bytes are on it, and how fast it may be.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Without a byte for this long, and nothing before it on a slow line, a connection is dead.
const SILENCE: Duration = Duration::from_secs(30);
/// Taken for the line's speed as long as nothing was measured: an uplink of 512 kbit/s.
const UNKNOWN_SPEED: u64 = 64_000;
/// Slower lines are counted as this one, or a dead one would be waited for for ever.
const SLOWEST: u64 = 16_000;
/// The line may be shared unevenly.
const UNEVEN: u64 = 2;
/// A part should not be on its way longer than this: what is on its way when the session ends is sent again.
const PART_TIME_SECONDS: u64 = 60;
const FEWEST_PARTS: u64 = 2;
const MOST_PARTS: u64 = 8;
/// As long as nothing was measured.
const FIRST_PARTS: usize = 4;
/// A held-back byte looks again this often, so that another limit counts at once.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How much of a limit may go out in one go after a rest.
const BURST: f64 = 0.25;

/// Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    inner: Arc<Inner>,
    share: Share,
}

/// Whose bytes go out. While both want to, each gets half of the limit: thousands of small files must not keep a part
/// on its way for minutes, nor parts the small files.
#[derive(Clone, Copy, Debug)]
enum Share {
    Files,
    Parts,
}

#[derive(Debug)]
struct Inner {
    /// Taken by the connections and not answered yet; part of it still lies in this computer's buffers.
    outstanding: AtomicU64,
    /// 0: none.
    limit: AtomicU64,
    measured: Mutex<Measured>,
    tokens: Mutex<Tokens>,
}

#[derive(Debug)]
struct Measured {
    since: Instant,
    bytes: u64,
    bytes_per_second: Option<u64>,
}

#[derive(Debug)]
struct Tokens {
    at: Instant,
    /// By share; may be below zero: a frame goes as a whole.
    bytes: [f64; 2],
}

impl Tokens {
    /// Half for each share, and what one has no use for is the other's.
    fn earn(&mut self, now: Instant, rate: f64) {
        let half = now.duration_since(self.at).as_secs_f64() * rate / 2.0;
        let most = rate * BURST / 2.0;
        let [files, parts] = self.bytes.map(|bytes| bytes + half);
        let (over_files, over_parts) = ((files - most).max(0.0), (parts - most).max(0.0));
        self.bytes = [
            (files + over_parts).min(most),
            (parts + over_files).min(most),
        ];
        self.at = now;
    }
}

impl Line {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            inner: Arc::new(Inner {
                outstanding: AtomicU64::new(0),
                limit: AtomicU64::new(0),
                measured: Mutex::new(Measured {
                    since: now,
                    bytes: 0,
                    bytes_per_second: None,
                }),
                tokens: Mutex::new(Tokens {
                    at: now,
                    bytes: [0.0; 2],
                }),
            }),
            share: Share::Files,
        }
    }

    /// The same line, for parts of big files.
    pub(crate) fn of_parts(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            share: Share::Parts,
        }
    }

    /// Bytes a second, none for as fast as the line is.
    pub(crate) fn limit(&self, bytes_per_second: Option<u64>) {
        self.inner
            .limit
            .store(bytes_per_second.unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.inner.limit.load(Ordering::Relaxed) > 0
    }

    /// May `bytes` go out now? None: yes, and they count; else ask again after this time.
    pub(crate) fn ask(&self, bytes: usize) -> Option<Duration> {
        let rate = self.inner.limit.load(Ordering::Relaxed);
        if rate == 0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a speed needs no 53 bits")]
        let (rate, bytes) = (rate as f64, bytes as f64);
        let mut tokens = lock(&self.inner.tokens);
        tokens.earn(Instant::now(), rate);
        let own = &mut tokens.bytes[self.share as usize];
        if *own > 0.0 {
            *own -= bytes;
            return None;
        }
        let wait = Duration::from_secs_f64((1.0 - *own) / rate);
        Some(wait.clamp(Duration::from_millis(1), LOOK_AGAIN))
    }

    /// Waits until `bytes` may go out.
    pub(crate) async fn pass(&self, bytes: usize) {
        while let Some(wait) = self.ask(bytes) {
            tokio::time::sleep(wait).await;
        }
    }

    pub(crate) fn took(&self, bytes: u64) {
        if self.inner.outstanding.fetch_add(bytes, Ordering::Relaxed) == 0 {
            // The time in which nothing was on the line says nothing of its speed.
            let mut measured = lock(&self.inner.measured);
            measured.since = Instant::now();
            measured.bytes = 0;
        }
    }

    pub(crate) fn let_go(&self, bytes: u64) {
        self.inner.outstanding.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The server has answered that it has `bytes`.
    pub(crate) fn arrived(&self, bytes: u64) {
        let mut measured = lock(&self.inner.measured);
        measured.bytes += bytes;
        let elapsed = measured.since.elapsed();
        if elapsed < Duration::from_secs(1) {
            return;
        }
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let now = measured.bytes.saturating_mul(1000) / millis;
        let before = measured.bytes_per_second.unwrap_or(now);
        measured.bytes_per_second = Some(u64::midpoint(before, now));
        measured.since = Instant::now();
        measured.bytes = 0;
    }

    fn speed(&self) -> Option<u64> {
        lock(&self.inner.measured).bytes_per_second
    }

    /// How long a connection may be without a byte before it counts as dead: longer where bytes that were taken before
    /// may still be waiting in buffers for a slow line.
    pub(crate) fn patience(&self) -> Duration {
        let outstanding = self.inner.outstanding.load(Ordering::Relaxed);
        let speed = self.speed().unwrap_or(UNKNOWN_SPEED).max(SLOWEST);
        SILENCE + Duration::from_millis(outstanding.saturating_mul(1000 * UNEVEN) / speed)
    }

    /// How many parts of one file should be on their way: on a slow line few, so that each arrives soon.
    pub(crate) fn parts_at_once(&self, part_bytes: u64) -> usize {
        let Some(speed) = self.speed() else {
            return FIRST_PARTS;
        };
        let parts = speed.saturating_mul(PART_TIME_SECONDS) / part_bytes.max(1);
        usize::try_from(parts.clamp(FEWEST_PARTS, MOST_PARTS)).unwrap_or(FIRST_PARTS)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: u64 = 8 * 1024 * 1024;

    #[tokio::test(start_paused = true)]
    async fn parts_and_small_files_share_a_limit_and_neither_waits_for_the_other() {
        let (files, bytes) = (Line::new(), 16 * 1024);
        let parts = files.of_parts();
        files.limit(Some(1_000_000));
        let send = |line: Line| async move {
            let mut sent = 0;
            let until = Instant::now() + Duration::from_secs(10);
            while Instant::now() < until {
                line.pass(bytes).await;
                sent += bytes;
            }
            sent
        };
        let mut small = tokio::task::JoinSet::new();
        for _ in 0..15 {
            small.spawn(send(files.clone()));
        }
        let of_parts = send(parts.clone()).await;
        let of_files: usize = small.join_all().await.into_iter().sum();
        assert!((4_500_000..5_500_000).contains(&of_parts), "{of_parts}");
        assert!((4_500_000..5_500_000).contains(&of_files), "{of_files}");
        let alone = send(parts).await;
        assert!((9_500_000..10_500_000).contains(&alone), "{alone}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_holds_and_another_one_counts_at_once() {
        let line = Line::new();
        line.limit(Some(100_000));
        let start = Instant::now();
        for _ in 0..10 {
            line.pass(100_000).await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!(
            (8.5..10.5).contains(&took),
            "{took} s for ten seconds' worth"
        );
        let slow = tokio::spawn({
            let line = line.clone();
            async move {
                line.limit(Some(10));
                line.pass(1).await;
            }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!slow.is_finished());
        line.limit(None);
        tokio::time::sleep(LOOK_AGAIN).await;
        assert!(slow.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn on_a_fast_line_silence_ends_after_half_a_minute_and_on_a_slow_one_after_its_bytes() {
        let line = Line::new();
        for _ in 0..3 {
            line.took(PART);
            tokio::time::advance(Duration::from_secs(1)).await;
            line.arrived(100_000_000);
            line.let_go(PART);
        }
        line.took(8 * PART);
        assert!(line.patience() < Duration::from_secs(32));
        assert_eq!(line.parts_at_once(PART), 8);
        line.let_go(8 * PART);

        let slow = Line::new();
        slow.took(2 * PART);
        assert!(slow.patience() > Duration::from_secs(2 * PART / 64_000));
        tokio::time::advance(Duration::from_secs(2 * PART / 64_000)).await;
        slow.arrived(2 * PART);
        assert_eq!(slow.parts_at_once(PART), 2);
    }
}
