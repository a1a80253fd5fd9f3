//! Waiting for something to become true, never for time to pass.

use std::time::{Duration, Instant};

/// How often one looks.
const PERIOD: Duration = Duration::from_millis(25);

/// Looks until there is an answer; panics with `what` when there is none before the deadline.
#[track_caller]
pub fn until<T>(what: &str, deadline: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = look() {
            return answer;
        }
        assert!(
            begun.elapsed() < deadline,
            "did not happen in {deadline:?}: {what}"
        );
        std::thread::sleep(PERIOD);
    }
}

/// [`until`], for looks that wait themselves.
pub async fn until_async<T>(
    what: &str,
    deadline: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = look().await {
            return answer;
        }
        assert!(
            begun.elapsed() < deadline,
            "did not happen in {deadline:?}: {what}"
        );
        tokio::time::sleep(PERIOD).await;
    }
}
