//! What can go wrong between the keychain and a session.

use std::io;

use crate::Refusal;
use network::Unreached;

/// One variant for each thing the caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No keychain answers: on Linux no D-Bus session bus, or no Secret Service on it.
    #[error("no keychain answers")]
    KeychainMissing(#[source] Option<keyring_core::Error>),
    /// The keychain is locked and was not unlocked: the prompt was ignored, or could not be shown.
    #[error("the keychain is locked")]
    KeychainLocked(#[source] Option<keyring_core::Error>),
    /// The keychain showed its prompt, and somebody closed it.
    #[error("the keychain's prompt was dismissed")]
    KeychainDismissed(#[source] Option<keyring_core::Error>),
    /// The keychain answered, but neither gave nor took the entry.
    #[error("the keychain refused")]
    KeychainRefused(#[source] Option<keyring_core::Error>),
    /// The keychain is open and holds no such entry: never set here, or removed by another program.
    #[error("the keychain holds no such entry")]
    AccessKeyMissing,
    /// The entry is there, but is no access key, or another one than was kept here.
    #[error("the keychain's entry was changed")]
    AccessKeyChanged,
    /// The text is not an access key.
    #[error("not an access key")]
    NotAnAccessKey,
    /// The chosen file cannot be read.
    #[error("the file {file} cannot be read")]
    KeyFileUnreadable {
        /// File name.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The chosen file is not the console's CSV file.
    #[error("{file} is not the console's CSV file")]
    NotAKeyFile {
        /// File name.
        file: String,
    },
    /// STS does not know the key: mistyped, inactive, or deleted (`InvalidClientTokenId`).
    #[error("unknown access key")]
    AccessKeyUnknown,
    /// The signature does not match and the clocks agree: the secret is wrong.
    #[error("wrong secret")]
    SecretWrong,
    /// The signature does not match, or came too late, and the clocks disagree.
    #[error("clock off by {seconds} s")]
    ClockOff {
        /// Server minus local.
        seconds: i64,
    },
    /// `AccessDenied`: no such role, it does not trust this user, or the user may not assume it.
    #[error("not allowed to assume the role ({refusal:?})")]
    RoleRefused {
        /// Which of them are possible.
        refusal: Refusal,
        /// The ARN of the key's user, where STS told it.
        caller: Option<String>,
    },
    /// The one-time code is not the device's.
    #[error("one-time code refused")]
    MfaCodeWrong,
    /// This code was sent before.
    #[error("one-time code used")]
    MfaCodeUsed,
    /// The serial is not that of a device of this user's.
    #[error("MFA device unknown")]
    MfaDeviceUnknown,
    /// A destination with an MFA serial was signed in to without a code.
    #[error("one-time code missing")]
    MfaMissing,
    /// Longer than the role's maximum, and the one-time code that would be needed to try a shorter one is used up.
    #[error("session too long for the role")]
    SessionTooLong,
    /// The server did not take the session policy, and the one-time code that would be needed to do without is used up.
    #[error("session policy refused")]
    PolicyRefused,
    /// STS is not active in this region.
    #[error("STS is not active in the region")]
    RegionDisabled,
    /// The key's account has not enabled this region, so the region does not know the key.
    #[error("the region is not enabled")]
    RegionNotEnabled,
    /// No answer: no network, no such host, refused, timed out.
    #[error("STS cannot be reached")]
    Offline(#[source] BoxError),
    /// No answer, for a reason that a person can do something about.
    #[error("STS is not reached: {why}")]
    Unreached {
        /// The reason.
        why: Unreached,
        /// The SDK's own error.
        source: BoxError,
    },
    /// An answer that is not STS's: a captive portal, a proxy's page, another server.
    #[error("the answer is not STS's")]
    NotSts,
    /// The key's user may not list, make or retire its own keys.
    #[error("not allowed to replace the own access key")]
    OwnKeysDenied,
    /// The user has as many keys as IAM allows: two.
    #[error("the user has two access keys")]
    TooManyKeys,
    /// IAM has no such key.
    #[error("IAM has no such access key")]
    KeyGone,
    /// IAM said no for a reason that has no variant.
    #[error("IAM refused: {code}")]
    IamRefused {
        /// IAM's code.
        code: String,
    },
    /// STS said no for a reason that has no variant.
    #[error("STS refused: {code}")]
    Refused {
        /// STS's code.
        code: String,
    },
}

/// The SDK's own error, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
