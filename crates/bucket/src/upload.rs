//! One file: one PUT, or parts; resume; conflict.
//!
//! Failure handling, in three layers: [`crate::retry::Tries`] sends a request again a little later, as its error advises and
//! the session lasts; what became of the file decides whether it starts again, gets another key, or is looked for in
//! the bucket ([`evidence`]); then the row ends, or waits in the queue. Bounded by a clock: every request, by silence
//! ([`crate::retry::attended`]). Not bounded: waiting for a permit.

mod buffers;
mod evidence;
mod one_put;
mod parts;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::budget::Budget;
use crate::key::next_numbered;
use crate::ledger::{Ledger, Write};
use crate::parts::Parts;
use crate::progress::Sent;
use crate::row::{Content, DonePart, File};
use crate::s3::{Confirmed, Current, Overwrite, S3};
use crate::source::stamp_of;
use crate::{Conflict, Crc64Nvme, Error, Note, OnConflict, Receipt};
use buffers::Buffers;
use evidence::Evidence;

/// *Keep both* looks for a free name among this many.
const MOST_NUMBERED: u32 = 1000;

/// A file that the server forgets again and again is not its fault.
const MOST_RESTARTS: u32 = 2;

/// How an upload ended. The file goes back to the queue with what is known of it now.
#[derive(Debug)]
pub(crate) enum Outcome {
    Stored(Receipt),
    Conflict(Conflict),
    Skipped,
    /// Ends as [`Error::SessionEnded`], or any other error.
    Failed(Error),
    /// The token was cancelled.
    Stopped,
}

/// What an upload works with.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub(crate) s3: Current,
    pub(crate) budget: Budget,
    pub(crate) ledger: Ledger,
    /// For [`crate::Abandoned`].
    pub(crate) destination: Arc<str>,
}

/// Uploads one file.
///
/// # Cancellation
/// Through `stop`: requests on their way are dropped, confirmed parts stay known. When the session ends by its time,
/// requests on their way are awaited instead: S3 decided about them when they began.
pub(crate) async fn upload(
    tools: Tools,
    file: File,
    sent: Sent,
    stop: CancellationToken,
) -> (File, Outcome) {
    let mut upload = Upload {
        tools,
        file,
        sent,
        confirmed: Arc::default(),
        is_unproved: Arc::default(),
        buffers: Buffers::default(),
        sending: TaskTracker::new(),
    };
    let outcome = tokio::select! {
        outcome = upload.run() => outcome,
        () = stop.cancelled() => Outcome::Stopped,
    };
    // The tasks of parts that were stopped end a moment later: until then they count bytes, and may still learn that a
    // part is confirmed.
    upload.sending.close();
    upload.sending.wait().await;
    upload.take_confirmed();
    // Outside of what can be stopped: what S3 has stored is stored, whatever the person wants by now.
    let outcome = match outcome {
        Outcome::Stored(receipt) => upload.store(receipt).await,
        other => other,
    };
    (upload.file, outcome)
}

struct Upload {
    tools: Tools,
    file: File,
    sent: Sent,
    /// Parts that S3 has confirmed in this run. Filled by the part's own task in the moment of the answer, so that an
    /// interrupted upload knows of each.
    confirmed: Arc<Mutex<BTreeMap<u32, DonePart>>>,
    /// Some part's answer showed in no way that the server has its bytes.
    is_unproved: Arc<AtomicBool>,
    buffers: Buffers,
    /// The tasks that send parts.
    sending: TaskTracker,
}

/// What a file may do again, counted.
#[derive(Default)]
struct Again {
    restarts: u32,
    numbers: u32,
    was_replanned: bool,
}

impl Upload {
    async fn run(&mut self) -> Outcome {
        if self.should_look_first()
            && let Some(outcome) = self.look_before_sending().await
        {
            return outcome;
        }
        let mut again = Again::default();
        loop {
            let error = match self.once().await {
                Ok(receipt) => return Outcome::Stored(receipt),
                Err(error) => error,
            };
            let went_on = match self.look_first(error).await {
                Ok(error) => self.go_on_after(error, &mut again).await,
                Err(outcome) => Err(outcome),
            };
            if let Err(outcome) = went_on {
                return outcome;
            }
        }
    }

    /// An earlier run may have stored it: one request tells, where sending it again would cost the whole file.
    fn should_look_first(&self) -> bool {
        let size_bytes = self.file.stamp.size_bytes;
        let is_wholly_sent = self.file.begun.as_ref().is_none_or(|begun| {
            let parts = Parts::with_part_bytes(size_bytes, begun.part_bytes);
            begun.parts.len() == parts.count() as usize
        });
        self.file.may_be_stored && self.file.looks_first && is_wholly_sent
    }

    async fn look_before_sending(&mut self) -> Option<Outcome> {
        match Box::pin(self.evidence()).await {
            Ok(Evidence::Ours(receipt)) => Some(Outcome::Stored(receipt)),
            Err(error @ Error::SessionEnded { .. }) => Some(Outcome::Failed(error)),
            Err(error) if error.is_network_gone() => Some(Outcome::Failed(error)),
            // An error that the sending will meet too, and deal with.
            Ok(Evidence::NotOurs | Evidence::Unknown) | Err(_) => None,
        }
    }

    async fn once(&mut self) -> Result<Receipt, Error> {
        let size_bytes = self.file.stamp.size_bytes;
        let parts = match &self.file.begun {
            Some(begun) => Parts::with_part_bytes(size_bytes, begun.part_bytes),
            None => Parts::of(size_bytes),
        };
        if self.file.begun.is_none() && parts.is_one_put() {
            self.put().await
        } else {
            Box::pin(self.in_parts(parts)).await
        }
    }

