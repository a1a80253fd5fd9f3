//! Walks what was dropped: makes keys, sees size, time and identity, skips with a reason.
//!
//! A stream, never a full list first: the walk blocks when nobody takes its files, so its memory does not grow with
//! the folder. Nothing is opened here.

use std::fs::{self, DirEntry, Metadata};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::parts::MAX_OBJECT_BYTES;
use crate::row::Content;
use crate::source::Stamp;
use crate::{Conflict, Folder, Unusable};

/// How many findings may wait to be taken.
const AHEAD: usize = 1024;

/// How a dropped folder is walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkRules {
    /// Links inside a dropped folder are followed as long as they stay in it.
    pub follows_links: bool,
    /// An empty folder becomes an object of no bytes whose key ends in `/`.
    pub marks_empty_folders: bool,
    /// Names that are left out, compared without case.
    pub leaves_out: Vec<String>,
}

impl Default for WalkRules {
    /// Leaves out what macOS and Windows leave in folders.
    fn default() -> Self {
        Self {
            follows_links: false,
            marks_empty_folders: false,
            leaves_out: [".DS_Store", "Thumbs.db", "desktop.ini"]
                .map(str::to_owned)
                .into(),
        }
    }
}

/// One finding of the walk.
#[derive(Debug)]
pub(crate) enum Planned {
    File(PlannedFile),
    Skipped(Skipped),
}

/// A file to upload.
#[derive(Debug)]
pub(crate) struct PlannedFile {
    pub(crate) path: PathBuf,
    /// Inside the drop, `/` between segments, as it is on disk.
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) stamp: Stamp,
    pub(crate) content: Content,
    /// Its key, or its key but for case, was planned already in this drop.
    pub(crate) twin: Option<Conflict>,
}

/// A path of a drop that becomes no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name inside the drop.
    pub name: String,
    /// Why.
    pub reason: Unusable,
}

