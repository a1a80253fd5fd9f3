//! Each request holds a connection, and many a file besides. A Mac gives a program of the desktop 256 handles unless it
//! asks for more, Linux 1,024 (`setrlimit(2)`, `RLIMIT_NOFILE`); Windows sets no such limit.

/// More than any number of requests needs, and less than macOS' `OPEN_MAX` of 10,240, beyond which it refuses.
#[cfg(unix)]
const WANTED: u64 = 4096;
/// For the window, the ledger, the log, the walk of folders.
#[cfg(unix)]
const FOR_OTHERS: u64 = 96;
/// A connection and a file.
#[cfg(unix)]
const OF_A_REQUEST: u64 = 2;

/// Asks the system for enough handles, and tells how many requests it has given room for.
#[cfg(unix)]
pub(super) fn room_for_requests() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // None: no limit.
    let Some(current) = current else {
        return usize::MAX;
    };
    let wanted = maximum
        .map_or(WANTED, |maximum| maximum.min(WANTED))
        .max(current);
    let limit = Rlimit {
        current: Some(wanted),
        maximum,
    };
    let given = match setrlimit(Resource::Nofile, limit) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::warn!(%error, current, "the system gives no more handles");
            current
        }
    };
    requests_with(given)
}

#[cfg(not(unix))]
pub(super) fn room_for_requests() -> usize {
    usize::MAX
}

#[cfg(unix)]
fn requests_with(handles: u64) -> usize {
    let requests = handles.saturating_sub(FOR_OTHERS) / OF_A_REQUEST;
    usize::try_from(requests).unwrap_or(usize::MAX).max(1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn where_the_system_gives_few_handles_fewer_requests_run() {
        assert_eq!(requests_with(256), 80);
        assert_eq!(requests_with(10), 1);
        assert!(requests_with(1024) > 400);
    }
}
