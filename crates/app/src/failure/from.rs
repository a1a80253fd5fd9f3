//! From each crate's errors to failures: exhaustive matches without `_`, so that a new variant does not compile until
//! somebody has decided what the user meets.

use bucket::{Conflict, Unusable};
use network::Unreached;
use session::Refusal;

use super::{Code, Failure};
use crate::Destination;

/// What a bucket's error may be about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// The file, or the folder that was listed.
    pub(crate) thing: &'a str,
    pub(crate) bucket: &'a str,
    pub(crate) server: &'a str,
    /// Was the list asked for, and not an upload?
    pub(crate) is_listing: bool,
}

pub(crate) fn of_session(error: &session::Error, destination: &Destination) -> Failure {
    use session::Error as E;
    let name = destination.name.as_str();
    let role = destination.role_arn.as_str();
    let (code, about) = match error {
        E::KeychainMissing(_) => (Code::KeychainMissing, ""),
        E::KeychainLocked(_) => (Code::KeychainLocked, ""),
        E::KeychainDismissed(_) => (Code::KeychainDismissed, ""),
        E::KeychainRefused(_) => (Code::KeychainRefused, ""),
        E::AccessKeyMissing => (Code::AccessKeyMissing, name),
        E::AccessKeyChanged => (Code::AccessKeyChanged, name),
        E::NotAnAccessKey => (Code::BadAccessKey, ""),
        E::KeyFileUnreadable { file, .. } => (Code::FileUnreadable, file.as_str()),
        E::NotAKeyFile { file } => (Code::BadKeyFile, file.as_str()),
        E::AccessKeyUnknown => return Failure::new(Code::AccessKeyUnknown, shown_key(destination)),
        E::SecretWrong => return Failure::new(Code::SecretWrong, shown_key(destination)),
        E::ClockOff { .. } => (Code::ClockOff, ""),
        E::RoleRefused { refusal, .. } => (role_code(*refusal, destination), role),
        E::MfaCodeWrong => (Code::MfaRefused, name),
        E::MfaCodeUsed => (Code::MfaCodeUsed, ""),
        E::MfaDeviceUnknown => (Code::MfaDeviceUnknown, name),
        E::MfaMissing => (Code::MfaMissing, name),
        E::SessionTooLong => (Code::SessionTooLong, role),
        E::RegionDisabled => (Code::RegionDisabled, destination.target.region.as_str()),
        E::RegionNotEnabled => (Code::RegionNotEnabled, destination.target.region.as_str()),
        E::PolicyRefused => (Code::SessionPolicyRefused, name),
        E::Offline(_) => return Failure::new(Code::Offline, destination.sts_host()),
        E::Unreached { why, .. } => return of_unreached(why, &destination.sts_host()),
        E::NotSts => return Failure::new(Code::AnswerNotUnderstood, destination.sts_host()),
        E::OwnKeysDenied => (Code::RotationDenied, name),
        E::TooManyKeys => (Code::RotationTwoKeys, ""),
        // Asked for a key that is gone, IAM has nothing to do.
        E::KeyGone | E::IamRefused { .. } => (Code::IamRefused, name),
        E::Refused { .. } => (Code::SignInRefused, role),
    };
    Failure::new(code, about)
}

/// Of what IAM was asked: it is another server than STS's.
pub(crate) fn of_iam(error: &session::Error, destination: &Destination) -> Failure {
    use session::Error as E;
    let host = destination.iam_host();
    match error {
        E::Offline(_) => Failure::new(Code::Offline, host),
        E::Unreached { why, .. } => of_unreached(why, &host),
        E::NotSts => Failure::new(Code::AnswerNotUnderstood, host),
        _ => of_session(error, destination),
    }
}

fn role_code(refusal: Refusal, destination: &Destination) -> Code {
    match refusal {
        Refusal::Untold if destination.external_id.is_some() => Code::ExternalIdRefused,
        Refusal::Untold => Code::RoleRefused,
        Refusal::Trust => Code::RoleTrustRefused,
        Refusal::User => Code::UserMayNotAssume,
        Refusal::Tags => Code::SessionTagsRefused,
    }
}

/// Its last four characters, and that there are more.
fn shown_key(destination: &Destination) -> String {
    format!("…{}", destination.key.ends)
}

