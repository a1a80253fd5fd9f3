//! A file that appears whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A new file beside another one; goes, unless it is kept. Who may read it is what the person's umask says.
pub(crate) struct Temporary {
    path: PathBuf,
    pub(crate) file: File,
}

impl Temporary {
    pub(crate) fn beside(to: &Path) -> io::Result<Self> {
        let name = to.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}", uuid::Uuid::new_v4().simple()));
        let path = to.with_file_name(hidden);
        let file = File::create_new(&path)?;
        Ok(Self { path, file })
    }

    /// To the disk, then in place of whatever has the name.
    pub(crate) fn keep_as(self, to: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, to)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Renamed, it is not there any more.
        let _ = fs::remove_file(&self.path);
    }
}
