//! The checks of an examination, and what each may find.

use std::fmt;

use super::sentence::PolicyAbove;

/// One check, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// This computer's clock against the server's.
    Clock,
    /// The access key: known to AWS, and whose it is.
    Key,
    /// STS, active in the region. Only a real AssumeRole tells.
    Sts,
    /// AssumeRole.
    Role,
    /// The session's length.
    Length,
    /// The bucket: there, and in which region.
    Bucket,
    /// ListBucket at the prefix.
    List,
    /// PutObject.
    Store,
    /// `If-None-Match`: nothing is overwritten.
    Overwrite,
    /// Uploads in parts.
    Parts,
    /// AbortMultipartUpload: an extra.
    Abort,
    /// The rights that encryption with a KMS key needs.
    Kms,
    /// Too much: reading objects.
    Read,
    /// Too much: other folders than the destination's.
    OtherFolders,
    /// Too much: the account's other buckets.
    OtherBuckets,
}

impl Check {
    /// All, in their order.
    pub const ALL: &[Self] = &[
        Self::Clock,
        Self::Key,
        Self::Sts,
        Self::Role,
        Self::Length,
        Self::Bucket,
        Self::List,
        Self::Store,
        Self::Overwrite,
        Self::Parts,
        Self::Abort,
        Self::Kms,
        Self::Read,
        Self::OtherFolders,
        Self::OtherBuckets,
    ];

    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Key => "key",
            Self::Sts => "sts",
            Self::Role => "role",
            Self::Length => "length",
            Self::Bucket => "bucket",
            Self::List => "list",
            Self::Store => "store",
            Self::Overwrite => "overwrite",
            Self::Parts => "parts",
            Self::Abort => "abort",
            Self::Kms => "kms",
            Self::Read => "read",
            Self::OtherFolders => "otherFolders",
            Self::OtherBuckets => "otherBuckets",
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// As it should be.
    Good,
    /// Somebody must change something.
    Wrong,
    /// What the answers were leaves it open.
    CannotTell,
    /// It does not matter here.
    NotNeeded,
}

impl State {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wrong => "wrong",
            Self::CannotTell => "cannotTell",
            Self::NotNeeded => "notNeeded",
        }
    }
}

/// What a check found. Each belongs to one check, but for the last two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The two clocks agree well enough to sign.
    ClockAgrees {
        /// Server minus local.
        seconds: i64,
    },
    /// The server did not tell its time.
    ClockUntold,
    /// STS knows the key.
    KeyKnown {
        /// The ARN of its user; none where the server does not tell.
        caller: Option<String>,
    },
    /// STS gave a session here, so that it is active here.
    StsActive,
    /// STS answers, but gave no session: whether it is active here is open.
    StsUntold,
    /// The role was assumed.
    RoleAssumed {
        /// The ARN of the session.
        session: String,
    },
    /// As long as was asked for.
    LengthGranted {
        /// So long.
        seconds: u32,
    },
    /// The role allows no longer one.
    LengthLowered {
        /// So long.
        seconds: u32,
    },
    /// The bucket is there, in the destination's region if the server tells.
    BucketThere,
    /// The bucket is in another region; the other checks are made there.
    BucketElsewhere {
        /// In that one.
        region: String,
    },
    /// No such bucket.
    BucketMissing,
    /// The server says neither.
    BucketUntold,
    /// The list is seen.
    ListAllowed,
    /// Denied. Uploads are allowed, so it is most likely the published policy's mistake: `bucket/*`.
    ListDeniedOnly,
    /// Denied by the bucket's own policy, whatever the role may.
    ListDeniedByBucket,
    /// Denied, and so are uploads.
    ListDenied,
    /// Neither allowed nor denied.
    ListUntold,
    /// Objects may be stored.
    StoreAllowed,
    /// Objects may be stored, and this server kept the probe, whose checksum was wrong.
    StoreKeptProbe {
        /// The probe's key.
        key: String,
    },
    /// Denied.
    StoreDenied,
    /// Denied by the bucket's own policy, whatever the role may.
    StoreDeniedByBucket,
    /// Parts of an upload may be sent, a whole object may not: a policy asks for something of the request.
    StoreDeniedWhole,
    /// Neither allowed nor denied.
    StoreUntold,
    /// The server is known to decide `If-None-Match` by itself.
    OverwriteGuarded,
    /// Only a conflict shows whether another server does.
    OverwriteUntold,
    /// Parts may be sent.
    PartsAllowed,
    /// Denied.
    PartsDenied,
    /// A part may be sent, but a whole object may not: the same policy may refuse the beginning of an upload in parts.
    PartsBeginUntold,
    /// Neither allowed nor denied.
    PartsUntold,
    /// What was begun can be removed.
    AbortAllowed,
    /// What was begun stays until the bucket's lifecycle rule removes it.
    AbortDenied,
    /// Neither allowed nor denied.
    AbortUntold,
    /// KMS refuses the key to this session.
    KmsDenied,
    /// The key is disabled, deleted or of another region.
    KmsKeyUnusable,
    /// Which key the bucket uses by itself is for its administrator to see.
    KmsUntold,
    /// The server is not AWS, and the destination names no key.
    KmsNotUsed,
    /// Objects cannot be read.
    ReadDenied,
    /// Objects can be read: more than uploads need.
    ReadAllowed,
    /// Reading is what this destination is for, too.
    ReadWanted,
    /// The server does not tell reading from listing.
    ReadUntold,
    /// Only the destination's folder.
    OtherFoldersDenied,
    /// Other folders can be listed or written to.
    OtherFoldersAllowed,
    /// The destination is the whole bucket.
    OtherFoldersNone,
    /// Neither allowed nor denied.
    OtherFoldersUntold,
    /// The account's buckets are not listed.
    OtherBucketsDenied,
    /// The account's buckets are listed.
    OtherBucketsAllowed,
    /// Neither allowed nor denied.
    OtherBucketsUntold,
    /// Denied by a policy above the role's own: of the list, of storing or of parts.
    DeniedAbove {
        /// By this kind, as AWS says.
        by: PolicyAbove,
    },
    /// Not examined: an earlier check must be well first.
    NotReached {
        /// That one.
        after: Check,
    },
}

