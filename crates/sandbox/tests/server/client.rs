//! Clients of the sandbox.

use aws_credential_types::Credentials;
use aws_sdk_s3::config::{
    BehaviorVersion, Region, StalledStreamProtectionConfig, retry::RetryConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId as _;
use sandbox::{Options, Sandbox};

pub(crate) struct Running {
    pub(crate) sandbox: Sandbox,
    _dir: tempfile::TempDir,
}

/// A sandbox in a folder of its own.
pub(crate) async fn start(change: impl FnOnce(&mut Options)) -> Running {
    let dir = tempfile::tempdir().unwrap();
    let mut options = Options::new(dir.path());
    change(&mut options);
    Running {
        sandbox: Sandbox::start(options).await.unwrap(),
        _dir: dir,
    }
}

pub(crate) fn user(sandbox: &Sandbox) -> Credentials {
    let address = sandbox.address();
    Credentials::new(
        &address.access_key_id,
        &address.secret_access_key,
        None,
        None,
        "test",
    )
}

pub(crate) fn sts(sandbox: &Sandbox, credentials: Credentials) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&sandbox.address().endpoint)
        .region(Region::new(sandbox.address().region.clone()))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(credentials);
    aws_sdk_sts::Client::from_conf(config.build())
}

pub(crate) fn iam(sandbox: &Sandbox, credentials: Credentials) -> aws_sdk_iam::Client {
    let config = aws_sdk_iam::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&sandbox.address().endpoint)
        .region(Region::new(sandbox.address().region.clone()))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(credentials);
    aws_sdk_iam::Client::from_conf(config.build())
}

pub(crate) fn s3(sandbox: &Sandbox, credentials: Credentials) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&sandbox.address().endpoint)
        .force_path_style(true)
        .region(Region::new(sandbox.address().region.clone()))
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .credentials_provider(credentials);
    aws_sdk_s3::Client::from_conf(config.build())
}

/// An AssumeRole of the role, to be completed.
pub(crate) fn assume(
    sandbox: &Sandbox,
) -> aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder {
    sts(sandbox, user(sandbox))
        .assume_role()
        .role_arn(&sandbox.address().role_arn)
        .role_session_name("sandglass")
}

/// A session of the role.
pub(crate) async fn sign_in(sandbox: &Sandbox) -> Credentials {
    let answer = assume(sandbox).send().await.unwrap();
    session(&answer)
}

pub(crate) fn session(
    answer: &aws_sdk_sts::operation::assume_role::AssumeRoleOutput,
) -> Credentials {
    let held = answer.credentials().unwrap();
    Credentials::new(
        held.access_key_id(),
        held.secret_access_key(),
        Some(held.session_token().to_owned()),
        None,
        "test",
    )
}

/// A client of S3 that is signed in.
pub(crate) async fn signed_in(sandbox: &Sandbox) -> aws_sdk_s3::Client {
    s3(sandbox, sign_in(sandbox).await)
}

/// Status, code and message of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug, E>(
    result: Result<T, SdkError<E>>,
) -> (u16, String, String)
where
    E: ProvideErrorMetadata + std::fmt::Debug,
{
    let error = result.unwrap_err();
    let status = error
        .raw_response()
        .map_or(0, |response| response.status().as_u16());
    if status != 0 {
        let headers = error.raw_response().unwrap().headers();
        assert!(headers.get("date").is_some(), "every answer has a date");
    }
    let code = error.code().unwrap_or_default().to_owned();
    (status, code, error.message().unwrap_or_default().to_owned())
}

/// Status and code alone.
pub(crate) fn code<T: std::fmt::Debug, E>(result: Result<T, SdkError<E>>) -> (u16, String)
where
    E: ProvideErrorMetadata + std::fmt::Debug,
{
    let (status, code, _) = refusal(result);
    (status, code)
}

/// Bytes that repeat nowhere soon.
pub(crate) fn bytes(size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// S3's answers carry a request id.
pub(crate) fn has_request_id(answer: &aws_sdk_s3::operation::put_object::PutObjectOutput) -> bool {
    answer.request_id().is_some()
}

/// A CRC64NVME.
pub(crate) fn crc64(bytes: &[u8]) -> u64 {
    crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, bytes)
}

/// A CRC64NVME as S3 writes it.
pub(crate) fn crc64_text(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(crc64(bytes).to_be_bytes())
}
