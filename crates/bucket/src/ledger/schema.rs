//! The ledger's tables, and how an older ledger gets them.
//!
//! A migration only adds, and what it adds has a default: a process of the older version that still runs goes on
//! writing to the same file.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

/// `user_version` of the ledgers that this version writes. The first release wrote none, which is 0.
pub(super) const VERSION: i64 = 2;

/// Each process takes a block of row numbers, so that numbers need no round trip; 2^21 starts fit below 2^53, the
/// largest integer that the page counts with exactly.
const IDS_PER_START: u64 = 1 << 32;

/// Drop 0: from before drops were remembered.
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
    upload_id TEXT,
    part_bytes INTEGER,
    drop_id INTEGER NOT NULL DEFAULT 0,
    added_at TEXT NOT NULL DEFAULT '1970-01-01T00:00:00Z',
    content INTEGER NOT NULL DEFAULT 0,
    is_paused INTEGER NOT NULL DEFAULT 0
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
    etag TEXT NOT NULL,
    version_id TEXT,
    stored_at TEXT NOT NULL,
    proof INTEGER NOT NULL DEFAULT 1,
    drop_id INTEGER NOT NULL DEFAULT 0,
    name TEXT,
    source BLOB,
    modified_nanos INTEGER
);
CREATE INDEX IF NOT EXISTS receipts_of_drop ON receipts (drop_id);
CREATE TABLE IF NOT EXISTS drops (
    id INTEGER PRIMARY KEY,
    claim TEXT NOT NULL,
    destination TEXT NOT NULL,
    bucket TEXT NOT NULL,
    folder TEXT NOT NULL,
    on_conflict INTEGER NOT NULL,
    follows_links INTEGER NOT NULL,
    marks_empty_folders INTEGER NOT NULL,
    leaves_out TEXT NOT NULL,
    added_at TEXT NOT NULL,
    is_walked INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS drop_paths (
    drop_id INTEGER NOT NULL REFERENCES drops(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    source BLOB NOT NULL,
    PRIMARY KEY (drop_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken_back (
    drop_id INTEGER NOT NULL REFERENCES drops(id) ON DELETE CASCADE,
    source BLOB NOT NULL,
    name TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS taken_back_of_drop ON taken_back (drop_id);
CREATE TABLE IF NOT EXISTS abandoned (
    upload_id TEXT PRIMARY KEY,
    destination TEXT NOT NULL,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    confirmed_bytes INTEGER NOT NULL,
    abandoned_at TEXT NOT NULL
) WITHOUT ROWID;";

/// What the tables of the first release lack. It called nothing stored without the server's checksum: proof 1.
const ADDED: [(&str, &str, &str); 9] = [
    ("rows", "drop_id", "INTEGER NOT NULL DEFAULT 0"),
    (
        "rows",
        "added_at",
        "TEXT NOT NULL DEFAULT '1970-01-01T00:00:00Z'",
    ),
    ("rows", "content", "INTEGER NOT NULL DEFAULT 0"),
    ("rows", "is_paused", "INTEGER NOT NULL DEFAULT 0"),
    ("receipts", "proof", "INTEGER NOT NULL DEFAULT 1"),
    ("receipts", "drop_id", "INTEGER NOT NULL DEFAULT 0"),
    ("receipts", "name", "TEXT"),
    ("receipts", "source", "BLOB"),
    ("receipts", "modified_nanos", "INTEGER"),
];

pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Makes the tables of an empty ledger, or adds to those of an older one; all or nothing.
pub(super) fn migrate(connection: &mut Connection, now: Timestamp) -> rusqlite::Result<()> {
    if version(connection)? == VERSION {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if has_table(&transaction, "rows")? {
        for (table, column, kind) in ADDED {
            if !has_column(&transaction, table, column)? {
                transaction
                    .execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"))?;
            }
        }
        // When they were added is not known any more. The latest it can have been: an object of before that time is
        // then not taken for one of them.
        transaction.execute(
            "UPDATE rows SET added_at = ? WHERE added_at = '1970-01-01T00:00:00Z'",
            [now.to_string()],
        )?;
    }
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

fn has_table(transaction: &Transaction<'_>, table: &str) -> rusqlite::Result<bool> {
    let found = transaction
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?",
            [table],
            |_| Ok(()),
        )
        .optional()?;
    Ok(found.is_some())
}

fn has_column(transaction: &Transaction<'_>, table: &str, column: &str) -> rusqlite::Result<bool> {
    let found = transaction
        .query_row(
            "SELECT 1 FROM pragma_table_info(?) WHERE name = ?",
            [table, column],
            |_| Ok(()),
        )
        .optional()?;
    Ok(found.is_some())
}

/// Takes a block of numbers; its first.
pub(super) fn first_id(connection: &mut Connection) -> rusqlite::Result<u64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let start: u64 =
        transaction.query_row("SELECT coalesce(max(n), 0) + 1 FROM starts", [], |row| {
            row.get(0)
        })?;
    transaction.execute("DELETE FROM starts", [])?;
    transaction.execute("INSERT INTO starts (n) VALUES (?)", [start])?;
    transaction.commit()?;
    Ok(start * IDS_PER_START)
}