impl Cause {
    /// What it makes of its check.
    pub fn state(&self) -> State {
        match self {
            Self::ClockAgrees { .. }
            | Self::KeyKnown { .. }
            | Self::StsActive
            | Self::RoleAssumed { .. }
            | Self::LengthGranted { .. }
            | Self::BucketThere
            | Self::BucketElsewhere { .. }
            | Self::ListAllowed
            | Self::StoreAllowed
            | Self::OverwriteGuarded
            | Self::PartsAllowed
            | Self::AbortAllowed
            | Self::ReadDenied
            | Self::ReadWanted
            | Self::OtherFoldersDenied
            | Self::OtherBucketsDenied => State::Good,
            Self::LengthLowered { .. }
            | Self::BucketMissing
            | Self::ListDeniedOnly
            | Self::ListDeniedByBucket
            | Self::ListDenied
            | Self::StoreKeptProbe { .. }
            | Self::StoreDenied
            | Self::StoreDeniedByBucket
            | Self::StoreDeniedWhole
            | Self::PartsDenied
            | Self::KmsDenied
            | Self::KmsKeyUnusable
            | Self::ReadAllowed
            | Self::OtherFoldersAllowed
            | Self::OtherBucketsAllowed
            | Self::DeniedAbove { .. } => State::Wrong,
            Self::ClockUntold
            | Self::StsUntold
            | Self::BucketUntold
            | Self::ListUntold
            | Self::StoreUntold
            | Self::OverwriteUntold
            | Self::PartsBeginUntold
            | Self::PartsUntold
            | Self::AbortUntold
            | Self::KmsUntold
            | Self::ReadUntold
            | Self::OtherFoldersUntold
            | Self::OtherBucketsUntold
            | Self::NotReached { .. } => State::CannotTell,
            Self::AbortDenied | Self::KmsNotUsed | Self::OtherFoldersNone => State::NotNeeded,
        }
    }
}

/// One thing that was asked, and what came back: the ground of a finding. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The API's name for it.
    pub asked: &'static str,
    /// The HTTP status and the server's code.
    pub answer: String,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.asked, self.answer)
    }
}

/// What a check found, and why that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// What it found.
    pub cause: Cause,
    /// The ground, in the order of asking; empty where a document tells it.
    pub evidence: Vec<Evidence>,
}
