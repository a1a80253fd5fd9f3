//! A failure as the user meets it: a closed code, one sentence, a remedy.
//!
//! A code is here only because somebody acts on it. The table below is the only place that pairs a code with its
//! remedy and its English sentence; the page has the same sentences, and the Japanese ones, in `ui/messages/`, and a
//! test compares them. `docs/failures.md` is written from both.

mod from;
#[cfg(test)]
mod page;

use std::fmt;

pub(crate) use from::{
    Subject, of_bucket, of_conflict, of_iam, of_name, of_session, of_target_name, of_unreached,
    of_unusable,
};

/// What happened, to what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The closed code.
    pub code: Code,
    /// The thing the sentence names: a file, a bucket, a role. Never a secret, never a path's folders.
    pub about: String,
}

impl Failure {
    pub(crate) fn new(code: Code, about: impl Into<String>) -> Self {
        Self {
            code,
            about: about.into(),
        }
    }

    /// The English sentence.
    pub fn message(&self) -> String {
        self.code.sentence().replace("{about}", &self.about)
    }

    /// What the person can do.
    pub fn remedy(&self) -> Remedy {
        self.code.remedy()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Failure {}

/// What the person can do about a failure; the page draws one button for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Start the keychain, then try again.
    StartKeychain,
    /// Unlock the keychain.
    UnlockKeychain,
    /// The same again.
    Retry,
    /// Enter the access key again.
    EnterKeyAgain,
    /// Only the account's administrator can change it.
    AskAdministrator,
    /// Sign in.
    SignIn,
    /// Correct the destination.
    EditDestination,
    /// Set this computer's clock.
    SetClock,
    /// Look at the network, then try again.
    CheckNetwork,
    /// Replace, keep both or skip.
    ChooseConflict,
    /// Choose the file again.
    ChooseFileAgain,
    /// There is nothing to do.
    Nothing,
    /// Rename the file.
    RenameFile,
    /// Correct what was typed.
    CorrectInput,
    /// Install the desktop's file dialog (xdg-desktop-portal).
    InstallPortal,
    /// Change the proxy or the trusted certificates.
    ChangeNetwork,
}

impl Remedy {
    /// All, in the order above.
    pub const ALL: &[Self] = &[
        Self::StartKeychain,
        Self::UnlockKeychain,
        Self::Retry,
        Self::EnterKeyAgain,
        Self::AskAdministrator,
        Self::SignIn,
        Self::EditDestination,
        Self::SetClock,
        Self::CheckNetwork,
        Self::ChooseConflict,
        Self::ChooseFileAgain,
        Self::Nothing,
        Self::RenameFile,
        Self::CorrectInput,
        Self::InstallPortal,
        Self::ChangeNetwork,
    ];

    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StartKeychain => "startKeychain",
            Self::UnlockKeychain => "unlockKeychain",
            Self::Retry => "retry",
            Self::EnterKeyAgain => "enterKeyAgain",
            Self::AskAdministrator => "askAdministrator",
            Self::SignIn => "signIn",
            Self::EditDestination => "editDestination",
            Self::SetClock => "setClock",
            Self::CheckNetwork => "checkNetwork",
            Self::ChooseConflict => "chooseConflict",
            Self::ChooseFileAgain => "chooseFileAgain",
            Self::Nothing => "nothing",
            Self::RenameFile => "renameFile",
            Self::CorrectInput => "correctInput",
            Self::InstallPortal => "installPortal",
            Self::ChangeNetwork => "changeNetwork",
        }
    }
}

macro_rules! codes {
    ($($code:ident $wire:literal $remedy:ident $sentence:literal;)*) => {
        /// Every failure a user can meet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $sentence] $code,)*
        }

        impl Code {
            /// All, in the table's order.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// As it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $wire,)* }
            }

            /// What the person can do.
            pub fn remedy(self) -> Remedy {
                match self { $(Self::$code => Remedy::$remedy,)* }
            }

            /// The English sentence; `{about}` stands for the thing it names.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$code => $sentence,)* }
            }
        }
    };
}

