//! What the bucket holds. SQLite knows the objects, the uploads and the issued keys; bodies are files beside it.
//!
//! An object's body is a row of segments. One PUT makes one segment; a completed upload's parts become the segments as they
//! are, so that completing copies nothing. Every function here blocks; async callers go through [`Store::run`].

mod body;
mod completion;
mod digest;
mod listing;
mod objects;
mod uploads;

pub(crate) use body::{Body, Receiving, Segment, stream};
pub(crate) use completion::{ClaimedPart, Completion};
pub(crate) use digest::{Digests, Sums};
pub(crate) use listing::{Listed, Page, PageRequest};
pub(crate) use objects::{Condition, NewObject, Object};
pub(crate) use uploads::{NewUpload, Part, Upload};

use crate::error::Error;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SCHEMA: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS objects (
    key BLOB PRIMARY KEY, size INTEGER NOT NULL, etag TEXT NOT NULL, crc64nvme INTEGER NOT NULL, modified INTEGER NOT NULL,
    body TEXT, sums TEXT, content_type TEXT, metadata TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, key BLOB NOT NULL, begun INTEGER NOT NULL, algorithm TEXT, content_type TEXT, metadata TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segments (
    body TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    crc64nvme INTEGER NOT NULL, sums TEXT NOT NULL, modified INTEGER NOT NULL, PRIMARY KEY (body, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS issued_keys (id TEXT PRIMARY KEY) WITHOUT ROWID;
";

/// Why the store refuses, in the terms that S3's answers need.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the store cannot be used")]
    Database(#[from] rusqlite::Error),
    #[error("a body cannot be read or written")]
    File(#[from] std::io::Error),
    #[error("stored metadata cannot be read")]
    Metadata(#[from] serde_json::Error),
    #[error("the request was dropped")]
    Dropped,
    #[error("a condition of the request is not met")]
    Precondition,
    #[error("no such upload")]
    NoSuchUpload,
    #[error("no such object")]
    NoSuchKey,
    #[error("a part is missing or has another ETag")]
    InvalidPart,
    #[error("the parts are not in ascending order")]
    InvalidPartOrder,
    #[error("a part before the last is below 5 MiB")]
    EntityTooSmall,
    #[error("the object is not the size that was given")]
    WrongSize,
    #[error("the given {algorithm} is not the object's")]
    BadDigest { algorithm: &'static str },
    #[error("the parts have no {algorithm} to check")]
    NoPartSums { algorithm: &'static str },
}

/// The bucket's content.
pub(crate) struct Store {
    database: Mutex<Connection>,
    bodies: PathBuf,
}

impl Store {
    /// Opens the store in `dir`, or makes it there.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        let bodies = dir.join("bodies");
        std::fs::create_dir_all(&bodies).map_err(Error::folder(&bodies))?;
        let database = Connection::open(dir.join("bucket.sqlite"))?;
        database.busy_timeout(Duration::from_secs(10))?;
        database.set_prepared_statement_cache_capacity(64);
        database.execute_batch(SCHEMA)?;
        let store = Self {
            database: Mutex::new(database),
            bodies,
        };
        store.remove_orphans()?;
        Ok(store)
    }

    /// Runs blocking work on the store away from the async threads.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let store = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&store))
            .await
            .unwrap_or(Err(Refusal::Dropped))
    }

    /// Where the bodies are.
    pub(crate) fn folder(&self) -> &Path {
        &self.bodies
    }

    /// Remembers that a temporary key was given out, so that it is known as ended after a restart.
    pub(crate) fn remember_key(&self, id: &str) -> Result<(), Refusal> {
        self.lock()
            .execute("INSERT OR IGNORE INTO issued_keys (id) VALUES (?1)", [id])?;
        Ok(())
    }

    /// Was this temporary key ever given out?
    pub(crate) fn was_issued(&self, id: &str) -> Result<bool, Refusal> {
        let row = |id: &str| -> rusqlite::Result<Option<i64>> {
            self.lock()
                .query_row("SELECT 1 FROM issued_keys WHERE id = ?1", [id], |row| {
                    row.get(0)
                })
                .optional()
        };
        Ok(row(id)?.is_some())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bodies that were being received when an earlier run ended belong to nothing.
    fn remove_orphans(&self) -> Result<(), Error> {
        let known: HashSet<String> = {
            let database = self.lock();
            let mut files = database.prepare("SELECT file FROM segments")?;
            files
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?
        };
        let entries = std::fs::read_dir(&self.bodies).map_err(Error::folder(&self.bodies))?;
        for entry in entries.flatten() {
            if entry
                .file_name()
                .to_str()
                .is_none_or(|name| !known.contains(name))
            {
                std::fs::remove_file(entry.path()).map_err(Error::folder(entry.path()))?;
            }
        }
        Ok(())
    }

    /// Removes files that no row names any more. One that stays is an orphan for the next start.
    fn remove_files(&self, files: &[String]) {
        for file in files {
            if let Err(error) = std::fs::remove_file(self.bodies.join(file)) {
                tracing::warn!(%error, file, "a body that belongs to nothing could not be removed");
            }
        }
    }
}

/// Takes a body's segments out of the table and names their files.
fn take_segments(database: &Connection, body: &str) -> rusqlite::Result<Vec<String>> {
    let mut delete =
        database.prepare_cached("DELETE FROM segments WHERE body = ?1 RETURNING file")?;
    delete.query_map([body], |row| row.get(0))?.collect()
}

fn add_segment(
    database: &Connection,
    body: &str,
    number: u32,
    segment: &Body,
) -> Result<(), Refusal> {
    let sums = serde_json::to_string(&segment.sums)?;
    database
        .prepare_cached(
            "INSERT OR REPLACE INTO segments (body, number, file, size, etag, crc64nvme, sums, modified)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            body,
            number,
            segment.file,
            to_sql(segment.size),
            segment.etag,
            segment.crc64nvme.cast_signed(),
            sums,
            now_millis()
        ])?;
    Ok(())
}

/// SQLite's integers are signed; no size here comes near the difference.
fn to_sql(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn now_millis() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn time_of(millis: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}