/// Starts the walk of `paths`; their keys go under `folder`.
///
/// # Cancellation
/// Dropping the receiver ends the walk at its next finding.
pub(crate) fn plan(
    paths: Vec<PathBuf>,
    folder: Folder,
    _rules: WalkRules,
) -> mpsc::Receiver<Planned> {
    let (found, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let walk = Walk { folder, found };
        for path in paths {
            if walk.dropped(&path).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Nobody takes findings any more.
struct Gone;

struct Walk {
    folder: Folder,
    found: mpsc::Sender<Planned>,
}

impl Walk {
    /// A dropped path itself may be a link: the person pointed at it.
    fn dropped(&self, path: &Path) -> Result<(), Gone> {
        let name = match path.file_name().map(|name| name.to_str()) {
            Some(Some(name)) => name.to_owned(),
            Some(None) => return self.skip(lossy_name(path), Unusable::NameNotUnicode),
            // A dropped drive or `/`: its content goes to the folder shown.
            None => String::new(),
        };
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => {
                let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
                let reason = if is_link {
                    Unusable::BrokenLink
                } else {
                    reason_of(&error)
                };
                return self.skip(name, reason);
            }
        };
        match fs::metadata(&real) {
            Ok(meta) => self.visit(real, name, &meta),
            Err(error) => self.skip(name, reason_of(&error)),
        }
    }

    fn visit(&self, path: PathBuf, name: String, meta: &Metadata) -> Result<(), Gone> {
        if meta.is_dir() {
            self.folder(&path, &name)
        } else if meta.is_file() {
            self.file(path, name, meta)
        } else {
            self.skip(name, Unusable::NotAFile)
        }
    }

    fn folder(&self, path: &Path, name: &str) -> Result<(), Gone> {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.skip(name.to_owned(), reason_of(&error)),
        };
        for entry in entries {
            match entry {
                Ok(entry) => self.inside(&entry, name)?,
                Err(error) => self.skip(name.to_owned(), reason_of(&error))?,
            }
        }
        Ok(())
    }

    fn inside(&self, entry: &DirEntry, folder: &str) -> Result<(), Gone> {
        let file_name = entry.file_name();
        let within = |name: &str| {
            if folder.is_empty() {
                name.to_owned()
            } else {
                format!("{folder}/{name}")
            }
        };
        let Some(name) = file_name.to_str().map(within) else {
            return self.skip(
                within(&file_name.to_string_lossy()),
                Unusable::NameNotUnicode,
            );
        };
        // Does not follow links.
        match entry.metadata() {
            Ok(meta) if meta.is_symlink() => {
                let reason = if fs::metadata(entry.path()).is_ok() {
                    Unusable::LinkNotFollowed
                } else {
                    Unusable::BrokenLink
                };
                self.skip(name, reason)
            }
            Ok(meta) => self.visit(entry.path(), name, &meta),
            Err(error) => self.skip(name, reason_of(&error)),
        }
    }

    fn file(&self, path: PathBuf, name: String, meta: &Metadata) -> Result<(), Gone> {
        let stamp = Stamp::of(meta);
        if stamp.size_bytes > MAX_OBJECT_BYTES {
            return self.skip(name, Unusable::TooLarge);
        }
        match self.folder.key_of(&name) {
            Ok(key) => self.send(Planned::File(PlannedFile {
                path,
                name,
                key,
                stamp,
                content: Content::File,
                twin: None,
            })),
            Err(reason) => self.skip(name, reason),
        }
    }

    fn skip(&self, name: String, reason: Unusable) -> Result<(), Gone> {
        self.send(Planned::Skipped(Skipped { name, reason }))
    }

    fn send(&self, planned: Planned) -> Result<(), Gone> {
        self.found.blocking_send(planned).map_err(|_| Gone)
    }
}

fn lossy_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn reason_of(error: &std::io::Error) -> Unusable {
    if error.kind() == std::io::ErrorKind::NotFound {
        Unusable::Vanished
    } else {
        Unusable::Unreadable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn walk(paths: Vec<PathBuf>) -> (Vec<(String, u64)>, Vec<(String, Unusable)>) {
        let folder = Folder::new("incoming").expect("a folder");
        let mut found = plan(paths, folder, WalkRules::default());
        let (mut files, mut skipped) = (Vec::new(), Vec::new());
        while let Some(planned) = found.recv().await {
            match planned {
                Planned::File(file) => files.push((file.key, file.stamp.size_bytes)),
                Planned::Skipped(path) => skipped.push((path.name, path.reason)),
            }
        }
        files.sort();
        skipped.sort_by(|a, b| a.0.cmp(&b.0));
        (files, skipped)
    }

    #[tokio::test]
    async fn a_dropped_folder_keeps_its_name_and_its_tree() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("day 01");
        fs::create_dir_all(root.join("録音/😀")).expect("folders");
        fs::create_dir_all(root.join("nothing in here")).expect("folders");
        fs::write(root.join("録音/😀/a.wav"), b"abc").expect("write");
        fs::write(root.join("empty"), b"").expect("write");
        let (files, skipped) = walk(vec![root]).await;
        let expected = [
            ("incoming/day 01/empty", 0),
            ("incoming/day 01/録音/😀/a.wav", 3),
        ];
        assert_eq!(files, expected.map(|(key, size)| (key.to_owned(), size)));
        assert!(skipped.is_empty());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_is_not_a_file_is_skipped_with_its_reason() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("d");
        fs::create_dir(&root).expect("folder");
        fs::write(dir.path().join("secret"), b"x").expect("write");
        std::os::unix::fs::symlink("../secret", root.join("1 leads out")).expect("link");
        std::os::unix::fs::symlink("nowhere", root.join("2 broken")).expect("link");
        let _socket =
            std::os::unix::net::UnixListener::bind(root.join("3 socket")).expect("socket");
        fs::write(root.join(std::ffi::OsStr::from_bytes(b"4 \xff")), b"x").expect("write");
        fs::write(root.join("5 line\nbreak"), b"x").expect("write");
        let (files, skipped) = walk(vec![root, dir.path().join("gone")]).await;
        assert!(files.is_empty());
        let expected = [
            ("d/1 leads out", Unusable::LinkNotFollowed),
            ("d/2 broken", Unusable::BrokenLink),
            ("d/3 socket", Unusable::NotAFile),
            ("d/4 \u{fffd}", Unusable::NameNotUnicode),
            ("d/5 line\nbreak", Unusable::NameUnsafe),
            ("gone", Unusable::Vanished),
        ];
        assert_eq!(
            skipped,
            expected.map(|(name, reason)| (name.to_owned(), reason))
        );
    }
}
