//! Syncs the write-ahead log a little after a commit, so that losing power loses little.
//!
//! With `synchronous = NORMAL` a commit is written to the log and not synced; SQLite syncs the log before a checkpoint
//! and the main file after it (sqlite.org/wal.html, "Checkpointing"; sqlite.org/pragma.html#pragma_synchronous: "WAL
//! mode ... does lose durability"). What stands in the log up to its last whole commit is found again after power
//! loss, by the frames' checksums: one more sync of that file makes all commits before it durable and can harm
//! nothing, whatever SQLite does at the same time. The log has no locks that a second handle could drop: those stand
//! on the main file and the index (sqlite.org/howtocorrupt.html, 2.2). While a connection is open the log is never
//! deleted, only begun anew, so one handle does for the whole run.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// From a commit to the beginning of its sync; writes before it were gathered for 4 ms. With a sync of at most 20 ms,
/// twice when one is under way already, the knowledge that a power loss takes is at most 100 ms old.
const DELAY: Duration = Duration::from_millis(50);

/// The thread that syncs. Dropping it waits for a last sync, when one is due.
#[derive(Debug)]
pub(super) struct Syncer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    is_due: AtomicBool,
    is_over: AtomicBool,
    done: AtomicU64,
}

impl Syncer {
    /// For the log of the open ledger in `folder`.
    pub(super) fn start(folder: &Path) -> io::Result<Self> {
        // For Windows: what is synced must be open for writing.
        let log = OpenOptions::new()
            .append(true)
            .open(folder.join("ledger.sqlite-wal"))?;
        // SQLite syncs a new log's name in the folder only with its own first sync.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        let shared = Arc::<Shared>::default();
        let thread = std::thread::Builder::new()
            .name("ledger sync".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || run(&shared, wait, || sync(&log))
            })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Something was committed. Costs nothing while a sync is due already.
    pub(super) fn note(&self) {
        if !self.shared.is_due.swap(true, Ordering::AcqRel)
            && let Some(thread) = &self.thread
        {
            thread.thread().unpark();
        }
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> Count {
        Count(Arc::clone(&self.shared))
    }
}

/// How often the log was synced.
#[cfg(test)]
#[derive(Debug)]
pub(super) struct Count(Arc<Shared>);

#[cfg(test)]
impl Count {
    pub(super) fn now(&self) -> u64 {
        self.0.done.load(Ordering::Acquire)
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It panics nowhere.
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, wait: impl Fn(&Shared), sync: impl Fn()) {
    loop {
        let is_over = shared.is_over.load(Ordering::Acquire);
        if shared.is_due.load(Ordering::Acquire) {
            wait(shared);
            // Before the sync: what is committed during it may not be in it.
            shared.is_due.store(false, Ordering::Release);
            sync();
            shared.done.fetch_add(1, Ordering::AcqRel);
        } else if is_over {
            return;
        } else {
            std::thread::park();
        }
    }
}

fn wait(shared: &Shared) {
    let until = Instant::now() + DELAY;
    while !shared.is_over.load(Ordering::Acquire) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}

fn sync(log: &File) {
    if let Err(error) = log.sync_data() {
        tracing::warn!(%error, "the ledger's log was not synced");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_committed_while_a_sync_waits_goes_with_it_and_what_comes_during_it_gets_its_own() {
        let shared = Shared::default();
        shared.is_due.store(true, Ordering::Release);
        let syncs = Cell::new(0);
        let wait = |shared: &Shared| shared.is_due.store(true, Ordering::Release);
        let sync = || {
            syncs.set(syncs.get() + 1);
            // A commit in the middle of the first sync; then the end.
            shared.is_due.store(syncs.get() == 1, Ordering::Release);
            shared.is_over.store(syncs.get() == 2, Ordering::Release);
        };
        run(&shared, wait, sync);
        assert_eq!(syncs.get(), 2);
    }

    #[test]
    fn nothing_is_synced_when_nothing_was_committed() {
        let shared = Shared::default();
        shared.is_over.store(true, Ordering::Release);
        run(&shared, |_| panic!("no wait"), || panic!("no sync"));
        assert_eq!(shared.done.load(Ordering::Acquire), 0);
    }

    #[test]
    fn the_end_does_not_wait_for_the_delay() {
        let shared = Shared::default();
        shared.is_over.store(true, Ordering::Release);
        // Returns at once, or hangs for ever were it to wait for a wake.
        wait(&shared);
    }
}
