//! S3: with its folder, the only place that names its SDK. Each answer becomes a value or an [`Error`]; nobody else sees the SDK's.

mod about;
mod body;
mod current;
mod error;
mod extras;
mod open;
mod seen;

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    RequestChecksumCalculation, ResponseChecksumValidation, StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, ServerSideEncryption,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::list::{Entry, Page};
use crate::progress::OnItsWay;
use crate::row::{Begun, DonePart};
use crate::{Access, Crc64Nvme, Error, ObjectTraits, Proof, Target};
pub(crate) use about::About;
use about::Encryption;
pub(crate) use current::Current;
use error::failed;
pub(crate) use seen::Seen;

/// How long a request without a body may be without an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bucket with a session. Clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct S3 {
    client: Client,
    bucket: String,
    access: Access,
    traits: ObjectTraits,
    seen: Seen,
}

/// An object as the listing shows it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) size_bytes: u64,
    /// With its quotes.
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
}

/// What S3 confirmed.
#[derive(Debug)]
pub(crate) struct Confirmed {
    pub(crate) etag: String,
    pub(crate) proof: Proof,
    pub(crate) version_id: Option<String>,
}

/// A part that S3 has confirmed, and whether its answer told the checksum.
#[derive(Debug)]
pub(crate) struct SentPart {
    pub(crate) part: DonePart,
    pub(crate) was_told: bool,
}

/// May an object that has the key be overwritten?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overwrite {
    /// `If-None-Match: *`: decided by the server, atomically.
    Never,
    /// The person chose *Replace*.
    Yes,
}

impl Overwrite {
    fn if_none_match(self) -> Option<String> {
        match self {
            Self::Never => Some("*".to_owned()),
            Self::Yes => None,
        }
    }
}

impl S3 {
    /// Fixed credentials, no profile, no environment: the session is the one the person signed in to.
    pub(crate) fn new(target: &Target, access: Access, traits: ObjectTraits) -> Self {
        let seen = Seen::new(traits.kms_key.is_some());
        Self::with(target, access, traits, seen)
    }

    /// The same bucket with another session; what its answers told is still known.
    pub(crate) fn renewed(&self, target: &Target, access: Access) -> Self {
        Self::with(target, access, self.traits.clone(), self.seen.clone())
    }

