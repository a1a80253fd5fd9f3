//! The ledger's tables, and opening them.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::Error;

/// Each process takes a block of row numbers, so that numbers need no round trip; 2^21 starts fit below 2^53, the
/// largest integer that the page counts with exactly.
const IDS_PER_START: u64 = 1 << 32;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS starts (n INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    id INTEGER PRIMARY KEY,
    claim TEXT NOT NULL,
    destination TEXT NOT NULL,
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    source BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_nanos INTEGER NOT NULL,
    device INTEGER,
    inode INTEGER,
    on_conflict INTEGER NOT NULL,
    drop_id INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    content INTEGER NOT NULL,
    is_paused INTEGER NOT NULL DEFAULT 0,
    upload_id TEXT,
    part_bytes INTEGER
);
CREATE TABLE IF NOT EXISTS parts (
    row INTEGER NOT NULL REFERENCES rows(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    etag TEXT NOT NULL,
    crc64nvme INTEGER NOT NULL,
    PRIMARY KEY (row, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipts (
    row INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    crc64nvme INTEGER NOT NULL,
    proof INTEGER NOT NULL,
    etag TEXT NOT NULL,
    version_id TEXT,
    stored_at TEXT NOT NULL
);";

/// Opens `folder/ledger.sqlite`, readable by its owner only, and takes a block of row numbers.
pub(super) fn open(folder: &Path) -> Result<(Connection, u64), Error> {
    let path = folder.join("ledger.sqlite");
    owner_only(&path).map_err(Error::LedgerFolder)?;
    let open = || {
        let mut connection = Connection::open(&path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.set_prepared_statement_cache_capacity(32);
        let start = next_start(&mut connection)?;
        Ok((connection, start * IDS_PER_START))
    };
    open().map_err(Error::Ledger)
}

fn next_start(connection: &mut Connection) -> rusqlite::Result<u64> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    transaction.execute_batch(TABLES)?;
    let starts: u64 =
        transaction.query_row("SELECT coalesce(max(n), 0) + 1 FROM starts", [], |row| {
            row.get(0)
        })?;
    transaction.execute("DELETE FROM starts", [])?;
    transaction.execute("INSERT INTO starts (n) VALUES (?)", [starts])?;
    transaction.commit()?;
    Ok(starts)
}

/// SQLite gives its side files the mode of the main one.
fn owner_only(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
