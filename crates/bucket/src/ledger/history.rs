//! What has been: drops, receipts, abandoned uploads.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::Abandoned;
use super::columns::{proof_from_number, time_from_text};
use crate::{Crc64Nvme, DropId, Folder, Receipt, RowId};

/// Receipts of one page: about 300 KB of them.
const MOST_ON_A_PAGE: usize = 1000;

/// A drop, in sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropSummary {
    /// The drop.
    pub id: DropId,
    /// Whose destination.
    pub destination: Arc<str>,
    /// The bucket.
    pub bucket: String,
    /// The folder in it.
    pub folder: Folder,
    /// When it was dropped, by this computer's wall clock.
    pub added_at: Timestamp,
    /// All its files are counted.
    pub is_walked: bool,
    /// Files that are open or stored; not those taken back.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files of these that are stored.
    pub stored: u64,
}

/// Which receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// One drop's.
    Drop(DropId),
    /// A destination's.
    Destination(Arc<str>),
    /// All.
    All,
}

/// A receipt with what tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// The drop that brought it; 0 from before drops were remembered.
    pub drop: DropId,
    /// Whose destination.
    pub destination: Arc<str>,
    /// The bucket.
    pub bucket: String,
    /// The file's name inside its drop, as it is on disk; its key when the name was not kept.
    pub name: String,
    /// What S3 confirmed.
    pub receipt: Receipt,
}

/// Some receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptPage {
    /// In the order of their rows.
    pub files: Vec<StoredFile>,
    /// Asks for the next page; none after the last.
    pub next: Option<RowId>,
}

pub(super) fn abandoned(
    connection: &Connection,
    destination: Option<&str>,
) -> rusqlite::Result<Vec<Abandoned>> {
    let mut select = connection.prepare_cached(
        "SELECT destination, bucket, key, upload_id, confirmed_bytes, abandoned_at FROM abandoned
         WHERE ?1 IS NULL OR destination = ?1",
    )?;
    let uploads = select.query_map([destination], |row| {
        let destination: String = row.get(0)?;
        Ok(Abandoned {
            destination: destination.into(),
            bucket: row.get(1)?,
            key: row.get(2)?,
            upload_id: row.get(3)?,
            confirmed_bytes: row.get(4)?,
            abandoned_at: time_from_text(row, 5)?,
        })
    })?;
    let mut uploads: Vec<Abandoned> = uploads.collect::<rusqlite::Result<_>>()?;
    uploads.sort_by(|a, b| (b.abandoned_at, &a.key).cmp(&(a.abandoned_at, &b.key)));
    Ok(uploads)
}

pub(super) fn drops(
    connection: &Connection,
    destination: Option<&str>,
) -> rusqlite::Result<Vec<DropSummary>> {
    let mut select = connection.prepare_cached(
        "SELECT drops.id, destination, bucket, folder, added_at, is_walked,
             coalesce(open.files, 0) + coalesce(stored.files, 0),
             coalesce(open.bytes, 0) + coalesce(stored.bytes, 0), coalesce(stored.files, 0)
         FROM drops
         LEFT JOIN (SELECT drop_id, count(*) AS files, sum(size_bytes) AS bytes FROM rows GROUP BY drop_id) AS open
             ON open.drop_id = drops.id
         LEFT JOIN (SELECT drop_id, count(*) AS files, sum(size_bytes) AS bytes FROM receipts GROUP BY drop_id)
             AS stored ON stored.drop_id = drops.id
         WHERE ?1 IS NULL OR destination = ?1",
    )?;
    let drops = select.query_map([destination], |row| {
        let (destination, folder): (String, String) = (row.get(1)?, row.get(3)?);
        Ok(DropSummary {
            id: DropId(row.get(0)?),
            destination: destination.into(),
            bucket: row.get(2)?,
            folder: Folder::as_listed(&folder).ok_or(rusqlite::Error::InvalidQuery)?,
            added_at: time_from_text(row, 4)?,
            is_walked: row.get(5)?,
            files: row.get(6)?,
            bytes: row.get(7)?,
            stored: row.get(8)?,
        })
    })?;
    let mut drops: Vec<DropSummary> = drops.collect::<rusqlite::Result<_>>()?;
    drops.sort_by_key(|summary| std::cmp::Reverse((summary.added_at, summary.id)));
    Ok(drops)
}

/// As [`stored_file`] takes them.
const COLUMNS: &str = "row, drop_id, destination, bucket, coalesce(name, key), key, size_bytes, crc64nvme, proof, etag,
             version_id, stored_at";

pub(super) fn receipt(connection: &Connection, row: RowId) -> rusqlite::Result<Option<StoredFile>> {
    let mut select =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM receipts WHERE row = ?"))?;
    select.query_row([row.0], stored_file).optional()
}

/// What was stored under this key last. Receipts have no index by key: one person asks once in a while, and a million of
/// them are read in a moment.
pub(super) fn receipt_of(
    connection: &Connection,
    bucket: &str,
    key: &str,
) -> rusqlite::Result<Option<StoredFile>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM receipts WHERE bucket = ? AND key = ? ORDER BY stored_at DESC, row DESC LIMIT 1"
    ))?;
    select.query_row([bucket, key], stored_file).optional()
}

pub(super) fn receipts(
    connection: &Connection,
    selection: &Selection,
    after: Option<RowId>,
) -> rusqlite::Result<ReceiptPage> {
    let (condition, drop_id, destination) = match selection {
        Selection::Drop(id) => ("drop_id = ?2", Some(id.0), None),
        Selection::Destination(destination) => ("destination = ?3", None, Some(&**destination)),
        Selection::All => ("TRUE", None, None),
    };
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM receipts
         WHERE row > ?1 AND {condition} ORDER BY row LIMIT ?4"
    ))?;
    let after = after.map_or(0, |row| row.0);
    let found = select.query_map(
        params![after, drop_id, destination, MOST_ON_A_PAGE],
        |row| Ok((RowId(row.get(0)?), stored_file(row)?)),
    )?;
    let (mut files, mut last) = (Vec::new(), None);
    for found in found {
        let (row, file) = found?;
        last = Some(row);
        files.push(file);
    }
    Ok(ReceiptPage {
        next: last.filter(|_| files.len() == MOST_ON_A_PAGE),
        files,
    })
}

fn stored_file(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredFile> {
    let destination: String = row.get(2)?;
    let crc: i64 = row.get(7)?;
    Ok(StoredFile {
        drop: DropId(row.get(1)?),
        destination: destination.into(),
        bucket: row.get(3)?,
        name: row.get(4)?,
        receipt: Receipt {
            key: row.get(5)?,
            size_bytes: row.get(6)?,
            crc64nvme: Crc64Nvme::from_bits(crc.cast_unsigned()),
            proof: proof_from_number(row.get(8)?),
            etag: row.get(9)?,
            version_id: row.get(10)?,
            stored_at: time_from_text(row, 11)?,
        },
    })
}
