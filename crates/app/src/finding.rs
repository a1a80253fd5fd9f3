//! What an examination found, as a person reads it: a state, one sentence, a remedy.
//!
//! The table below pairs each word with its remedy and its English sentence; the page has the same sentences, and the
//! Japanese ones, in `ui/messages/`, and a test compares them. What is a failure elsewhere, too, is said as there.

use account::Cause;
pub use account::{Check, Evidence, PolicyAbove, State};
use jiff::Timestamp;

use crate::{Code, Destination, Failure, Remedy};

/// One check's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// How it ended.
    pub state: State,
    /// What was found.
    pub said: Said,
    /// The ground: what was asked, and what came back. No secret.
    pub evidence: Vec<Evidence>,
}

/// What a finding says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Only an examination says it.
    Found(Found),
    /// A failure as it is met elsewhere.
    Failure(Failure),
}

/// A word of the table, and the things its sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The word.
    pub word: FindingCode,
    /// What stands for `{about}`.
    pub about: String,
    /// What stands for `{more}`.
    pub more: String,
}

impl Finding {
    /// The English sentence.
    pub fn message(&self) -> String {
        match &self.said {
            Said::Found(found) => {
                let sentence = found.word.sentence().replace("{about}", &found.about);
                sentence.replace("{more}", &found.more)
            }
            Said::Failure(failure) => failure.message(),
        }
    }

    /// What to do.
    pub fn remedy(&self) -> Remedy {
        match &self.said {
            Said::Found(found) => found.word.remedy(),
            Said::Failure(failure) => failure.remedy(),
        }
    }

    /// Does the role's corrected permissions policy mend it?
    pub fn is_mended_by_policy(&self) -> bool {
        use FindingCode as F;
        matches!(
            self.found(),
            Some(
                F::ListDeniedOnly
                    | F::ListDenied
                    | F::StoreDenied
                    | F::ReadAllowed
                    | F::OtherFoldersAllowed
                    | F::OtherBucketsAllowed
            )
        )
    }

    /// May a right be missing that the role's policies or the user's could give? Then an administrator's session can look.
    pub fn is_repairable(&self) -> bool {
        use FindingCode as F;
        let is_by_policies = matches!(
            self.found(),
            Some(
                F::ListDeniedOnly
                    | F::ListDenied
                    | F::StoreDenied
                    | F::StoreDeniedWhole
                    | F::KmsDenied
            )
        );
        let is_by_trust = matches!(
            &self.said,
            Said::Failure(Failure {
                code: Code::RoleRefused
                    | Code::RoleTrustRefused
                    | Code::UserMayNotAssume
                    | Code::ExternalIdRefused
                    | Code::SessionTagsRefused,
                ..
            })
        );
        is_by_policies || is_by_trust
    }

    /// None where the check ended in a failure.
    pub(crate) fn found(&self) -> Option<FindingCode> {
        match &self.said {
            Said::Found(found) => Some(found.word),
            Said::Failure(_) => None,
        }
    }

    /// A check that ended in a failure.
    pub(crate) fn failed(check: Check, failure: Failure, ground: Option<Evidence>) -> Self {
        Self {
            check,
            state: State::Wrong,
            said: Said::Failure(failure),
            evidence: ground.into_iter().collect(),
        }
    }

    pub(crate) fn of(found: account::Finding, destination: &Destination) -> Self {
        Self {
            check: found.check,
            state: found.cause.state(),
            said: said(&found.cause, destination),
            evidence: found.evidence,
        }
    }
}

macro_rules! findings {
    ($($code:ident $wire:literal $remedy:ident $sentence:literal;)*) => {
        /// What only an examination says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FindingCode {
            $(#[doc = $sentence] $code,)*
        }

        impl FindingCode {
            /// All, in the table's order.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// As it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $wire,)* }
            }

            /// What to do.
            pub fn remedy(self) -> Remedy {
                match self { $(Self::$code => Remedy::$remedy,)* }
            }

            /// The English sentence; `{about}` and `{more}` stand for the things it names.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$code => $sentence,)* }
            }
        }
    };
}

