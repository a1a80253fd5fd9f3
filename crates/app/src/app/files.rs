//! Files: added, taken back, tried again.

use bucket::{Command, DropId, OnConflict, RowId, WalkRules};

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
        if request.paths.iter().any(|path| !path.is_absolute()) {
            return Err(Failure::new(Code::NotAPath, ""));
        }
        let id = self.inner.ledger.next_drop();
        self.inner.queue.tell(Command::Add(bucket::Drop {
            id,
            destination: destination.id.as_str().into(),
            bucket: destination.target.bucket.clone(),
            folder,
            paths: request.paths,
            on_conflict: request.on_conflict,
            rules: WalkRules::default(),
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

    /// Runs a failed row again.
    pub fn retry_row(&self, row: RowId) {
        self.inner.queue.tell(Command::Retry(row));
    }

    /// Answers a row that stopped because its key is taken.
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
