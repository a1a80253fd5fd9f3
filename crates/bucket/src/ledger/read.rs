//! Rows and parts, read back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Transaction, params};

use super::OpenRow;
use super::columns::{
    content_from_number, from_number, name_from_text, path_from_bytes, time_from_text, to_json,
};
use crate::row::{Begun, DonePart, File};
use crate::shared::FilePath;
use crate::source::Stamp;
use crate::{Crc64Nvme, DropId, RowId};

/// The claims of all that may be taken over. One pass over the rows: they are many only when much is open.
pub(super) fn claims_in(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    let mut statement = transaction.prepare_cached(
        "SELECT claim FROM rows UNION SELECT claim FROM drops WHERE NOT is_walked",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
}

pub(super) fn take_over(
    transaction: &Transaction<'_>,
    claim: &str,
    dead: &[String],
    destination: Option<&str>,
) -> rusqlite::Result<()> {
    let dead = to_json(dead);
    for table in ["rows", "drops"] {
        transaction.execute(
            &format!(
                "UPDATE {table} SET claim = ?1 WHERE claim IN (SELECT value FROM json_each(?2))
                     AND (?3 IS NULL OR destination = ?3)"
            ),
            params![claim, dead, destination],
        )?;
    }
    Ok(())
}

/// Rows of these claims, or of all; of one destination, or of all.
pub(super) fn read_open(
    connection: &Connection,
    claims: Option<&[String]>,
    destination: Option<&str>,
) -> rusqlite::Result<Vec<OpenRow>> {
    let mut select = connection.prepare_cached(
        "SELECT id, destination, bucket, name, key, source, size_bytes, modified_nanos, device, inode,
             on_conflict, upload_id, part_bytes, drop_id, added_at, content, is_paused FROM rows
         WHERE (?1 IS NULL OR claim IN (SELECT value FROM json_each(?1)))
             AND (?2 IS NULL OR destination = ?2) ORDER BY id",
    )?;
    let mut folder = None;
    let rows = select.query_map(params![claims.map(to_json), destination], |row| {
        open_row(row, &mut folder)
    })?;
    let mut rows: Vec<OpenRow> = rows.collect::<rusqlite::Result<_>>()?;
    for row in &mut rows {
        let id = row.file.id;
        if let Some(begun) = &mut row.file.begun {
            begun.parts = parts_of(connection, id)?;
        }
        row.confirmed_bytes = row.file.confirmed_bytes();
    }
    Ok(rows)
}

pub(super) fn has_open_outside(
    connection: &Connection,
    destination: &str,
    bucket: &str,
    prefix: &str,
) -> rusqlite::Result<bool> {
    let mut select = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM rows WHERE destination = ?1
                 AND (bucket <> ?2 OR substr(key, 1, length(?3)) <> ?3))
             OR EXISTS (SELECT 1 FROM drops WHERE destination = ?1 AND NOT is_walked
                 AND (bucket <> ?2 OR substr(folder, 1, length(?3)) <> ?3))",
    )?;
    select.query_row(params![destination, bucket, prefix], |row| row.get(0))
}

fn open_row(row: &rusqlite::Row<'_>, last: &mut Option<Arc<Path>>) -> rusqlite::Result<OpenRow> {
    let device: Option<i64> = row.get(8)?;
    let inode: Option<i64> = row.get(9)?;
    let upload_id: Option<String> = row.get(11)?;
    let begun = upload_id
        .map(|upload_id| -> rusqlite::Result<Begun> {
            Ok(Begun {
                upload_id,
                part_bytes: row.get(12)?,
                parts: BTreeMap::new(),
            })
        })
        .transpose()?;
    let file = File {
        id: RowId(row.get(0)?),
        drop: DropId(row.get(13)?),
        added_at: time_from_text(row, 14)?,
        content: content_from_number(row.get(15)?),
        bucket: name_from_text(row, 2)?,
        path: FilePath::beside(&path_from_bytes(row.get(5)?), last),
        key: row.get(4)?,
        stamp: Stamp {
            size_bytes: row.get(6)?,
            modified_nanos: row.get(7)?,
            file_id: device
                .zip(inode)
                .map(|(d, i)| (d.cast_unsigned(), i.cast_unsigned())),
        },
        on_conflict: from_number(row.get(10)?),
        begun: begun.map(Box::new),
        // Its process may have died between the request and the answer.
        may_be_stored: true,
        looks_first: true,
    };
    let destination: String = row.get(1)?;
    Ok(OpenRow {
        destination: destination.into(),
        name: row.get(3)?,
        confirmed_bytes: 0,
        is_paused: row.get(16)?,
        file,
    })
}

fn parts_of(connection: &Connection, id: RowId) -> rusqlite::Result<BTreeMap<u32, DonePart>> {
    let mut select =
        connection.prepare_cached("SELECT number, etag, crc64nvme FROM parts WHERE row = ?")?;
    select
        .query_map([id.0], |row| {
            let crc: i64 = row.get(2)?;
            let part = DonePart {
                etag: row.get(1)?,
                crc64nvme: Crc64Nvme::from_bits(crc.cast_unsigned()),
            };
            Ok((row.get(0)?, part))
        })?
        .collect()
}