    /// Some answer was lost, and now the server says something that the file's own object may be the reason of: the
    /// bucket is looked at before anything else is decided. The error comes back when it was not.
    async fn look_first(&mut self, error: Error) -> Result<Error, Outcome> {
        let may_be_own = matches!(error, Error::Taken | Error::UploadForgotten | Error::NotS3);
        if !(self.file.may_be_stored && may_be_own) {
            return Ok(error);
        }
        match Box::pin(self.evidence()).await {
            Ok(Evidence::Ours(receipt)) => Err(Outcome::Stored(receipt)),
            Ok(Evidence::NotOurs) => {
                self.file.may_be_stored = false;
                Ok(error)
            }
            // Overwriting it is what the person wants in either case.
            Ok(Evidence::Unknown) if self.file.on_conflict == OnConflict::Replace => Ok(error),
            Ok(Evidence::Unknown) => Err(Outcome::Conflict(Conflict::MaybeStored)),
            Err(error) => Err(Outcome::Failed(error)),
        }
    }

    async fn go_on_after(&mut self, error: Error, again: &mut Again) -> Result<(), Outcome> {
        let result = match error {
            Error::Taken => self.after_taken(again).await?,
            Error::Changed if !again.was_replanned => {
                again.was_replanned = true;
                self.plan_again().await
            }
            Error::UploadForgotten if again.restarts < MOST_RESTARTS => {
                again.restarts += 1;
                self.sent.say(Note::StartedAgain);
                self.restart().await
            }
            error => Err(error),
        };
        result.map_err(Outcome::Failed)
    }

    async fn after_taken(&mut self, again: &mut Again) -> Result<Result<(), Error>, Outcome> {
        match self.file.on_conflict {
            // The folder is marked already, which is all that was wanted.
            _ if self.is_marker() => Err(Outcome::Skipped),
            OnConflict::Ask => Err(Outcome::Conflict(Conflict::Taken)),
            OnConflict::Skip => Err(Outcome::Skipped),
            OnConflict::KeepBoth if again.numbers < MOST_NUMBERED => {
                again.numbers += 1;
                let Some(key) = next_numbered(&self.file.key) else {
                    return Err(Outcome::Conflict(Conflict::Taken));
                };
                self.abandon();
                self.file.key = key.into();
                Ok(self.restart().await)
            }
            OnConflict::KeepBoth | OnConflict::Replace => Ok(Err(Error::Taken)),
        }
    }

    async fn store(&self, receipt: Receipt) -> Outcome {
        let write = Write::Store(self.file.id, receipt.clone());
        match self.tools.ledger.commit(write).await {
            Ok(()) => Outcome::Stored(receipt),
            Err(error) => Outcome::Failed(error),
        }
    }

    /// The file changed since it was planned: looks at it again, and starts again with what it is now.
    async fn plan_again(&mut self) -> Result<(), Error> {
        // What was sent was of the old file; its parts are counted by the old size.
        self.abandon();
        let path = self.file.path.to_path();
        self.file.stamp = off_the_runtime(move || stamp_of(&path)).await?;
        self.sent.say(Note::FileChanged);
        self.restart().await
    }

    async fn restart(&mut self) -> Result<(), Error> {
        self.abandon();
        self.confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.sent.set(0);
        self.tools
            .ledger
            .commit(Write::Restart(self.file.clone()))
            .await
    }

    fn abandon(&mut self) {
        self.take_confirmed();
        let tools = &self.tools;
        if let Some(abandoned) = self.file.abandon(&tools.destination) {
            tools.ledger.write(Write::Abandon(abandoned.clone()));
            abort(tools.s3.now(), tools.ledger.clone(), abandoned);
        }
    }

    /// Takes over the parts that S3 has confirmed in this run.
    fn take_confirmed(&mut self) {
        if let Some(begun) = &mut self.file.begun {
            let mut confirmed = self
                .confirmed
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            begun.parts.append(&mut confirmed);
        }
    }

    fn overwrite(&self) -> Overwrite {
        match self.file.on_conflict {
            OnConflict::Replace => Overwrite::Yes,
            OnConflict::Ask | OnConflict::Skip | OnConflict::KeepBoth => Overwrite::Never,
        }
    }

    fn receipt(&self, confirmed: Confirmed, crc64nvme: Crc64Nvme) -> Receipt {
        Receipt {
            key: self.file.key.to_string(),
            size_bytes: self.file.stamp.size_bytes,
            crc64nvme,
            proof: confirmed.proof,
            etag: confirmed.etag,
            version_id: confirmed.version_id,
            stored_at: Timestamp::now(),
        }
    }

    fn is_marker(&self) -> bool {
        self.file.content == Content::FolderMarker
    }
}

/// Removes a begun upload where the role allows it. Nobody waits: the role of the tutorial does not allow it, and then
/// the ledger lists it until the bucket's lifecycle rule has removed it.
pub(crate) fn abort(s3: S3, ledger: Ledger, abandoned: crate::Abandoned) {
    tokio::spawn(async move {
        match s3.abort(&abandoned.key, &abandoned.upload_id).await {
            Ok(()) | Err(Error::UploadForgotten) => ledger.write(Write::Aborted {
                upload_id: abandoned.upload_id,
            }),
            Err(error) => tracing::info!(%error, "an incomplete upload stays on the server"),
        }
    });
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
