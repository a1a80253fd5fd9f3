//! One file on its way, as the queue holds it and as others see it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::parts::Parts;
use crate::source::Stamp;
use crate::{BucketName, Crc64Nvme, Error};

/// A row's number: unique in one data folder, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub u64);

/// How far a row is.
#[derive(Clone, Debug)]
pub enum RowState {
    /// In the queue.
    Waiting,
    /// Bytes are on their way.
    Sending,
    /// Goes on after the next sign-in.
    WaitingForSignIn,
    /// In the bucket, checksum proved.
    Stored(Receipt),
    /// Another object has this key.
    Conflict,
    /// It ended; the person may try again.
    Failed(Arc<Error>),
    /// The person took it back.
    Cancelled,
    /// The person left the object that was there.
    Skipped,
}

impl RowState {
    /// Nothing more happens by itself.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Waiting | Self::Sending | Self::WaitingForSignIn => false,
            Self::Stored(_)
            | Self::Conflict
            | Self::Failed(_)
            | Self::Cancelled
            | Self::Skipped => true,
        }
    }
}

/// What to do when another object has the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Stop the row and ask.
    #[default]
    Ask,
    /// Leave the object.
    Skip,
    /// Overwrite it.
    Replace,
    /// Store under `name (2).ext`.
    KeepBoth,
}

/// What S3 confirmed about a stored object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Key.
    pub key: String,
    /// Size.
    pub size_bytes: u64,
    /// Of the whole object, as S3 told it and as it was computed from the bytes sent.
    pub crc64nvme: Crc64Nvme,
    /// With its quotes, as S3 wrote it.
    pub etag: String,
    /// In a bucket with versions.
    pub version_id: Option<String>,
    /// When the answer came.
    pub stored_at: Timestamp,
}

/// A row as others see it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Id.
    pub id: RowId,
    /// Whose destination, as the app calls it.
    pub destination: Arc<str>,
    /// The file's name inside its drop.
    pub name: String,
    /// The object's key.
    pub key: String,
    /// Size.
    pub size_bytes: u64,
    /// Bytes confirmed, plus those on their way.
    pub sent_bytes: u64,
    /// State.
    pub state: RowState,
}

/// What an upload needs to know of its row.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) id: RowId,
    pub(crate) bucket: BucketName,
    pub(crate) path: PathBuf,
    pub(crate) key: String,
    pub(crate) stamp: Stamp,
    pub(crate) on_conflict: OnConflict,
    /// A multipart upload that an earlier session began.
    pub(crate) begun: Option<Begun>,
}

/// A begun multipart upload: what is needed to go on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) upload_id: String,
    pub(crate) part_bytes: u64,
    /// Confirmed, by number.
    pub(crate) parts: std::collections::BTreeMap<u32, DonePart>,
}

/// A part that S3 has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DonePart {
    pub(crate) etag: String,
    pub(crate) crc64nvme: Crc64Nvme,
}

impl File {
    /// Bytes of the parts that S3 has confirmed.
    pub(crate) fn confirmed_bytes(&self) -> u64 {
        let Some(begun) = &self.begun else { return 0 };
        let parts = Parts::with_part_bytes(self.stamp.size_bytes, begun.part_bytes);
        begun.parts.keys().map(|number| parts.len(*number)).sum()
    }
}
