//! The walk itself. Blocks, and runs on a thread of its own.
//!
//! A folder's files are told while it is read; its folders come after it is closed, so one folder is open at a time
//! however deep they are.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, DirEntry, Metadata, ReadDir};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

use super::twins::Twins;
use super::{Folders, Planned, PlannedFile, Skipped, WalkRules};
use crate::parts::MAX_OBJECT_BYTES;
use crate::row::Content;
use crate::source::Stamp;
use crate::{Folder, Unusable};

/// Nobody takes findings any more.
pub(super) struct Gone;

/// One drop's walk.
pub(super) struct Walk {
    folder: Folder,
    follows_links: bool,
    marks_empty_folders: bool,
    leaves_out: HashSet<String>,
    twins: Twins,
    markers: HashSet<String>,
    folders: Arc<Folders>,
    /// Something was told of the dropped path: a file, or why there is none. What is left out is not worth telling.
    has_told: bool,
    found: mpsc::Sender<Planned>,
}

/// A dropped folder.
struct Tree {
    /// Without links; nothing outside is told.
    root: PathBuf,
    /// Folders to go into, the last one next.
    pending: Vec<Pending>,
    /// The folders that the walk is in, from the root down.
    above: Vec<FolderId>,
}

struct Pending {
    /// Without links.
    path: PathBuf,
    name: String,
    depth: usize,
}

#[cfg(unix)]
type FolderId = (u64, u64);
#[cfg(not(unix))]
type FolderId = PathBuf;

impl Walk {
    pub(super) fn new(
        folder: Folder,
        rules: &WalkRules,
        folders: Arc<Folders>,
        found: mpsc::Sender<Planned>,
    ) -> Self {
        Self {
            twins: Twins::new(folder.clone()),
            folder,
            follows_links: rules.follows_links,
            marks_empty_folders: rules.marks_empty_folders,
            leaves_out: rules.leaves_out.iter().map(|name| folded(name)).collect(),
            markers: HashSet::new(),
            folders,
            has_told: false,
            found,
        }
    }

    /// Walks them all, or until nobody listens.
    pub(super) fn all(mut self, mut paths: Vec<PathBuf>) {
        let mut seen = HashSet::with_capacity(paths.len());
        paths.retain(|path| seen.insert(path.clone()));
        drop(seen);
        for path in paths {
            if self.dropped(&path).is_err() {
                break;
            }
        }
    }

