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
