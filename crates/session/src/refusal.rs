//! Why STS said no: from the SDK's error to ours, by STS's error codes ("AssumeRole", Errors, in the STS API reference) and,
//! where one code stands for several causes, by AWS's sentence.
//!
//! The sentences are read here and nowhere else, and nothing depends on them: one that reads otherwise leaves more causes
//! possible.

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use jiff::Timestamp;
use network::Unreached;

use crate::sign_in::SignIn;
use crate::{Error, Region};

/// AWS refuses a signature that is older than five minutes at STS; a smaller difference is not to blame.
const CLOCK_TOLERANCE_SECONDS: i64 = 300;

/// Which causes of a refused AssumeRole are still possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// STS told nothing: no such role, it does not trust this user, or the user may not assume it.
    Untold,
    /// No such role, or its trust policy does not let the user in.
    Trust,
    /// The user's own policies (or a boundary or an organisation's policy above them) do not allow it.
    User,
    /// The session tags or the source identity.
    Tags,
}

/// An answer of STS's that is an error, read once.
struct Told {
    code: Option<String>,
    message: String,
}

/// What is to be done about an AssumeRole that failed.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The person must know.
    With(Error),
    /// 5xx, throttling, no connection: another try may help.
    Transient(Error),
    /// The session policy: too large when packed, malformed in the server's eyes, or not known to it.
    Policy,
    /// Longer than the role's maximum.
    Length,
}

/// Sorts an error at its source; from here on nobody sees the SDK's.
pub(crate) fn sort<E>(
    error: SdkError<E, HttpResponse>,
    request: &SignIn,
    server_now: Option<Timestamp>,
    local_now: Timestamp,
) -> Failed
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if let SdkError::ResponseError(_) = &error {
        return Failed::With(Error::NotSts);
    }
    let Some(response) = error.raw_response() else {
        return unreached(error);
    };
    let status = response.status().as_u16();
    let told = Told::by(&error, response);
    let skew = server_now.map_or(0, |now| now.duration_since(local_now).as_secs());
    match told.code.as_deref() {
        None if status >= 500 => Failed::Transient(Error::NotSts),
        None => Failed::With(Error::NotSts),
        Some("Throttling" | "ThrottlingException" | "RequestLimitExceeded") => {
            Failed::Transient(told.refused())
        }
        Some(_) if status >= 500 => Failed::Transient(told.refused()),
        Some("PackedPolicyTooLarge" | "PackedPolicyTooLargeException") => Failed::Policy,
        Some("MalformedPolicyDocument" | "MalformedPolicyDocumentException")
            if request.policy.is_some() =>
        {
            Failed::Policy
        }
        Some("ValidationError") if told.is_about_length() => Failed::Length,
        Some("InvalidClientTokenId" | "InvalidAccessKeyId") => {
            Failed::With(Error::AccessKeyUnknown)
        }
        Some("SignatureDoesNotMatch" | "RequestExpired" | "RequestTimeTooSkewed")
            if skew.abs() > CLOCK_TOLERANCE_SECONDS =>
        {
            Failed::With(Error::ClockOff { seconds: skew })
        }
        Some("SignatureDoesNotMatch") => Failed::With(Error::SecretWrong),
        Some("AccessDenied" | "AccessDeniedException") => Failed::With(told.denied()),
        Some("RegionDisabledException") => Failed::With(Error::RegionDisabled),
        Some(_) => Failed::With(told.refused()),
    }
}