    fn with(target: &Target, access: Access, traits: ObjectTraits, seen: Seen) -> Self {
        let credentials = Credentials::new(
            access.access_key_id.as_str(),
            access.secret_access_key.expose_secret(),
            Some(access.session_token.expose_secret().to_owned()),
            None,
            "session",
        );
        let mut shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(target.region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            // They never change: to cache them costs more than to hand them out.
            .identity_cache(IdentityCache::no_cache())
            // `retry.rs` sends again: it must know of each attempt, since a lost answer may have stored the object.
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(10))
                    .build(),
            )
            // It measures how fast a body is taken, not how fast it is sent, and kills slow living uplinks; each
            // request has its own bound, here or in `retry.rs`.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        shared.set_http_client(access.network.clone());
        if let Some(endpoint) = &target.endpoint {
            shared = shared.endpoint_url(endpoint);
        } else {
            // The SDK takes no other endpoint with them: they are names of AWS's own.
            shared.set_use_fips(Some(target.addressing.is_fips));
            shared.set_use_dual_stack(Some(target.addressing.is_dual_stack));
        }
        let config = aws_sdk_s3::config::Builder::from(&shared.build())
            .force_path_style(target.is_path_style())
            // The checksum is computed once, with the bytes in hand, and sent as a header.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .interceptor(open::OnlyWhileOpen(access.clone()))
            .interceptor(seen.clone())
            .build();
        Self {
            client: Client::from_conf(config),
            bucket: target.bucket.to_string(),
            access,
            traits,
            seen,
        }
    }

    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// No new request starts when the session has ended; the SDK would send it.
    pub(crate) fn check_session(&self) -> Result<(), Error> {
        if self.access.time_left().is_zero() {
            Err(Error::SessionEnded { by_server: false })
        } else {
            Ok(())
        }
    }

    pub(crate) async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        crc: Crc64Nvme,
        overwrite: Overwrite,
        about: &About,
        way: &OnItsWay,
    ) -> Result<Confirmed, Error> {
        let body = body::counted(bytes, way).await;
        self.check_session()?;
        let Encryption { mode, key: kms_key } = self.encryption();
        let output = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(about.content_type)
            .set_metadata(about.metadata())
            .set_storage_class(self.storage_class())
            .set_server_side_encryption(mode)
            .set_ssekms_key_id(kms_key)
            .set_tagging(self.tagging())
            .set_if_none_match(overwrite.if_none_match())
            .checksum_crc64_nvme(crc.to_header())
            .body(body)
            .customize()
            // The checksum protects the bytes; hashing them a second time for the signature would double the cost.
            .disable_payload_signing()
            .send()
            .await
            .map_err(|error| failed(error, &self.access))?;
        let encryption = output.server_side_encryption.as_ref();
        self.seen
            .stored_with(encryption.map(ServerSideEncryption::as_str));
        confirmed(
            output.e_tag,
            output.checksum_crc64_nvme,
            output.version_id,
            crc,
        )
    }

    /// Begins a multipart upload whose checksum will be the whole object's.
    pub(crate) async fn begin(&self, key: &str, about: &About) -> Result<String, Error> {
        self.check_session()?;
        let Encryption { mode, key: kms_key } = self.encryption();
        let output = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme)
            .checksum_type(ChecksumType::FullObject)
            .content_type(about.content_type)
            .set_metadata(about.metadata())
            .set_storage_class(self.storage_class())
            .set_server_side_encryption(mode)
            .set_ssekms_key_id(kms_key)
            .set_tagging(self.tagging())
            .send()
            .await
            .map_err(|error| failed(error, &self.access))?;
        let encryption = output.server_side_encryption.as_ref();
        self.seen
            .stored_with(encryption.map(ServerSideEncryption::as_str));
        output
            .upload_id
            .filter(|id| !id.is_empty())
            .ok_or(Error::NotS3)
    }

    pub(crate) async fn part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        bytes: Bytes,
        crc: Crc64Nvme,
        way: &OnItsWay,
    ) -> Result<SentPart, Error> {
        let body = body::counted(bytes, way).await;
        self.check_session()?;
        let output = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload_id)
            .part_number(number.cast_signed())
            .checksum_crc64_nvme(crc.to_header())
            .body(body)
            .customize()
            .disable_payload_signing()
            .send()
            .await
            .map_err(|error| failed(error, &self.access))?;
        let was_told = output.checksum_crc64_nvme().is_some();
        if let Some(told) = output.checksum_crc64_nvme() {
            prove(told, crc)?;
        }
        let etag = output
            .e_tag
            .filter(|etag| !etag.is_empty())
            .ok_or(Error::NotS3)?;
        Ok(SentPart {
            part: DonePart {
                etag,
                crc64nvme: crc,
            },
            was_told,
        })
    }

    pub(crate) async fn complete(
        &self,
        key: &str,
        begun: &Begun,
        size_bytes: u64,
        crc: Crc64Nvme,
        overwrite: Overwrite,
    ) -> Result<Confirmed, Error> {
        self.check_session()?;
        let parts = begun.parts.iter().map(|(number, part)| {
            CompletedPart::builder()
                .part_number(number.cast_signed())
                .e_tag(&part.etag)
                .checksum_crc64_nvme(part.crc64nvme.to_header())
                .build()
        });
        let output = self
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(&begun.upload_id)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts.collect()))
                    .build(),
            )
            .checksum_crc64_nvme(crc.to_header())
            .checksum_type(ChecksumType::FullObject)
            .mpu_object_size(i64::try_from(size_bytes).unwrap_or(i64::MAX))
            .set_if_none_match(overwrite.if_none_match())
            .send()
            .await
            .map_err(|error| failed(error, &self.access))?;
        confirmed(
            output.e_tag,
            output.checksum_crc64_nvme,
            output.version_id,
            crc,
        )
    }

    /// Gives up a begun upload, where the role allows it; it is an extra, and nothing waits for it.
    pub(crate) async fn abort(&self, key: &str, upload_id: &str) -> Result<(), Error> {
        self.check_session()?;
        let request = self
            .client
            .abort_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload_id)
            .send();
        in_time(request, &self.access).await.map(drop)
    }

    /// The object with this key. By listing, since HeadObject would need s3:GetObject.
    pub(crate) async fn find(&self, key: &str) -> Result<Option<Found>, Error> {
        self.check_session()?;
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(key)
            .max_keys(1)
            .send();
        let output = listed(in_time(request, &self.access).await?)?;
        // Keys come in order: the key itself is the first that begins with it.
        let first = output.contents.unwrap_or_default().into_iter().next();
        Ok(first
            .filter(|object| object.key.as_deref() == Some(key))
            .map(|object| Found {
                size_bytes: u64::try_from(object.size.unwrap_or(0)).unwrap_or(0),
                etag: object.e_tag.unwrap_or_default(),
                modified: object
                    .last_modified
                    .and_then(|time| Timestamp::from_second(time.secs()).ok())
                    .unwrap_or(Timestamp::MIN),
            }))
    }

    pub(crate) async fn list(
        &self,
        prefix: &str,
        is_recursive: bool,
        next: Option<String>,
        max_keys: Option<i32>,
    ) -> Result<Page, Error> {
        self.check_session()?;
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            // Sent even when empty: a policy's s3:prefix condition looks for it.
            .prefix(prefix)
            .set_delimiter((!is_recursive).then(|| "/".to_owned()))
            .set_continuation_token(next)
            .set_max_keys(max_keys)
            .send();
        let output = listed(in_time(request, &self.access).await?)?;
        let folders = output.common_prefixes.unwrap_or_default().into_iter();
        let folders = folders
            .filter_map(|folder| folder.prefix)
            .map(|key| Entry::Folder { key });
        let objects = output
            .contents
            .unwrap_or_default()
            .into_iter()
            .filter_map(entry);
        Ok(Page {
            entries: folders.chain(objects).collect(),
            next: output.next_continuation_token,
        })
    }
}

