//! The ledger: the file on disk that remembers rows, upload ids, finished parts and receipts. It holds no secret.
//!
//! SQLite in WAL mode with `synchronous = NORMAL`: what was committed survives the death of the process; losing power
//! loses at most the last 100 ms of it (`sync.rs` says by what, and for which disks) and never the file. One thread
//! writes; what arrives within a few milliseconds goes into one commit.
//!
//! Several processes (the window, the command line) may use one ledger. Each row, and each drop that is still walked,
//! is claimed by one of them: a claim is a file locked by its process, so that the system frees it however the process
//! ends. Taking over happens in one transaction: a row has one claim at any time.
//!
//! A ledger that is damaged, or that a newer version wrote, is moved aside and an empty one begun, as long as no other
//! process uses it.

mod claim;
mod columns;
mod history;
mod opening;
mod read;
mod schema;
mod sync;
mod thread;
mod walks;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

use jiff::ZonedDateTime;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::row::{Begun, DonePart, File};
use crate::{Drop, DropId, Error, OnConflict, Receipt, RowId};
pub use history::{DropSummary, ReceiptPage, Selection, StoredFile};
pub use opening::{MovedAside, Why};
pub use walks::{Known, UnfinishedWalk};

/// A handle; clones share the thread. Dropping the last one waits for the last commit, then frees the rows.
#[derive(Clone, Debug)]
pub struct Ledger {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// None only while it is dropped.
    to_thread: Option<mpsc::Sender<Request>>,
    thread: Option<JoinHandle<()>>,
    ids: AtomicU64,
    moved_aside: Option<MovedAside>,
    #[cfg(test)]
    syncs: sync::Count,
}

impl std::ops::Drop for Shared {
    fn drop(&mut self) {
        self.to_thread.take();
        if let Some(thread) = self.thread.take() {
            // Should it have panicked, its message is in the log already.
            let _ = thread.join();
        }
    }
}

/// What was taken over from processes that have ended.
#[derive(Debug, Default)]
pub struct Adopted {
    /// Open rows, in the order in which they were added.
    pub rows: Vec<OpenRow>,
    /// Drops whose walk had not ended.
    pub walks: Vec<UnfinishedWalk>,
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
    /// Added while the person holds all rows back.
    pub(crate) is_paused: bool,
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
    /// All rows of a destination that this process has.
    PauseAll(Arc<str>, bool),
    /// One choice for a drop's rows, those of an unfinished walk too, but not for the twins that are held.
    ChooseForDrop {
        drop: DropId,
        choice: OnConflict,
        held: Vec<RowId>,
    },
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
    Adopt(Option<String>, oneshot::Sender<Result<Adopted, Error>>),
    Read(Box<dyn FnOnce(&Connection) + Send>),
}

