//! The three listings.

use super::{etag, owner_id};
use crate::store::{Page, PageRequest, Part, Upload, time_of};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    ChecksumAlgorithm, CommonPrefix, EncodingType, Initiator, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput,
    ListPartsOutput, MultipartUpload, Object, ObjectStorageClass, Owner, Part as S3Part,
    StorageClass,
};
use s3s::{S3Result, s3_error};

const LARGEST_PAGE: i32 = 1000;
/// What `encoding-type=url` leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// S3's page sizes: 1000 at most, and none below zero.
fn page_size(wanted: Option<i32>) -> S3Result<i32> {
    match wanted {
        Some(size) if size < 0 => Err(s3_error!(
            InvalidArgument,
            "Argument maxKeys must be an integer between 0 and 2147483647"
        )),
        wanted => Ok(wanted.unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE)),
    }
}

pub(super) fn page_request(input: &ListObjectsV2Input) -> S3Result<PageRequest> {
    let continuation = input.continuation_token.as_deref().map(|token| {
        base64_simd::STANDARD.decode_to_vec(token).map_err(|_| {
            s3_error!(
                InvalidArgument,
                "The continuation token provided is incorrect"
            )
        })
    });
    Ok(PageRequest {
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input
            .delimiter
            .clone()
            .filter(|delimiter| !delimiter.is_empty()),
        continuation: continuation.transpose()?,
        start_after: input.start_after.clone().filter(|key| !key.is_empty()),
        limit: usize::try_from(page_size(input.max_keys)?).unwrap_or_default(),
    })
}

pub(super) fn objects(input: ListObjectsV2Input, page: Page) -> ListObjectsV2Output {
    let is_encoded = input
        .encoding_type
        .as_ref()
        .is_some_and(|kind| kind.as_str() == EncodingType::URL);
    let text = |text: String| {
        if is_encoded {
            utf8_percent_encode(&text, ENCODED).to_string()
        } else {
            text
        }
    };
    let count = page.objects.len() + page.common_prefixes.len();
    let object = |listed: crate::store::Listed| Object {
        key: Some(text(listed.key)),
        size: i64::try_from(listed.size).ok(),
        e_tag: Some(etag(&listed.etag)),
        last_modified: Some(time_of(listed.modified).into()),
        storage_class: Some(ObjectStorageClass::from_static(
            ObjectStorageClass::STANDARD,
        )),
        owner: input.fetch_owner.unwrap_or_default().then(owner),
        ..Object::default()
    };
    let common = |prefix| CommonPrefix {
        prefix: Some(text(prefix)),
    };
    ListObjectsV2Output {
        name: Some(input.bucket),
        key_count: i32::try_from(count).ok(),
        max_keys: page_size(input.max_keys).ok(),
        is_truncated: Some(page.continuation.is_some()),
        next_continuation_token: page
            .continuation
            .map(|next| base64_simd::STANDARD.encode_to_string(next)),
        contents: Some(page.objects.into_iter().map(object).collect()),
        common_prefixes: Some(page.common_prefixes.into_iter().map(common).collect()),
        prefix: Some(text(input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(text),
        start_after: input.start_after.map(text),
        continuation_token: input.continuation_token,
        encoding_type: input.encoding_type,
        ..ListObjectsV2Output::default()
    }
}

pub(super) fn parts(input: ListPartsInput, parts: &[Part]) -> ListPartsOutput {
    let limit = input
        .max_parts
        .unwrap_or(LARGEST_PAGE)
        .clamp(0, LARGEST_PAGE);
    let after = u32::try_from(input.part_number_marker.unwrap_or_default()).unwrap_or_default();
    let rest = &parts[parts.partition_point(|part| part.number <= after)..];
    let page = &rest[..rest.len().min(usize::try_from(limit).unwrap_or_default())];
    let part = |part: &Part| S3Part {
        part_number: i32::try_from(part.number).ok(),
        size: i64::try_from(part.size).ok(),
        e_tag: Some(etag(&part.etag)),
        last_modified: Some(time_of(part.modified).into()),
        checksum_crc32: part.sums.crc32.clone(),
        checksum_crc32c: part.sums.crc32c.clone(),
        checksum_crc64nvme: part.sums.crc64nvme.clone(),
        checksum_sha1: part.sums.sha1.clone(),
        checksum_sha256: part.sums.sha256.clone(),
    };
    ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        max_parts: Some(limit),
        part_number_marker: input.part_number_marker,
        is_truncated: Some(page.len() < rest.len()),
        next_part_number_marker: page.last().and_then(|part| i32::try_from(part.number).ok()),
        parts: Some(page.iter().map(part).collect()),
        initiator: Some(initiator()),
        owner: Some(owner()),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        ..ListPartsOutput::default()
    }
}

/// One page holds them all up to S3's thousand; nobody leaves more uploads open in a sandbox.
pub(super) fn uploads(
    input: ListMultipartUploadsInput,
    uploads: Vec<Upload>,
) -> ListMultipartUploadsOutput {
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = input.key_marker.clone().unwrap_or_default();
    let is_wanted = |upload: &Upload| {
        let key = &upload.new.object.key;
        key.starts_with(&prefix) && (after.is_empty() || *key > after)
    };
    let upload = |upload: Upload| MultipartUpload {
        key: Some(upload.new.object.key),
        upload_id: Some(upload.id),
        initiated: Some(time_of(upload.begun).into()),
        initiator: Some(initiator()),
        owner: Some(owner()),
        checksum_algorithm: upload.new.algorithm.map(ChecksumAlgorithm::from),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        ..MultipartUpload::default()
    };
    ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: input.prefix,
        key_marker: input.key_marker,
        max_uploads: Some(LARGEST_PAGE),
        is_truncated: Some(false),
        uploads: Some(uploads.into_iter().filter(is_wanted).map(upload).collect()),
        ..ListMultipartUploadsOutput::default()
    }
}

fn owner() -> Owner {
    Owner {
        id: Some(owner_id()),
        display_name: None,
    }
}

fn initiator() -> Initiator {
    Initiator {
        id: Some(owner_id()),
        display_name: None,
    }
}
