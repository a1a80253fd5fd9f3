//! One AssumeRole: what the access key is for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::assume_role::{AssumeRoleError, AssumeRoleOutput};
use aws_sdk_sts::types::Tag;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::timeout::TimeoutConfig;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::refusal::{self, Failed, may_be_not_enabled, unknown_here};
use crate::{
    AccessKey, Clock, Error, ExternalId, MfaCode, MfaSerial, Region, RoleArn, Session, SessionKeys,
    SessionLength, SessionName, SessionTags, SourceIdentity,
};

/// How often a busy or unreachable STS is asked, and how long the first pause is; a person waits for it.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

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
    /// Who it says it is in AWS's logs.
    pub session_name: SessionName,
    /// A session policy, which narrows the role.
    pub policy: Option<String>,
    /// Session tags.
    pub tags: SessionTags,
    /// Source identity.
    pub source_identity: Option<SourceIdentity>,
}

/// A session, and what of the wish had to be given up for it.
#[derive(Debug)]
pub struct Granted {
    /// The session.
    pub session: Session,
    /// The role allows no longer one than this; less than was asked for.
    pub longest: Option<SessionLength>,
    /// The server took no session policy: the session can do all that the role may.
    pub is_policy_refused: bool,
}

/// Asks STS for a session. A length that the role does not allow is lowered, and a session policy that the server does not
/// take is left out, as long as no one-time code is used up by asking again.
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
) -> Result<Granted, Error> {
    let mut asked = request.clone();
    let mut has_policy_gone = false;
    let mut is_shorter = false;
    let mut tries = 0;
    loop {
        let failed = match ask(&asked, key, clock).await {
            Ok(session) => {
                return Ok(Granted {
                    session,
                    longest: is_shorter.then_some(asked.length),
                    is_policy_refused: has_policy_gone,
                });
            }
            Err(failed) => failed,
        };
        // A code is good for one request, whatever became of it.
        let may_ask_again = request.mfa.is_none();
        match failed {
            Failed::Policy if may_ask_again && asked.policy.is_some() => {
                asked.policy = None;
                has_policy_gone = true;
            }
            Failed::Length if may_ask_again => match asked.length.next_shorter() {
                Some(shorter) => {
                    asked.length = shorter;
                    is_shorter = true;
                }
                None => return Err(Error::SessionTooLong),
            },
            Failed::Transient(error) => {
                tries += 1;
                if !may_ask_again || tries == TRIES {
                    return Err(error);
                }
                tokio::time::sleep(PAUSE * tries).await;
            }
            Failed::Policy => return Err(Error::PolicyRefused),
            Failed::Length => return Err(Error::SessionTooLong),
            Failed::With(error) => return Err(explained(error, request, key).await),
        }
    }
}

/// Learns what else STS tells about a refusal: whose key it is, and whether another region knows it.
async fn explained(error: Error, request: &SignIn, key: &AccessKey) -> Error {
    match error {
        Error::RoleRefused { refusal, .. } => Error::RoleRefused {
            refusal,
            caller: caller(request, key).await,
        },
        Error::AccessKeyUnknown
            if may_be_not_enabled(&request.region, request.endpoint.as_deref()) =>
        {
            let elsewhere = SignIn {
                region: Region::of_partition(&request.role_arn),
                ..request.clone()
            };
            unknown_here(caller(&elsewhere, key).await.is_some())
        }
        other => other,
    }
}

/// What STS tells of whoever signs, before any role is asked for.
#[derive(Debug)]
pub struct Identity {
    /// How far the server's clock is ahead of this one's; none where the server did not tell its time.
    pub server_ahead_seconds: Option<i64>,
    /// The ARN of the key's user, where the server tells it; or why it tells nothing.
    pub caller: Result<Option<String>, Error>,
}

/// Does STS know the key?
///
/// # Errors
/// As [`sign_in`], but for what is about the role.
pub async fn prove(request: &SignIn, key: &AccessKey, clock: &dyn Clock) -> Result<(), Error> {
    identify(request, key, clock).await.caller.map(drop)
}

