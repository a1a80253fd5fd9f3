//! The one thread that reads and writes the ledger.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::oneshot;

use super::claim::Claim;
use super::read::{claims_in, read_open, take_over};
use super::sync::Syncer;
use super::walks::{read_walks, with_known};
use super::write::apply;
use super::{Adopted, Request, Write};
use crate::Error;

/// How long a write waits for company. A commit costs the same for one row and for a hundred.
const GATHER: Duration = Duration::from_millis(4);
const MOST_IN_ONE_COMMIT: usize = 512;

type Written = (Write, Option<oneshot::Sender<Result<(), Error>>>);

/// Its fields are dropped in this order: the log is synced, SQLite closes it, and only then others may take the rows.
pub(super) struct Thread {
    syncer: Syncer,
    connection: Connection,
    claim: Claim,
}

impl Thread {
    pub(super) fn new(syncer: Syncer, connection: Connection, claim: Claim) -> Self {
        Self {
            syncer,
            connection,
            claim,
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
                self.syncer.note();
                for reply in writes.into_iter().filter_map(|(_, reply)| reply) {
                    let _ = reply.send(Ok(()));
                }
            }
            // One bad write must not take its neighbours with it.
            Err(error) if writes.len() > 1 && is_of_one_write(&error) => {
                for write in writes {
                    self.commit(vec![write]);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the ledger was not written");
                for reply in writes.into_iter().filter_map(|(_, reply)| reply) {
                    let _ = reply.send(Err(Error::Ledger(again(&error))));
                }
            }
        }
    }

    fn try_commit(&mut self, writes: &[Written]) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (write, _) in writes {
            apply(&transaction, self.claim.name(), write)?;
        }
        transaction.commit()
    }

    fn answer(&mut self, question: Request) {
        match question {
            Request::Adopt(destination, reply) => {
                let _ = reply.send(self.adopt(destination.as_deref()).map_err(Error::Ledger));
            }
            Request::Read(question) => question(&self.connection),
            Request::Write(..) => unreachable!("writes are gathered"),
        }
    }

    fn adopt(&mut self, destination: Option<&str>) -> rusqlite::Result<Adopted> {
        // Immediate: who comes at the same time sees the rows with their new claim.
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut dead = claims_in(&transaction)?;
        dead.retain(|name| self.claim.is_dead(name));
        if dead.is_empty() {
            return Ok(Adopted::default());
        }
        let rows = read_open(&transaction, Some(&dead), destination)?;
        let drops = read_walks(&transaction, &dead, destination)?;
        take_over(&transaction, self.claim.name(), &dead, destination)?;
        transaction.commit()?;
        self.syncer.note();
        Ok(Adopted {
            rows,
            walks: with_known(&self.connection, drops)?,
        })
    }
}

/// Would the other writes of the same commit succeed without it? A full disk or a busy file concerns all of them.
fn is_of_one_write(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(code) => matches!(
            code,
            ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig
        ),
        None => true,
    }
}

/// SQLite's errors cannot be cloned; their code can.
fn again(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => {
            rusqlite::Error::SqliteFailure(*code, text.clone())
        }
        rusqlite::Error::QueryReturnedNoRows => rusqlite::Error::QueryReturnedNoRows,
        _ => rusqlite::Error::InvalidQuery,
    }
}
