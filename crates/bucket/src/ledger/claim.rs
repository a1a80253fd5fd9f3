//! A process's claim on its rows: a locked file. The system drops the lock with the process, however that ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Held as long as this lives; the file goes with it.
#[derive(Debug)]
pub(super) struct Claim {
    name: String,
    path: PathBuf,
    _lock: File,
}

impl Claim {
    pub(super) fn take(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        sweep(folder);
        loop {
            // Another process may sweep the file away between its making and its locking.
            let claim = Self::make(folder)?;
            if claim.path.exists() {
                return Ok(claim);
            }
        }
    }

    fn make(folder: &Path) -> io::Result<Self> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let path = folder.join(&name);
        let file = File::create_new(&path)?;
        file.lock()?;
        Ok(Self {
            name,
            path,
            _lock: file,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes what processes that were killed have left: a claim without its file is as dead as one without its lock.
fn sweep(folder: &Path) {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    for name in names.filter_map(|entry| entry.file_name().into_string().ok()) {
        is_dead(folder, &name);
    }
}

/// Has the process of claim `name` ended? A file that cannot be looked at counts as alive: better a row that waits
/// than a row with two senders.
pub(super) fn is_dead(folder: &Path, name: &str) -> bool {
    match File::open(folder.join(name)) {
        Ok(file) => match file.try_lock() {
            Ok(()) => {
                let _ = fs::remove_file(folder.join(name));
                true
            }
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
        },
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_alive_while_it_is_held_and_dead_after() {
        let dir = tempfile::tempdir().expect("a folder");
        let claim = Claim::take(dir.path()).expect("a claim");
        let name = claim.name().to_owned();
        assert!(!is_dead(dir.path(), &name));
        drop(claim);
        assert!(is_dead(dir.path(), &name));
    }
}