/// Asks STS whose key it is. That needs no permission and no one-time code (GetCallerIdentity in the STS API reference);
/// busy, it is asked again.
pub async fn identify(request: &SignIn, key: &AccessKey, clock: &dyn Clock) -> Identity {
    let mut tries = 0;
    loop {
        let server_date = ServerDate::default();
        let answer = client(request, key)
            .get_caller_identity()
            .customize()
            .interceptor(server_date.clone())
            .send()
            .await;
        let local_now = clock.wall();
        let server_now = server_date.get();
        let ahead = server_now.map(|now| now.duration_since(local_now).as_secs());
        let told = |caller| Identity {
            server_ahead_seconds: ahead,
            caller,
        };
        let error = match answer {
            Ok(output) => return told(Ok(output.arn)),
            Err(error) => error,
        };
        match refusal::sort(error, request, server_now, local_now) {
            Failed::Transient(error) => {
                tries += 1;
                if tries == TRIES {
                    return told(Err(error));
                }
                tokio::time::sleep(PAUSE * tries).await;
            }
            Failed::With(error) => return told(Err(error)),
            Failed::Policy | Failed::Length => return told(Err(Error::NotSts)),
        }
    }
}

/// GetCallerIdentity, which needs no permission: the ARN of the key's user.
pub async fn caller(request: &SignIn, key: &AccessKey) -> Option<String> {
    let answer = client(request, key).get_caller_identity().send().await;
    answer.ok()?.arn
}

/// One request, sent once.
async fn ask(request: &SignIn, key: &AccessKey, clock: &dyn Clock) -> Result<Session, Failed> {
    let server_date = ServerDate::default();
    let asked_since_boot = clock.since_boot();
    let answer = assume_role(request, key, &server_date)
        .await
        .map_err(Failed::With)?;
    let server_now = server_date.get();
    match answer {
        Ok(output) => {
            let server_now = server_now.unwrap_or_else(|| clock.wall());
            session_of(output, server_now, asked_since_boot).ok_or(Failed::With(Error::NotSts))
        }
        Err(error) => Err(refusal::sort(error, request, server_now, clock.wall())),
    }
}

async fn assume_role(
    request: &SignIn,
    key: &AccessKey,
    server_date: &ServerDate,
) -> Result<Result<AssumeRoleOutput, SdkError<AssumeRoleError, HttpResponse>>, Error> {
    let text = |name: Option<&dyn ToString>| name.map(ToString::to_string);
    let mut call = client(request, key)
        .assume_role()
        .role_arn(request.role_arn.as_str())
        .role_session_name(request.session_name.as_str())
        .duration_seconds(i32::try_from(request.length.seconds()).unwrap_or(i32::MAX))
        .set_external_id(text(request.external_id.as_ref().map(|id| id as _)))
        .set_source_identity(text(request.source_identity.as_ref().map(|id| id as _)))
        .set_policy(request.policy.clone())
        .set_tags(tags(&request.tags)?);
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

fn tags(tags: &SessionTags) -> Result<Option<Vec<Tag>>, Error> {
    let tags = tags.pairs().iter().map(|(key, value)| {
        let tag = Tag::builder().key(key).value(value).build();
        tag.map_err(|_| Error::Refused {
            code: "tags".to_owned(),
        })
    });
    let tags: Vec<Tag> = tags.collect::<Result<_, _>>()?;
    Ok((!tags.is_empty()).then_some(tags))
}

fn client(request: &SignIn, key: &AccessKey) -> aws_sdk_sts::Client {
    // A second attempt would send a one-time code twice; `sign_in` knows when to ask again.
    aws_sdk_sts::Client::new(&config(request, key, RetryConfig::disabled()))
}

/// Built by hand and not from the environment: an `AWS_*` variable or a profile of this computer must not change
/// where a destination's sign-in goes.
pub(crate) fn config(request: &SignIn, key: &AccessKey, retries: RetryConfig) -> SdkConfig {
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
        .region(aws_config::Region::new(request.region.as_str().to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts)
        .retry_config(retries);
    config.set_http_client(request.network.clone());
    if let Some(endpoint) = &request.endpoint {
        config = config.endpoint_url(endpoint);
    } else {
        // The SDK takes no other endpoint with them: they are names of AWS's own.
        config = config
            .use_fips(request.is_fips)
            .use_dual_stack(request.is_dual_stack);
    }
    config.build()
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
