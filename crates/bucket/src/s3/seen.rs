//! What answers tell besides what was asked: the server's time, how it encrypts, that it answers at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use jiff::Timestamp;

const UNKNOWN: u8 = 0;
const PLAIN: u8 = 1;
const HIDDEN: u8 = 2;

/// Clones see the same.
#[derive(Clone, Debug)]
pub(crate) struct Seen(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Server's time minus this computer's, in seconds.
    offset_seconds: AtomicI64,
    answers: AtomicU64,
    etags: AtomicU8,
}

impl Seen {
    /// `etags_are_hidden`: the destination encrypts with KMS, so that ETags say nothing of the bytes.
    pub(super) fn new(etags_are_hidden: bool) -> Self {
        Self(Arc::new(Inner {
            offset_seconds: AtomicI64::new(0),
            answers: AtomicU64::new(0),
            etags: AtomicU8::new(if etags_are_hidden { HIDDEN } else { UNKNOWN }),
        }))
    }

    /// Answers of whatever kind, so far.
    pub(crate) fn answers(&self) -> u64 {
        self.0.answers.load(Ordering::Relaxed)
    }

    /// This moment of this computer's clock, by the server's.
    pub(crate) fn by_the_server(&self, here: Timestamp) -> Timestamp {
        let offset = self.0.offset_seconds.load(Ordering::Relaxed);
        here.checked_add(jiff::SignedDuration::from_secs(offset))
            .unwrap_or(here)
    }

    /// An ETag is an MD5 here, as far as was seen: S3 makes it one unless KMS encrypts the object ("Common Response
    /// Headers", ETag).
    pub(crate) fn etags_are_md5(&self) -> bool {
        self.0.etags.load(Ordering::Relaxed) == PLAIN
    }

    /// An answer to a request that stores something, or begins to.
    pub(super) fn stored_with(&self, encryption: Option<&str>) {
        let etags = match encryption {
            None | Some("AES256") => PLAIN,
            Some(_) => HIDDEN,
        };
        self.0.etags.store(etags, Ordering::Relaxed);
    }
}

impl Intercept for Seen {
    fn name(&self) -> &'static str {
        "Seen"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        known: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.answers.fetch_add(1, Ordering::Relaxed);
        // AWS's support asks for the request id.
        tracing::debug!(
            operation = known.load::<Metadata>().map(Metadata::name),
            status = context.response().status().as_u16(),
            request_id = context.response().headers().get("x-amz-request-id"),
            "S3 answered"
        );
        let date = context.response().headers().get("date");
        let date = date.and_then(|text| DateTime::from_str(text, DateTimeFormat::HttpDate).ok());
        if let Some(date) = date {
            let offset = date.secs() - Timestamp::now().as_second();
            self.0.offset_seconds.store(offset, Ordering::Relaxed);
        }
        Ok(())
    }
}
