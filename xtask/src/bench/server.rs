//! Where uploads go, and with whose keys.

use std::path::PathBuf;

/// In every path-style address.
pub(crate) const BUCKET: &str = "s3-fs-example-bucket";
/// Of every signature.
pub(crate) const REGION: &str = "ap-northeast-1";
/// What Sandglass's user may assume.
pub(crate) const ROLE: &str = "sts-s3-example-role";

/// An access key of a test server.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
}

/// An S3 and STS server.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    pub(crate) account: &'static str,
    /// May only assume the role: Sandglass's.
    pub(crate) user: Key,
    /// May upload as it is: the peers'. They pay for no session.
    pub(crate) peer: Key,
    /// What signed its certificate, when it speaks TLS.
    pub(crate) authority: Option<PathBuf>,
}

impl Server {
    pub(crate) fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{ROLE}", self.account)
    }
}
