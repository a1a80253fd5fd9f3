//! A process's claim on its rows: a locked file. The system drops the lock with the process, however that ends.
//!
//! Its owner holds it exclusively; who looks whether the owner lives takes a shared lock for a moment, so that two who
//! look at once do not take each other for the owner.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Held as long as this lives; the file goes with it.
#[derive(Debug)]
pub(super) struct Claim {
    folder: PathBuf,
    name: String,
    _lock: File,
}

/// What stood in the folder of claims when a new one was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Others {
    /// Another process lives.
    pub(super) are_alive: bool,
    /// A process ended without removing its claim: it was killed, or the power went.
    pub(super) have_died: bool,
}

impl Claim {
    pub(super) fn take(folder: &Path) -> io::Result<(Self, Others)> {
        fs::create_dir_all(folder)?;
        let others = sweep(folder)?;
        loop {
            // Another process may sweep the file away between its making and its locking.
            let claim = Self::make(folder)?;
            if claim.path().exists() {
                return Ok((claim, others));
            }
        }
    }

    fn make(folder: &Path) -> io::Result<Self> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let file = File::create_new(folder.join(&name))?;
        file.lock()?;
        Ok(Self {
            folder: folder.to_owned(),
            name,
            _lock: file,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// Has the process of claim `name` ended? Never this one's.
    pub(super) fn is_dead(&self, name: &str) -> bool {
        name != self.name && is_dead(&self.folder, name)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.path());
    }
}

/// Removes what processes that were killed have left: a claim without its file is as dead as one without its lock.
fn sweep(folder: &Path) -> io::Result<Others> {
    let mut others = Others::default();
    for entry in fs::read_dir(folder)? {
        let Ok(name) = entry?.file_name().into_string() else {
            continue;
        };
        if is_dead(folder, &name) {
            others.have_died = true;
        } else {
            others.are_alive = true;
        }
    }
    Ok(others)
}

/// A file that cannot be looked at counts as alive: better a row that waits than a row with two senders.
fn is_dead(folder: &Path, name: &str) -> bool {
    match File::open(folder.join(name)) {
        Ok(file) => match file.try_lock_shared() {
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
        let (claim, others) = Claim::take(dir.path()).expect("a claim");
        assert_eq!(others, Others::default());
        let name = claim.name().to_owned();
        assert!(!is_dead(dir.path(), &name));
        drop(claim);
        assert!(is_dead(dir.path(), &name));
    }

    #[test]
    fn who_looks_at_a_dead_claim_does_not_make_it_look_alive() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("killed");
        let looking = File::create_new(&path).expect("a claim without its process");
        looking.try_lock_shared().expect("another who looks");
        assert!(is_dead(dir.path(), "killed"));
    }

    #[test]
    fn a_new_claim_tells_who_lives_and_that_somebody_died() {
        let dir = tempfile::tempdir().expect("a folder");
        File::create_new(dir.path().join("killed")).expect("a claim without its process");
        let (_first, others) = Claim::take(dir.path()).expect("a claim");
        assert!(others.have_died && !others.are_alive);
        let (_second, others) = Claim::take(dir.path()).expect("a claim");
        assert!(!others.have_died && others.are_alive);
    }
}