/// What IAM, asked about the user's own keys, means by its error ("CreateAccessKey" and its neighbours, Errors, in the IAM
/// API reference).
pub(crate) fn sort_iam<E>(error: SdkError<E, HttpResponse>, local_now: Timestamp) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if let SdkError::ResponseError(_) = &error {
        return Error::NotSts;
    }
    let Some(response) = error.raw_response() else {
        return match unreached(error) {
            Failed::With(error) | Failed::Transient(error) => error,
            Failed::Policy | Failed::Length => Error::NotSts,
        };
    };
    let told = Told::by(&error, response);
    match told.code.as_deref() {
        None => Error::NotSts,
        Some("AccessDenied" | "AccessDeniedException") => Error::OwnKeysDenied,
        Some("LimitExceeded" | "LimitExceededException") => Error::TooManyKeys,
        Some("NoSuchEntity" | "NoSuchEntityException") => Error::KeyGone,
        Some("InvalidClientTokenId" | "InvalidAccessKeyId") => Error::AccessKeyUnknown,
        Some("SignatureDoesNotMatch" | "RequestExpired") => match skew(response, local_now) {
            seconds if seconds.abs() > CLOCK_TOLERANCE_SECONDS => Error::ClockOff { seconds },
            _ => Error::SecretWrong,
        },
        Some(_) => Error::IamRefused {
            code: told.code.unwrap_or_default(),
        },
    }
}

/// By how many seconds the server's clock is ahead of this one's; none where it does not tell its own.
fn skew(response: &HttpResponse, local_now: Timestamp) -> i64 {
    let date = response.headers().get("date");
    let server_now = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
    server_now.map_or(0, |now| now.timestamp().duration_since(local_now).as_secs())
}

/// No answer. What a person must change first is not tried again.
pub(crate) fn unreached<E>(error: SdkError<E, HttpResponse>) -> Failed
where
    E: std::error::Error + Send + Sync + 'static,
{
    match network::why(&error) {
        Some(why) => {
            let may_pass = matches!(
                why,
                Unreached::HostUnknown | Unreached::ProxyUnreachable { .. }
            );
            let error = Error::Unreached {
                why,
                source: error.into(),
            };
            if may_pass {
                Failed::Transient(error)
            } else {
                Failed::With(error)
            }
        }
        None => Failed::Transient(Error::Offline(error.into())),
    }
}

impl Told {
    fn by<E: ProvideErrorMetadata>(
        error: &SdkError<E, HttpResponse>,
        response: &HttpResponse,
    ) -> Self {
        let body = response.body().bytes().unwrap_or_default();
        let code = error.code().map(str::to_owned);
        Self {
            code: code.or_else(|| in_s3_form(body, "Code").filter(|code| is_code(code))),
            message: error
                .message()
                .map(str::to_owned)
                .or_else(|| in_s3_form(body, "Message"))
                .unwrap_or_default(),
        }
    }

    fn says(&self, words: &str) -> bool {
        self.message.contains(words)
    }

    /// Longer than the role, or a chain of roles, allows; not a number that is none ("1 validation error detected").
    fn is_about_length(&self) -> bool {
        self.says("DurationSeconds exceeds")
    }

    fn refused(&self) -> Error {
        Error::Refused {
            code: self.code.clone().unwrap_or_default(),
        }
    }

    /// One code for the role, the user, the one-time code and the tags; AWS's sentence may tell which.
    fn denied(&self) -> Error {
        if self.says("invalid MFA one time pass code") {
            return Error::MfaCodeWrong;
        }
        if self.says("MultiFactorAuthentication failed") {
            return Error::MfaDeviceUnknown;
        }
        let refusal = if self.says("sts:TagSession") || self.says("sts:SetSourceIdentity") {
            Refusal::Tags
        } else if self.says("resource-based policy") {
            Refusal::Trust
        } else if ["identity-based", "permissions boundary", "service control"]
            .iter()
            .any(|kind| self.says(kind))
        {
            Refusal::User
        } else {
            Refusal::Untold
        };
        Error::RoleRefused {
            refusal,
            caller: None,
        }
    }
}

/// S3-compatible servers answer their STS errors in S3's form (`<Error><Code>..`), where the SDK finds no code.
fn in_s3_form(body: &[u8], element: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Error")?;
    let (_, rest) = rest.split_once(&format!("<{element}>"))?;
    let (inner, _) = rest.split_once(&format!("</{element}>"))?;
    Some(inner.to_owned())
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
}

