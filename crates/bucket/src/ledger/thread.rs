//! The one thread that reads and writes the ledger.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::{NewRow, OpenRow, Request, Write, claim};
use crate::row::{Begun, DonePart, File};
use crate::source::Stamp;
use crate::{BucketName, Crc64Nvme, Error, OnConflict, Receipt, RowId};

/// How long a write waits for company. A commit costs the same for one row and for a hundred.
const GATHER: Duration = Duration::from_millis(4);
const MOST_IN_ONE_COMMIT: usize = 512;

type Written = (Write, Option<oneshot::Sender<Result<(), Error>>>);

pub(super) struct Thread {
    connection: Connection,
    claim: String,
    claims: PathBuf,
}

impl Thread {
    pub(super) fn new(connection: Connection, claim: String, folder: &Path) -> Self {
        Self {
            connection,
            claim,
            claims: folder.join("claims"),
        }
    }

    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut writes = Vec::new();
            let mut next = Some(first);
            let deadline = Instant::now() + GATHER;
            while let Some(request) = next.take() {
                match request {
                    Request::Write(write, reply) => writes.push((write, reply)),
                    question => {
                        // Questions see all that was asked to be written before them.
                        self.commit(std::mem::take(&mut writes));
                        self.answer(question);
                    }
                }
                if writes.is_empty() || writes.len() >= MOST_IN_ONE_COMMIT {
                    break;
                }
                let left = deadline.saturating_duration_since(Instant::now());
                next = requests.recv_timeout(left).ok();
            }
            self.commit(writes);
        }
    }

    fn commit(&mut self, writes: Vec<Written>) {
        if writes.is_empty() {
            return;
        }
        match self.try_commit(&writes) {
            Ok(()) => {
                for reply in writes.into_iter().filter_map(|(_, reply)| reply) {
                    let _ = reply.send(Ok(()));
                }
            }
            // One bad write must not take its neighbours with it.
            Err(_) if writes.len() > 1 => {
                for write in writes {
                    self.commit(vec![write]);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the ledger was not written");
                for reply in writes.into_iter().filter_map(|(_, reply)| reply) {
                    let _ = reply.send(Err(Error::Ledger(sqlite_again(&error))));
                }
            }
        }
    }

    fn try_commit(&mut self, writes: &[Written]) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (write, _) in writes {
            apply(&transaction, &self.claim, write)?;
        }
        transaction.commit()
    }

    fn answer(&mut self, question: Request) {
        match question {
            Request::Adopt(destination, reply) => {
                let _ = reply.send(self.adopt(destination.as_deref()).map_err(Error::Ledger));
            }
            Request::OpenRows(reply) => {
                let _ = reply.send(read_open(&self.connection, None, None).map_err(Error::Ledger));
            }
            Request::Write(..) => unreachable!("writes are gathered"),
        }
    }

    fn adopt(&mut self, destination: Option<&str>) -> rusqlite::Result<Vec<OpenRow>> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut adopted = Vec::new();
        for name in claims_in(&transaction)? {
            if name != self.claim && claim::is_dead(&self.claims, &name) {
                adopted.extend(read_open(&transaction, Some(&name), destination)?);
                transaction.execute(
                    "UPDATE rows SET claim = ?1 WHERE claim = ?2 AND (?3 IS NULL OR destination = ?3)",
                    params![self.claim, name, destination],
                )?;
            }
        }
        transaction.commit()?;
        adopted.sort_by_key(|row| row.file.id);
        Ok(adopted)
    }
}

/// SQLite's errors cannot be cloned; their code can.
fn sqlite_again(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => {
            rusqlite::Error::SqliteFailure(*code, text.clone())
        }
        _ => rusqlite::Error::InvalidQuery,
    }
}

fn claims_in(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    let mut statement = transaction.prepare_cached("SELECT DISTINCT claim FROM rows")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

fn apply(transaction: &Transaction<'_>, claim: &str, write: &Write) -> rusqlite::Result<()> {
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
    }
}

