//! The listing: one page of one folder. And what lies beside it unseen: begun uploads that nobody goes on with.

mod held;
mod order;

pub use held::{Held, Shown};
pub use order::{Column, Order, Words};

use jiff::Timestamp;

use crate::ledger::{Abandoned, Ledger, Write};
use crate::retry::Tries;
use crate::s3::S3;
use crate::{Access, Error, Folder, ObjectTraits, Target};

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A common prefix; ends in `/`.
    Folder {
        /// The whole prefix.
        key: String,
    },
    /// An object.
    Object {
        /// The whole key.
        key: String,
        /// Size.
        size_bytes: u64,
        /// When it was stored.
        modified: Option<Timestamp>,
        /// Storage class, when told.
        storage_class: Option<String>,
        /// With its quotes, as S3 wrote it, when told.
        etag: Option<String>,
    },
}

impl Entry {
    /// The whole key, or prefix.
    pub fn key(&self) -> &str {
        match self {
            Self::Folder { key } | Self::Object { key, .. } => key,
        }
    }
}

/// One page, at most 1,000 entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Folders and objects, each in key order.
    pub entries: Vec<Entry>,
    /// Asks for the next page; none after the last.
    pub next: Option<String>,
}

/// A bucket that is being looked at with one session. Clones share connections.
#[derive(Clone, Debug)]
pub struct Listing {
    pub(crate) s3: S3,
}

impl Listing {
    /// Looks at `target` with `access`.
    pub fn new(target: &Target, access: Access) -> Self {
        Self {
            s3: S3::new(target, access, ObjectTraits::default()),
        }
    }

    /// Asks for one page below `folder`; with `is_recursive` every object below it, else folders are folded.
    ///
    /// # Errors
    /// [`Error::Denied`] where the role may not list: no failure of uploads.
    pub async fn page(
        &self,
        folder: &Folder,
        is_recursive: bool,
        next: Option<String>,
    ) -> Result<Page, Error> {
        let mut tries = Tries::few(self.s3.access());
        loop {
            let asked = self
                .s3
                .list(folder.as_str(), is_recursive, next.clone(), None)
                .await;
            match asked {
                Ok(page) => return Ok(page),
                Err(error) => tries.again_after(error).await?,
            }
        }
    }

    /// Removes a begun upload from the server, then from the ledger; one that the server no longer knows has gone
    /// already. It must be one of this bucket.
    ///
    /// # Errors
    /// [`Error::Denied`] where the role lacks `s3:AbortMultipartUpload`; the ledger goes on listing it, as after
    /// every other error.
    ///
    /// # Cancellation
    /// It may be removed and still be listed; asked again, it has gone already.
    pub async fn remove_abandoned(
        &self,
        ledger: &Ledger,
        abandoned: &Abandoned,
    ) -> Result<(), Error> {
        let mut tries = Tries::few(self.s3.access());
        loop {
            let asked = self.s3.abort(&abandoned.key, &abandoned.upload_id).await;
            match asked {
                Ok(()) | Err(Error::UploadForgotten) => break,
                Err(error) => tries.again_after(error).await?,
            }
        }
        let upload_id = abandoned.upload_id.clone();
        ledger.commit(Write::Aborted { upload_id }).await
    }
}
