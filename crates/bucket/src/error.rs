//! What can go wrong between a path and a stored object.

use std::io;

use network::Unreached;

/// A row's or a request's failure: one variant for each thing the caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session has ended, by its time or because the server said so. Not a failure: the row waits.
    #[error("the session has ended")]
    SessionEnded {
        /// The server refused before the time was up.
        by_server: bool,
    },
    /// No answer: no network, no such host, refused, cut, timed out.
    #[error("the server cannot be reached")]
    Offline(#[source] BoxError),
    /// No answer, for a reason that a person can do something about.
    #[error("the server is not reached: {why}")]
    Unreached {
        /// The reason.
        why: Unreached,
        /// The SDK's own error.
        source: BoxError,
    },
    /// An answer that is not S3's: a captive portal, a proxy's page, another server.
    #[error("the answer is not S3's")]
    NotS3,
    /// `SlowDown`, 500, 503 and the like.
    #[error("the server is busy: {code}")]
    Busy {
        /// S3's code.
        code: String,
    },
    /// `AccessDenied`.
    #[error("access denied")]
    Denied,
    /// `NoSuchBucket`.
    #[error("no such bucket")]
    BucketMissing,
    /// The bucket is in another region.
    #[error("the bucket is in another region")]
    WrongRegion {
        /// Which, when the server tells.
        region: Option<String>,
    },
    /// `RequestTimeTooSkewed`: this computer's clock is more than 15 minutes from the server's.
    #[error("the clocks differ")]
    ClockOff,
    /// Another object has this key (412), and nobody said that it may be replaced.
    #[error("the key is taken")]
    Taken,
    /// The server no longer knows the upload id, or one of its parts: the file starts again.
    #[error("the server forgot the upload")]
    UploadForgotten,
    /// What arrived at the server was not what was read; it stored nothing.
    #[error("the checksums differ")]
    ChecksumMismatch,
    /// The server stored an object and says another checksum of it than that of what was read.
    #[error("the stored object differs")]
    StoredDiffers,
    /// The server said no for a reason that has no variant.
    #[error("refused: {code}")]
    Refused {
        /// S3's code, or the HTTP status.
        code: String,
    },
    /// Sandglass itself did something wrong, which is in the log; the file was left as it was.
    #[error("a defect")]
    Defect,
    /// The file is another one, or has other bytes, than when it was planned.
    #[error("the file changed")]
    Changed,
    /// The file is gone.
    #[error("the file is gone")]
    Vanished,
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Unreadable(#[source] io::Error),
    /// The ledger cannot be read or written: a full disk, a read-only folder.
    #[error("the ledger cannot be used")]
    Ledger(#[source] rusqlite::Error),
    /// The ledger's folder or its claims cannot be used.
    #[error("the ledger's folder cannot be used")]
    LedgerFolder(#[source] io::Error),
}

/// The SDK's own error, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Error {
    /// After this answer, or none, to a request that stores an object: may the object have been stored?
    pub(crate) fn may_have_stored(&self) -> bool {
        match self {
            Self::Offline(_) | Self::NotS3 | Self::StoredDiffers => true,
            Self::Unreached { why, .. } => match why {
                // The page may have come in the place of the answer only.
                Unreached::CaptivePortal => true,
                Unreached::HostUnknown
                | Unreached::CertificateUntrusted
                | Unreached::ProxyUnreachable { .. }
                | Unreached::ProxyRefused { .. }
                | Unreached::ProxyPasswordWrong { .. } => false,
            },
            // The server was asked and its answer did not come before the end.
            Self::SessionEnded { by_server } => !by_server,
            // 503 is said before anything is done (S3 error responses: "Reduce your request rate"); 500 is not.
            Self::Busy { code } => code != "SlowDown" && code != "503",
            Self::Denied
            | Self::BucketMissing
            | Self::WrongRegion { .. }
            | Self::ClockOff
            | Self::Taken
            | Self::UploadForgotten
            | Self::ChecksumMismatch
            | Self::Refused { .. }
            | Self::Defect
            | Self::Changed
            | Self::Vanished
            | Self::Unreadable(_)
            | Self::Ledger(_)
            | Self::LedgerFolder(_) => false,
        }
    }

    /// Will the server be reached without anybody changing the settings? Then a row waits and goes on by itself.
    pub(crate) fn is_network_gone(&self) -> bool {
        match self {
            Self::Offline(_) => true,
            Self::Unreached { why, .. } => match why {
                Unreached::HostUnknown
                | Unreached::ProxyUnreachable { .. }
                | Unreached::CaptivePortal => true,
                Unreached::CertificateUntrusted
                | Unreached::ProxyRefused { .. }
                | Unreached::ProxyPasswordWrong { .. } => false,
            },
            _ => false,
        }
    }

    pub(crate) fn from_io(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Self::Vanished
        } else {
            Self::Unreadable(error)
        }
    }
}

/// Why a path of a drop becomes no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It was gone when it was looked at.
    Vanished,
    /// It, or the folder, may not be read.
    Unreadable,
    /// A socket, a FIFO, a device.
    NotAFile,
    /// A link to nothing.
    BrokenLink,
    /// A link inside a dropped folder, and links are not followed.
    LinkNotFollowed,
    /// A link that leads out of the dropped folder; such a one is never followed.
    LinkLeadsOut,
    /// A link to a folder that it is in.
    LinkLoop,
    /// What systems leave in folders (`.DS_Store` and the like), by the destination's rule.
    LeftOut,
    /// The name is not valid Unicode; keys must be.
    NameNotUnicode,
    /// The name holds a character that a listing cannot say (control characters, U+FFFE, U+FFFF), or is one that S3 or
    /// its tools take apart (`.`, `..`, a leading `/`).
    NameUnsafe,
    /// The name, or a folder's in it, ends in a space.
    NameEndsInSpace,
    /// The key would be longer than S3's 1,024 bytes.
    KeyTooLong,
    /// A dropped folder in which there is nothing to upload.
    EmptyFolder,
    /// Larger than S3 stores.
    TooLarge,
}