fn add(transaction: &Transaction<'_>, claim: &str, row: &NewRow) -> rusqlite::Result<()> {
    let file = &row.file;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO rows (id, claim, destination, bucket, name, key, source, size_bytes,
             modified_nanos, device, inode, on_conflict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
        "INSERT OR REPLACE INTO receipts (row, destination, bucket, key, size_bytes, crc64nvme, etag, version_id,
             stored_at) SELECT id, destination, bucket, ?2, ?3, ?4, ?5, ?6, ?7 FROM rows WHERE id = ?1",
    )?;
    insert.execute(params![
        id.0,
        receipt.key,
        receipt.size_bytes,
        receipt.crc64nvme.to_bits().cast_signed(),
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

fn read_open(
    connection: &Connection,
    claim: Option<&str>,
    destination: Option<&str>,
) -> rusqlite::Result<Vec<OpenRow>> {
    let mut select = connection.prepare_cached(
        "SELECT id, destination, bucket, name, key, source, size_bytes, modified_nanos, device, inode,
             on_conflict, upload_id, part_bytes FROM rows
         WHERE (?1 IS NULL OR claim = ?1) AND (?2 IS NULL OR destination = ?2) ORDER BY id",
    )?;
    let rows = select.query_map(params![claim, destination], open_row)?;
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

fn open_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<OpenRow> {
    let bucket: String = row.get(2)?;
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
        bucket: BucketName::new(&bucket).map_err(|_| rusqlite::Error::InvalidQuery)?,
        path: path_from_bytes(row.get(5)?),
        key: row.get(4)?,
        stamp: Stamp {
            size_bytes: row.get(6)?,
            modified_nanos: row.get(7)?,
            file_id: device
                .zip(inode)
                .map(|(d, i)| (d.cast_unsigned(), i.cast_unsigned())),
        },
        on_conflict: from_number(row.get(10)?),
        begun,
    };
    let destination: String = row.get(1)?;
    Ok(OpenRow {
        destination: destination.into(),
        name: row.get(3)?,
        confirmed_bytes: 0,
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

fn to_number(choice: OnConflict) -> u8 {
    match choice {
        OnConflict::Ask => 0,
        OnConflict::Skip => 1,
        OnConflict::Replace => 2,
        OnConflict::KeepBoth => 3,
    }
}

/// A number that a newer version wrote asks: never a silent overwrite.
fn from_number(number: u8) -> OnConflict {
    match number {
        1 => OnConflict::Skip,
        2 => OnConflict::Replace,
        3 => OnConflict::KeepBoth,
        _ => OnConflict::Ask,
    }
}

#[cfg(unix)]
fn path_to_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(unix)]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    let path: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    PathBuf::from(path)
}

#[cfg(windows)]
fn path_to_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str()
        .encode_wide()
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[cfg(windows)]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    let wide: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let path: std::ffi::OsString = std::os::windows::ffi::OsStringExt::from_wide(&wide);
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::super::Ledger;
    use super::*;

    fn new_row(ledger: &Ledger, destination: &str) -> NewRow {
        NewRow {
            destination: destination.into(),
            name: "a".to_owned(),
            file: File {
                id: ledger.next_id(),
                bucket: BucketName::new("s3-fs-example-bucket").expect("a name"),
                path: PathBuf::from("/tmp/a"),
                key: "a".to_owned(),
                stamp: Stamp {
                    size_bytes: 20 << 20,
                    modified_nanos: -1,
                    file_id: Some((1, u64::MAX)),
                },
                on_conflict: OnConflict::KeepBoth,
                begun: None,
            },
        }
    }

    #[tokio::test]
    async fn a_dead_processs_rows_are_adopted_with_their_confirmed_parts_and_a_living_ones_are_not()
    {
        let dir = tempfile::tempdir().expect("a folder");
        let first = Ledger::open(dir.path()).expect("a ledger");
        let row = new_row(&first, "d");
        let begun = Begun {
            upload_id: "u".to_owned(),
            part_bytes: 8 << 20,
            parts: BTreeMap::new(),
        };
        let part = DonePart {
            etag: "\"e\"".to_owned(),
            crc64nvme: Crc64Nvme::from_bits(u64::MAX),
        };
        first.write(Write::Add(vec![row.clone()]));
        first.write(Write::Begin(row.file.id, begun));
        first
            .commit(Write::Part(row.file.id, 3, part.clone()))
            .await
            .expect("committed");

        let second = Ledger::open(dir.path()).expect("a ledger");
        assert_ne!(second.next_id().0 >> 32, row.file.id.0 >> 32);
        assert!(second.adopt(None).await.expect("adopt").is_empty());
        assert_eq!(second.open_rows().await.expect("rows").len(), 1);
        drop(first);
        assert!(
            second
                .adopt(Some("another"))
                .await
                .expect("adopt")
                .is_empty()
        );
        let adopted = second.adopt(Some("d")).await.expect("adopt");
        assert_eq!(adopted.len(), 1);
        assert_eq!(adopted[0].file.stamp, row.file.stamp);
        assert_eq!(adopted[0].file.on_conflict, OnConflict::KeepBoth);
        assert_eq!(adopted[0].confirmed_bytes, 4 << 20);
        let begun = adopted[0].file.begun.as_ref().expect("begun");
        assert_eq!(begun.parts, BTreeMap::from([(3, part)]));
    }

    #[tokio::test]
    async fn a_stored_row_leaves_and_its_receipt_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(dir.path()).expect("a ledger");
        let row = new_row(&ledger, "d");
        let receipt = Receipt {
            key: "a".to_owned(),
            size_bytes: 1,
            crc64nvme: Crc64Nvme::of(b"a"),
            etag: "\"e\"".to_owned(),
            version_id: None,
            stored_at: jiff::Timestamp::UNIX_EPOCH,
        };
        ledger.write(Write::Add(vec![row.clone()]));
        ledger
            .commit(Write::Store(row.file.id, receipt))
            .await
            .expect("committed");
        assert!(ledger.open_rows().await.expect("rows").is_empty());
        let connection = Connection::open(dir.path().join("ledger.sqlite")).expect("open");
        let receipts: u32 = connection
            .query_row("SELECT count(*) FROM receipts WHERE key = 'a'", [], |row| {
                row.get(0)
            })
            .expect("count");
        assert_eq!(receipts, 1);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_its_owner_may_read_the_ledger() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(dir.path()).expect("a ledger");
        ledger
            .commit(Write::Add(vec![new_row(&ledger, "d")]))
            .await
            .expect("committed");
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
            let meta = std::fs::metadata(dir.path().join(name)).expect(name);
            assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}
