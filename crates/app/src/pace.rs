//! How fast a destination's uploads went: bytes where the line was waited for, files where requests were.

use std::time::{Duration, Instant};

use bucket::{Rates, Totals};

/// Stored files are counted over at least this long: one answer more or less is then little.
const WINDOW: Duration = Duration::from_secs(1);

/// A destination's last measured rates.
///
/// Files tell little of the line and bytes little of requests: a second of small files has few bytes, one of large
/// files stores few files. Where the mean file is smaller than the two rates are apart, requests were waited for and
/// the rate of files is taken; else that of bytes. The other one is only ever raised.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    rates: Rates,
    /// Since when this many files were stored.
    window: Option<(Instant, u64)>,
}

impl Pace {
    pub(crate) fn rates(&self) -> Rates {
        self.rates
    }

    /// Takes note of a destination's sums, as they are at `now`.
    pub(crate) fn measure(&mut self, totals: &Totals, now: Instant) {
        if totals.bytes_per_second == 0 {
            self.window = None;
            return;
        }
        let stored = totals.files_stored;
        let Some((since, before)) = self.window.filter(|(_, before)| *before <= stored) else {
            // Begun just now, or stored files were cleared away.
            self.window = Some((now, stored));
            return;
        };
        let elapsed = now.saturating_duration_since(since);
        if elapsed >= WINDOW {
            let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            let files = (stored - before).saturating_mul(1000) / millis;
            self.take(totals.bytes_per_second, files);
            self.window = Some((now, stored));
        }
    }

    fn take(&mut self, bytes: u64, files: u64) {
        let best_bytes = self.rates.bytes_per_second.unwrap_or(0);
        let best_files = self.rates.files_per_second.unwrap_or(0);
        // bytes / files <= best_bytes / best_files, without dividing by 0.
        let mean_is_small = u128::from(bytes) * u128::from(best_files)
            <= u128::from(best_bytes) * u128::from(files);
        if files > best_files || (mean_is_small && files > 0) {
            self.rates.files_per_second = Some(files);
        }
        if bytes > best_bytes || !mean_is_small {
            self.rates.bytes_per_second = Some(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    /// Ten seconds at this pace, told as often as the queue tells it.
    fn run(pace: &mut Pace, bytes_per_second: u64, files_per_second: u64) {
        let start = Instant::now();
        for tick in 0..=100 {
            let totals = Totals {
                bytes_per_second,
                files_stored: files_per_second * tick / 10,
                ..Totals::default()
            };
            pace.measure(&totals, start + Duration::from_millis(tick * 100));
        }
        pace.measure(&Totals::default(), start + Duration::from_secs(11));
    }

    fn rates(bytes: u64, files: Option<u64>) -> Rates {
        Rates {
            bytes_per_second: Some(bytes),
            files_per_second: files,
        }
    }

    #[test]
    fn large_files_tell_of_the_line_and_small_ones_of_requests() {
        let mut pace = Pace::default();
        run(&mut pace, 100 * MB, 0);
        assert_eq!(pace.rates(), rates(100 * MB, None));
        run(&mut pace, 4 * MB, 400);
        assert_eq!(pace.rates(), rates(100 * MB, Some(400)));
        // Both get slower: each is seen where it is what is waited for.
        run(&mut pace, 50 * MB, 1);
        assert_eq!(pace.rates(), rates(50 * MB, Some(400)));
        run(&mut pace, 2 * MB, 200);
        assert_eq!(pace.rates(), rates(50 * MB, Some(200)));
    }

    #[test]
    fn small_files_that_come_first_are_taken_for_both_until_larger_ones_come() {
        let mut pace = Pace::default();
        run(&mut pace, 4 * MB, 400);
        assert_eq!(pace.rates(), rates(4 * MB, Some(400)));
        run(&mut pace, 100 * MB, 2);
        assert_eq!(pace.rates(), rates(100 * MB, Some(400)));
    }

    #[test]
    fn a_pace_is_measured_only_while_something_runs_and_cleared_files_are_no_files_unstored() {
        let mut pace = Pace::default();
        let start = Instant::now();
        let mut tell = |bytes_per_second, files_stored, seconds| {
            let totals = Totals {
                bytes_per_second,
                files_stored,
                ..Totals::default()
            };
            pace.measure(&totals, start + Duration::from_secs(seconds));
            pace.rates()
        };
        assert_eq!(tell(0, 1000, 0), Rates::default());
        assert_eq!(tell(MB, 1000, 100), Rates::default());
        assert_eq!(tell(MB, 10, 101), Rates::default());
        assert_eq!(tell(MB, 30, 103), rates(MB, Some(10)));
    }
}
