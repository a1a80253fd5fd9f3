//! What can go wrong in the sandbox itself (what it answers to clients is S3's and STS's own error form).

use std::path::PathBuf;

/// Why the sandbox could not start, or could not look into its own folder.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or a file in it could not be read or written.
    #[error("the sandbox's folder cannot be used: {}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The port is taken, or loopback cannot be listened on.
    #[error("the sandbox cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for; 0 is any.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The list of objects could not be read or written.
    #[error("the sandbox's list of objects cannot be used")]
    Store(#[from] rusqlite::Error),
    /// `account.json` in the folder was not written by a sandbox.
    #[error("the sandbox's account file cannot be read: {}", path.display())]
    Account {
        /// The file.
        path: PathBuf,
        /// Where reading stopped.
        source: serde_json::Error,
    },
    /// A policy given in the options has something in it that the sandbox cannot evaluate.
    #[error("a policy cannot be evaluated")]
    Policy(#[from] crate::policy::Unreadable),
    /// There is no such object.
    #[error("no object has the key {key:?}")]
    NoObject {
        /// The key asked for.
        key: String,
    },
}

impl Error {
    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { path, source }
    }
}
