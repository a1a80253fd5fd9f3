//! What each [`Write`] does to the tables.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::columns::{content_to_number, path_to_bytes, proof_to_number, to_json, to_number};
use super::walks::{remember_taken_back, walk_began, walk_ended};
use super::{Abandoned, NewRow, Write};
use crate::row::File;
use crate::{DropId, OnConflict, Receipt, RowId};

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
        Write::Remove(id) => {
            remember_taken_back(transaction, *id)?;
            remove(transaction, *id)
        }
        Write::Pause(id, is_paused) => transaction
            .prepare_cached("UPDATE rows SET is_paused = ?2 WHERE id = ?1")?
            .execute(params![id.0, is_paused])
            .map(drop),
        Write::PauseAll(destination, is_paused) => transaction
            .prepare_cached("UPDATE rows SET is_paused = ?3 WHERE destination = ?1 AND claim = ?2")?
            .execute(params![&**destination, claim, is_paused])
            .map(drop),
        Write::ChooseForDrop { drop, choice, held } => {
            choose_for_drop(transaction, *drop, *choice, held)
        }
        Write::Abandon(upload) => abandon(transaction, upload),
        Write::Aborted { upload_id } => transaction
            .prepare_cached("DELETE FROM abandoned WHERE upload_id = ?")?
            .execute([upload_id])
            .map(drop),
        Write::WalkBegan(dropped) => walk_began(transaction, claim, dropped, Timestamp::now()),
        Write::WalkEnded(id) => walk_ended(transaction, *id),
    }
}

fn add(transaction: &Transaction<'_>, claim: &str, row: &NewRow) -> rusqlite::Result<()> {
    let file = &row.file;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO rows (id, claim, destination, bucket, name, key, source, size_bytes,
             modified_nanos, device, inode, on_conflict, drop_id, added_at, content, is_paused)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        file.id.0,
        claim,
        &*row.destination,
        file.bucket.as_str(),
        row.name,
        &*file.key,
        path_to_bytes(&file.path.to_path()),
        file.stamp.size_bytes,
        file.stamp.modified_nanos,
        file.stamp.file_id.map(|(device, _)| device.cast_signed()),
        file.stamp.file_id.map(|(_, inode)| inode.cast_signed()),
        to_number(file.on_conflict),
        file.drop.0,
        file.added_at.to_string(),
        content_to_number(file.content),
        row.is_paused,
    ])?;
    Ok(())
}

fn choose_for_drop(
    transaction: &Transaction<'_>,
    drop: DropId,
    choice: OnConflict,
    held: &[RowId],
) -> rusqlite::Result<()> {
    let held: Vec<u64> = held.iter().map(|id| id.0).collect();
    transaction
        .prepare_cached(
            "UPDATE rows SET on_conflict = ?2
             WHERE drop_id = ?1 AND id NOT IN (SELECT value FROM json_each(?3))",
        )?
        .execute(params![drop.0, to_number(choice), to_json(&held)])?;
    transaction
        .prepare_cached("UPDATE drops SET on_conflict = ?2 WHERE id = ?1")?
        .execute(params![drop.0, to_number(choice)])?;
    Ok(())
}

fn restart(transaction: &Transaction<'_>, file: &File) -> rusqlite::Result<()> {
    let mut update = transaction.prepare_cached(
        "UPDATE rows SET key = ?2, size_bytes = ?3, modified_nanos = ?4, device = ?5, inode = ?6, on_conflict = ?7
         WHERE id = ?1",
    )?;
    update.execute(params![
        file.id.0,
        &*file.key,
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
        "INSERT OR REPLACE INTO receipts (row, drop_id, destination, bucket, name, source, modified_nanos, key,
             size_bytes, crc64nvme, proof, etag, version_id, stored_at)
         SELECT id, drop_id, destination, bucket, name, source, modified_nanos, ?2, ?3, ?4, ?5, ?6, ?7, ?8
         FROM rows WHERE id = ?1",
    )?;
    let kept = insert.execute(params![
        id.0,
        receipt.key,
        receipt.size_bytes,
        receipt.crc64nvme.to_bits().cast_signed(),
        proof_to_number(receipt.proof),
        receipt.etag,
        receipt.version_id,
        receipt.stored_at.to_string(),
    ])?;
    // Without its row nothing is known of it but its key: a receipt is never lost in silence.
    if kept == 1 {
        Ok(())
    } else {
        Err(rusqlite::Error::QueryReturnedNoRows)
    }
}

fn abandon(transaction: &Transaction<'_>, upload: &Abandoned) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO abandoned (upload_id, destination, bucket, key, confirmed_bytes, abandoned_at)
         VALUES (?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        upload.upload_id,
        &*upload.destination,
        upload.bucket,
        upload.key,
        upload.confirmed_bytes,
        upload.abandoned_at.to_string(),
    ])?;
    Ok(())
}

fn remove(transaction: &Transaction<'_>, id: RowId) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM rows WHERE id = ?")?
        .execute([id.0])
        .map(drop)
}
