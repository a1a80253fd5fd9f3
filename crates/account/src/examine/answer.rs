//! What comes back from a probe: an answer, or nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use network::Unreached;

use super::sentence::Sentence;

/// The one that our stories examine; what another does is not known.
const TRIED_SEAWEEDFS: &str = "4.48";

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// None for a success, and where the answer has no body.
    pub(super) code: Option<String>,
    /// What AWS says besides.
    pub(super) said: Sentence,
    /// Where the bucket is, as the answer's header says.
    pub(super) region: Option<String>,
    /// What the server calls itself.
    pub(super) server: Option<String>,
}

/// Nothing came back: the rest cannot be examined either.
#[derive(Debug)]
pub enum Silence {
    /// For a reason that a person can do something about.
    Because(Unreached),
    /// No network, refused, or too late.
    Untold,
}

pub(super) type Asked = Result<Answer, Silence>;

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status) && self.code.is_none()
    }

    /// HEAD has no body that names a code.
    pub(super) fn is_denied(&self) -> bool {
        match self.code.as_deref() {
            Some(code) => matches!(
                code,
                "AccessDenied" | "AllAccessDisabled" | "AccountProblem"
            ),
            None => self.status == 403,
        }
    }

    /// A server that is known to store nothing whose declared checksum is wrong. Another is not given the chance: moto
    /// stores it.
    pub(super) fn is_from_one_that_checks(&self) -> bool {
        self.server.as_deref().is_some_and(checks_sums)
    }

    pub(super) fn is_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// `403 AccessDenied`.
    pub(super) fn shown(&self) -> String {
        match &self.code {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

/// By its header `Server`: AWS's (and the sandbox's) is `AmazonS3`, SeaweedFS's is `SeaweedFS 8000GB 4.48`, where the size is
/// one that it was built for.
fn checks_sums(server: &str) -> bool {
    let mut words = server.split_whitespace();
    match (words.next(), words.next_back()) {
        (Some("AmazonS3"), None) => true,
        (Some("SeaweedFS"), Some(version)) => version == TRIED_SEAWEEDFS,
        _ => false,
    }
}

pub(super) fn answered<T, E>(asked: Result<T, SdkError<E, HttpResponse>>) -> Asked
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let answer = |status, code: Option<&str>, message: Option<&str>| Answer {
        status,
        code: code.map(str::to_owned),
        said: message.map(Sentence::read).unwrap_or_default(),
        region: None,
        server: None,
    };
    let Err(error) = asked else {
        return Ok(answer(200, None, None));
    };
    match error.raw_response() {
        // A 200 that is not S3's, a page of a captive portal's: no yes.
        Some(response) if matches!(error, SdkError::ResponseError(_)) => {
            let status = response.status().as_u16();
            Ok(answer(status, Some("not S3's answer"), None))
        }
        Some(response) => {
            let status = response.status().as_u16();
            Ok(answer(status, error.code(), error.message()))
        }
        None => Err(network::why(&error).map_or(Silence::Untold, Silence::Because)),
    }
}

/// Keeps the headers of the last answer, be it a yes or a no.
#[derive(Clone, Debug, Default)]
pub(super) struct Headers(Arc<Mutex<HashMap<String, String>>>);

impl Headers {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(name).cloned()
    }
}

impl Intercept for Headers {
    fn name(&self) -> &'static str {
        "Headers"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let all = context.response().headers().iter();
        let all = all.map(|(name, value)| (name.to_owned(), value.to_owned()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = all.collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_believed_to_check_sums_only_in_the_version_that_was_tried() {
        for server in ["AmazonS3", "SeaweedFS 8000GB 4.48", "SeaweedFS 30GB 4.48"] {
            assert!(checks_sums(server), "{server}");
        }
        for server in [
            "SeaweedFS 8000GB 4.47",
            "SeaweedFS 8000GB 5.00",
            "SeaweedFS",
            "SeaweedFS S3",
            "AmazonS3Like",
            "Werkzeug/3.1",
            "",
        ] {
            assert!(!checks_sums(server), "{server}");
        }
    }
}
