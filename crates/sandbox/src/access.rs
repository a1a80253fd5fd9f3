//! Who is calling, and whether they may: the answers that s3s asks for around every S3 request.

use crate::State;
use crate::account::Caller;
use crate::documents::{BUCKET, REGION};
use crate::session::Refused;
use http::{HeaderMap, HeaderValue};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Error, S3Result, s3_error};
use std::sync::Arc;

/// The sandbox's keys and policies, as s3s sees them.
pub(crate) struct Gate(pub(crate) Arc<State>);

#[async_trait::async_trait]
impl S3Auth for Gate {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let secret = self.0.secret(access_key).await.map_err(refused)?;
        Ok(secret.into())
    }
}

impl State {
    /// The secret behind a key, for verifying a signature; an ended session still has one.
    pub(crate) async fn secret(&self, access_key: &str) -> Result<String, Refused> {
        let users = self.account.keys.secret(access_key);
        if let Some(secret) = users.or_else(|| self.sessions.secret(access_key)) {
            return Ok(secret);
        }
        let id = access_key.to_owned();
        // The sessions of an earlier run are forgotten, but they did exist.
        match self.store.run(move |store| store.was_issued(&id)).await {
            Ok(true) => Err(Refused::Ended),
            Ok(false) => Err(Refused::UnknownKey),
            Err(refusal) => {
                tracing::error!(%refusal, "the store was not read");
                Err(Refused::UnknownKey)
            }
        }
    }
}

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = cx.credentials() else {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        };
        let caller = self
            .0
            .sessions
            .caller(
                &self.0.account,
                &credentials.access_key,
                token(cx.headers(), cx.uri().query()).as_deref(),
            )
            .map_err(refused)?;
        if !self.0.takes_any_region {
            check_region(cx.headers())?;
        }
        if cx
            .s3_path()
            .get_bucket_name()
            .is_some_and(|bucket| bucket != BUCKET)
        {
            return Err(s3_error!(
                NoSuchBucket,
                "The specified bucket does not exist"
            ));
        }
        let result = self.allow(
            &caller,
            cx.s3_op().name(),
            cx.s3_path().get_object_key(),
            &context(cx.uri().query(), cx.headers()),
        );
        cx.extensions_mut().insert(caller);
        result
    }
}

impl Gate {
    fn allow(
        &self,
        caller: &Caller,
        operation: &str,
        key: Option<&str>,
        context: &[(String, String)],
    ) -> S3Result<()> {
        let (action, on_bucket) = action_of(operation);
        let resource = match key {
            Some(key) if !on_bucket => format!("arn:aws:s3:::{BUCKET}/{key}"),
            _ => format!("arn:aws:s3:::{BUCKET}"),
        };
        let context: Vec<_> = context
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.0
            .account
            .decide_in_bucket(caller, &action, &resource, &context)
            .map_err(|denial| {
                let mut error = s3_error!(
                    AccessDenied,
                    "{}",
                    denial.message(caller, &action, &resource)
                );
                // HeadBucket tells the region even to those who may not list.
                error.set_headers(answer_headers());
                error
            })
    }
}

/// The action that an operation needs, and whether it speaks of the bucket.
fn action_of(operation: &str) -> (String, bool) {
    let (action, on_bucket) = match operation {
        "PutObject" | "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" => {
            ("PutObject", false)
        }
        "HeadObject" | "GetObject" => ("GetObject", false),
        "ListParts" => ("ListMultipartUploadParts", false),
        "ListMultipartUploads" => ("ListBucketMultipartUploads", true),
        "ListObjects" | "ListObjectsV2" | "HeadBucket" => ("ListBucket", true),
        "ListBuckets" => ("ListAllMyBuckets", true),
        other => (other, false),
    };
    (format!("s3:{action}"), on_bucket)
}

/// The condition keys that a listing brings, and those of an object's headers.
fn context(query: Option<&str>, headers: &HeaderMap) -> Vec<(String, String)> {
    let mut context: Vec<_> = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(name, _)| matches!(name.as_ref(), "prefix" | "delimiter" | "max-keys"))
        .map(|(name, value)| (format!("s3:{name}"), value.into_owned()))
        .collect();
    for name in ["x-amz-server-side-encryption", "if-none-match"] {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        context.extend(value.map(|value| (format!("s3:{name}"), value.to_owned())));
    }
    context
}

/// The session token, in the header or in a presigned address.
pub(crate) fn token(headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    let header = headers
        .get("x-amz-security-token")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    header.or_else(|| {
        let mut pairs = form_urlencoded::parse(query?.as_bytes());
        pairs
            .find(|(name, _)| name == "X-Amz-Security-Token")
            .map(|(_, value)| value.into_owned())
    })
}

/// A signature for another region is right by itself but sent to the wrong place.
fn check_region(headers: &HeaderMap) -> S3Result<()> {
    let authorization = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let scope = authorization
        .split_once("Credential=")
        .map(|(_, rest)| rest.split('/'));
    match scope.and_then(|mut scope| scope.nth(2)) {
        Some(region) if region != REGION => {
            let mut error = s3_error!(
                AuthorizationHeaderMalformed,
                "The authorization header is malformed; the region '{region}' is wrong; expecting '{REGION}'"
            );
            error.set_headers(answer_headers());
            Err(error)
        }
        _ => Ok(()),
    }
}

fn answer_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-bucket-region", HeaderValue::from_static(REGION));
    headers.insert("content-type", HeaderValue::from_static("application/xml"));
    headers
}

fn refused(reason: Refused) -> S3Error {
    match reason {
        Refused::UnknownKey => {
            s3_error!(
                InvalidAccessKeyId,
                "The AWS Access Key Id you provided does not exist in our records."
            )
        }
        Refused::Ended => s3_error!(ExpiredToken, "The provided token has expired."),
        Refused::WrongToken => s3_error!(
            InvalidToken,
            "The provided token is malformed or otherwise invalid."
        ),
    }
}
