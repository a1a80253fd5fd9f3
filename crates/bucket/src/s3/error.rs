//! From the SDK's error to ours, by S3's error codes ("Error responses" in the S3 API reference) and HTTP status.

use std::time::Duration;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::{Access, Error};

/// How far two clocks that agree may be apart.
const CLOCKS_APART: Duration = Duration::from_secs(2);

pub(super) fn failed<E>(error: SdkError<E, HttpResponse>, access: &Access) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match &error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            let is_s3 = looks_like_s3(context.raw());
            match by_code(context.err().code(), status, is_s3, access) {
                Error::WrongRegion { .. } => Error::WrongRegion {
                    region: told_region(context.raw()),
                },
                error => error,
            }
        }
        // A 200 that is not S3's, a page of a captive portal.
        SdkError::ResponseError(_) => Error::NotS3,
        // Whatever it was, another try needs another session; among them, what `OnlyWhileOpen` stopped.
        _ if access.time_left().is_zero() => Error::SessionEnded { by_server: false },
        SdkError::ConstructionFailure(_) => Error::Refused {
            code: "request".to_owned(),
        },
        _ => match network::why(&error) {
            Some(why) => Error::Unreached {
                why,
                source: error.into(),
            },
            None => Error::Offline(error.into()),
        },
    }
}

/// Where the bucket is: S3 says it in a header, and for a wrong signature in the body.
fn told_region(response: &HttpResponse) -> Option<String> {
    let told = response.headers().get("x-amz-bucket-region");
    let told = told.map(str::to_owned).or_else(|| {
        let body = String::from_utf8_lossy(response.body().bytes()?).into_owned();
        let (_, rest) = body.split_once("<Region>")?;
        rest.split_once("</Region>")
            .map(|(region, _)| region.to_owned())
    })?;
    let is_region = !told.is_empty()
        && told.len() <= 32
        && told
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    is_region.then_some(told)
}

/// S3 says who it is on every answer; a body in XML is what its relatives say. HEAD has neither.
fn looks_like_s3(response: &HttpResponse) -> bool {
    let headers = response.headers();
    let is_xml = response.body().bytes().is_some_and(|body| {
        let text = String::from_utf8_lossy(&body[..body.len().min(200)]);
        text.contains("<Error") || text.trim_start().starts_with("<?xml")
    });
    is_xml || headers.contains_key("x-amz-request-id")
}

fn by_code(code: Option<&str>, status: u16, is_s3: bool, access: &Access) -> Error {
    // Some servers no longer know the key of an ended session, or name no reason at all; and the server's clock may
    // run a little ahead of what it told.
    let has_ended = access.time_left() < CLOCKS_APART;
    match code {
        Some("ExpiredToken" | "TokenRefreshRequired" | "InvalidToken" | "InvalidAccessKeyId") => {
            Error::SessionEnded {
                by_server: !has_ended,
            }
        }
        Some("PreconditionFailed") => Error::Taken,
        Some("NoSuchUpload" | "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall") => {
            Error::UploadForgotten
        }
        // On a conditional Complete: another writer was faster; the parts must be sent again.
        Some("ConditionalRequestConflict" | "OperationAborted") => Error::UploadForgotten,
        Some("NoSuchBucket") => Error::BucketMissing,
        Some(
            "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException",
        ) => Error::WrongRegion { region: None },
        Some("BadDigest" | "XAmzContentChecksumMismatch") => Error::ChecksumMismatch,
        Some(
            code @ ("SlowDown"
            | "ServiceUnavailable"
            | "InternalError"
            | "RequestTimeout"
            | "IncompleteBody"
            | "ThrottlingException"),
        ) => Error::Busy {
            code: code.to_owned(),
        },
        Some("RequestTimeTooSkewed") => Error::ClockOff,
        _ if status == 403 && has_ended => Error::SessionEnded { by_server: false },
        Some("AccessDenied" | "AllAccessDisabled" | "AccountProblem") => Error::Denied,
        Some(code) if status >= 500 => Error::Busy {
            code: code.to_owned(),
        },
        Some(code) => Error::Refused {
            code: code.to_owned(),
        },
        None => by_status(status, is_s3),
    }
}

fn by_status(status: u16, is_s3: bool) -> Error {
    match status {
        412 => Error::Taken,
        301 | 307 => Error::WrongRegion { region: None },
        500.. => Error::Busy {
            code: status.to_string(),
        },
        _ if !is_s3 => Error::NotS3,
        403 => Error::Denied,
        _ => Error::Refused {
            code: status.to_string(),
        },
    }
}
