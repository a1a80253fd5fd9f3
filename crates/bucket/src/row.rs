//! One file on its way, as the queue holds it and as others see it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::parts::Parts;
use crate::shared::{FileName, FilePath};
use crate::source::Stamp;
use crate::{Abandoned, BucketName, Crc64Nvme, Error};

/// A row's number: unique in one data folder, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub u64);

/// A drop's number: unique in one data folder, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DropId(pub u64);

/// How far a row is.
#[derive(Clone, Debug)]
pub enum RowState {
    /// In the queue.
    Waiting,
    /// Bytes are on their way.
    Sending,
    /// The person holds it back.
    Paused,
    /// The server cannot be reached; goes on by itself when it can.
    WaitingForNetwork,
    /// Goes on after the next sign-in.
    WaitingForSignIn,
    /// In the bucket; the receipt says what proved it.
    Stored(Box<Receipt>),
    /// The person must choose.
    Conflict(Conflict),
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
            Self::Waiting
            | Self::Sending
            | Self::Paused
            | Self::WaitingForNetwork
            | Self::WaitingForSignIn => false,
            Self::Stored(_)
            | Self::Conflict(_)
            | Self::Failed(_)
            | Self::Cancelled
            | Self::Skipped => true,
        }
    }
}

/// What a row's key meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Another object has it.
    Taken,
    /// An object of the same size has it, and an answer was lost: it may be this file. Neither the listing nor the
    /// ETag can tell.
    MaybeStored,
    /// Another file of the same drop goes to the same key: the two names differ on disk only by their Unicode form, or
    /// come from different folders.
    SameKey {
        /// That file's name inside the drop.
        other: String,
    },
    /// Another file of the same drop differs only in upper and lower case: two objects here, one file on most Macs and
    /// Windows computers.
    CaseTwin {
        /// That file's name inside the drop.
        other: String,
    },
}

/// What the row's history holds that its state does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The server no longer knew what had been sent: the file started again.
    StartedAgain,
    /// The file changed since it was planned: it started again with what it is now.
    FileChanged,
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
    /// Of the whole object, computed from the bytes sent.
    pub crc64nvme: Crc64Nvme,
    /// What shows that the server has just these bytes.
    pub proof: Proof,
    /// With its quotes, as S3 wrote it.
    pub etag: String,
    /// In a bucket with versions.
    pub version_id: Option<String>,
    /// When the answer came.
    pub stored_at: Timestamp,
}

/// What shows that the object holds the bytes that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The server told the same CRC64NVME of the whole object.
    Checksum,
    /// The object's size and ETag are those of the bytes: MD5 of a PUT, MD5 of the parts' MD5s.
    ETag,
    /// The server took it and told no checksum.
    NotReported,
}

/// A row as others see it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Id.
    pub id: RowId,
    /// Whose destination, as the app calls it.
    pub destination: Arc<str>,
    /// The drop that brought it.
    pub drop: DropId,
    /// The file's name inside its drop, as it is on disk.
    pub name: FileName,
    /// The object's key.
    pub key: Arc<str>,
    /// Size.
    pub size_bytes: u64,
    /// Bytes confirmed, plus those on their way.
    pub sent_bytes: u64,
    /// State.
    pub state: RowState,
    /// What happened on the way.
    pub note: Option<Note>,
}

/// What an upload needs to know of its row.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) id: RowId,
    pub(crate) drop: DropId,
    /// When it became a row, by this computer's wall clock.
    pub(crate) added_at: Timestamp,
    pub(crate) content: Content,
    pub(crate) bucket: BucketName,
    pub(crate) path: FilePath,
    /// Shared with the row that others see.
    pub(crate) key: Arc<str>,
    pub(crate) stamp: Stamp,
    pub(crate) on_conflict: OnConflict,
    /// A multipart upload that an earlier session began.
    pub(crate) begun: Option<Box<Begun>>,
    /// A request that stores it was sent, and its answer is not known: the object that has the key may be this one.
    pub(crate) may_be_stored: bool,
    /// Then the bucket is looked at before anything is sent.
    pub(crate) looks_first: bool,
}

#[cfg(test)]
impl File {
    /// Three bytes that nothing was done with; tests say what is otherwise.
    pub(crate) fn sample(name: &str) -> Self {
        let path = std::path::Path::new("/recordings").join(name);
        Self {
            id: RowId(1),
            drop: DropId(1),
            added_at: Timestamp::UNIX_EPOCH,
            content: Content::File,
            bucket: BucketName::new("s3-fs-example-bucket").expect("a name"),
            path: FilePath::beside(&path, &mut None),
            key: name.into(),
            stamp: Stamp {
                size_bytes: 3,
                modified_nanos: 0,
                file_id: None,
            },
            on_conflict: OnConflict::Ask,
            begun: None,
            may_be_stored: false,
            looks_first: true,
        }
    }
}

/// What becomes the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The bytes of the file at the path.
    File,
    /// Nothing: the path is an empty folder, its key ends in `/`.
    FolderMarker,
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
    /// Gives up what was begun; none when nothing was.
    pub(crate) fn abandon(&mut self, destination: &Arc<str>) -> Option<Abandoned> {
        let confirmed_bytes = self.confirmed_bytes();
        let begun = self.begun.take()?;
        Some(Abandoned {
            destination: Arc::clone(destination),
            bucket: self.bucket.to_string(),
            key: self.key.to_string(),
            upload_id: begun.upload_id,
            confirmed_bytes,
            abandoned_at: Timestamp::now(),
        })
    }

    /// Bytes of the parts that S3 has confirmed.
    pub(crate) fn confirmed_bytes(&self) -> u64 {
        let Some(begun) = &self.begun else { return 0 };
        let parts = Parts::with_part_bytes(self.stamp.size_bytes, begun.part_bytes);
        begun.parts.keys().map(|number| parts.len(*number)).sum()
    }
}