codes! {
    KeychainMissing "keychainMissing" StartKeychain "This computer's keychain does not answer, and Sandglass keeps keys and passwords nowhere else.";
    KeychainLocked "keychainLocked" UnlockKeychain "The keychain is locked.";
    KeychainDismissed "keychainDismissed" UnlockKeychain "The keychain's prompt was dismissed, so nothing could be read from it or kept in it.";
    KeychainRefused "keychainRefused" Retry "The keychain refused to give or take an entry.";
    AccessKeyMissing "accessKeyMissing" EnterKeyAgain "The keychain holds no access key for “{about}”.";
    AccessKeyChanged "accessKeyChanged" EnterKeyAgain "Another program changed the access key of “{about}” in the keychain.";
    AccessKeyUnknown "accessKeyUnknown" EnterKeyAgain "AWS does not know the access key {about}, or it is inactive.";
    SecretWrong "secretWrong" EnterKeyAgain "The secret does not belong to the access key {about}.";
    RoleRefused "roleRefused" AskAdministrator "This access key may not act as {about}: the role does not exist, does not trust this user, or this user may not assume it.";
    MfaRefused "mfaRefused" SignIn "The one-time code was not accepted. Wait until the device shows the next one.";
    SessionTooLong "sessionTooLong" SignIn "The role {about} allows shorter sessions only; the next sign-in asks for one hour.";
    RegionDisabled "regionDisabled" AskAdministrator "STS is not active in the region {about}.";
    ClockOff "clockOff" SetClock "This computer's clock is too far from the server's.";
    Offline "offline" CheckNetwork "{about} cannot be reached.";
    AnswerNotUnderstood "answerNotUnderstood" EditDestination "{about} answered, but not as S3 or STS does.";
    SignInRefused "signInRefused" Retry "STS refused to begin a session as {about}.";
    RoleTrustRefused "roleTrustRefused" AskAdministrator "The role {about} does not let this user in: it does not exist, or its trust policy does not allow this user.";
    UserMayNotAssume "userMayNotAssume" AskAdministrator "This user's own policies do not allow it to act as {about}.";
    ExternalIdRefused "externalIdRefused" AskAdministrator "This access key may not act as {about}: the role does not exist, does not trust this user with this ExternalId, or this user may not assume it.";
    MfaMissing "mfaMissing" SignIn "Signing in to “{about}” needs the six digits that its MFA device shows.";
    MfaCodeUsed "mfaCodeUsed" SignIn "This one-time code has been used already; wait for the next one.";
    MfaDeviceUnknown "mfaDeviceUnknown" EditDestination "AWS does not know the MFA device of “{about}”, or it is not this user's.";
    SessionTagsRefused "sessionTagsRefused" EditDestination "The role {about} does not take session tags or a source identity.";
    RegionNotEnabled "regionNotEnabled" AskAdministrator "The region {about} is not enabled in this account.";
    SessionPolicyRefused "sessionPolicyRefused" SignIn "The server of “{about}” does not take a session policy; the next sign-in does without.";
    SignInStopped "signInStopped" SignIn "The sign-in was stopped.";
    RotationDenied "rotationDenied" AskAdministrator "This user may not rotate the access key of “{about}”.";
    RotationTwoKeys "rotationTwoKeys" Retry "The user has two access keys, which is all that IAM allows; one must be deleted before a new one can be made.";
    RotationUnproved "rotationUnproved" Retry "AWS did not come to know the new access key within a minute; {about} stays in use.";
    RotationStopped "rotationStopped" Retry "The access key was not rotated; {about} stays in use.";
    IamRefused "iamRefused" Retry "IAM refused to show or change the access keys of “{about}”.";
    HostUnknown "hostUnknown" CheckNetwork "No server called {about} was found, or this computer is offline.";
    CertificateUntrusted "certificateUntrusted" ChangeNetwork "This computer does not trust the certificate that {about} shows.";
    ProxyUnreachable "proxyUnreachable" ChangeNetwork "The proxy {about} cannot be reached.";
    ProxyRefused "proxyRefused" ChangeNetwork "The proxy {about} refused the connection.";
    ProxyPasswordWrong "proxyPasswordWrong" ChangeNetwork "The proxy {about} asks for a user name and password, or did not accept them.";
    CaptivePortal "captivePortal" CheckNetwork "A page came in the place of {about}: this network probably wants you to sign in to it first, in a browser.";
    SessionEnded "sessionEnded" SignIn "The session has ended.";
    SignedOut "signedOut" SignIn "Nobody is signed in to “{about}”.";
    ServerBusy "serverBusy" Retry "{about} is too busy; several tries failed.";
    ListingDenied "listingDenied" AskAdministrator "This role may not see the list of {about}.";
    UploadDenied "uploadDenied" AskAdministrator "This role may not store {about}.";
    ReadDenied "readDenied" AskAdministrator "This role may not read {about}.";
    DeleteDenied "deleteDenied" AskAdministrator "This role may not delete {about}.";
    BucketMissing "bucketMissing" EditDestination "There is no bucket {about}.";
    WrongRegion "wrongRegion" EditDestination "The bucket {about} is in another region.";
    RequestRefused "requestRefused" Retry "The server refused {about}.";
    AlreadyInBucket "alreadyInBucket" ChooseConflict "{about} is already in the bucket.";
    MaybeStored "maybeStored" ChooseConflict "{about} may be in the bucket already: the server took it or another file of the same size, and its answer was lost.";
    SameKey "sameKey" ChooseConflict "{about} would get the same key as another file of this drop.";
    CaseTwin "caseTwin" ChooseConflict "{about} differs from another file of this drop only in upper and lower case.";
    Defect "defect" Retry "Sandglass itself went wrong with {about}; its log says more.";
    ChangedWhileUploading "changedWhileUploading" Retry "{about} changed while it was uploaded.";
    FileVanished "fileVanished" ChooseFileAgain "{about} is no longer there.";
    FileUnreadable "fileUnreadable" ChooseFileAgain "{about} cannot be read.";
    FileUnwritable "fileUnwritable" ChooseFileAgain "{about} cannot be written.";
    LogsNotShown "logsNotShown" Nothing "The system could not show the folder with the logs.";
    BrowserNotOpened "browserNotOpened" Nothing "The system could not open the browser.";
    SamplesNotShown "samplesNotShown" Nothing "The system could not show the folder with the sample files.";
    NotCopied "notCopied" Retry "The system’s clipboard could not be used.";
    NothingToPaste "nothingToPaste" Nothing "There is no file on the clipboard; copy files in the file manager first.";
    NotAFile "notAFile" Nothing "{about} is neither a file nor a folder.";
    BrokenLink "brokenLink" Nothing "{about} is a link that leads nowhere.";
    LinkNotFollowed "linkNotFollowed" Nothing "{about} is a link; links inside a dropped folder are not followed.";
    LinkLeadsOut "linkLeadsOut" Nothing "{about} is a link that leads out of the dropped folder.";
    LinkLoop "linkLoop" Nothing "{about} is a link to a folder that it lies in.";
    LeftOut "leftOut" EditDestination "{about} is left out by this destination's rule.";
    EmptyFolder "emptyFolder" Nothing "{about} holds no file to upload.";
    NameNotUnicode "nameNotUnicode" RenameFile "The name {about} is not valid Unicode.";
    NameUnsafe "nameUnsafe" RenameFile "The name {about} holds a control character or a part such as “..” that tools take apart.";
    NameEndsInSpace "nameEndsInSpace" RenameFile "A name in {about} ends in a space; many tools cannot handle that.";
    KeyTooLong "keyTooLong" RenameFile "The key for {about} is longer than 1,024 bytes.";
    FileTooLarge "fileTooLarge" Nothing "{about} is larger than S3 can store.";
    ChecksumMismatch "checksumMismatch" Retry "What the server stored as {about} is not what was read.";
    LedgerFailed "ledgerFailed" Retry "Sandglass cannot read or write its ledger. Check that the disk is not full and that you may write to Sandglass's data folder.";
    LedgerMovedAside "ledgerMovedAside" Nothing "The ledger could not be used and was moved aside as {about}; what it knew of open uploads must be dropped again.";
    NotReceipts "notReceipts" ChooseFileAgain "{about} is not a file of receipts from Sandglass.";
    SettingsFailed "settingsFailed" Retry "Sandglass cannot read or write its settings. Check that the disk is not full and that you may write to Sandglass's data folder.";
    DestinationUnreadable "destinationUnreadable" Nothing "The saved destination “{about}” cannot be used and is left out; it stays in the settings file as it is.";
    BadName "badName" CorrectInput "Give the destination a name of 1 to 64 characters.";
    NameTaken "nameTaken" CorrectInput "There is already a destination called “{about}”.";
    BadRoleArn "badRoleArn" CorrectInput "“{about}” is not a role ARN; it reads arn:aws:iam::123456789012:role/name.";
    BadRegion "badRegion" CorrectInput "“{about}” is not a region; one reads ap-northeast-1.";
    BadBucket "badBucket" CorrectInput "“{about}” is not a bucket name: 3 to 63 small letters, digits, dots and hyphens.";
    BadPrefix "badPrefix" CorrectInput "“{about}” cannot be a folder in the bucket.";
    BadEndpoint "badEndpoint" CorrectInput "“{about}” is not an endpoint; one reads https://storage.example.com.";
    BadSessionSeconds "badSessionSeconds" CorrectInput "“{about}” is not a session length: 900 to 43200 seconds.";
    BadExternalId "badExternalId" CorrectInput "“{about}” is not an ExternalId.";
    BadMfaSerial "badMfaSerial" CorrectInput "“{about}” is not an MFA serial.";
    BadMfaCode "badMfaCode" CorrectInput "A one-time code has six digits.";
    BadSessionTags "badSessionTags" CorrectInput "“{about}” cannot be session tags; they read project=alpha, team=field.";
    BadSourceIdentity "badSourceIdentity" CorrectInput "“{about}” cannot be a source identity: it has 2 to 64 letters, digits and signs of _+=,.@- only.";
    BadSessionName "badSessionName" CorrectInput "“{about}” cannot be a session name: it has 2 to 64 letters, digits and signs of _+=,.@- only.";
    BadProxy "badProxy" CorrectInput "“{about}” is not a proxy; one reads http://proxy.example.com:8080.";
    BadCaFile "badCaFile" ChooseFileAgain "{about} holds no certificate in PEM form.";
    NotADropZone "notADropZone" ChooseFileAgain "{about} is not a drop-zone file of Sandglass.";
    DropZoneTooNew "dropZoneTooNew" Nothing "{about} was made by a newer Sandglass than this one.";
    ProfilesMissing "profilesMissing" Nothing "No AWS profile was found on this computer.";
    ProfileUnusable "profileUnusable" Nothing "The AWS profile “{about}” names no role, so it cannot become a destination.";
    KeyForAnotherServer "keyForAnotherServer" EnterKeyAgain "The access key kept here was not given for {about}; enter it again to use it there.";
    BadUploadOptions "badUploadOptions" CorrectInput "“{about}” cannot be used: check storage class, KMS key and tags.";
    BadAccessKey "badAccessKey" CorrectInput "This is not an access key: an ID of 16 to 128 letters and digits, and its secret.";
    BadKeyFile "badKeyFile" ChooseFileAgain "{about} is not the CSV file of the IAM console.";
    KeyFileForgotten "keyFileForgotten" ChooseFileAgain "Choose the CSV file again.";
    NoAdministrator "noAdministrator" Retry "Nobody with rights in AWS is signed in on this computer. Sign in with the AWS command line (aws login), and try again.";
    SetupDenied "setupDenied" AskAdministrator "Whoever is signed in to AWS may not do this: {about}.";
    SetupRefused "setupRefused" Retry "AWS refused this: {about}.";
    OtherAccount "otherAccount" Retry "Whoever is signed in to AWS is in another account than {about}.";
    SetupSeenOtherwise "setupSeenOtherwise" Retry "The account is no longer as it was shown, or somebody else is signed in to AWS now, so nothing was changed. Look again: {about}.";
    RoleNamedOtherwise "roleNamedOtherwise" EditDestination "The role of that name is {about}. Give the destination this ARN.";
    NotAUsersKey "notAUsersKey" EnterKeyAgain "The access key is not an IAM user’s but {about}’s. Enter the key of a user who may act as the role.";
    SetupNotSeen "setupNotSeen" Retry "AWS did not show within a minute what was made: {about}. Run the set-up again; it goes on from there.";
    BucketTaken "bucketTaken" CorrectInput "The bucket {about} belongs to another account, or whoever is signed in to AWS may not see it; choose another name, or ask for the rights.";
    UserKeyInUse "userKeyInUse" EnterKeyAgain "The user {about} has an access key already. Enter it in a destination, or delete it in the IAM console first.";
    BadIamName "badIamName" CorrectInput "“{about}” cannot be the name of a user or a role: it has 1 to 64 letters, digits and signs of _+=,.@- only.";
    BadAccount "badAccount" CorrectInput "“{about}” is not an account’s number, which has 12 digits.";
    BadSourceIp "badSourceIp" CorrectInput "“{about}” is not an address; one reads 192.0.2.7, a network 192.0.2.0/24.";
    DestinationUnknown "destinationUnknown" EditDestination "There is no destination “{about}”.";
    DestinationNeeded "destinationNeeded" Nothing "Connect a destination first; then files can be dropped.";
    NotAPath "notAPath" ChooseFileAgain "What was dropped is not a file on this computer.";
    DialogMissing "dialogMissing" InstallPortal "This desktop offers no file dialog; drop the files instead.";
    SandboxFailed "sandboxFailed" Retry "The sandbox did not start.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_remedy_has_its_own_word_on_the_wire() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
        for remedy in Remedy::ALL {
            let is_used = Code::ALL.iter().any(|code| code.remedy() == *remedy);
            assert!(is_used, "no code has the remedy {remedy:?}");
        }
    }
}