pub(crate) fn of_name(error: &session::NameError) -> Failure {
    use session::NameError as E;
    match error {
        E::RoleArn(text) => Failure::new(Code::BadRoleArn, text),
        E::Region(text) => Failure::new(Code::BadRegion, text),
        E::ExternalId(text) => Failure::new(Code::BadExternalId, text),
        E::MfaSerial(text) => Failure::new(Code::BadMfaSerial, text),
        E::MfaCode => Failure::new(Code::BadMfaCode, ""),
        E::SessionLength(text) => Failure::new(Code::BadSessionSeconds, text),
        E::SessionName(text) => Failure::new(Code::BadSessionName, text),
        E::SourceIdentity(text) => Failure::new(Code::BadSourceIdentity, text),
        E::SessionTags(text) => Failure::new(Code::BadSessionTags, text),
    }
}

pub(crate) fn of_target_name(error: &bucket::NameError) -> Failure {
    use bucket::NameError as E;
    match error {
        E::Bucket(text) => Failure::new(Code::BadBucket, text),
        E::Folder(text) => Failure::new(Code::BadPrefix, text),
    }
}

pub(crate) fn of_bucket(error: &bucket::Error, subject: Subject<'_>) -> Failure {
    use bucket::Error as E;
    let denied = if subject.is_listing {
        (Code::ListingDenied, subject.bucket)
    } else {
        (Code::UploadDenied, subject.thing)
    };
    let (code, about) = match error {
        E::SessionEnded { .. } => (Code::SessionEnded, ""),
        E::Offline(_) => (Code::Offline, subject.server),
        E::Unreached { why, .. } => return of_unreached(why, subject.server),
        E::NotS3 => (Code::AnswerNotUnderstood, subject.server),
        E::Busy { .. } => (Code::ServerBusy, subject.server),
        E::Denied => denied,
        E::BucketMissing => (Code::BucketMissing, subject.bucket),
        E::WrongRegion { .. } => (Code::WrongRegion, subject.bucket),
        E::ClockOff => (Code::ClockOff, ""),
        E::Taken => (Code::AlreadyInBucket, subject.thing),
        E::UploadForgotten | E::Refused { .. } => (Code::RequestRefused, subject.thing),
        E::ChecksumMismatch | E::StoredDiffers => (Code::ChecksumMismatch, subject.thing),
        E::Defect => (Code::Defect, subject.thing),
        E::Changed => (Code::ChangedWhileUploading, subject.thing),
        E::Vanished => (Code::FileVanished, subject.thing),
        E::Unreadable(_) => (Code::FileUnreadable, subject.thing),
        E::Ledger(_) | E::LedgerFolder(_) => (Code::LedgerFailed, ""),
    };
    Failure::new(code, about)
}

/// Names what is in the way: the server or the proxy.
pub(crate) fn of_unreached(why: &Unreached, server: &str) -> Failure {
    match why {
        Unreached::HostUnknown => Failure::new(Code::HostUnknown, server),
        Unreached::CertificateUntrusted => Failure::new(Code::CertificateUntrusted, server),
        Unreached::CaptivePortal => Failure::new(Code::CaptivePortal, server),
        Unreached::ProxyUnreachable { proxy } => Failure::new(Code::ProxyUnreachable, proxy),
        Unreached::ProxyRefused { proxy } => Failure::new(Code::ProxyRefused, proxy),
        Unreached::ProxyPasswordWrong { proxy } => Failure::new(Code::ProxyPasswordWrong, proxy),
    }
}

/// A row that stopped because of its key.
pub(crate) fn of_conflict(conflict: &Conflict, name: &str) -> Failure {
    let code = match conflict {
        Conflict::Taken => Code::AlreadyInBucket,
        Conflict::MaybeStored => Code::MaybeStored,
        Conflict::SameKey { .. } => Code::SameKey,
        Conflict::CaseTwin { .. } => Code::CaseTwin,
    };
    Failure::new(code, name)
}

pub(crate) fn of_unusable(reason: Unusable, name: &str) -> Failure {
    let code = match reason {
        Unusable::Vanished => Code::FileVanished,
        Unusable::Unreadable => Code::FileUnreadable,
        Unusable::NotAFile => Code::NotAFile,
        Unusable::BrokenLink => Code::BrokenLink,
        Unusable::LinkNotFollowed => Code::LinkNotFollowed,
        Unusable::LinkLeadsOut => Code::LinkLeadsOut,
        Unusable::LinkLoop => Code::LinkLoop,
        Unusable::LeftOut => Code::LeftOut,
        Unusable::EmptyFolder => Code::EmptyFolder,
        Unusable::NameNotUnicode => Code::NameNotUnicode,
        Unusable::NameUnsafe => Code::NameUnsafe,
        Unusable::NameEndsInSpace => Code::NameEndsInSpace,
        Unusable::KeyTooLong => Code::KeyTooLong,
        Unusable::TooLarge => Code::FileTooLarge,
    };
    Failure::new(code, name)
}
