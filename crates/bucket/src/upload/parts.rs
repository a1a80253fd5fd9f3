//! A file in parts: begun, sent, completed; resumed.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use tokio::task::JoinSet;

use super::evidence::etag_of;
use super::{Upload, off_the_runtime};
use crate::budget::PartPermit;
use crate::checksum::md5_hex;
use crate::ledger::Write;
use crate::parts::Parts;
use crate::progress::OnItsWay;
use crate::retry::{Tries, attended, in_time};
use crate::row::{Begun, DonePart};
use crate::s3::Overwrite;
use crate::source::Source;
use crate::{Crc64Nvme, Error, Proof, Receipt};

use super::Tools;

impl Upload {
    pub(super) async fn in_parts(&mut self, parts: Parts) -> Result<Receipt, Error> {
        let (path, stamp) = (self.file.path.to_path(), self.file.stamp);
        let source = Arc::new(off_the_runtime(move || Source::open(&path, stamp)).await?);
        if self.file.begun.is_none() {
            Box::pin(self.begin(parts)).await?;
        } else {
            self.check_resumed(parts, &source).await?;
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
        let s3 = &self.tools.s3.now();
        let key = &self.file.key;
        if self.overwrite() == Overwrite::Never {
            match s3.find(key).await {
                Ok(Some(_)) => return Err(Error::Taken),
                Err(error @ (Error::SessionEnded { .. } | Error::WrongRegion { .. })) => {
                    return Err(error);
                }
                Ok(None) | Err(_) => {}
            }
        }
        let about = s3.about(key, self.file.stamp.modified_nanos);
        let mut tries = Tries::of(s3.access());
        let upload_id = loop {
            match in_time(0, s3.begin(key, &about)).await {
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
        self.file.begun = Some(Box::new(begun.clone()));
        let write = Write::Begin(self.file.id, begun);
        self.tools.ledger.commit(write).await
    }

    /// The same size, time and file may still have other bytes (a restored backup, a file system that was mounted
    /// elsewhere): the last confirmed part is read again and compared.
    async fn check_resumed(&self, parts: Parts, source: &Arc<Source>) -> Result<(), Error> {
        let begun = self.file.begun.as_ref().ok_or(Error::UploadForgotten)?;
        let Some((&number, part)) = begun.parts.last_key_value() else {
            return Ok(());
        };
        if number > parts.count() {
            return Err(Error::UploadForgotten);
        }
        let expected = part.crc64nvme;
        let _permit = self.tools.budget.part_permit(parts.len(number)).await;
        let source = Arc::clone(source);
        off_the_runtime(move || {
            if Crc64Nvme::of(&source.read(&parts.range(number))?) == expected {
                Ok(())
            } else {
                Err(Error::Changed)
            }
        })
        .await
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
        let budget = &self.tools.budget;
        let mut sending: JoinSet<Result<(), Error>> = JoinSet::new();
        let mut first_failure = Ok(());
        for number in missing {
            while sending.len() >= budget.line().parts_at_once(parts.part_bytes())
                && let Some(done) = sending.join_next().await
            {
                first_failure = first_failure.and(joined(done));
            }
            let permit = tokio::select! {
                biased;
                Some(done) = sending.join_next(), if !sending.is_empty() => {
                    first_failure = first_failure.and(joined(done));
                    if first_failure.is_err() {
                        break;
                    }
                    budget.part_permit(parts.len(number)).await
                }
                permit = budget.part_permit(parts.len(number)) => permit,
            };
            while let Some(done) = sending.try_join_next() {
                first_failure = first_failure.and(joined(done));
            }
            if first_failure.is_err() {
                break;
            }
            let part = self.part(parts, number, &begun.upload_id, Arc::clone(source), permit);
            sending.spawn(self.sending.track_future(part));
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
        mut permit: PartPermit,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let Tools {
            s3, ledger, budget, ..
        } = self.tools.clone();
        let (id, key, upload_id) = (self.file.id, self.file.key.clone(), upload_id.to_owned());
        let (sent, confirmed) = (self.sent.clone(), Arc::clone(&self.confirmed));
        let is_unproved = Arc::clone(&self.is_unproved);
        let buffers = self.buffers.clone();
        async move {
            let (bytes, crc) = off_the_runtime(move || {
                let bytes = source.read_into(&parts.range(number), buffers.take())?;
                let crc = Crc64Nvme::of(&bytes);
                Ok((buffers.lend(bytes), crc))
            })
            .await?;
            let bytes: Bytes = bytes;
            let size_bytes = parts.len(number);
            let line = budget.line().of_parts();
            // Not before: reading and waiting for its turn may take longer than the session that was there then.
            let s3 = s3.now();
            let mut tries = Tries::of(s3.access());
            let done = loop {
                let way = OnItsWay::new(&sent, &line);
                let request = s3.part(&key, &upload_id, number, bytes.clone(), crc, &way);
                let result = attended(&way, request).await;
                permit.learn(&result);
                match result {
                    Ok(done) => {
                        way.confirm(size_bytes);
                        break done;
                    }
                    Err(error) => {
                        way.take_back();
                        permit.step_back();
                        tries.again_after(error).await?;
                        permit.line_up().await;
                    }
                }
            };
            if !done.was_told && done.part.etag.trim_matches('"') != md5_hex(&bytes) {
                is_unproved.store(true, Ordering::Relaxed);
            }
            confirmed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(number, done.part.clone());
            drop((bytes, permit));
            ledger.commit(Write::Part(id, number, done.part)).await
        }
    }

    async fn complete(&mut self, parts: Parts) -> Result<Receipt, Error> {
        let tools = self.tools.clone();
        let s3 = &tools.s3.now();
        let begun = self
            .file
            .begun
            .as_deref()
            .cloned()
            .ok_or(Error::UploadForgotten)?;
        let crc = whole(parts, &begun);
        let permit = tools.budget.permit(0).await;
        let size_bytes = self.file.stamp.size_bytes;
        let overwrite = self.overwrite();
        let mut tries = Tries::of(s3.access());
        let mut confirmed = loop {
            let lost_before = self.file.may_be_stored;
            s3.check_session()?;
            self.file.may_be_stored = true;
            let request = s3.complete(&self.file.key, &begun, size_bytes, crc, overwrite);
            // Completing a large object may take minutes on the server's side.
            let result = in_time(size_bytes, request).await;
            permit.learn(&result);
            match result {
                Ok(confirmed) => break confirmed,
                Err(error) => {
                    self.file.may_be_stored = lost_before || error.may_have_stored();
                    tries.again_after(error).await?;
                }
            }
        };
        let is_proved = !self.is_unproved.load(Ordering::Relaxed);
        if confirmed.proof == Proof::NotReported
            && is_proved
            && etag_of(&begun).as_deref() == Some(confirmed.etag.trim_matches('"'))
        {
            confirmed.proof = Proof::ETag;
        }
        Ok(self.receipt(confirmed, crc))
    }
}

/// The checksum of the whole file, from its parts'.
pub(super) fn whole(parts: Parts, begun: &Begun) -> Crc64Nvme {
    let each = |(number, part): (&u32, &DonePart)| (part.crc64nvme, parts.len(*number));
    begun
        .parts
        .iter()
        .map(each)
        .fold(Crc64Nvme::of(b""), |whole, (next, len)| {
            whole.followed_by(next, len)
        })
}

fn joined(done: Result<Result<(), Error>, tokio::task::JoinError>) -> Result<(), Error> {
    done.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}
