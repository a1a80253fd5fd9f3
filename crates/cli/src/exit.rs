//! Exit codes: the class of what went wrong, for scripts.

use std::process::ExitCode;

use app::{Code, Failure};

/// Every row ended well.
pub(crate) const DONE: u8 = 0;
/// Some rows failed, or asked something.
pub(crate) const ROWS_FAILED: u8 = 1;
const USAGE: u8 = 2;
/// Could not sign in, or the session ended.
pub(crate) const NO_SESSION: u8 = 3;
const KEYCHAIN: u8 = 4;

/// Ctrl-C, as shells count it.
pub(crate) const STOPPED: u8 = 130;

/// The class of a command's failure. Every code is named, so that a new one is put into its class here.
#[expect(clippy::too_many_lines, reason = "a line for each code")]
pub(crate) fn of(failure: &Failure) -> ExitCode {
    use Code as C;
    ExitCode::from(match failure.code {
        C::KeychainMissing
        | C::KeychainLocked
        | C::KeychainDismissed
        | C::KeychainRefused
        | C::AccessKeyMissing
        | C::AccessKeyChanged => KEYCHAIN,
        C::AccessKeyUnknown
        | C::SecretWrong
        | C::RoleRefused
        | C::MfaRefused
        | C::SessionTooLong
        | C::RegionDisabled
        | C::ClockOff
        | C::Offline
        | C::AnswerNotUnderstood
        | C::SignInRefused
        | C::RoleTrustRefused
        | C::UserMayNotAssume
        | C::ExternalIdRefused
        | C::MfaMissing
        | C::MfaCodeUsed
        | C::MfaDeviceUnknown
        | C::SessionTagsRefused
        | C::RegionNotEnabled
        | C::SessionPolicyRefused
        | C::SignInStopped
        | C::RotationDenied
        | C::RotationTwoKeys
        | C::RotationUnproved
        | C::RotationStopped
        | C::IamRefused
        | C::HostUnknown
        | C::CertificateUntrusted
        | C::ProxyUnreachable
        | C::ProxyRefused
        | C::ProxyPasswordWrong
        | C::CaptivePortal
        | C::SessionEnded
        | C::SignedOut
        | C::NoAdministrator => NO_SESSION,
        C::ServerBusy
        | C::ListingDenied
        | C::ReadDenied
        | C::DeleteDenied
        | C::UploadDenied
        | C::BucketMissing
        | C::WrongRegion
        | C::RequestRefused
        | C::AlreadyInBucket
        | C::MaybeStored
        | C::SameKey
        | C::CaseTwin
        | C::Defect
        | C::ChangedWhileUploading
        | C::FileVanished
        | C::NotAFile
        | C::BrokenLink
        | C::LinkNotFollowed
        | C::LinkLeadsOut
        | C::LinkLoop
        | C::LeftOut
        | C::EmptyFolder
        | C::NameNotUnicode
        | C::NameUnsafe
        | C::NameEndsInSpace
        | C::KeyTooLong
        | C::FileTooLarge
        | C::ChecksumMismatch
        | C::LedgerFailed
        | C::LedgerMovedAside
        | C::SettingsFailed
        | C::DestinationUnreadable
        | C::DialogMissing
        | C::SandboxFailed
        | C::SetupDenied
        | C::OtherAccount
        | C::NotAUsersKey
        | C::RoleNamedOtherwise
        | C::SetupRefused
        | C::SetupSeenOtherwise
        | C::SetupNotSeen
        | C::UserKeyInUse => ROWS_FAILED,
        C::BadName
        | C::NameTaken
        | C::BadRoleArn
        | C::BadRegion
        | C::BadBucket
        | C::BadPrefix
        | C::BadEndpoint
        | C::BadSessionSeconds
        | C::BadExternalId
        | C::BadMfaSerial
        | C::BadMfaCode
        | C::BadSessionTags
        | C::BadSourceIdentity
        | C::BadSessionName
        | C::BadProxy
        | C::BadCaFile
        | C::NotADropZone
        | C::DropZoneTooNew
        | C::ProfilesMissing
        | C::ProfileUnusable
        | C::KeyForAnotherServer
        | C::BadUploadOptions
        | C::NotReceipts
        | C::BadAccessKey
        | C::BadKeyFile
        | C::FileUnreadable
        | C::FileUnwritable
        | C::LogsNotShown
        | C::NotCopied
        | C::BrowserNotOpened
        | C::SamplesNotShown
        | C::NothingToPaste
        | C::KeyFileForgotten
        | C::DestinationUnknown
        | C::DestinationNeeded
        | C::NotAPath
        | C::BucketTaken
        | C::BadIamName
        | C::BadAccount
        | C::BadSourceIp => USAGE,
    })
}
