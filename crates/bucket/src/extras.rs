//! What a richer role allows: reading, deleting. Uploads need none of it, and none of it is ever a precondition.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::list::Listing;
use crate::retry::Tries;
use crate::temporary::Temporary;
use crate::{Error, Folder};

/// As far as one may come with an object.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The server.
    #[error("the object did not come")]
    Server(#[source] Error),
    /// The place where it was to go.
    #[error("the file cannot be written")]
    File(#[source] std::io::Error),
}

impl Listing {
    /// May the session read this object? Asks for its headers and changes nothing.
    ///
    /// # Errors
    /// Whatever kept the question from being answered.
    pub async fn may_read(&self, key: &str) -> Result<bool, Error> {
        let mut tries = Tries::few(self.s3.access());
        loop {
            match self.s3.head(key).await {
                Ok(()) => return Ok(true),
                Err(Error::Denied) => return Ok(false),
                Err(error) => tries.again_after(error).await?,
            }
        }
    }

    /// An address under which whoever has it gets the object, for so long. No request is made.
    ///
    /// # Errors
    /// [`Error::SessionEnded`].
    pub async fn link(&self, key: &str, lasts: Duration) -> Result<String, Error> {
        self.s3.presigned(key, lasts).await
    }

    /// Writes an object into the file `to`, which appears whole and proved or not at all, and takes the place of one
    /// that was there. `came` hears of each piece's bytes. How many bytes.
    ///
    /// # Errors
    /// [`Error::ChecksumMismatch`] when the bytes are not those that the server told of.
    ///
    /// # Cancellation
    /// Leaves nothing behind.
    pub async fn download(
        &self,
        key: &str,
        to: &Path,
        mut came: impl FnMut(u64),
    ) -> Result<u64, DownloadError> {
        let mut incoming = self.s3.get(key).await.map_err(DownloadError::Server)?;
        let mut temporary = Temporary::beside(to).map_err(DownloadError::File)?;
        let mut bytes = 0;
        while let Some(piece) = incoming.next().await {
            let piece = piece.map_err(DownloadError::Server)?;
            // Some hundred KiB at most: shorter than a hand-over to another thread.
            temporary
                .file
                .write_all(&piece)
                .map_err(DownloadError::File)?;
            bytes += piece.len() as u64;
            came(piece.len() as u64);
        }
        // A large file takes seconds to get to the disk.
        let to = to.to_owned();
        let kept = tokio::task::spawn_blocking(move || temporary.keep_as(&to));
        match kept.await {
            Ok(kept) => kept.map_err(DownloadError::File)?,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
        Ok(bytes)
    }

    /// Deletes an object. True when the bucket keeps versions and has only hidden it.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn delete(&self, key: &str) -> Result<bool, Error> {
        let mut tries = Tries::few(self.s3.access());
        loop {
            match self.s3.delete(key).await {
                Ok(is_hidden) => return Ok(is_hidden),
                Err(error) => tries.again_after(error).await?,
            }
        }
    }

    /// Stores the object of no bytes that stands for an empty folder, as the console does.
    ///
    /// # Errors
    /// [`Error::Taken`] when the folder is there.
    pub async fn make_folder(&self, folder: &Folder) -> Result<(), Error> {
        let mut tries = Tries::few(self.s3.access());
        loop {
            match self.s3.put_marker(folder.as_str()).await {
                Ok(()) => return Ok(()),
                Err(error) => tries.again_after(error).await?,
            }
        }
    }
}