findings! {
    ClockAgrees "clockAgrees" Nothing "This computer’s clock and the server’s are {about} s apart; up to 300 s do no harm.";
    ClockUntold "clockUntold" Nothing "The server did not tell its time.";
    KeyKnown "keyKnown" Nothing "The access key is that of {about}.";
    KeyKnownSince "keyKnownSince" Nothing "The access key is that of {about}; this computer has kept it since {more}.";
    KeyUntold "keyUntold" Nothing "The access key works, but the server does not tell whose it is.";
    StsActive "stsActive" Nothing "STS gave a session in {about}, so it is active there.";
    StsUntold "stsUntold" Nothing "STS answers in {about}; only a session shows that it is active there.";
    RoleAssumed "roleAssumed" Nothing "The role lets this access key in: {about}.";
    LengthGranted "lengthGranted" Nothing "A session lasts {about} min, as the destination asks.";
    LengthLowered "lengthLowered" AskAdministrator "The role allows at most {about} min, less than the destination asks, so Sandglass asks for that.";
    BucketThere "bucketThere" Nothing "The bucket {about} is there.";
    BucketElsewhere "bucketElsewhere" Nothing "The bucket is in {about}; the destination said otherwise and was corrected.";
    BucketUntold "bucketUntold" Nothing "The server does not tell whether there is a bucket {about}.";
    ListAllowed "listAllowed" Nothing "The role may see the list of {about}.";
    ListDeniedOnly "listDeniedOnly" AskAdministrator "The role may store objects, but not see the list of {about}. Most likely its policy allows s3:ListBucket on the objects and not on the bucket.";
    ListDeniedByBucket "listDeniedByBucket" AskAdministrator "The bucket’s own policy denies the list of {about}, whatever the role may.";
    ListDenied "listDenied" AskAdministrator "The role may not see the list of {about}.";
    ListUntold "listUntold" Nothing "The server neither showed nor refused the list of {about}.";
    StoreAllowed "storeAllowed" Nothing "The role may store objects in {about}.";
    StoreKeptProbe "storeKeptProbe" Nothing "The role may store objects, but the server kept the test object {about}, although its checksum was wrong; somebody who may delete should remove it.";
    StoreDenied "storeDenied" AskAdministrator "The role may not store objects in {about}.";
    StoreDeniedByBucket "storeDeniedByBucket" AskAdministrator "The bucket’s own policy denies storing objects in {about}, whatever the role may.";
    StoreDeniedWhole "storeDeniedWhole" AskAdministrator "The role may store objects in {about}, but a policy refuses them as Sandglass sends them; most likely the bucket’s policy asks for a certain encryption.";
    StoreUntold "storeUntold" Nothing "The server neither took nor refused a test that stores nothing in {about}.";
    OverwriteGuarded "overwriteGuarded" Nothing "The server itself refuses to overwrite an object that is there.";
    OverwriteUntold "overwriteUntold" Nothing "Whether this server refuses to overwrite shows only when a name is taken; Sandglass looks at the list first.";
    PartsAllowed "partsAllowed" Nothing "Large files can be sent in parts.";
    PartsDenied "partsDenied" AskAdministrator "The role may not send large files in parts.";
    PartsBeginUntold "partsBeginUntold" Nothing "Parts would be taken, but whether an upload in parts may begin shows only when one does: what refuses whole objects may refuse that, too.";
    PartsUntold "partsUntold" Nothing "The server does not tell whether it takes large files in parts.";
    AbortAllowed "abortAllowed" Nothing "The role may remove an upload that was begun.";
    AbortDenied "abortDenied" Nothing "The role may not remove an upload that was begun. The bucket’s lifecycle rule for incomplete uploads does it, if the bucket has one.";
    AbortUntold "abortUntold" Nothing "The server does not tell whether an upload that was begun can be removed.";
    KmsDenied "kmsDenied" AskAdministrator "The bucket encrypts with a KMS key, and the role may not use it: kms:GenerateDataKey and kms:Decrypt.";
    KmsKeyUnusable "kmsKeyUnusable" AskAdministrator "The KMS key with which the bucket encrypts cannot be used: disabled, deleted, or of another region.";
    KmsUntold "kmsUntold" Nothing "Which key the bucket encrypts with, only its administrator sees.";
    KmsNotUsed "kmsNotUsed" Nothing "The destination names no KMS key.";
    ReadDenied "readDenied" Nothing "The role may not read objects; uploads do not need it.";
    ReadAllowed "readAllowed" AskAdministrator "The role may read objects, which uploads do not need.";
    ReadWanted "readWanted" Nothing "The role may read objects, as this destination wants.";
    ReadUntold "readUntold" Nothing "The server does not tell whether the role may read objects.";
    OtherFoldersDenied "otherFoldersDenied" Nothing "A test outside of {about} was refused.";
    OtherFoldersAllowed "otherFoldersAllowed" AskAdministrator "The role reaches other folders than {about}, which this destination does not need.";
    OtherFoldersNone "otherFoldersNone" Nothing "The destination is the whole bucket.";
    OtherFoldersUntold "otherFoldersUntold" Nothing "The server does not tell whether the role reaches other folders than {about}.";
    OtherBucketsDenied "otherBucketsDenied" Nothing "The role does not see the account’s other buckets.";
    OtherBucketsAllowed "otherBucketsAllowed" AskAdministrator "The role sees the names of the account’s other buckets, which uploads do not need.";
    OtherBucketsUntold "otherBucketsUntold" Nothing "The server does not tell whether the role sees other buckets.";
    DeniedAbove "deniedAbove" AskAdministrator "AWS says that a {about} denies this in {more}; the role’s own policy cannot help.";
    NotReached "notReached" Nothing "Not examined: {about} comes first.";
}

