//! The time, passed in.

use std::time::Duration;

use jiff::Timestamp;

/// Where the time comes from. Two real kinds: the system's, and the one a test turns by hand.
pub trait Clock: Send + Sync + 'static {
    /// Time since some fixed moment, counting suspend, untouched by changes of the wall clock.
    fn since_boot(&self) -> Duration;
    /// The wall clock, for showing and for comparing with a server's `Date`; never for the session's end.
    fn wall(&self) -> Timestamp;
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn since_boot(&self) -> Duration {
        since_boot()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// `CLOCK_BOOTTIME` goes on in suspend; Rust's `Instant` (`CLOCK_MONOTONIC`) stops there on Linux.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn since_boot() -> Duration {
    from_timespec(rustix::time::clock_gettime(rustix::time::ClockId::Boottime))
}

/// Apple's `CLOCK_MONOTONIC` counts sleep (the one that does not is `CLOCK_UPTIME_RAW`).
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn since_boot() -> Duration {
    from_timespec(rustix::time::clock_gettime(
        rustix::time::ClockId::Monotonic,
    ))
}

#[cfg(unix)]
fn from_timespec(time: rustix::time::Timespec) -> Duration {
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

/// Windows' performance counter, which `Instant` reads, counts sleep.
#[cfg(windows)]
fn since_boot() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}
