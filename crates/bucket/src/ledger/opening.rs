//! Opening the ledger, and setting one aside that cannot be used.
//!
//! One process opens at a time, and takes its claim while it does: so nobody opens what another one is moving away.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::ZonedDateTime;
use rusqlite::{Connection, ErrorCode, ffi};

use super::claim::Others;
use super::schema::{VERSION, first_id, migrate, version};
use crate::Error;

/// Opening takes milliseconds; checking or migrating a large ledger takes a second or two.
const PATIENCE: Duration = Duration::from_secs(20);

/// A ledger that could not be used, and where it lies now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedAside {
    /// The file's name in the data folder: `ledger-20261123-223556.sqlite`.
    pub name: String,
    /// Why.
    pub why: Why,
}

/// Why a ledger could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A newer version of the app wrote it.
    Newer,
    /// Its content is no ledger's any more.
    Damaged,
}

/// An open ledger.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) first_id: u64,
    pub(super) moved_aside: Option<MovedAside>,
}

/// Held while a process opens the ledger. A file lock: unlike SQLite's own it also keeps handles of one process apart.
pub(super) struct Turn {
    _lock: File,
}

impl Turn {
    /// Blocks, at most for [`PATIENCE`].
    pub(super) fn wait(folder: &Path) -> io::Result<Self> {
        let file = owner_only().open(folder.join("ledger.lock"))?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _lock: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

/// Opens `folder/ledger.sqlite`, readable by its owner only, and takes a block of row numbers. In the caller's
/// [`Turn`].
pub(super) fn open(folder: &Path, others: Others, now: &ZonedDateTime) -> Result<Opened, Error> {
    let path = folder.join("ledger.sqlite");
    // The check reads all of the file: only where something may have gone wrong, and something can be done about it.
    let is_checked = others.have_died && !others.are_alive;
    let first_try = if !others.are_alive && has_lost_its_head(&path).map_err(Error::LedgerFolder)? {
        Err(Trouble::Damaged)
    } else {
        try_open(&path, is_checked, now)
    };
    let (why, error) = match first_try {
        Ok((connection, first_id)) => {
            return Ok(Opened {
                connection,
                first_id,
                moved_aside: None,
            });
        }
        Err(Trouble::Folder(error)) => return Err(Error::LedgerFolder(error)),
        Err(Trouble::Sqlite(error)) if is_of_the_content(&error) => (Why::Damaged, error),
        Err(Trouble::Sqlite(error)) => return Err(Error::Ledger(error)),
        Err(Trouble::Damaged) => (Why::Damaged, failure(ffi::SQLITE_CORRUPT, "not sound")),
        Err(Trouble::Newer) => (
            Why::Newer,
            failure(ffi::SQLITE_SCHEMA, "written by a newer version"),
        ),
    };
    if others.are_alive {
        return Err(Error::Ledger(error));
    }
    tracing::warn!(%error, ?why, "the ledger is set aside");
    let name = move_aside(folder, now).map_err(Error::LedgerFolder)?;
    match try_open(&path, false, now) {
        Ok((connection, first_id)) => Ok(Opened {
            connection,
            first_id,
            moved_aside: Some(MovedAside { name, why }),
        }),
        Err(Trouble::Folder(error)) => Err(Error::LedgerFolder(error)),
        Err(Trouble::Sqlite(error)) => Err(Error::Ledger(error)),
        Err(Trouble::Damaged | Trouble::Newer) => Err(Error::Ledger(error)),
    }
}

/// Does the file itself stand in the way? Else it is the disk, a right, another process, and the ledger is as good as before.
fn is_of_the_content(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        // No file of SQLite's, a format that it does not know (`Unknown` is its plain `SQLITE_ERROR`), tables that are not ours.
        Some(code) => matches!(
            code,
            ErrorCode::NotADatabase
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::Unknown
                | ErrorCode::TypeMismatch
                | ErrorCode::ConstraintViolation
        ),
        // A value that is none of ours; but not a path that cannot be opened at all.
        None => !matches!(
            error,
            rusqlite::Error::InvalidPath(_) | rusqlite::Error::NulError(_)
        ),
    }
}

enum Trouble {
    Folder(io::Error),
    Sqlite(rusqlite::Error),
    Damaged,
    Newer,
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn failure(code: i32, text: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(text.to_owned()))
}

fn try_open(
    path: &Path,
    is_checked: bool,
    now: &ZonedDateTime,
) -> Result<(Connection, u64), Trouble> {
    make(path).map_err(Trouble::Folder)?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // Before anything is written.
    if version(&connection)? > VERSION {
        return Err(Trouble::Newer);
    }
    if is_checked && !is_sound(&connection)? {
        return Err(Trouble::Damaged);
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // After the file has become one with a log, which is synced.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.set_prepared_statement_cache_capacity(32);
    migrate(&mut connection, now.timestamp())?;
    let first_id = first_id(&mut connection)?;
    Ok((connection, first_id))
}

/// Is this no file of SQLite's, or an empty one with a log? Asked before SQLite opens it: SQLite would delete the log of
/// a file without pages. Only while nobody has the file open, since this handle's end drops the process's locks on it.
fn has_lost_its_head(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(MAGIC.len() as u64).read_to_end(&mut head)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    if head.is_empty() {
        let log = path.with_file_name("ledger.sqlite-wal");
        Ok(fs::metadata(log).is_ok_and(|log| log.len() > 0))
    } else {
        Ok(head != MAGIC)
    }
}

/// Sqlite.org/fileformat.html, 1.3.
const MAGIC: &[u8] = b"SQLite format 3\0";

fn is_sound(connection: &Connection) -> rusqlite::Result<bool> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(verdict == "ok")
}

/// Moves the ledger and its side files to a name with the time, which no file has. The main file last: should this
/// be interrupted, the next start finds it and moves it as well.
fn move_aside(folder: &Path, now: &ZonedDateTime) -> io::Result<String> {
    let stem = format!("ledger-{}", now.strftime("%Y%m%d-%H%M%S"));
    let is_free = |name: &String| {
        SIDES
            .iter()
            .all(|side| !taken(&with_side(folder, name, side)))
    };
    let name = std::iter::once(format!("{stem}.sqlite"))
        .chain((2..=MOST_A_SECOND).map(|n| format!("{stem}-{n}.sqlite")))
        .find(is_free)
        .ok_or(io::ErrorKind::AlreadyExists)?;
    for side in SIDES {
        match fs::rename(
            with_side(folder, "ledger.sqlite", side),
            with_side(folder, &name, side),
        ) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(name)
}

/// A thousand ledgers set aside within one second is not this app's doing.
const MOST_A_SECOND: u32 = 1000;

const SIDES: [&str; 3] = ["-wal", "-shm", ""];

fn with_side(folder: &Path, name: &str, side: &str) -> PathBuf {
    folder.join(format!("{name}{side}"))
}

fn taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// SQLite gives its side files the mode of the main one. Opens only what did not exist: closing another handle of a
/// file that this process has open would drop SQLite's locks on it (sqlite.org/howtocorrupt.html, 2.2).
fn make(path: &Path) -> io::Result<()> {
    match owner_only().create_new(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests;
