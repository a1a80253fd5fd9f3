//! What the bucket is reached with: where it is, and a session's values that stop working.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::BucketName;

/// A bucket and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The bucket.
    pub bucket: BucketName,
    /// Its region.
    pub region: String,
    /// Another S3 endpoint than the region's.
    pub endpoint: Option<String>,
    /// Which of the region's endpoints, and where the bucket's name goes.
    pub addressing: Addressing,
}

/// How the bucket's server is addressed ("Amazon S3 endpoints and quotas" and "Virtual hosting of buckets", S3 user guide).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Addressing {
    /// Where the bucket's name goes.
    pub style: AddressingStyle,
    /// The endpoints with FIPS 140 modules.
    pub is_fips: bool,
    /// The endpoints that answer over IPv6, too.
    pub is_dual_stack: bool,
}

/// Where the bucket's name goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressingStyle {
    /// Into the path where another endpoint is named, else into the host name.
    #[default]
    Usual,
    /// `https://server/bucket/key`.
    Path,
    /// `https://bucket.server/key`.
    VirtualHosted,
}

impl Target {
    /// Does the bucket's name go into the path?
    pub fn is_path_style(&self) -> bool {
        match self.addressing.style {
            AddressingStyle::Usual => self.endpoint.is_some(),
            AddressingStyle::Path => true,
            AddressingStyle::VirtualHosted => false,
        }
    }
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

impl ObjectTraits {
    /// The tags as URL query parameters (`x-amz-tagging` in `PutObject`'s reference); none without tags.
    pub fn tagging(&self) -> Option<String> {
        if self.tags.is_empty() {
            return None;
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.tags);
        Some(query.finish())
    }
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
    pub(crate) secret_access_key: SecretString,
    pub(crate) session_token: SecretString,
    /// None: as the SDK reaches servers by itself.
    pub(crate) network: Option<network::Client>,
    time_left: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Access {
    /// `time_left` is asked before every request and must count suspend; the SDK itself would go on sending with
    /// values that have ended. Secret and token are wiped with the last clone.
    pub fn new(
        access_key_id: String,
        secret_access_key: impl Into<SecretString>,
        session_token: impl Into<SecretString>,
        time_left: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self {
            access_key_id,
            secret_access_key: secret_access_key.into(),
            session_token: session_token.into(),
            network: None,
            time_left: Arc::new(time_left),
        }
    }

    /// How the server is reached; none: as the SDK reaches servers by itself.
    #[must_use]
    pub fn through(mut self, network: Option<network::Client>) -> Self {
        self.network = network;
        self
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_as_a_query() {
        let traits = ObjectTraits {
            tags: vec![
                ("project".to_owned(), "砂 & sea".to_owned()),
                ("a=b".to_owned(), String::new()),
            ],
            ..ObjectTraits::default()
        };
        let expected = "project=%E7%A0%82+%26+sea&a%3Db=";
        assert_eq!(traits.tagging().as_deref(), Some(expected));
        assert_eq!(ObjectTraits::default().tagging(), None);
    }
}
