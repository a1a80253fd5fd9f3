//! A file smaller than a part: one PUT.

use bytes::Bytes;

use super::{Upload, off_the_runtime};
use crate::checksum::md5_hex;
use crate::progress::OnItsWay;
use crate::retry::{Tries, attended};
use crate::s3::Confirmed;
use crate::source::Source;
use crate::{Crc64Nvme, Error, Proof, Receipt};

impl Upload {
    pub(super) async fn put(&mut self) -> Result<Receipt, Error> {
        let size_bytes = self.file.stamp.size_bytes;
        let permit = self.tools.budget.permit(size_bytes).await;
        let (bytes, crc) = self.whole_file().await?;
        let tools = self.tools.clone();
        let s3 = &tools.s3.now();
        let about = s3.about(&self.file.key, self.file.stamp.modified_nanos);
        let mut tries = Tries::of(s3.access());
        let mut confirmed = loop {
            let lost_before = self.file.may_be_stored;
            s3.check_session()?;
            // Until its answer is known; an upload that is stopped meanwhile leaves it so.
            self.file.may_be_stored = true;
            let way = OnItsWay::new(&self.sent, tools.budget.line());
            let request = s3.put(
                &self.file.key,
                bytes.clone(),
                crc,
                self.overwrite(),
                &about,
                &way,
            );
            let result = attended(&way, request).await;
            permit.learn(&result);
            match result {
                Ok(confirmed) => {
                    way.confirm(size_bytes);
                    break confirmed;
                }
                Err(error) => {
                    way.take_back();
                    self.file.may_be_stored = lost_before || error.may_have_stored();
                    tries.again_after(error).await?;
                }
            }
        };
        prove_by_etag(&mut confirmed, &bytes);
        Ok(self.receipt(confirmed, crc))
    }

    /// Its bytes, if it still is the planned file.
    async fn whole_file(&self) -> Result<(Bytes, Crc64Nvme), Error> {
        if self.is_marker() {
            return Ok((Bytes::new(), Crc64Nvme::of(b"")));
        }
        let (path, stamp) = (self.file.path.to_path(), self.file.stamp);
        off_the_runtime(move || {
            let source = Source::open(&path, stamp)?;
            let bytes = source.read(&(0..stamp.size_bytes))?;
            source.check()?;
            let crc = Crc64Nvme::of(&bytes);
            Ok((bytes, crc))
        })
        .await
    }
}

/// A server that tells no checksum may still tell the MD5, as its ETag. Only then is it computed.
fn prove_by_etag(confirmed: &mut Confirmed, bytes: &[u8]) {
    if confirmed.proof == Proof::NotReported && confirmed.etag.trim_matches('"') == md5_hex(bytes) {
        confirmed.proof = Proof::ETag;
    }
}