impl Ledger {
    /// Opens or makes the ledger in `folder`, which must exist. Blocks: milliseconds, and after an unclean end as long
    /// as reading the whole file takes. What it could not use it has moved aside: [`Ledger::moved_aside`].
    ///
    /// # Errors
    /// [`Error::Ledger`], also for a ledger that another living process uses and this one cannot read;
    /// [`Error::LedgerFolder`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Self::open_at(folder, &ZonedDateTime::now())
    }

    fn open_at(folder: &Path, now: &ZonedDateTime) -> Result<Self, Error> {
        let turn = opening::Turn::wait(folder).map_err(Error::LedgerFolder)?;
        let (claim, others) =
            claim::Claim::take(&folder.join("claims")).map_err(Error::LedgerFolder)?;
        let opened = opening::open(folder, others, now)?;
        drop(turn);
        let syncer = sync::Syncer::start(folder).map_err(Error::LedgerFolder)?;
        #[cfg(test)]
        let syncs = syncer.count();
        let (to_thread, requests) = mpsc::channel();
        let thread = thread::Thread::new(syncer, opened.connection, claim);
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || thread.run(&requests))
            .map_err(Error::LedgerFolder)?;
        Ok(Self {
            shared: Arc::new(Shared {
                to_thread: Some(to_thread),
                thread: Some(thread),
                ids: AtomicU64::new(opened.first_id),
                moved_aside: opened.moved_aside,
                #[cfg(test)]
                syncs,
            }),
        })
    }

    /// The ledger that stood there and could not be used: this one began empty.
    pub fn moved_aside(&self) -> Option<&MovedAside> {
        self.shared.moved_aside.as_ref()
    }

    /// How often what was committed was synced.
    #[cfg(test)]
    fn syncs(&self) -> u64 {
        self.shared.syncs.now()
    }

    /// A number that no other row has or will have.
    pub(crate) fn next_id(&self) -> RowId {
        RowId(self.shared.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// A number that no other drop has or will have.
    pub fn next_drop(&self) -> DropId {
        DropId(self.next_id().0)
    }

    /// Takes over the open rows and unfinished walks whose process has ended; of one destination, or of all.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    ///
    /// # Cancellation
    /// What was taken over is this process's: ended before the answer, it lies there until the next start.
    pub async fn adopt(&self, destination: Option<&str>) -> Result<Adopted, Error> {
        self.ask(|reply| Request::Adopt(destination.map(str::to_owned), reply))
            .await
    }

    /// All open rows, whoever works on them.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn open_rows(&self) -> Result<Vec<OpenRow>, Error> {
        self.read(|connection| read::read_open(connection, None, None))
            .await
    }

    /// Does the destination have open rows, or walks that are not done, in another bucket or outside of a prefix? The
    /// destination may have been changed since, and a drop may have named another folder.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn has_open_outside(
        &self,
        destination: &str,
        bucket: &str,
        prefix: &str,
    ) -> Result<bool, Error> {
        let [destination, bucket, prefix] = [destination, bucket, prefix].map(str::to_owned);
        self.read(move |connection| {
            read::has_open_outside(connection, &destination, &bucket, &prefix)
        })
        .await
    }

    /// Begun uploads that nobody goes on with, the latest first; of one destination, or of all.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn abandoned(&self, destination: Option<&str>) -> Result<Vec<Abandoned>, Error> {
        let destination = destination.map(str::to_owned);
        self.read(move |connection| history::abandoned(connection, destination.as_deref()))
            .await
    }

    /// Drops, the latest first; of one destination, or of all.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn drops(&self, destination: Option<&str>) -> Result<Vec<DropSummary>, Error> {
        let destination = destination.map(str::to_owned);
        self.read(move |connection| history::drops(connection, destination.as_deref()))
            .await
    }

    /// A page of receipts, in the order of their rows: at most 1,000 after the row that the page before named.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn receipts(
        &self,
        selection: &Selection,
        after: Option<RowId>,
    ) -> Result<ReceiptPage, Error> {
        let selection = selection.clone();
        self.read(move |connection| history::receipts(connection, &selection, after))
            .await
    }

    /// What S3 confirmed of a row; none when nothing is stored of it.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn receipt(&self, row: RowId) -> Result<Option<StoredFile>, Error> {
        self.read(move |connection| history::receipt(connection, row))
            .await
    }

    /// What was stored under a bucket's key last, by anybody who uses this ledger.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn receipt_of(&self, bucket: &str, key: &str) -> Result<Option<StoredFile>, Error> {
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.read(move |connection| history::receipt_of(connection, &bucket, &key))
            .await
    }

    /// Written with the next commit; a failure shows in the log and at the next [`Ledger::commit`].
    pub(crate) fn write(&self, write: Write) {
        self.send(Request::Write(write, None));
    }

    /// Takes its place among the writes at once; what comes back ends when it is committed.
    pub(crate) fn commit(&self, write: Write) -> impl Future<Output = Result<(), Error>> + use<> {
        self.ask(|reply| Request::Write(write, Some(reply)))
    }

    async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(|reply| {
            Request::Read(Box::new(move |connection| {
                // Nobody waits any more only when the question was dropped.
                let _ = reply.send(question(connection).map_err(Error::Ledger));
            }))
        })
        .await
    }

    /// Asks at once.
    fn ask<T, R>(&self, request: R) -> impl Future<Output = Result<T, Error>> + use<T, R>
    where
        R: FnOnce(oneshot::Sender<Result<T, Error>>) -> Request,
    {
        let (reply, answer) = oneshot::channel();
        self.send(request(reply));
        async move {
            let gone = |_| Err(Error::LedgerFolder(std::io::ErrorKind::BrokenPipe.into()));
            answer.await.unwrap_or_else(gone)
        }
    }

    fn send(&self, request: Request) {
        if let Some(to_thread) = &self.shared.to_thread {
            // The thread lives as long as a handle does.
            let _ = to_thread.send(request);
        }
    }
}

#[cfg(test)]
mod tests;
