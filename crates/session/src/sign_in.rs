//! One AssumeRole: the only thing the access key does.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::{AssumeRoleError, AssumeRoleOutput};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::timeout::TimeoutConfig;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    AccessKey, Clock, Error, ExternalId, MfaCode, MfaSerial, Region, RoleArn, Session, SessionKeys,
    SessionLength,
};

/// AWS refuses a signature that is older than five minutes at STS; a smaller difference is not to blame.
const CLOCK_TOLERANCE_SECONDS: i64 = 300;

/// What a sign-in asks for.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The role.
    pub role_arn: RoleArn,
    /// Its region's STS is asked, since the tokens of regional endpoints are good in all regions.
    pub region: Region,
    /// Another STS endpoint than the region's.
    pub endpoint: Option<String>,
    /// The region's endpoint with FIPS 140 modules.
    pub is_fips: bool,
    /// The region's endpoint that answers over IPv6, too.
    pub is_dual_stack: bool,
    /// How STS is reached; none: as the SDK reaches servers by itself.
    pub network: Option<network::Client>,
    /// How long.
    pub length: SessionLength,
    /// `ExternalId`.
    pub external_id: Option<ExternalId>,
    /// The MFA device, when the role asks for one.
    pub mfa: Option<(MfaSerial, Option<MfaCode>)>,
    /// Who it says it is in AWS's logs: 2 to 64 of `[\w+=,.@-]`.
    pub session_name: String,
}

/// Asks STS once.
///
/// # Errors
/// The variants of [`Error`] that name STS, the role, the key, MFA, the clock and the network.
///
/// # Cancellation
/// Dropping the future gives up the answer; a session that STS made meanwhile is lost and ends by itself.
pub async fn sign_in(
    request: &SignIn,
    key: &AccessKey,
    clock: &dyn Clock,
) -> Result<Session, Error> {
    let server_date = ServerDate::default();
    let asked_since_boot = clock.since_boot();
    let answer = assume_role(request, key, &server_date).await?;
    let server_now = server_date.get();
    match answer {
        Ok(output) => {
            let server_now = server_now.unwrap_or_else(|| clock.wall());
            session_of(output, server_now, asked_since_boot).ok_or(Error::NotSts)
        }
        Err(error) => Err(failed(error, request, server_now, clock.wall())),
    }
}

async fn assume_role(
    request: &SignIn,
    key: &AccessKey,
    server_date: &ServerDate,
) -> Result<Result<AssumeRoleOutput, SdkError<AssumeRoleError, HttpResponse>>, Error> {
    let mut call = client(request, key)
        .assume_role()
        .role_arn(request.role_arn.as_str())
        .role_session_name(&request.session_name)
        .duration_seconds(i32::try_from(request.length.seconds()).unwrap_or(i32::MAX))
        .set_external_id(request.external_id.as_ref().map(ToString::to_string));
    if let Some((serial, code)) = &request.mfa {
        let code = code.as_ref().ok_or(Error::MfaMissing)?;
        call = call
            .serial_number(serial.as_str())
            .token_code(code.as_str());
    }
    Ok(call
        .customize()
        .interceptor(server_date.clone())
        .send()
        .await)
}

/// Built by hand and not from the environment: an `AWS_*` variable or a profile of this computer must not change
/// where a destination's sign-in goes.
fn client(request: &SignIn, key: &AccessKey) -> aws_sdk_sts::Client {
    let credentials = Credentials::new(
        key.id(),
        key.secret().expose_secret(),
        None,
        None,
        "keychain",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(45))
        .build();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(aws_sdk_sts::config::Region::new(
            request.region.as_str().to_owned(),
        ))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts)
        .retry_config(aws_config::retry::RetryConfig::standard());
    config.set_http_client(request.network.clone());
    if let Some(endpoint) = &request.endpoint {
        config = config.endpoint_url(endpoint);
    } else {
        // The SDK takes no other endpoint with them: they are names of AWS's own.
        config = config
            .use_fips(request.is_fips)
            .use_dual_stack(request.is_dual_stack);
    }
    aws_sdk_sts::Client::new(&config.build())
}

fn session_of(
    output: AssumeRoleOutput,
    server_now: Timestamp,
    asked_since_boot: Duration,
) -> Option<Session> {
    let keys = output.credentials?;
    let ends_at = Timestamp::from_second(keys.expiration.secs()).ok()?;
    Some(Session::new(
        output.assumed_role_user?.arn,
        SessionKeys {
            access_key_id: SecretString::from(keys.access_key_id),
            secret_access_key: SecretString::from(keys.secret_access_key),
            session_token: SecretString::from(keys.session_token),
        },
        ends_at,
        server_now,
        asked_since_boot,
    ))
}

/// Sorts an error at its source; from here on nobody sees the SDK's.
fn failed(
    error: SdkError<AssumeRoleError, HttpResponse>,
    request: &SignIn,
    server_now: Option<Timestamp>,
    local_now: Timestamp,
) -> Error {
    if let SdkError::ResponseError(_) = &error {
        return Error::NotSts;
    }
    let Some(response) = error.raw_response() else {
        return match network::why(&error) {
            Some(why) => Error::Unreached {
                why,
                source: error.into(),
            },
            None => Error::Offline(error.into()),
        };
    };
    let code = error
        .code()
        .map(str::to_owned)
        .or_else(|| response.body().bytes().and_then(code_in_s3_form));
    let skew = server_now.map_or(0, |now| now.duration_since(local_now).as_secs());
    match code.as_deref() {
        None => Error::NotSts,
        Some("InvalidClientTokenId" | "InvalidAccessKeyId") => Error::AccessKeyUnknown,
        Some("SignatureDoesNotMatch" | "RequestExpired" | "RequestTimeTooSkewed")
            if skew.abs() > CLOCK_TOLERANCE_SECONDS =>
        {
            Error::ClockOff { seconds: skew }
        }
        Some("SignatureDoesNotMatch") => Error::SecretWrong,
        Some("AccessDenied" | "AccessDeniedException") if request.mfa.is_some() => {
            Error::MfaRefused
        }
        Some("AccessDenied" | "AccessDeniedException") => Error::RoleRefused,
        Some("ValidationError") if request.length > SessionLength::default() => {
            Error::SessionTooLong
        }
        Some("RegionDisabledException") => Error::RegionDisabled,
        Some(code) => Error::Refused {
            code: code.to_owned(),
        },
    }
}

/// S3-compatible servers answer their STS errors in S3's form (`<Error><Code>..`), where the SDK finds no code.
fn code_in_s3_form(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Error")?;
    let (_, rest) = rest.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    is_code.then(|| code.to_owned())
}

/// Keeps the `Date` of the last answer.
#[derive(Clone, Debug, Default)]
struct ServerDate(Arc<Mutex<Option<Timestamp>>>);

impl ServerDate {
    fn get(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for ServerDate {
    fn name(&self) -> &'static str {
        "ServerDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let parsed = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
        if let Some(zoned) = parsed {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(zoned.timestamp());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_s3s_form_and_not_in_a_page() {
        assert_eq!(
            code_in_s3_form(b"<?xml?><Error><Code>SignatureDoesNotMatch</Code></Error>").as_deref(),
            Some("SignatureDoesNotMatch")
        );
        assert_eq!(code_in_s3_form(b"<html><Code>Sign in</Code></html>"), None);
        assert_eq!(
            code_in_s3_form(b"<Error><Code>not a code</Code></Error>"),
            None
        );
    }
}
