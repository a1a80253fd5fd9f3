//! The probes: requests that tell what a session may do and change nothing. None deletes, and none names an object that
//! may exist: keys are fresh and random, and so are upload ids.

use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ServerSideEncryption, StorageClass};
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::answer::{Answer, Asked, Headers, answered};

/// A person waits: who has not answered by then does not count.
const PATIENCE: Duration = Duration::from_secs(10);
/// A busy server is asked once more.
const TRIES: u32 = 2;

/// The CRC64NVME of no byte; that of the probe's body is another one ("Checking object integrity", S3 user guide).
const WRONG_CRC64NVME: &str = "AAAAAAAAAAA=";
/// What stands in the probe's place for an object.
const BODY: &[u8] = b"Sandglass examines; this must not be stored.";

/// Where a destination's objects go.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four independent settings")]
pub struct Target {
    /// The bucket.
    pub bucket: String,
    /// Empty, or ends in `/`.
    pub prefix: String,
    /// The bucket's region.
    pub region: String,
    /// Another server than AWS's.
    pub endpoint: Option<String>,
    /// The bucket's name goes into the path.
    pub is_path_style: bool,
    /// The endpoints with FIPS 140 modules.
    pub is_fips: bool,
    /// The endpoints that answer over IPv6, too.
    pub is_dual_stack: bool,
    /// SSE-KMS with this key.
    pub kms_key: Option<String>,
    /// As S3 names it; none for its own choice.
    pub storage_class: Option<String>,
    /// As the header `x-amz-tagging` has them; none for no tags.
    pub tagging: Option<String>,
    /// Reading is what the destination is for, too.
    pub reads: bool,
}

/// A session's three values.
#[derive(Clone, Debug)]
pub struct Access {
    /// Starts with ASIA.
    pub access_key_id: SecretString,
    /// Signs.
    pub secret_access_key: SecretString,
    /// Sent along.
    pub session_token: SecretString,
}

/// What is asked of a bucket once it is known to be there. None waits for another one's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    List { prefix: String },
    Put { key: String },
    UploadPart { key: String },
    Abort { key: String },
    Get { key: String },
    ListBuckets,
}

/// A probe that is under way, beside others. It ends with this value.
#[derive(Debug)]
pub(super) struct Asking(JoinHandle<Asked>);

impl Asking {
    pub(super) fn begin(probes: &Arc<Probes>, probe: Probe) -> Self {
        let probes = Arc::clone(probes);
        Self(tokio::spawn(async move { probes.ask(&probe).await }))
    }

    pub(super) async fn answer(mut self) -> Asked {
        match (&mut self.0).await {
            Ok(answer) => answer,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A bucket with a session, for asking.
#[derive(Debug)]
pub(super) struct Probes {
    client: Client,
    bucket: String,
    target: Target,
}

impl Probes {
    pub(super) fn new(target: &Target, access: &Access, network: Option<&network::Client>) -> Self {
        let credentials = Credentials::new(
            access.access_key_id.expose_secret(),
            access.secret_access_key.expose_secret(),
            Some(access.session_token.expose_secret().to_owned()),
            None,
            "session",
        );
        let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE);
        let mut shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(target.region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
            .timeout_config(timeouts.build());
        shared.set_http_client(network.cloned());
        if let Some(endpoint) = &target.endpoint {
            shared = shared.endpoint_url(endpoint);
        } else {
            shared.set_use_fips(Some(target.is_fips));
            shared.set_use_dual_stack(Some(target.is_dual_stack));
        }
        let config = aws_sdk_s3::config::Builder::from(&shared.build())
            .force_path_style(target.is_path_style)
            // The SDK would send a second, right one beside the wrong one.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self {
            client: Client::from_conf(config),
            bucket: target.bucket.clone(),
            target: target.clone(),
        }
    }

    /// A key that nobody has: nothing can happen to anybody's object.
    pub(super) fn fresh_key(prefix: &str) -> String {
        format!("{prefix}.sandglass-examines-{}", Uuid::new_v4().simple())
    }

    /// Needs no permission to tell where the bucket is.
    pub(super) async fn head_bucket(&self) -> Asked {
        let headers = Headers::default();
        let asked = self
            .client
            .head_bucket()
            .bucket(&self.bucket)
            .customize()
            .interceptor(headers.clone());
        let answer = answered(asked.send().await)?;
        Ok(Answer {
            region: headers.get("x-amz-bucket-region"),
            server: headers.get("server"),
            ..answer
        })
    }

    async fn ask(&self, probe: &Probe) -> Asked {
        match probe {
            Probe::List { prefix } => self.list(prefix).await,
            Probe::Put { key } => self.put(key).await,
            Probe::UploadPart { key } => self.upload_part(key).await,
            Probe::Abort { key } => self.abort(key).await,
            Probe::Get { key } => self.get(key).await,
            Probe::ListBuckets => self.list_buckets().await,
        }
    }

    async fn list(&self, prefix: &str) -> Asked {
        let asked = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(prefix)
            .max_keys(1);
        answered(asked.send().await)
    }

    /// An object whose checksum is another one than declared: refused by who may not store, and by who checks it.
    async fn put(&self, key: &str) -> Asked {
        let Target {
            kms_key,
            storage_class,
            tagging,
            ..
        } = &self.target;
        let mode = kms_key.as_ref().map(|_| ServerSideEncryption::AwsKms);
        let asked = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .if_none_match("*")
            .set_server_side_encryption(mode)
            .set_ssekms_key_id(kms_key.clone())
            .set_storage_class(storage_class.as_deref().map(StorageClass::from))
            .set_tagging(tagging.clone())
            .checksum_crc64_nvme(WRONG_CRC64NVME)
            .body(ByteStream::from_static(BODY));
        answered(asked.send().await)
    }

    /// A part of an upload that nobody has begun: it can be stored nowhere.
    async fn upload_part(&self, key: &str) -> Asked {
        let asked = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(Uuid::new_v4().simple().to_string())
            .part_number(1)
            .body(ByteStream::from_static(BODY));
        answered(asked.send().await)
    }

    /// An upload that nobody has begun.
    async fn abort(&self, key: &str) -> Asked {
        let asked = self
            .client
            .abort_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(Uuid::new_v4().simple().to_string());
        answered(asked.send().await)
    }

    async fn get(&self, key: &str) -> Asked {
        let asked = self.client.get_object().bucket(&self.bucket).key(key);
        answered(asked.send().await)
    }

    async fn list_buckets(&self) -> Asked {
        answered(self.client.list_buckets().max_buckets(1).send().await)
    }
}
