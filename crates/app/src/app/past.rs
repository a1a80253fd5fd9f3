//! What stays of uploads: drops, receipts, what was given up; and what is still open when one wants to leave.

use std::io::Write;
use std::path::Path;

use bucket::receipts::{self, Format, ReceiptsError};
use bucket::{Receipt, ReceiptPage, RowId, Selection};
use serde_json::json;

use super::{App, Inner};
use crate::destination::DestinationId;
use crate::event::Event;
use crate::{Code, Failure};

/// After how many days S3 should remove what nobody goes on with: longer than a long weekend without a sign-in.
const DAYS: u32 = 7;

/// Rows that are not finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenWork {
    /// Rows whose bytes are on their way.
    pub running: u64,
    /// Rows that wait, whatever for.
    pub waiting: u64,
}

impl App {
    /// A destination's drops, the latest first.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`].
    pub async fn drops(&self, id: &DestinationId) -> Result<Vec<bucket::DropSummary>, Failure> {
        let drops = self.inner.ledger.drops(Some(id.as_str())).await;
        drops.map_err(|error| unreadable(&error))
    }

    /// A page of receipts, in the order in which their files were added.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`].
    pub async fn receipts(
        &self,
        selection: &Selection,
        after: Option<RowId>,
    ) -> Result<ReceiptPage, Failure> {
        let page = self.inner.ledger.receipts(selection, after).await;
        page.map_err(|error| unreadable(&error))
    }

    /// A stored row's receipt.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`].
    pub async fn receipt(&self, row: RowId) -> Result<Option<Receipt>, Failure> {
        let found = self.inner.ledger.receipt(row).await;
        let found = found.map_err(|error| unreadable(&error))?;
        Ok(found.map(|file| file.receipt))
    }

    /// What this computer stored under a key of the destination's bucket last.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::LedgerFailed`].
    pub async fn receipt_of(
        &self,
        id: &DestinationId,
        key: &str,
    ) -> Result<Option<Receipt>, Failure> {
        let bucket = self.inner.destination(id)?.target.bucket;
        let found = self.inner.ledger.receipt_of(bucket.as_str(), key).await;
        let found = found.map_err(|error| unreadable(&error))?;
        Ok(found.map(|file| file.receipt))
    }

    /// Writes the selected receipts into a file, which appears whole or not at all; how many there are.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`], [`Code::FileUnwritable`].
    pub async fn export_receipts(
        &self,
        selection: &Selection,
        format: Format,
        to: &Path,
    ) -> Result<u64, Failure> {
        let exported = receipts::export(&self.inner.ledger, selection, format, to).await;
        exported.map_err(|error| unwritten(&error, to))
    }

    /// Writes the selected receipts to an open writer; how many there are.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`], [`Code::FileUnwritable`].
    pub async fn write_receipts<W: Write>(
        &self,
        selection: &Selection,
        format: Format,
        to: W,
    ) -> Result<u64, Failure> {
        let written = receipts::write(&self.inner.ledger, selection, format, to).await;
        written
            .map(|(count, _)| count)
            .map_err(|error| unwritten(&error, Path::new("")))
    }

    /// A destination's begun uploads that nobody goes on with, the latest first.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`].
    pub async fn abandoned(&self, id: &DestinationId) -> Result<Vec<bucket::Abandoned>, Failure> {
        let abandoned = self.inner.ledger.abandoned(Some(id.as_str())).await;
        abandoned.map_err(|error| unreadable(&error))
    }

    /// Removes a destination's begun uploads that nobody goes on with from the server, where the role allows it; how
    /// many are left. One in a bucket that the destination no longer names is left.
    ///
    /// # Errors
    /// [`Code::SignedOut`], [`Code::SessionEnded`], and as uploads fail, but for [`Code::UploadDenied`]: a role that
    /// may not remove them leaves them all. What was removed before stays removed.
    pub async fn abort_abandoned(&self, id: &DestinationId) -> Result<u64, Failure> {
        let destination = self.inner.destination(id)?;
        let running = self.inner.running(&destination)?;
        let bucket = destination.target.bucket.as_str();
        for upload in self.abandoned(id).await? {
            if upload.bucket != bucket {
                continue;
            }
            let ledger = &self.inner.ledger;
            match running.listing.remove_abandoned(ledger, &upload).await {
                Ok(()) => {}
                // It would be denied for each of them.
                Err(bucket::Error::Denied) => break,
                Err(error) => {
                    let key = &upload.key;
                    return Err(self.inner.request_failed(
                        &error,
                        key,
                        false,
                        &destination,
                        &running,
                    ));
                }
            }
        }
        Ok(self.abandoned(id).await?.len() as u64)
    }

    /// The lifecycle rule that lets S3 remove begun uploads below the destination's folder by itself, as
    /// `put-bucket-lifecycle-configuration` takes it: for the administrator.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub fn lifecycle_rule(&self, id: &DestinationId) -> Result<String, Failure> {
        let destination = self.inner.destination(id)?;
        let rules = json!({ "Rules": [{
            "ID": "sandglass-abandoned-uploads",
            "Status": "Enabled",
            "Filter": { "Prefix": destination.prefix.as_str() },
            "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": DAYS },
        }] });
        Ok(format!("{rules:#}"))
    }

    /// What would be left behind by leaving now. It stays in the ledger.
    pub async fn open_work(&self) -> OpenWork {
        let mut work = OpenWork::default();
        let Some(Event::Snapshot(snapshot)) = self.watch().recv().await else {
            return work;
        };
        for row in &snapshot.rows {
            if matches!(row.state, bucket::RowState::Sending) {
                work.running += 1;
            } else if !row.state.is_over() {
                work.waiting += 1;
            }
        }
        work
    }
}

impl Inner {
    /// A ledger that could not be used when the app started.
    pub(crate) fn moved_aside(&self) -> Option<Failure> {
        let aside = self.ledger.moved_aside()?;
        Some(Failure::new(Code::LedgerMovedAside, aside.name.as_str()))
    }
}

fn unreadable(error: &bucket::Error) -> Failure {
    let error = error as &dyn std::error::Error;
    tracing::error!(error, "the ledger cannot be read");
    Failure::new(Code::LedgerFailed, "")
}

fn unwritten(error: &ReceiptsError, file: &Path) -> Failure {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "receipts were not written"
    );
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match error {
        ReceiptsError::File(_) | ReceiptsError::NotReceipts { .. } => {
            Failure::new(Code::FileUnwritable, name)
        }
        ReceiptsError::Ledger(_) => Failure::new(Code::LedgerFailed, ""),
    }
}