fn found(word: FindingCode, about: impl Into<String>) -> Said {
    Said::Found(Found {
        word,
        about: about.into(),
        more: String::new(),
    })
}

fn key_known(caller: Option<&str>, since: Option<Timestamp>) -> Said {
    let Some(caller) = caller else {
        return found(FindingCode::KeyUntold, "");
    };
    match since {
        Some(since) => Said::Found(Found {
            word: FindingCode::KeyKnownSince,
            about: caller.to_owned(),
            more: since.strftime("%Y-%m-%d").to_string(),
        }),
        None => found(FindingCode::KeyKnown, caller),
    }
}

fn said(cause: &Cause, destination: &Destination) -> Said {
    use Cause as C;
    use FindingCode as F;
    let bucket = destination.target.bucket.as_str();
    let region = destination.target.region.as_str();
    let place = format!("s3://{bucket}/{}", destination.prefix);
    match cause {
        C::ClockAgrees { seconds } => found(F::ClockAgrees, seconds.unsigned_abs().to_string()),
        C::ClockUntold => found(F::ClockUntold, ""),
        C::KeyKnown { caller } => key_known(caller.as_deref(), destination.key.since),
        C::StsActive => found(F::StsActive, region),
        C::StsUntold => found(F::StsUntold, region),
        C::RoleAssumed { session } => found(F::RoleAssumed, session),
        C::LengthGranted { seconds } => found(F::LengthGranted, (seconds / 60).to_string()),
        C::LengthLowered { seconds } => found(F::LengthLowered, (seconds / 60).to_string()),
        C::BucketThere => found(F::BucketThere, bucket),
        C::BucketElsewhere { region } => found(F::BucketElsewhere, region),
        C::BucketMissing => Said::Failure(Failure::new(Code::BucketMissing, bucket)),
        C::BucketUntold => found(F::BucketUntold, bucket),
        C::ListAllowed => found(F::ListAllowed, place),
        C::ListDeniedOnly => found(F::ListDeniedOnly, place),
        C::ListDeniedByBucket => found(F::ListDeniedByBucket, place),
        C::ListDenied => found(F::ListDenied, place),
        C::ListUntold => found(F::ListUntold, place),
        C::StoreAllowed => found(F::StoreAllowed, place),
        C::StoreKeptProbe { key } => found(F::StoreKeptProbe, key),
        C::StoreDenied => found(F::StoreDenied, place),
        C::StoreDeniedByBucket => found(F::StoreDeniedByBucket, place),
        C::StoreDeniedWhole => found(F::StoreDeniedWhole, place),
        C::StoreUntold => found(F::StoreUntold, place),
        C::OverwriteGuarded => found(F::OverwriteGuarded, ""),
        C::OverwriteUntold => found(F::OverwriteUntold, ""),
        C::PartsAllowed => found(F::PartsAllowed, ""),
        C::PartsDenied => found(F::PartsDenied, ""),
        C::PartsBeginUntold => found(F::PartsBeginUntold, ""),
        C::PartsUntold => found(F::PartsUntold, ""),
        C::AbortAllowed => found(F::AbortAllowed, ""),
        C::AbortDenied => found(F::AbortDenied, ""),
        C::AbortUntold => found(F::AbortUntold, ""),
        C::KmsDenied => found(F::KmsDenied, ""),
        C::KmsKeyUnusable => found(F::KmsKeyUnusable, ""),
        C::KmsUntold => found(F::KmsUntold, ""),
        C::KmsNotUsed => found(F::KmsNotUsed, ""),
        C::ReadDenied => found(F::ReadDenied, ""),
        C::ReadAllowed => found(F::ReadAllowed, ""),
        C::ReadWanted => found(F::ReadWanted, ""),
        C::ReadUntold => found(F::ReadUntold, ""),
        C::OtherFoldersDenied => found(F::OtherFoldersDenied, place),
        C::OtherFoldersAllowed => found(F::OtherFoldersAllowed, place),
        C::OtherFoldersNone => found(F::OtherFoldersNone, ""),
        C::OtherFoldersUntold => found(F::OtherFoldersUntold, place),
        C::OtherBucketsDenied => found(F::OtherBucketsDenied, ""),
        C::OtherBucketsAllowed => found(F::OtherBucketsAllowed, ""),
        C::OtherBucketsUntold => found(F::OtherBucketsUntold, ""),
        C::DeniedAbove { by } => Said::Found(Found {
            word: F::DeniedAbove,
            about: by.as_str().to_owned(),
            more: place,
        }),
        C::NotReached { after } => found(F::NotReached, after.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_the_same_english_sentence_for_every_finding() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/messages/en.json");
        let text = std::fs::read_to_string(path).expect("the page's texts");
        let english: serde_json::Value = serde_json::from_str(&text).expect("json");
        for code in FindingCode::ALL {
            let key = format!("finding_{}", code.as_str());
            assert_eq!(english[&key], code.sentence(), "{key}");
        }
    }
}
