//! The ledger: the file on disk that remembers rows, upload ids, finished parts and receipts. It holds no secret.
//!
//! SQLite in WAL mode with `synchronous = NORMAL`: what was committed survives the death of the process; losing power
//! may lose the last commits and never the file. One thread writes; what arrives within a few milliseconds goes into
//! one commit.
//!
//! Several processes (the window, the command line) may use one ledger. Each row is claimed by one of them: a claim is
//! a file locked by its process, so that the system frees it however the process ends.

mod claim;
mod columns;
mod read;
mod schema;
mod thread;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::row::{Begun, DonePart, File};
use crate::{Drop, DropId, Error, OnConflict, Receipt, RowId};
use claim::Claim;

/// A handle; clones share the thread. The thread ends with the last one, after its last commit.
#[derive(Clone, Debug)]
pub struct Ledger {
    to_thread: mpsc::Sender<Request>,
    ids: Arc<std::sync::atomic::AtomicU64>,
    // Held for its lock.
    _claim: Arc<Claim>,
}

/// A row that an earlier start left open.
#[derive(Clone, Debug)]
pub struct OpenRow {
    /// Whose destination.
    pub destination: Arc<str>,
    /// The file's name inside its drop.
    pub name: String,
    /// Bytes that S3 has confirmed.
    pub confirmed_bytes: u64,
    /// The person holds it back.
    pub is_paused: bool,
    pub(crate) file: File,
}

impl OpenRow {
    /// The object's key.
    pub fn key(&self) -> &str {
        &self.file.key
    }

    /// The file's size.
    pub fn size_bytes(&self) -> u64 {
        self.file.stamp.size_bytes
    }
}

/// A begun upload that nobody goes on with. Its parts cost what stored bytes cost, until it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abandoned {
    /// Whose destination.
    pub destination: Arc<str>,
    /// The bucket.
    pub bucket: String,
    /// The key that the object would have got.
    pub key: String,
    /// S3's name for it.
    pub upload_id: String,
    /// Bytes of the parts that S3 has confirmed.
    pub confirmed_bytes: u64,
    /// When it was given up.
    pub abandoned_at: jiff::Timestamp,
}

/// A new row, to be written.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub(crate) destination: Arc<str>,
    pub(crate) name: String,
    pub(crate) file: File,
}

/// What is written.
#[derive(Debug)]
pub(crate) enum Write {
    Add(Vec<NewRow>),
    /// The row's file, key or choice changed: what was begun is forgotten with them.
    Restart(File),
    Choose(RowId, OnConflict),
    Begin(RowId, Begun),
    Part(RowId, u32, DonePart),
    Store(RowId, Receipt),
    /// The row leaves: cancelled or skipped.
    Remove(RowId),
    /// Held back by the person, or no longer.
    Pause(RowId, bool),
    /// A begun upload that nobody goes on with stays on the server until somebody removes it.
    Abandon(Abandoned),
    /// The server has removed it.
    Aborted {
        upload_id: String,
    },
    /// A drop's walk begins: should the process die in it, the drop is walked again.
    WalkBegan(Drop),
    /// All its files are rows.
    WalkEnded(DropId),
}

enum Request {
    Write(Write, Option<oneshot::Sender<Result<(), Error>>>),
    Adopt(Option<String>, oneshot::Sender<Result<Vec<OpenRow>, Error>>),
    OpenRows(oneshot::Sender<Result<Vec<OpenRow>, Error>>),
}

impl Ledger {
    /// Opens or makes the ledger in `folder`, which must exist.
    ///
    /// # Errors
    /// [`Error::Ledger`] and [`Error::LedgerFolder`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let claim = Claim::take(&folder.join("claims")).map_err(Error::LedgerFolder)?;
        let (connection, first_id) = schema::open(folder)?;
        let (to_thread, requests) = mpsc::channel();
        let thread = thread::Thread::new(connection, claim.name().to_owned(), folder);
        std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || thread.run(&requests))
            .map_err(Error::LedgerFolder)?;
        Ok(Self {
            to_thread,
            ids: Arc::new(std::sync::atomic::AtomicU64::new(first_id)),
            _claim: Arc::new(claim),
        })
    }

    /// A number that no other row has or will have.
    pub(crate) fn next_id(&self) -> RowId {
        RowId(self.ids.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }

    /// A number that no other drop has or will have.
    pub fn next_drop(&self) -> DropId {
        DropId(self.next_id().0)
    }

    /// Takes over the open rows whose process has ended; of one destination, or of all.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn adopt(&self, destination: Option<&str>) -> Result<Vec<OpenRow>, Error> {
        self.ask(|reply| Request::Adopt(destination.map(str::to_owned), reply))
            .await
    }

    /// All open rows, whoever works on them.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn open_rows(&self) -> Result<Vec<OpenRow>, Error> {
        self.ask(Request::OpenRows).await
    }

    /// Written with the next commit; a failure shows in the log and at the next [`Ledger::commit`].
    pub(crate) fn write(&self, write: Write) {
        // The thread lives as long as a handle does.
        let _ = self.to_thread.send(Request::Write(write, None));
    }

    /// Written and committed when this returns.
    pub(crate) async fn commit(&self, write: Write) -> Result<(), Error> {
        self.ask(|reply| Request::Write(write, Some(reply))).await
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Request,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let _ = self.to_thread.send(request(reply));
        answer
            .await
            .unwrap_or_else(|_| Err(Error::LedgerFolder(std::io::ErrorKind::BrokenPipe.into())))
    }
}
