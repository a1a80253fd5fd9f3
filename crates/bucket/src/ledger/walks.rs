//! Drops whose walk has not ended: kept until all their files are rows, so that a process's death loses none.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::columns::{
    from_json, from_number, name_from_text, path_from_bytes, path_to_bytes, to_json, to_number,
};
use crate::{Drop, DropId, Folder, RowId, WalkRules};

/// A drop whose process ended while it walked.
#[derive(Debug)]
pub struct UnfinishedWalk {
    /// To be walked again; its number is the old one.
    pub drop: Drop,
    /// Its files that are not to become rows again.
    pub known: Known,
}

/// Files of a drop that are rows already, were stored, or were taken back by the person.
///
/// By their path on disk and name inside the drop, and not by key: *keep both* changes keys. Kept as 128 bits each;
/// for 200,000 files the chance that a new one counts as known is below 2^-92.
#[derive(Clone, Debug, Default)]
pub struct Known(HashSet<u128>);

impl Known {
    /// Is the file at `path`, whose name inside the drop is `name`, known?
    pub fn contains(&self, path: &Path, name: &str) -> bool {
        self.0.contains(&digest(&path_to_bytes(path), name))
    }

    /// How many are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// None is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn digest(path: &[u8], name: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, path, name).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    (half(0) << 64) | half(1)
}

/// Once more for a drop that is walked again: it keeps the time at which it was added.
pub(super) fn walk_began(
    transaction: &Transaction<'_>,
    claim: &str,
    dropped: &Drop,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO drops (id, claim, destination, bucket, folder, on_conflict, follows_links,
                 marks_empty_folders, leaves_out, added_at, is_walked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
             ON CONFLICT (id) DO UPDATE SET claim = excluded.claim, is_walked = 0",
        )?
        .execute(params![
            dropped.id.0,
            claim,
            &*dropped.destination,
            dropped.bucket.as_str(),
            dropped.folder.as_str(),
            to_number(dropped.on_conflict),
            dropped.rules.follows_links,
            dropped.rules.marks_empty_folders,
            to_json(&dropped.rules.leaves_out),
            now.to_string(),
        ])?;
    let mut insert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO drop_paths (drop_id, number, source) VALUES (?, ?, ?)",
    )?;
    for (number, path) in (0_u64..).zip(&dropped.paths) {
        insert.execute(params![dropped.id.0, number, path_to_bytes(path)])?;
    }
    Ok(())
}

/// What was needed to walk it again goes; the drop stays, for its receipts.
pub(super) fn walk_ended(transaction: &Transaction<'_>, id: DropId) -> rusqlite::Result<()> {
    for statement in [
        "UPDATE drops SET is_walked = 1 WHERE id = ?",
        "DELETE FROM drop_paths WHERE drop_id = ?",
        "DELETE FROM taken_back WHERE drop_id = ?",
    ] {
        transaction.prepare_cached(statement)?.execute([id.0])?;
    }
    Ok(())
}

/// A row that the person took back must not come again should its drop be walked again.
pub(super) fn remember_taken_back(
    transaction: &Transaction<'_>,
    id: RowId,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO taken_back (drop_id, source, name)
             SELECT rows.drop_id, rows.source, rows.name FROM rows
             JOIN drops ON drops.id = rows.drop_id AND NOT drops.is_walked WHERE rows.id = ?",
        )?
        .execute([id.0])
        .map(drop)
}

pub(super) fn read_walks(
    transaction: &Transaction<'_>,
    claims: &[String],
    destination: Option<&str>,
) -> rusqlite::Result<Vec<Drop>> {
    let mut select = transaction.prepare_cached(
        "SELECT id, destination, bucket, folder, on_conflict, follows_links, marks_empty_folders, leaves_out
         FROM drops WHERE NOT is_walked AND claim IN (SELECT value FROM json_each(?1))
             AND (?2 IS NULL OR destination = ?2) ORDER BY id",
    )?;
    let drops = select.query_map(params![to_json(claims), destination], |row| {
        let (destination, folder): (String, String) = (row.get(1)?, row.get(3)?);
        Ok(Drop {
            id: DropId(row.get(0)?),
            destination: destination.into(),
            bucket: name_from_text(row, 2)?,
            folder: Folder::as_listed(&folder).ok_or(rusqlite::Error::InvalidQuery)?,
            paths: Vec::new(),
            on_conflict: from_number(row.get(4)?),
            rules: WalkRules {
                follows_links: row.get(5)?,
                marks_empty_folders: row.get(6)?,
                leaves_out: from_json(row, 7)?,
            },
        })
    })?;
    let mut drops: Vec<Drop> = drops.collect::<rusqlite::Result<_>>()?;
    let mut select = transaction
        .prepare_cached("SELECT source FROM drop_paths WHERE drop_id = ? ORDER BY number")?;
    for dropped in &mut drops {
        let paths = select.query_map([dropped.id.0], |row| row.get(0).map(path_from_bytes))?;
        dropped.paths = paths.collect::<rusqlite::Result<_>>()?;
    }
    Ok(drops)
}

pub(super) fn with_known(
    connection: &Connection,
    drops: Vec<Drop>,
) -> rusqlite::Result<Vec<UnfinishedWalk>> {
    let mut select = connection.prepare_cached(
        "SELECT source, name FROM rows WHERE drop_id = ?1
         UNION ALL SELECT source, name FROM receipts WHERE drop_id = ?1
         UNION ALL SELECT source, name FROM taken_back WHERE drop_id = ?1",
    )?;
    let mut walks = Vec::with_capacity(drops.len());
    for dropped in drops {
        let mut known = HashSet::new();
        let mut rows = select.query([dropped.id.0])?;
        while let Some(row) = rows.next()? {
            let path = row.get_ref(0)?.as_blob_or_null()?.unwrap_or_default();
            let name = row.get_ref(1)?.as_str_or_null()?.unwrap_or_default();
            known.insert(digest(path, name));
        }
        walks.push(UnfinishedWalk {
            drop: dropped,
            known: Known(known),
        });
    }
    Ok(walks)
}
