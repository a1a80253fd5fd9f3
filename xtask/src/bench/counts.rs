//! What the sink has received: told to whoever asks, so that the first byte and what came twice can be judged.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// Of one server; every connection counts into it.
#[derive(Default)]
pub(crate) struct Counts {
    /// Nanoseconds of the Unix time.
    first_byte_at: OnceLock<u64>,
    /// The same, of the latest listing's last byte; 0 before the first one.
    listed_at: AtomicU64,
    puts: AtomicU64,
    body_bytes: AtomicU64,
    uploads: AtomicU64,
    completes: AtomicU64,
    open: AtomicU64,
    most_open: AtomicU64,
    /// How often each part came completely.
    parts: Mutex<HashMap<String, u64>>,
}

/// A PUT that is being received or answered.
pub(crate) struct OpenPut<'a>(&'a Counts);

impl Drop for OpenPut<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Counts {
    /// Until the answer is written.
    pub(crate) fn put_begins(&self) -> OpenPut<'_> {
        self.puts.fetch_add(1, Ordering::Relaxed);
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_open.fetch_max(open, Ordering::Relaxed);
        OpenPut(self)
    }

    /// Bytes of bodies of PUTs, also of those that break off.
    pub(crate) fn received(&self, bytes: u64) {
        if bytes > 0 {
            self.first_byte_at.get_or_init(unix_nanoseconds);
            self.body_bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// A whole part; its address names key, upload and number.
    pub(crate) fn part_is_whole(&self, target: &str) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        *parts.entry(target.to_owned()).or_default() += 1;
    }

    /// The number of a new upload.
    pub(crate) fn upload_begins(&self) -> u64 {
        self.uploads.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn upload_is_complete(&self) {
        self.completes.fetch_add(1, Ordering::Relaxed);
    }

    /// The answer to a listing is written.
    pub(crate) fn listed(&self) {
        self.listed_at.store(unix_nanoseconds(), Ordering::Relaxed);
    }

    pub(crate) fn tell(&self) -> Value {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        json!({
            "first_byte_at": self.first_byte_at.get(),
            "listed_at": count(&self.listed_at),
            "puts": count(&self.puts),
            "body_bytes": count(&self.body_bytes),
            "uploads": count(&self.uploads),
            "completes": count(&self.completes),
            "most_open": count(&self.most_open),
            "parts": parts.len(),
            "parts_again": parts.values().map(|times| times - 1).sum::<u64>(),
        })
    }
}

/// The one clock that two processes share.
pub(crate) fn unix_nanoseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}
