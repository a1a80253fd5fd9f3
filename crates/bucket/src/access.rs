//! What the bucket is reached with: where it is, and a session's values that stop working.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::BucketName;

/// A bucket and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The bucket.
    pub bucket: BucketName,
    /// Its region.
    pub region: String,
    /// Another S3 endpoint than the region's; then the bucket goes into the path and not into the host name.
    pub endpoint: Option<String>,
}

/// What a destination's objects get besides their bytes and their type. Nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectTraits {
    /// The file's time of change goes along as `x-amz-meta-mtime`: Unix seconds, with decimals, as rclone writes it.
    pub keeps_mtime: bool,
    /// `STANDARD_IA`, `GLACIER_IR` and so on, as S3 names them.
    pub storage_class: Option<String>,
    /// SSE-KMS with this key (ARN, id or alias).
    pub kms_key: Option<String>,
    /// Object tags; need `s3:PutObjectTagging`.
    pub tags: Vec<(String, String)>,
}

/// How much the process may take. Both can change while uploads run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Requests at once; none: as many as help, up to 256.
    pub most_requests: Option<u32>,
    /// Of all uploads together; none: as fast as the line.
    pub bytes_per_second: Option<u64>,
}

/// A session as the bucket needs it: three values that sign, and how long they still do.
#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "AWS's names")]
pub struct Access {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    time_left: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Access {
    /// `time_left` is asked before every request and must count suspend; the SDK itself would go on sending with
    /// values that have ended.
    pub fn new(
        access_key_id: String,
        secret_access_key: String,
        session_token: String,
        time_left: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self {
            access_key_id,
            secret_access_key,
            session_token,
            time_left: Arc::new(time_left),
        }
    }

    /// Time left; zero when the session has ended.
    pub fn time_left(&self) -> Duration {
        (self.time_left)()
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("time_left", &self.time_left())
            .finish_non_exhaustive()
    }
}
