//! An answer was lost, and an object has the key: is it this file? Decided by what the bucket's listing shows, and
//! never by hope.
//!
//! S3's ETag is the MD5 of a PUT's body; of an object that came in parts, the MD5 of the parts' MD5s, a hyphen and
//! their number ("Checking object integrity", S3 user guide). MD5 costs much beside CRC64NVME, so it is computed only
//! here. Encryption with KMS hides it.

use std::sync::Arc;

use jiff::SignedDuration;

use super::parts::whole;
use super::{Upload, off_the_runtime};
use crate::checksum::{md5, md5_hex, to_hex};
use crate::parts::Parts;
use crate::retry::Tries;
use crate::row::{Begun, DonePart};
use crate::s3::Found;
use crate::source::Source;
use crate::{Crc64Nvme, Error, Proof, Receipt};

/// Times in listings are whole seconds, and so are servers' dates.
const ROUNDED: SignedDuration = SignedDuration::from_secs(2);

/// What the bucket shows.
#[derive(Debug)]
pub(super) enum Evidence {
    /// The object has just these bytes and is not older than the row.
    Ours(Receipt),
    /// There is no object, or it has other bytes, or it was there before.
    NotOurs,
    /// The listing is denied, or the ETag says nothing.
    Unknown,
}

/// What the object would look like.
struct Expected {
    etag: String,
    crc64nvme: Crc64Nvme,
}

impl Upload {
    /// # Errors
    /// The listing's, but for its denial; the file's, when it must be read again.
    pub(super) async fn evidence(&mut self) -> Result<Evidence, Error> {
        let found = match self.find().await {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Evidence::NotOurs),
            Err(Error::Denied) => return Ok(Evidence::Unknown),
            Err(error) => return Err(error),
        };
        if found.size_bytes != self.file.stamp.size_bytes || self.is_older_than_the_row(&found) {
            return Ok(Evidence::NotOurs);
        }
        let expected = self.expected().await?;
        if expected.etag == found.etag.trim_matches('"') {
            return Ok(Evidence::Ours(Receipt {
                key: self.file.key.to_string(),
                size_bytes: found.size_bytes,
                crc64nvme: expected.crc64nvme,
                proof: Proof::ETag,
                etag: found.etag,
                version_id: None,
                stored_at: found.modified,
            }));
        }
        if self.tools.s3.now().seen().etags_are_md5() {
            Ok(Evidence::NotOurs)
        } else {
            Ok(Evidence::Unknown)
        }
    }

    async fn find(&self) -> Result<Option<Found>, Error> {
        let s3 = &self.tools.s3.now();
        let mut tries = Tries::of(s3.access());
        loop {
            match s3.find(&self.file.key).await {
                Ok(found) => return Ok(found),
                Err(error) => tries.again_after(error).await?,
            }
        }
    }

    /// Both by the server's clock: somebody's equal object that was there before the drop is not this row's.
    fn is_older_than_the_row(&self, found: &Found) -> bool {
        let added_at = self.tools.s3.now().seen().by_the_server(self.file.added_at);
        let earliest = added_at.checked_sub(ROUNDED).unwrap_or(added_at);
        found.modified < earliest
    }

    async fn expected(&self) -> Result<Expected, Error> {
        if self.is_marker() {
            return Ok(Expected {
                etag: md5_hex(b""),
                crc64nvme: Crc64Nvme::of(b""),
            });
        }
        let (path, stamp) = (self.file.path.to_path(), self.file.stamp);
        let source = Arc::new(off_the_runtime(move || Source::open(&path, stamp)).await?);
        match self.file.begun.as_deref().cloned() {
            None => {
                let _permit = self.tools.budget.permit(stamp.size_bytes).await;
                off_the_runtime(move || {
                    let bytes = source.read(&(0..stamp.size_bytes))?;
                    Ok(Expected {
                        etag: md5_hex(&bytes),
                        crc64nvme: Crc64Nvme::of(&bytes),
                    })
                })
                .await
            }
            Some(begun) => self.expected_of_parts(begun, source).await,
        }
    }

    /// Parts whose confirmation the ledger has lost are read again.
    async fn expected_of_parts(
        &self,
        mut begun: Begun,
        source: Arc<Source>,
    ) -> Result<Expected, Error> {
        let parts = Parts::with_part_bytes(self.file.stamp.size_bytes, begun.part_bytes);
        for number in 1..=parts.count() {
            if begun.parts.contains_key(&number) {
                continue;
            }
            let _permit = self.tools.budget.part_permit(parts.len(number)).await;
            let source = Arc::clone(&source);
            let part = off_the_runtime(move || {
                let bytes = source.read(&parts.range(number))?;
                Ok(DonePart {
                    etag: md5_hex(&bytes),
                    crc64nvme: Crc64Nvme::of(&bytes),
                })
            })
            .await?;
            begun.parts.insert(number, part);
        }
        Ok(Expected {
            etag: etag_of(&begun).unwrap_or_default(),
            crc64nvme: whole(parts, &begun),
        })
    }
}

/// The ETag of an object made of these parts, without quotes; none when a part's ETag is no MD5.
pub(super) fn etag_of(begun: &Begun) -> Option<String> {
    let mut digests = Vec::with_capacity(begun.parts.len() * 16);
    for part in begun.parts.values() {
        digests.extend(from_hex(part.etag.trim_matches('"'))?);
    }
    Some(format!("{}-{}", to_hex(&md5(&digests)), begun.parts.len()))
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(etags: &[&str]) -> Begun {
        let part = |etag: &&str| DonePart {
            etag: (*etag).to_owned(),
            crc64nvme: Crc64Nvme::of(b""),
        };
        Begun {
            upload_id: "u".to_owned(),
            part_bytes: 8 << 20,
            parts: (1..).zip(etags.iter().map(part)).collect(),
        }
    }

    #[test]
    fn the_etag_of_parts_is_the_md5_of_their_md5s_and_their_number() {
        // echo -n a | md5sum; echo -n b | md5sum; both as bytes | md5sum
        let two = begun(&[
            "\"0cc175b9c0f1b6a831c399e269772661\"",
            "92eb5ffee6ae2fec3ad71c777531578f",
        ]);
        assert_eq!(
            etag_of(&two).as_deref(),
            Some("96e024ba2074fe77e8e965ba43a704be-2")
        );
    }

    #[test]
    fn an_etag_that_is_no_md5_proves_nothing() {
        assert_eq!(etag_of(&begun(&["\"e\""])), None);
        assert_eq!(
            etag_of(&begun(&["\"zzc175b9c0f1b6a831c399e269772661\""])),
            None
        );
    }
}