/// An error's body under a status of 200 reads as an empty list; but every list names its bucket.
fn listed(output: ListObjectsV2Output) -> Result<ListObjectsV2Output, Error> {
    if output.name.is_some() {
        Ok(output)
    } else {
        Err(Error::NotS3)
    }
}

/// Awaits the answer to a request without a body.
async fn in_time<T, E>(
    request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    access: &Access,
) -> Result<T, Error>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match tokio::time::timeout(PATIENCE, request).await {
        Ok(result) => result.map_err(|error| failed(error, access)),
        Err(elapsed) => Err(Error::Offline(elapsed.into())),
    }
}

fn entry(object: aws_sdk_s3::types::Object) -> Option<Entry> {
    Some(Entry::Object {
        size_bytes: u64::try_from(object.size.unwrap_or(0)).unwrap_or(0),
        modified: object
            .last_modified
            .and_then(|time| Timestamp::from_second(time.secs()).ok()),
        storage_class: object.storage_class.map(|class| class.as_str().to_owned()),
        etag: object.e_tag,
        key: object.key?,
    })
}

/// What S3 says it stored is what was read, or the row is not called stored.
fn confirmed(
    etag: Option<String>,
    told: Option<String>,
    version_id: Option<String>,
    computed: Crc64Nvme,
) -> Result<Confirmed, Error> {
    match (told, etag) {
        (Some(told), etag) => {
            // Stored already: sending it again would only meet it.
            prove(&told, computed).map_err(|_| Error::StoredDiffers)?;
            Ok(Confirmed {
                proof: Proof::Checksum,
                etag: etag.unwrap_or_default(),
                version_id,
            })
        }
        (None, Some(etag)) if !etag.is_empty() => Ok(Confirmed {
            proof: Proof::NotReported,
            etag,
            version_id,
        }),
        // Not even an ETag: some page said 200, or a server that tells nothing. The listing may know.
        (None, _) => Err(Error::NotS3),
    }
}

fn prove(told: &str, computed: Crc64Nvme) -> Result<(), Error> {
    if Crc64Nvme::from_header(told) == Some(computed) {
        Ok(())
    } else {
        Err(Error::ChecksumMismatch)
    }
}
