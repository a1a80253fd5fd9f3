//! A body on its way from the request to the disk, and the checksums that come before and behind it.

use super::{Bucket, answers};
use crate::store::{Body, Digests, Receiving, Refusal, Sums};
use http::HeaderMap;
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3ErrorCode, S3Result, StdError, TrailingHeaders, s3_error};

/// What comes with a body: the checksums given before it, and where those behind it will stand.
pub(super) struct Incoming<'a> {
    pub(super) body: Option<StreamingBlob>,
    pub(super) given: Sums,
    pub(super) md5: Option<&'a str>,
    pub(super) algorithm: Option<&'a str>,
    pub(super) headers: &'a HeaderMap,
    pub(super) trailers: Option<&'a TrailingHeaders>,
}

impl Bucket {
    /// Writes a body to the disk and compares every checksum that came with it.
    pub(super) async fn receive(
        &self,
        mut incoming: Incoming<'_>,
        upload_algorithm: Option<&str>,
    ) -> S3Result<Body> {
        check_form(&incoming.given)?;
        let trailer = incoming
            .headers
            .get("x-amz-trailer")
            .and_then(|value| value.to_str().ok());
        let trailer = trailer.and_then(|name| name.trim().strip_prefix("x-amz-checksum-"));
        let given = incoming
            .given
            .each()
            .into_iter()
            .filter_map(|(name, value)| value.map(|_| name));
        let asked = given
            .chain(trailer)
            .chain(incoming.algorithm)
            .chain(upload_algorithm);
        let digests = Digests::new(asked);
        let body = incoming
            .body
            .take()
            .unwrap_or_else(|| s3s::Body::empty().into());
        let body = self
            .0
            .store
            .receive(body, digests)
            .await
            .map_err(receiving_error)?;
        if let Some(algorithm) = trailer {
            let name = format!("x-amz-checksum-{algorithm}");
            let value = incoming
                .trailers
                .and_then(|trailers| trailers.read(|map| map.get(&name).cloned()))
                .flatten();
            let value = value.and_then(|value| value.to_str().map(str::to_owned).ok());
            let value = value.ok_or_else(|| {
                bad_request(
                    "MalformedTrailerError",
                    "The trailer that was announced is missing.",
                )
            })?;
            if let Some(slot) = incoming.given.slot(algorithm) {
                *slot = Some(value);
            }
        }
        check_given(&body, &incoming)?;
        Ok(body)
    }
}

/// A value that cannot be one of its algorithm is refused before the body is read.
fn check_form(given: &Sums) -> S3Result<()> {
    for (name, value) in given.each() {
        let length = match name {
            "CRC64NVME" => 8,
            "SHA1" => 20,
            "SHA256" => 32,
            _ => 4,
        };
        let decoded = value.map(|value| {
            base64_simd::STANDARD
                .decode_to_vec(value)
                .map(|bytes| bytes.len())
        });
        if decoded.is_some_and(|decoded| decoded.ok() != Some(length)) {
            let name = name.to_ascii_lowercase();
            return Err(s3_error!(
                InvalidRequest,
                "Value for x-amz-checksum-{name} header is invalid."
            ));
        }
    }
    Ok(())
}

fn check_given(body: &Body, incoming: &Incoming<'_>) -> S3Result<()> {
    if let Some(algorithm) = body.sums.difference(&incoming.given) {
        return Err(answers::error(&Refusal::BadDigest { algorithm }));
    }
    let md5 = incoming
        .md5
        .map(|text| base64_simd::STANDARD.decode_to_vec(text));
    match md5 {
        None => Ok(()),
        Some(Ok(md5)) if md5.len() != 16 => Err(s3_error!(
            InvalidDigest,
            "The Content-MD5 you specified was invalid."
        )),
        Some(Ok(md5)) if md5 == body.md5 => Ok(()),
        Some(Ok(_)) => Err(s3_error!(
            BadDigest,
            "The Content-MD5 you specified did not match what we received."
        )),
        Some(Err(_)) => Err(s3_error!(
            InvalidDigest,
            "The Content-MD5 you specified was invalid."
        )),
    }
}

/// s3s's stream errors have no public type; their texts name them.
fn receiving_error(error: Receiving<StdError>) -> S3Error {
    let error = match error {
        Receiving::Store(refusal) => return answers::error(&refusal),
        Receiving::Client(error) => error.to_string(),
    };
    if error.contains("Sha256Mismatch") {
        let message =
            "The provided 'x-amz-content-sha256' header does not match what was computed.";
        bad_request("XAmzContentSHA256Mismatch", message)
    } else if error.contains("SignatureMismatch") {
        s3_error!(SignatureDoesNotMatch, "A chunk's signature does not match.")
    } else {
        s3_error!(IncompleteBody, "The request body terminated unexpectedly")
    }
}

/// A code that s3s has no name for.
fn bad_request(code: &'static str, message: &'static str) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(http::StatusCode::BAD_REQUEST);
    error
}
