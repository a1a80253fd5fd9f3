//! One task owns all rows: closed [`Command`]s in, closed [`Change`]s out.

mod lane;
mod state;
mod task;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::plan::Skipped;
use crate::{Access, BucketName, Error, Folder, Ledger, OnConflict, Row, RowId, Target, Totals};

/// One gesture that adds files.
#[derive(Clone, Debug)]
pub struct Drop {
    /// Names it in [`Change::Planned`].
    pub id: u64,
    /// Whose destination, as the app calls it.
    pub destination: Arc<str>,
    /// Its bucket.
    pub bucket: BucketName,
    /// The folder in the bucket that was shown.
    pub folder: Folder,
    /// Absolute paths.
    pub paths: Vec<PathBuf>,
    /// For all its files.
    pub on_conflict: OnConflict,
}

/// How a session goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOut {
    /// Its time is up: requests on their way are awaited.
    AtItsEnd,
    /// The person ended it: requests on their way are dropped, and the values that sign with them.
    AtOnce,
}

/// What the queue is told.
#[derive(Debug)]
pub enum Command {
    /// Plan these paths and upload them.
    Add(Drop),
    /// Take over rows that ended processes left open: of one destination, or of all.
    Adopt(Option<Arc<str>>),
    /// A destination's rows may run.
    SignIn {
        /// Destination.
        destination: Arc<str>,
        /// How it is reached. Rows keep their own bucket, should the destination have got another one.
        target: Target,
        /// Its session.
        access: Access,
        /// Names the session in [`Change::SessionRefused`].
        session: u64,
    },
    /// A destination's rows must wait.
    SignOut {
        /// Destination.
        destination: Arc<str>,
        /// How.
        how: SignOut,
    },
    /// Take a row back, whatever it does.
    Cancel(RowId),
    /// Run a failed row again.
    Retry(RowId),
    /// Answer a conflict.
    Resolve(RowId, OnConflict),
    /// Forget a destination's stored, cancelled and skipped rows.
    ClearFinished(Arc<str>),
    /// Take back all rows of a destination that goes.
    Forget(Arc<str>),
    /// Say everything, as [`Change::Snapshot`] with this number.
    Show(u64),
}

/// What the queue tells, in the order in which it happened.
#[derive(Debug)]
pub enum Change {
    /// Everything, on request.
    Snapshot {
        /// The number of the request.
        request: u64,
        /// Rows.
        rows: Vec<Row>,
        /// By destination.
        totals: Vec<(Arc<str>, Totals)>,
    },
    /// New rows.
    Added(Vec<Row>),
    /// Rows as they are now; at most ten times a second.
    Changed(Vec<Row>),
    /// Rows that are forgotten.
    Removed(Vec<RowId>),
    /// Sums; at most ten times a second.
    Totals(Arc<str>, Totals),
    /// Paths that became no row.
    Skipped(Vec<Skipped>),
    /// A drop's walk is done; its rows have been told.
    Planned {
        /// The drop.
        drop: u64,
    },
    /// Adopting is done; the rows have been told.
    Adopted(Result<(), Arc<Error>>),
    /// The server refused a session before its time.
    SessionRefused {
        /// Destination.
        destination: Arc<str>,
        /// Which, as [`Command::SignIn`] named it.
        session: u64,
    },
}

/// A handle; clones share the task, which ends, with its uploads, when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Queue {
    commands: mpsc::UnboundedSender<Command>,
}

impl Queue {
    /// Starts the task on the current runtime. Changes must be taken: they are not held back.
    pub fn start(ledger: Ledger) -> (Self, mpsc::UnboundedReceiver<Change>) {
        let (commands, received) = mpsc::unbounded_channel();
        let (tell, changes) = mpsc::unbounded_channel();
        tokio::spawn(task::Task::new(ledger, tell).run(received));
        (Self { commands }, changes)
    }

    /// Tells the queue; never blocks.
    pub fn tell(&self, command: Command) {
        // The task lives as long as a handle does.
        let _ = self.commands.send(command);
    }
}
