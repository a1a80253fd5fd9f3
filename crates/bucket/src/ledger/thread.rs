//! The one thread that reads and writes the ledger.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::read::{claims_in, read_open};
use super::write::apply;
use super::{OpenRow, Request, Write, claim};
use crate::Error;

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
            if matches!(first, Request::Write(..)) {
                // Asleep, and not waiting for the next one: waking this thread for each write costs more than the write.
                std::thread::sleep(GATHER);
            }
            let mut writes = Vec::new();
            for request in std::iter::once(first).chain(requests.try_iter()) {
                match request {
                    Request::Write(write, reply) => writes.push((write, reply)),
                    question => {
                        // Questions see all that was asked to be written before them.
                        self.commit(std::mem::take(&mut writes));
                        self.answer(question);
                    }
                }
                if writes.len() >= MOST_IN_ONE_COMMIT {
                    self.commit(std::mem::take(&mut writes));
                }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Ledger, NewRow};
    use super::*;
    use crate::row::{Begun, Content, DonePart, File};
    use crate::source::Stamp;
    use crate::{BucketName, Crc64Nvme, OnConflict, Proof, Receipt};

    fn new_row(ledger: &Ledger, destination: &str) -> NewRow {
        NewRow {
            destination: destination.into(),
            name: "a".to_owned(),
            file: File {
                id: ledger.next_id(),
                drop: ledger.next_drop(),
                added_at: jiff::Timestamp::UNIX_EPOCH,
                content: Content::File,
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
                may_be_stored: false,
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
            proof: Proof::Checksum,
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
