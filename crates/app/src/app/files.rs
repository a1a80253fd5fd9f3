//! Files: added, taken back, tried again.

use std::path::PathBuf;

use bucket::{Command, DropId, OnConflict, RowId};

use super::{App, DropRequest};
use crate::destination::DestinationId;
use crate::{Code, Failure};

impl App {
    /// Adds files and folders. They wait when nobody is signed in. The number names the drop in [`Event::Planned`].
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::NotAPath`].
    pub fn add_files(&self, request: DropRequest) -> Result<DropId, Failure> {
        let destination = self.inner.destination(&request.destination)?;
        let folder = request.folder.unwrap_or_else(|| destination.prefix.clone());
        check_paths(&request.paths)?;
        let id = self.inner.ledger.next_drop();
        self.inner.queue.tell(Command::Add(bucket::Drop {
            id,
            destination: destination.id.as_str().into(),
            bucket: destination.target.bucket.clone(),
            folder,
            paths: request.paths,
            on_conflict: request.on_conflict,
            rules: request.rules.unwrap_or(destination.uploads.rules),
        }));
        Ok(id)
    }

    /// Takes over the rows that ended processes left open; of one destination, or of all. Ends with [`Event::Adopted`].
    pub fn adopt_rows(&self, destination: Option<&DestinationId>) {
        let destination = destination.map(|id| id.as_str().into());
        self.inner.queue.tell(Command::Adopt(destination));
    }

    /// Rows that some process has left open or works on, without taking them over.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`].
    pub async fn open_rows(&self) -> Result<Vec<bucket::OpenRow>, Failure> {
        self.inner.ledger.open_rows().await.map_err(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the ledger cannot be read"
            );
            Failure::new(Code::LedgerFailed, "")
        })
    }

    /// Returns when what was asked of the rows before is done and written, so that the process may end.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`].
    pub async fn settle(&self) -> Result<(), Failure> {
        // The queue tells its snapshot after all that it was told before; the ledger answers after all that it was given.
        self.watch().recv().await;
        self.open_rows().await.map(drop)
    }

    /// Takes a row back.
    pub fn cancel_row(&self, row: RowId) {
        self.inner.queue.tell(Command::Cancel(row));
    }

    /// Takes back all files of a drop that are not stored, those among them that are still being looked for.
    pub fn cancel_drop(&self, drop: DropId) {
        self.inner.queue.tell(Command::CancelDrop(drop));
    }

    /// Runs a failed row again; one that waits for the network, at once.
    pub fn retry_row(&self, row: RowId) {
        self.inner.queue.tell(Command::Retry(row));
    }

    /// Runs a destination's failed rows again.
    pub fn retry_all(&self, destination: &DestinationId) {
        let destination = destination.as_str().into();
        self.inner.queue.tell(Command::RetryAll(destination));
    }

    /// Holds a row back; what S3 has confirmed of it stays.
    pub fn pause_row(&self, row: RowId) {
        self.inner.queue.tell(Command::Pause(row));
    }

    /// Lets a row go on.
    pub fn resume_row(&self, row: RowId) {
        self.inner.queue.tell(Command::Resume(row));
    }

    /// Holds all rows of a destination back, those to come among them.
    pub fn pause_all(&self, destination: &DestinationId) {
        let destination = destination.as_str().into();
        self.inner.queue.tell(Command::PauseAll(destination));
    }

    /// Lets a destination go on, and all its rows.
    pub fn resume_all(&self, destination: &DestinationId) {
        let destination = destination.as_str().into();
        self.inner.queue.tell(Command::ResumeAll(destination));
    }

    /// Runs this row before all that wait.
    pub fn move_to_front(&self, row: RowId) {
        self.inner.queue.tell(Command::MoveToFront(row));
    }

    /// Answers the conflicts of this row's drop, those to come among them.
    pub fn resolve_drop(&self, row: RowId, choice: OnConflict) {
        self.inner.queue.tell(Command::ResolveDrop(row, choice));
    }

    /// The system says that there is a network again: what waits for it is tried at once.
    pub fn network_is_back(&self, destination: &DestinationId) {
        let destination = destination.as_str().into();
        self.inner.queue.tell(Command::NetworkIsBack(destination));
    }

    /// Answers a row that stopped because of its key. [`OnConflict::Ask`] sends a case twin under its own key.
    pub fn resolve_conflict(&self, row: RowId, choice: OnConflict) {
        self.inner.queue.tell(Command::Resolve(row, choice));
    }

    /// Forgets stored, cancelled and skipped rows.
    pub fn clear_finished(&self, destination: &DestinationId) {
        self.inner
            .queue
            .tell(Command::ClearFinished(destination.as_str().into()));
    }
}

pub(super) fn check_paths(paths: &[PathBuf]) -> Result<(), Failure> {
    if paths.iter().any(|path| !path.is_absolute()) {
        return Err(Failure::new(Code::NotAPath, ""));
    }
    Ok(())
}
