//! From what the store says to what S3 answers.

use super::etag;
use crate::documents::BUCKET;
use crate::store::{Body, Object, Refusal, Sums, time_of};
use s3s::dto::{
    ChecksumType, CompleteMultipartUploadOutput, GetObjectOutput, HeadObjectOutput,
    PutObjectOutput, StreamingBlob, UploadPartOutput,
};
use s3s::{S3Error, s3_error};
use std::ops::Range;

fn full_object() -> ChecksumType {
    ChecksumType::from_static(ChecksumType::FULL_OBJECT)
}

fn length(size: u64) -> Option<i64> {
    i64::try_from(size).ok()
}

pub(super) fn put(body: &Body) -> PutObjectOutput {
    let sums = body.sums.clone();
    PutObjectOutput {
        e_tag: Some(etag(&body.etag)),
        checksum_crc32: sums.crc32,
        checksum_crc32c: sums.crc32c,
        checksum_crc64nvme: sums.crc64nvme,
        checksum_sha1: sums.sha1,
        checksum_sha256: sums.sha256,
        checksum_type: Some(full_object()),
        ..PutObjectOutput::default()
    }
}

pub(super) fn part(body: &Body) -> UploadPartOutput {
    let sums = body.sums.clone();
    UploadPartOutput {
        e_tag: Some(etag(&body.etag)),
        checksum_crc32: sums.crc32,
        checksum_crc32c: sums.crc32c,
        checksum_crc64nvme: sums.crc64nvme,
        checksum_sha1: sums.sha1,
        checksum_sha256: sums.sha256,
        ..UploadPartOutput::default()
    }
}

pub(super) fn completed(key: String, tag: &str, sums: Sums) -> CompleteMultipartUploadOutput {
    CompleteMultipartUploadOutput {
        location: Some(format!("http://{BUCKET}.s3.amazonaws.com/{key}")),
        bucket: Some(BUCKET.to_owned()),
        key: Some(key),
        e_tag: Some(etag(tag)),
        checksum_crc32: sums.crc32,
        checksum_crc32c: sums.crc32c,
        checksum_crc64nvme: sums.crc64nvme,
        checksum_type: Some(full_object()),
        ..CompleteMultipartUploadOutput::default()
    }
}

pub(super) fn head(object: Object, with_checksum: bool) -> HeadObjectOutput {
    HeadObjectOutput {
        content_length: length(object.size),
        content_type: object.content_type,
        e_tag: Some(etag(&object.etag)),
        last_modified: Some(time_of(object.modified).into()),
        metadata: Some(object.metadata),
        accept_ranges: Some("bytes".to_owned()),
        checksum_crc64nvme: object.sums.crc64nvme.filter(|_| with_checksum),
        checksum_type: with_checksum.then(full_object),
        ..HeadObjectOutput::default()
    }
}

pub(super) fn get(
    object: Object,
    range: Option<Range<u64>>,
    body: StreamingBlob,
    with_checksum: bool,
) -> GetObjectOutput {
    let size = object.size;
    let whole = with_checksum && range.is_none();
    let sent = range.clone().unwrap_or(0..size);
    GetObjectOutput {
        body: Some(body),
        content_length: length(sent.end - sent.start),
        content_range: range.map(|range| format!("bytes {}-{}/{size}", range.start, range.end - 1)),
        content_type: object.content_type,
        e_tag: Some(etag(&object.etag)),
        last_modified: Some(time_of(object.modified).into()),
        metadata: Some(object.metadata),
        accept_ranges: Some("bytes".to_owned()),
        checksum_crc64nvme: object.sums.crc64nvme.filter(|_| whole),
        checksum_type: whole.then(full_object),
        ..GetObjectOutput::default()
    }
}

pub(super) fn error(refusal: &Refusal) -> S3Error {
    match refusal {
        Refusal::Database(_) | Refusal::File(_) | Refusal::Metadata(_) | Refusal::Dropped => {
            tracing::error!(?refusal, "the sandbox's store failed");
            s3_error!(
                InternalError,
                "We encountered an internal error. Please try again."
            )
        }
        Refusal::Precondition => {
            s3_error!(
                PreconditionFailed,
                "At least one of the pre-conditions you specified did not hold"
            )
        }
        Refusal::NoSuchUpload => s3_error!(
            NoSuchUpload,
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or \
             completed."
        ),
        Refusal::NoSuchKey => s3_error!(NoSuchKey, "The specified key does not exist."),
        Refusal::InvalidPart => s3_error!(
            InvalidPart,
            "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified \
             entity tag may not match the part's entity tag."
        ),
        Refusal::InvalidPartOrder => s3_error!(
            InvalidPartOrder,
            "The list of parts was not in ascending order. Parts must be ordered by part number."
        ),
        Refusal::EntityTooSmall => {
            s3_error!(
                EntityTooSmall,
                "Your proposed upload is smaller than the minimum allowed size"
            )
        }
        Refusal::WrongSize => s3_error!(
            InvalidRequest,
            "The provided 'x-amz-mp-object-size' header does not match what was computed."
        ),
        Refusal::BadDigest { algorithm } => {
            s3_error!(
                BadDigest,
                "The {algorithm} you specified did not match the calculated checksum."
            )
        }
        Refusal::NoPartSums { algorithm } => {
            s3_error!(
                InvalidRequest,
                "The upload was created without a {algorithm} checksum for its parts."
            )
        }
    }
}
