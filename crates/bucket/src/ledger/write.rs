//! What each [`Write`] does to the tables.

use rusqlite::{Transaction, params};

use super::columns::{content_to_number, path_to_bytes, proof_to_number, to_number};
use super::{NewRow, Write};
use crate::row::File;
use crate::{Receipt, RowId};

pub(super) fn apply(
    transaction: &Transaction<'_>,
    claim: &str,
    write: &Write,
) -> rusqlite::Result<()> {
    match write {
        Write::Add(rows) => rows.iter().try_for_each(|row| add(transaction, claim, row)),
        Write::Restart(file) => {
            forget_begun(transaction, file.id)?;
            restart(transaction, file)
        }
        Write::Choose(id, choice) => transaction
            .prepare_cached("UPDATE rows SET on_conflict = ?2 WHERE id = ?1")?
            .execute(params![id.0, to_number(*choice)])
            .map(drop),
        Write::Begin(id, begun) => {
            forget_begun(transaction, *id)?;
            transaction
                .prepare_cached("UPDATE rows SET upload_id = ?2, part_bytes = ?3 WHERE id = ?1")?
                .execute(params![id.0, begun.upload_id, begun.part_bytes])
                .map(drop)
        }
        Write::Part(id, number, part) => transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO parts (row, number, etag, crc64nvme) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![
                id.0,
                number,
                part.etag,
                part.crc64nvme.to_bits().cast_signed()
            ])
            .map(drop),
        Write::Store(id, receipt) => {
            keep_receipt(transaction, *id, receipt)?;
            remove(transaction, *id)
        }
        Write::Remove(id) => remove(transaction, *id),
        Write::Pause(id, is_paused) => transaction
            .prepare_cached("UPDATE rows SET is_paused = ?2 WHERE id = ?1")?
            .execute(params![id.0, is_paused])
            .map(drop),
        Write::Abandon(_) | Write::Aborted { .. } | Write::WalkBegan(_) | Write::WalkEnded(_) => {
            Ok(())
        }
    }
}

fn add(transaction: &Transaction<'_>, claim: &str, row: &NewRow) -> rusqlite::Result<()> {
    let file = &row.file;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO rows (id, claim, destination, bucket, name, key, source, size_bytes,
             modified_nanos, device, inode, on_conflict, drop_id, added_at, content)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        file.id.0,
        claim,
        &*row.destination,
        file.bucket.as_str(),
        row.name,
        file.key,
        path_to_bytes(&file.path),
        file.stamp.size_bytes,
        file.stamp.modified_nanos,
        file.stamp.file_id.map(|(device, _)| device.cast_signed()),
        file.stamp.file_id.map(|(_, inode)| inode.cast_signed()),
        to_number(file.on_conflict),
        file.drop.0,
        file.added_at.to_string(),
        content_to_number(file.content),
    ])?;
    Ok(())
}

fn restart(transaction: &Transaction<'_>, file: &File) -> rusqlite::Result<()> {
    let mut update = transaction.prepare_cached(
        "UPDATE rows SET key = ?2, size_bytes = ?3, modified_nanos = ?4, device = ?5, inode = ?6, on_conflict = ?7
         WHERE id = ?1",
    )?;
    update.execute(params![
        file.id.0,
        file.key,
        file.stamp.size_bytes,
        file.stamp.modified_nanos,
        file.stamp.file_id.map(|(device, _)| device.cast_signed()),
        file.stamp.file_id.map(|(_, inode)| inode.cast_signed()),
        to_number(file.on_conflict),
    ])?;
    Ok(())
}

fn forget_begun(transaction: &Transaction<'_>, id: RowId) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM parts WHERE row = ?")?
        .execute([id.0])?;
    transaction
        .prepare_cached("UPDATE rows SET upload_id = NULL, part_bytes = NULL WHERE id = ?")?
        .execute([id.0])?;
    Ok(())
}

fn keep_receipt(
    transaction: &Transaction<'_>,
    id: RowId,
    receipt: &Receipt,
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO receipts (row, destination, bucket, key, size_bytes, crc64nvme, proof, etag,
             version_id, stored_at) SELECT id, destination, bucket, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM rows WHERE id = ?1",
    )?;
    insert.execute(params![
        id.0,
        receipt.key,
        receipt.size_bytes,
        receipt.crc64nvme.to_bits().cast_signed(),
        proof_to_number(receipt.proof),
        receipt.etag,
        receipt.version_id,
        receipt.stored_at.to_string(),
    ])?;
    Ok(())
}

fn remove(transaction: &Transaction<'_>, id: RowId) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM rows WHERE id = ?")?
        .execute([id.0])
        .map(drop)
}