    /// A dropped path itself may be a link, or have a name that is left out in folders: the person pointed at it.
    fn dropped(&mut self, path: &Path) -> Result<(), Gone> {
        let name = match path.file_name().map(OsStr::to_str) {
            Some(Some(name)) => name.to_owned(),
            Some(None) => return self.skip(last_name(path), Unusable::NameNotUnicode),
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
        match fs::symlink_metadata(&real) {
            Ok(meta) if meta.is_dir() => {
                self.has_told = false;
                self.tree(real, name)?;
                if self.has_told {
                    Ok(())
                } else {
                    self.skip(last_name(path), Unusable::EmptyFolder)
                }
            }
            Ok(meta) if meta.is_file() => self.file(real, name, &meta),
            Ok(_) => self.skip(name, Unusable::NotAFile),
            Err(error) => self.skip(name, reason_of(&error)),
        }
    }

    fn tree(&mut self, root: PathBuf, name: String) -> Result<(), Gone> {
        let mut tree = Tree {
            pending: vec![Pending {
                path: root.clone(),
                name,
                depth: 0,
            }],
            root,
            above: Vec::new(),
        };
        while let Some(here) = tree.pending.pop() {
            match self.enter(&mut tree, &here) {
                Ok(entries) => self.read(&mut tree, &here, entries)?,
                Err(reason) => self.skip(here.name, reason)?,
            }
        }
        Ok(())
    }

    /// Opens a folder if its files can have keys, and if it is where it seems to be.
    fn enter(&self, tree: &mut Tree, here: &Pending) -> Result<ReadDir, Unusable> {
        // Also bounds the depth: where keys are too long, nothing deeper can have one.
        if !here.name.is_empty() {
            self.folder.marker_of(&here.name)?;
        }
        let entries = fs::read_dir(&here.path).map_err(|error| reason_of(&error))?;
        // Only now, since the folder may have become a link after it was looked at.
        let real = fs::canonicalize(&here.path).map_err(|error| reason_of(&error))?;
        if !real.starts_with(&tree.root) {
            return Err(Unusable::LinkLeadsOut);
        }
        let id = folder_id(real).map_err(|error| reason_of(&error))?;
        tree.above.truncate(here.depth);
        if tree.above.contains(&id) {
            return Err(Unusable::LinkLoop);
        }
        tree.above.push(id);
        Ok(entries)
    }

    fn read(&mut self, tree: &mut Tree, here: &Pending, entries: ReadDir) -> Result<(), Gone> {
        self.folders.walked.fetch_add(1, Ordering::Relaxed);
        let mut is_empty = true;
        for entry in entries {
            match entry {
                Ok(entry) => is_empty &= self.inside(tree, here, &entry)? == Counts::No,
                Err(error) => {
                    is_empty = false;
                    self.skip(here.name.clone(), reason_of(&error))?;
                }
            }
        }
        // The root of a drive is the folder shown: it needs no mark.
        if is_empty && !here.name.is_empty() {
            self.folders.empty.fetch_add(1, Ordering::Relaxed);
            if self.marks_empty_folders {
                return self.mark(here);
            }
        }
        Ok(())
    }

    fn inside(
        &mut self,
        tree: &mut Tree,
        here: &Pending,
        entry: &DirEntry,
    ) -> Result<Counts, Gone> {
        let file_name = entry.file_name();
        let lossy = file_name.to_string_lossy();
        let name = if here.name.is_empty() {
            lossy.clone().into_owned()
        } else {
            format!("{}/{lossy}", here.name)
        };
        if self.leaves_out.contains(&folded(&lossy)) {
            self.skip(name, Unusable::LeftOut)?;
            return Ok(Counts::No);
        }
        if file_name.to_str().is_none() {
            self.skip(name, Unusable::NameNotUnicode)?;
            return Ok(Counts::Yes);
        }
        // Neither follows links; the first asks nothing of the system where the folder itself tells the type.
        match entry.file_type() {
            Ok(kind) if kind.is_symlink() => self.link(tree, here, &entry.path(), name)?,
            Ok(kind) if kind.is_dir() => tree.pending.push(Pending {
                path: entry.path(),
                name,
                depth: here.depth + 1,
            }),
            Ok(kind) if kind.is_file() => match entry.metadata() {
                Ok(meta) if meta.is_file() => self.file(entry.path(), name, &meta)?,
                // Another thing took its place.
                Ok(_) => self.skip(name, Unusable::Vanished)?,
                Err(error) => self.skip(name, reason_of(&error))?,
            },
            Ok(_) => self.skip(name, Unusable::NotAFile)?,
            Err(error) => self.skip(name, reason_of(&error))?,
        }
        Ok(Counts::Yes)
    }

    fn link(
        &mut self,
        tree: &mut Tree,
        here: &Pending,
        path: &Path,
        name: String,
    ) -> Result<(), Gone> {
        if !self.follows_links {
            let reason = if fs::metadata(path).is_ok() {
                Unusable::LinkNotFollowed
            } else {
                Unusable::BrokenLink
            };
            return self.skip(name, reason);
        }
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return self.skip(name, Unusable::Unreadable);
            }
            Err(_) => return self.skip(name, Unusable::BrokenLink),
        };
        if !real.starts_with(&tree.root) {
            return self.skip(name, Unusable::LinkLeadsOut);
        }
        match fs::symlink_metadata(&real) {
            Ok(meta) if meta.is_dir() => {
                tree.pending.push(Pending {
                    path: real,
                    name,
                    depth: here.depth + 1,
                });
                Ok(())
            }
            Ok(meta) if meta.is_file() => self.file(real, name, &meta),
            Ok(meta) if meta.is_symlink() => self.skip(name, Unusable::Vanished),
            Ok(_) => self.skip(name, Unusable::NotAFile),
            Err(error) => self.skip(name, reason_of(&error)),
        }
    }

    fn file(&mut self, path: PathBuf, name: String, meta: &Metadata) -> Result<(), Gone> {
        let stamp = Stamp::of(meta);
        if stamp.size_bytes > MAX_OBJECT_BYTES {
            return self.skip(name, Unusable::TooLarge);
        }
        let key = match self.folder.key_of(&name) {
            Ok(key) => key,
            Err(reason) => return self.skip(name, reason),
        };
        let twin = self.twins.meet(&name, &key);
        self.has_told = true;
        self.send(Planned::File(PlannedFile {
            path,
            name,
            key,
            stamp,
            content: Content::File,
            twin,
        }))
    }

    /// Two empty folders with one key are one marker: there is nothing to lose between them.
    fn mark(&mut self, here: &Pending) -> Result<(), Gone> {
        let key = match self.folder.marker_of(&here.name) {
            Ok(key) => key,
            Err(reason) => return self.skip(here.name.clone(), reason),
        };
        let stamp = match fs::symlink_metadata(&here.path) {
            Ok(meta) => Stamp {
                size_bytes: 0,
                ..Stamp::of(&meta)
            },
            Err(error) => return self.skip(here.name.clone(), reason_of(&error)),
        };
        self.has_told = true;
        if !self.markers.insert(key.clone()) {
            return Ok(());
        }
        self.send(Planned::File(PlannedFile {
            path: here.path.clone(),
            name: format!("{}/", here.name),
            key,
            stamp,
            content: Content::FolderMarker,
            twin: None,
        }))
    }

    fn skip(&mut self, name: String, reason: Unusable) -> Result<(), Gone> {
        self.has_told |= reason != Unusable::LeftOut;
        self.send(Planned::Skipped(Skipped { name, reason }))
    }

    fn send(&self, planned: Planned) -> Result<(), Gone> {
        self.found.blocking_send(planned).map_err(|_| Gone)
    }
}

/// Does an entry keep its folder from being empty?
#[derive(PartialEq, Eq)]
enum Counts {
    Yes,
    No,
}

/// As names that are left out are compared.
fn folded(name: &str) -> String {
    UniCase::new(name.nfc().collect::<String>()).to_folded_case()
}

/// A drive has no name: then what its path ends in.
fn last_name(path: &Path) -> String {
    path.components()
        .next_back()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn reason_of(error: &io::Error) -> Unusable {
    if error.kind() == io::ErrorKind::NotFound {
        Unusable::Vanished
    } else {
        Unusable::Unreadable
    }
}

/// What tells a folder from another one, whatever it is called. `real` is its path without links.
#[cfg(unix)]
fn folder_id(real: PathBuf) -> io::Result<FolderId> {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::symlink_metadata(real)?;
    Ok((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it asks the system")]
fn folder_id(real: PathBuf) -> io::Result<FolderId> {
    Ok(real)
}
