//! The client of the session that runs now.

use std::sync::{Arc, PoisonError, RwLock};

use super::S3;

/// What an upload asks for a client whenever it begins a request: after a renewal it gets the new session's, while requests on
/// their way keep the one they began with.
#[derive(Clone, Debug)]
pub(crate) struct Current(Arc<RwLock<S3>>);

impl Current {
    pub(crate) fn new(s3: S3) -> Self {
        Self(Arc::new(RwLock::new(s3)))
    }

    pub(crate) fn now(&self) -> S3 {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// From now on, another one.
    pub(crate) fn renew(&self, with: impl FnOnce(&S3) -> S3) {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *now = with(&now);
    }
}