/// Regions that an account must enable before it can use them ("AWS Regions" in the AWS Account Management reference,
/// as of 2026; one that is missing here is only explained less well).
const OPT_IN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// A key that the region's STS does not know: is it worth asking another region, since this one may not be enabled? An
/// endpoint of the person's own has no other regions.
pub(crate) fn may_be_not_enabled(region: &Region, endpoint: Option<&str>) -> bool {
    endpoint.is_none() && OPT_IN.contains(&region.as_str())
}

/// What the other region's word makes of it.
pub(crate) fn unknown_here(is_known_elsewhere: bool) -> Error {
    if is_known_elsewhere {
        Error::RegionNotEnabled
    } else {
        Error::AccessKeyUnknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(message: &str) -> Error {
        Told {
            code: Some("AccessDenied".to_owned()),
            message: message.to_owned(),
        }
        .denied()
    }

    fn refusal(message: &str) -> Option<Refusal> {
        match denied(message) {
            Error::RoleRefused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    #[test]
    fn awss_sentence_narrows_the_causes_down_and_any_other_leaves_all_three() {
        let head = "User: arn:aws:iam::123456789012:user/u is not authorized to perform: sts:AssumeRole on resource: arn";
        assert_eq!(refusal(head), Some(Refusal::Untold));
        assert_eq!(refusal(""), Some(Refusal::Untold));
        for (tail, expected) in [
            (
                "no identity-based policy allows the sts:AssumeRole action",
                Refusal::User,
            ),
            (
                "no resource-based policy allows the sts:AssumeRole action",
                Refusal::Trust,
            ),
            (
                "no permissions boundary allows the sts:AssumeRole action",
                Refusal::User,
            ),
        ] {
            assert_eq!(refusal(&format!("{head} because {tail}")), Some(expected));
        }
        let tags = head.replace("AssumeRole", "TagSession");
        assert_eq!(refusal(&tags), Some(Refusal::Tags));
    }

    #[test]
    fn a_wrong_code_is_told_from_a_device_that_is_not_this_users() {
        let wrong = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
        assert!(matches!(denied(wrong), Error::MfaCodeWrong));
        let device = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial \
                      number is valid and associated with this user.";
        assert!(matches!(denied(device), Error::MfaDeviceUnknown));
    }

    #[test]
    fn a_role_and_a_chain_of_roles_that_allow_less_are_told_from_a_number_that_is_none() {
        let told = |message: &str| Told {
            code: Some("ValidationError".to_owned()),
            message: message.to_owned(),
        };
        for message in [
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ] {
            assert!(told(message).is_about_length());
        }
        let none = "1 validation error detected: Value '0' at 'durationSeconds' failed to satisfy constraint";
        assert!(!told(none).is_about_length());
    }

    #[test]
    fn only_a_region_that_must_be_enabled_is_asked_about_elsewhere() {
        let region = |name: &str| Region::new(name).expect("a region");
        assert!(may_be_not_enabled(&region("ap-east-1"), None));
        assert!(!may_be_not_enabled(&region("ap-northeast-1"), None));
        let own = Some("https://storage.example.com");
        assert!(!may_be_not_enabled(&region("ap-east-1"), own));
        assert!(matches!(unknown_here(true), Error::RegionNotEnabled));
        assert!(matches!(unknown_here(false), Error::AccessKeyUnknown));
    }

    #[test]
    fn a_code_is_found_in_s3s_form_and_not_in_a_page() {
        let code = |body: &[u8]| in_s3_form(body, "Code").filter(|code| is_code(code));
        assert_eq!(
            code(b"<?xml?><Error><Code>SignatureDoesNotMatch</Code></Error>").as_deref(),
            Some("SignatureDoesNotMatch")
        );
        assert_eq!(code(b"<html><Code>Sign in</Code></html>"), None);
        assert_eq!(code(b"<Error><Code>not a code</Code></Error>"), None);
    }
}
