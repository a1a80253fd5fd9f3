//! A file of receipts against the files on disk and, where it tells, the listing.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use bucket::receipts::{self, InBucket, OnDisk, ReceiptsError};
use bucket::{Entry, Folder, StoredFile};
use tokio::sync::mpsc;

use super::App;
use crate::destination::DestinationId;
use crate::{Code, Failure};

/// How many compared files may wait to be taken.
const AHEAD: usize = 64;

/// What became of a stored file.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The receipt.
    pub file: StoredFile,
    /// The file that was uploaded, as it is now.
    pub on_disk: OnDisk,
    /// The object, by the listing; none when the listing was not asked.
    pub in_bucket: Option<InBucket>,
}

impl App {
    /// Reads receipts that were exported, and hands each to `each` with what it was compared with: the file of its name
    /// below `under`, and with `listed` the listing of that destination, which must be signed in to. Each folder is
    /// listed once; its keys are kept until the end.
    ///
    /// # Errors
    /// [`Code::NotReceipts`], [`Code::FileUnreadable`], and with `listed` those of [`App::list`].
    pub async fn verify(
        &self,
        receipts: &Path,
        under: &Path,
        listed: Option<&DestinationId>,
        mut each: impl FnMut(Verified),
    ) -> Result<(), Failure> {
        let (found, mut compared) = mpsc::channel(AHEAD);
        let (from, under) = (receipts.to_owned(), under.to_owned());
        let reading = tokio::task::spawn_blocking(move || compare(&from, &under, &found));
        let mut folders = HashMap::new();
        while let Some((file, on_disk)) = compared.recv().await {
            let in_bucket = match listed {
                Some(id) => Some(self.look_up(id, &file, &mut folders).await?),
                None => None,
            };
            each(Verified {
                file,
                on_disk,
                in_bucket,
            });
        }
        match reading.await {
            Ok(read) => read.map_err(|error| of_receipts(&error, receipts)),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }

    async fn look_up(
        &self,
        id: &DestinationId,
        file: &StoredFile,
        folders: &mut HashMap<String, HashMap<String, Entry>>,
    ) -> Result<InBucket, Failure> {
        let key = &file.receipt.key;
        let place = key.rfind('/').map_or("", |slash| &key[..=slash]);
        if !folders.contains_key(place) {
            let listed = self.list_wholly(id, place).await?;
            folders.insert(place.to_owned(), listed);
        }
        let entry = folders.get(place).and_then(|entries| entries.get(key));
        Ok(receipts::in_listing(file, entry))
    }

    async fn list_wholly(
        &self,
        id: &DestinationId,
        place: &str,
    ) -> Result<HashMap<String, Entry>, Failure> {
        let Some(folder) = Folder::as_listed(place) else {
            return Err(Failure::new(Code::BadPrefix, place));
        };
        let (mut entries, mut next) = (HashMap::new(), None);
        loop {
            let page = self.list(id, &folder, false, next).await?;
            for entry in page.entries {
                if let Entry::Object { key, .. } = &entry {
                    entries.insert(key.clone(), entry);
                }
            }
            next = page.next;
            if next.is_none() {
                return Ok(entries);
            }
        }
    }
}

/// Blocks; ends early when nobody takes what is compared.
fn compare(
    from: &PathBuf,
    under: &Path,
    found: &mpsc::Sender<(StoredFile, OnDisk)>,
) -> Result<(), ReceiptsError> {
    let from = File::open(from).map_err(ReceiptsError::File)?;
    receipts::read(BufReader::new(from), |file| {
        let on_disk = receipts::on_disk(&file, under);
        match found.blocking_send((file, on_disk)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })
}

fn of_receipts(error: &ReceiptsError, file: &Path) -> Failure {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "receipts cannot be read"
    );
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let code = match error {
        ReceiptsError::File(_) => Code::FileUnreadable,
        ReceiptsError::NotReceipts { .. } => Code::NotReceipts,
        ReceiptsError::Ledger(_) => return Failure::new(Code::LedgerFailed, ""),
    };
    Failure::new(code, name)
}
