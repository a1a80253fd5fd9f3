//! What a richer role allows, and uploads never need.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;
use aws_smithy_checksums::body::validate;
use bytes::Bytes;

use super::{Encryption, Overwrite, PATIENCE, S3, in_time};
use crate::{Crc64Nvme, Error};

/// An object's bytes on their way here. The SDK compares them with the checksum that the server told of the whole object.
#[derive(Debug)]
pub(crate) struct Incoming(ByteStream);

impl Incoming {
    /// None after the last, which is proved then. A server that falls silent is given up.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let piece = match tokio::time::timeout(PATIENCE, self.0.next()).await {
            Ok(piece) => piece?,
            Err(elapsed) => return Some(Err(Error::Offline(elapsed.into()))),
        };
        Some(piece.map_err(|error| {
            if is_mismatch(&error) {
                Error::ChecksumMismatch
            } else {
                Error::Offline(error.into())
            }
        }))
    }
}

fn is_mismatch(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<validate::Error>() || error.source().is_some_and(is_mismatch)
}

impl S3 {
    /// Asks for an object's headers: nothing changes by it. It needs `s3:GetObject`.
    pub(crate) async fn head(&self, key: &str) -> Result<(), Error> {
        self.check_session()?;
        let asked = self.client.head_object().bucket(&self.bucket).key(key);
        in_time(asked.send(), &self.access).await.map(drop)
    }

    /// A GET address that whoever has it may use for so long; no request is made.
    pub(crate) async fn presigned(&self, key: &str, lasts: Duration) -> Result<String, Error> {
        self.check_session()?;
        let refused = || Error::Refused {
            code: "presign".to_owned(),
        };
        let lasts = PresigningConfig::expires_in(lasts).map_err(|_| refused())?;
        let asked = self.client.get_object().bucket(&self.bucket).key(key);
        let signed = asked.presigned(lasts).await;
        signed
            .map(|request| request.uri().to_owned())
            .map_err(|_| refused())
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Incoming, Error> {
        self.check_session()?;
        let asked = self.client.get_object().bucket(&self.bucket).key(key);
        let asked = asked.checksum_mode(ChecksumMode::Enabled);
        let output = in_time(asked.send(), &self.access).await?;
        Ok(Incoming(output.body))
    }

    /// Stores an object of no bytes that stands for a folder, unless there is one.
    pub(crate) async fn put_marker(&self, key: &str) -> Result<(), Error> {
        self.check_session()?;
        let Encryption { mode, key: kms_key } = self.encryption();
        let asked = self.client.put_object().bucket(&self.bucket).key(key);
        let asked = asked
            .content_type(self.about(key, 0).content_type)
            .set_server_side_encryption(mode)
            .set_ssekms_key_id(kms_key)
            .set_storage_class(self.storage_class())
            .set_tagging(self.tagging())
            .set_if_none_match(Overwrite::Never.if_none_match())
            .checksum_crc64_nvme(Crc64Nvme::of(&[]).to_header())
            .body(ByteStream::from_static(&[]));
        in_time(Box::pin(asked.send()), &self.access)
            .await
            .map(drop)
    }

    /// True when the bucket keeps versions and has only hidden the object ("Working with delete markers").
    pub(crate) async fn delete(&self, key: &str) -> Result<bool, Error> {
        self.check_session()?;
        let asked = self.client.delete_object().bucket(&self.bucket).key(key);
        let output = in_time(asked.send(), &self.access).await?;
        Ok(output.delete_marker == Some(true))
    }
}
