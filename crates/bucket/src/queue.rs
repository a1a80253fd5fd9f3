//! One task owns all rows: closed [`Command`]s in, closed [`Change`]s out.

mod lane;
mod state;
mod task;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::plan::Skipped;
use crate::{
    Access, BucketName, DropId, Error, Folder, Ledger, Limits, ObjectTraits, OnConflict, Row,
    RowId, Target, Totals, WalkRules,
};

/// One gesture that adds files.
#[derive(Clone, Debug)]
pub struct Drop {
    /// Names it in [`Change::Planned`] and in receipts; from [`Ledger::next_drop`].
    pub id: DropId,
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
    /// How its folders are walked.
    pub rules: WalkRules,
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
        /// What its objects get besides their bytes.
        traits: ObjectTraits,
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
    /// Take back all rows of a drop that are not stored, those among them that its walk would still bring.
    CancelDrop(DropId),
    /// Run a failed row again; also one that waits for the network, at once.
    Retry(RowId),
    /// Run a destination's failed rows again.
    RetryAll(Arc<str>),
    /// Answer a conflict. [`OnConflict::Ask`] sends a case twin under its own key.
    Resolve(RowId, OnConflict),
    /// Answer the conflicts of all rows of this row's drop, those to come among them.
    ResolveDrop(RowId, OnConflict),
    /// Hold a row back; what S3 has confirmed of it stays.
    Pause(RowId),
    /// Let a row go on.
    Resume(RowId),
    /// Hold back all rows of a destination, those to come among them.
    PauseAll(Arc<str>),
    /// Let a destination go on, and all its rows.
    ResumeAll(Arc<str>),
    /// Run this row before all that wait.
    MoveToFront(RowId),
    /// Try an unreachable server at once.
    NetworkIsBack(Arc<str>),
    /// From now on.
    Limit(Limits),
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
        drop: DropId,
    },
    /// The server told the bucket's region; uploads go on there.
    RegionFound {
        /// Destination.
        destination: Arc<str>,
        /// Region.
        region: String,
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
