//! One file: one PUT, or parts; resume; conflict.
//!
//! Failure handling, in three layers: the SDK sends a request a second time at once; [`Tries`] sends it again a
//! little later, as long as the error is transient and the session lasts; then the row ends and the person decides.
//! Bounded by a clock: every request, by its size ([`in_time`]). Not bounded: waiting for a permit.

mod retry;

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::budget::{Budget, Permit};
use crate::key::numbered;
use crate::ledger::{Ledger, Write};
use crate::parts::Parts;
use crate::progress::{OnItsWay, Sent};
use crate::row::{Begun, DonePart, File};
use crate::s3::{Confirmed, Overwrite, S3};
use crate::source::{Source, stamp_of};
use crate::{Conflict, Crc64Nvme, Error, OnConflict, Receipt};
use retry::{Tries, in_time};

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
    pub(crate) s3: S3,
    pub(crate) budget: Budget,
    pub(crate) ledger: Ledger,
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
    };
    let outcome = tokio::select! {
        outcome = upload.run() => outcome,
        () = stop.cancelled() => Outcome::Stopped,
    };
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
    confirmed: Arc<Mutex<std::collections::BTreeMap<u32, DonePart>>>,
}

impl Upload {
    async fn run(&mut self) -> Outcome {
        let original_key = self.file.key.clone();
        let (mut number, mut restarts, mut was_planned_again) = (1, 0, false);
        loop {
            let result = match self.once().await {
                Ok(receipt) => return Outcome::Stored(receipt),
                Err(Error::Taken) => match self.file.on_conflict {
                    OnConflict::Ask => return Outcome::Conflict(Conflict::Taken),
                    OnConflict::Skip => return Outcome::Skipped,
                    OnConflict::KeepBoth if number < MOST_NUMBERED => {
                        number += 1;
                        self.abandon();
                        self.file.key = numbered(&original_key, number);
                        self.restart().await
                    }
                    OnConflict::KeepBoth | OnConflict::Replace => Err(Error::Taken),
                },
                Err(Error::Changed) if !was_planned_again => {
                    was_planned_again = true;
                    self.plan_again().await
                }
                Err(Error::UploadForgotten) if restarts < MOST_RESTARTS => {
                    restarts += 1;
                    self.restart().await
                }
                Err(error) => Err(error),
            };
            if let Err(error) = result {
                return Outcome::Failed(error);
            }
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

    async fn put(&mut self) -> Result<Receipt, Error> {
        let size_bytes = self.file.stamp.size_bytes;
        let _permit = self.tools.budget.permit(size_bytes).await;
        let (path, stamp) = (self.file.path.clone(), self.file.stamp);
        let (bytes, crc) = off_the_runtime(move || {
            let source = Source::open(&path, stamp)?;
            let bytes = source.read(&(0..stamp.size_bytes))?;
            source.check()?;
            let crc = Crc64Nvme::of(&bytes);
            Ok((bytes, crc))
        })
        .await?;
        let s3 = &self.tools.s3;
        let mut tries = Tries::of(s3.access());
        let confirmed = loop {
            let way = OnItsWay::new(&self.sent);
            let request = s3.put(&self.file.key, bytes.clone(), crc, self.overwrite(), &way);
            let result = in_time(size_bytes, request).await;
            match settle(&way, size_bytes, result) {
                Ok(confirmed) => break confirmed,
                Err(error) => tries.again_after(error).await?,
            }
        };
        Ok(self.receipt(confirmed, crc))
    }

    async fn in_parts(&mut self, parts: Parts) -> Result<Receipt, Error> {
        let (path, stamp) = (self.file.path.clone(), self.file.stamp);
        let source = Arc::new(off_the_runtime(move || Source::open(&path, stamp)).await?);
        if self.file.begun.is_none() {
            self.begin(parts).await?;
        }
        let begun = self.file.begun.as_ref().ok_or(Error::UploadForgotten)?;
        self.sent.set(self.file.confirmed_bytes());
        let result = self.send_missing(parts, begun, &source).await;
        self.take_confirmed();
        result?;
        off_the_runtime(move || source.check()).await?;
        self.complete(parts).await
    }

    /// A conflict of a big file must not appear after its last byte: the listing is asked first. Where it is denied,
    /// Complete decides alone.
    async fn begin(&mut self, parts: Parts) -> Result<(), Error> {
        let s3 = &self.tools.s3;
        let key = &self.file.key;
        if self.overwrite() == Overwrite::Never && matches!(s3.is_taken(key).await, Ok(true)) {
            return Err(Error::Taken);
        }
        let mut tries = Tries::of(s3.access());
        let upload_id = loop {
            match in_time(0, s3.begin(key)).await {
                Ok(upload_id) => break upload_id,
                Err(error) => tries.again_after(error).await?,
            }
        };
        let begun = Begun {
            upload_id,
            part_bytes: parts.part_bytes(),
            parts: std::collections::BTreeMap::new(),
        };
        // Known from now on, even if the upload is stopped before the ledger has it.
        self.file.begun = Some(begun.clone());
        let write = Write::Begin(self.file.id, begun);
        self.tools.ledger.commit(write).await
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

    /// Sends the parts that are not confirmed yet. After the first failure no new one starts; those on their way are
    /// awaited, since each confirmed one is one less to send.
    async fn send_missing(
        &self,
        parts: Parts,
        begun: &Begun,
        source: &Arc<Source>,
    ) -> Result<(), Error> {
        let missing = (1..=parts.count()).filter(|number| !begun.parts.contains_key(number));
        let mut sending: JoinSet<Result<(), Error>> = JoinSet::new();
        let mut first_failure = Ok(());
        for number in missing {
            let permit = tokio::select! {
                biased;
                Some(done) = sending.join_next(), if !sending.is_empty() => {
                    first_failure = first_failure.and(joined(done));
                    self.tools.budget.permit(parts.len(number)).await
                }
                permit = self.tools.budget.permit(parts.len(number)) => permit,
            };
            while let Some(done) = sending.try_join_next() {
                first_failure = first_failure.and(joined(done));
            }
            if first_failure.is_err() {
                break;
            }
            sending.spawn(self.part(parts, number, &begun.upload_id, Arc::clone(source), permit));
        }
        while let Some(done) = sending.join_next().await {
            first_failure = first_failure.and(joined(done));
        }
        first_failure
    }

    fn part(
        &self,
        parts: Parts,
        number: u32,
        upload_id: &str,
        source: Arc<Source>,
        permit: Permit,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let Tools { s3, ledger, .. } = self.tools.clone();
        let (id, key, upload_id) = (self.file.id, self.file.key.clone(), upload_id.to_owned());
        let (sent, confirmed) = (self.sent.clone(), Arc::clone(&self.confirmed));
        async move {
            let (bytes, crc) = off_the_runtime(move || {
                let bytes = source.read(&parts.range(number))?;
                let crc = Crc64Nvme::of(&bytes);
                Ok((bytes, crc))
            })
            .await?;
            let bytes: Bytes = bytes;
            let size_bytes = parts.len(number);
            let mut tries = Tries::of(s3.access());
            let done = loop {
                let way = OnItsWay::new(&sent);
                let request = s3.part(&key, &upload_id, number, bytes.clone(), crc, &way);
                let result = in_time(size_bytes, request).await;
                match settle(&way, size_bytes, result) {
                    Ok(done) => break done,
                    Err(error) => tries.again_after(error).await?,
                }
            };
            confirmed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(number, done.clone());
            drop((bytes, permit));
            ledger.commit(Write::Part(id, number, done)).await
        }
    }

    async fn complete(&mut self, parts: Parts) -> Result<Receipt, Error> {
        let begun = self.file.begun.as_ref().ok_or(Error::UploadForgotten)?;
        let crc = begun
            .parts
            .iter()
            .map(|(number, part)| (part.crc64nvme, parts.len(*number)))
            .fold(Crc64Nvme::of(b""), |whole, (next, len)| {
                whole.followed_by(next, len)
            });
        let s3 = &self.tools.s3;
        let _permit = self.tools.budget.permit(0).await;
        let (key, size_bytes) = (&self.file.key, self.file.stamp.size_bytes);
        let mut tries = Tries::of(s3.access());
        let confirmed = loop {
            let request = s3.complete(key, begun, size_bytes, crc, self.overwrite());
            // Completing a large object may take minutes on the server's side.
            match in_time(size_bytes, request).await {
                Ok(confirmed) => break confirmed,
                Err(error) => tries.again_after(error).await?,
            }
        };
        Ok(self.receipt(confirmed, crc))
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
        let path = self.file.path.clone();
        self.file.stamp = off_the_runtime(move || stamp_of(&path)).await?;
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
        if let Some(begun) = self.file.begun.take() {
            abandon(
                self.tools.s3.clone(),
                self.file.key.clone(),
                begun.upload_id,
            );
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
            key: self.file.key.clone(),
            size_bytes: self.file.stamp.size_bytes,
            crc64nvme,
            proof: confirmed.proof,
            etag: confirmed.etag,
            version_id: confirmed.version_id,
            stored_at: Timestamp::now(),
        }
    }
}

/// Gives up a begun upload where the role allows it. Nobody waits: the role of the tutorial does not allow it, and
/// then the bucket's lifecycle rule removes it.
pub(crate) fn abandon(s3: S3, key: String, upload_id: String) {
    tokio::spawn(async move {
        if let Err(error) = s3.abort(&key, &upload_id).await {
            tracing::info!(%error, "an incomplete upload stays on the server");
        }
    });
}

fn settle<T>(way: &OnItsWay, size_bytes: u64, result: Result<T, Error>) -> Result<T, Error> {
    match &result {
        Ok(_) => way.confirm(size_bytes),
        Err(_) => way.take_back(),
    }
    result
}

fn joined(done: Result<Result<(), Error>, tokio::task::JoinError>) -> Result<(), Error> {
    done.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
