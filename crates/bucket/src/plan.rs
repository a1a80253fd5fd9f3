//! Walks what was dropped: makes keys, sees size, time and identity, skips with a reason.
//!
//! A stream, never a full list first: the walk blocks when nobody takes its files. What it keeps is a hash, a place and
//! the last part of the name of each planned file, to find two that would meet in the bucket; 55 to 90 bytes a
//! file were measured. Nothing is opened here but folders.

mod twins;
mod walk;

#[cfg(test)]
mod stories;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::mpsc;

use crate::row::Content;
use crate::source::Stamp;
use crate::{Conflict, Folder, Unusable};
use walk::Walk;

/// How many findings may wait to be taken.
const AHEAD: usize = 1024;

/// How a dropped folder is walked. A path that was dropped itself is taken as it is: the person pointed at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkRules {
    /// Links inside a dropped folder are followed as long as they stay in it. What is reached by several names is
    /// uploaded under each of them; folders that link to each other many times over make many names.
    pub follows_links: bool,
    /// An empty folder becomes an object of no bytes whose key ends in `/`. A folder that holds only what is left out
    /// is empty.
    pub marks_empty_folders: bool,
    /// Names of files and folders that are left out: the whole name, compared without case and Unicode form.
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
    /// Without links in it, as it was when it was looked at.
    pub(crate) path: PathBuf,
    /// Inside the drop, `/` between segments, as it is on disk; an empty folder's ends in `/`.
    pub(crate) name: String,
    pub(crate) key: String,
    /// Of the file; an empty folder's says 0 bytes.
    pub(crate) stamp: Stamp,
    pub(crate) content: Content,
    /// Its key, or its key but for case, was planned already in this drop. The whole key counts: folders whose names
    /// differ only by case (`Photos/a`, `photos/b`) are noticed only where they hold files of the same name.
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

/// Counts folders as the walk goes into them.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    pub(crate) walked: AtomicU64,
    /// Of these, those in which there is nothing but what is left out.
    pub(crate) empty: AtomicU64,
}

/// Starts the walk of `paths`; their keys go under `folder`. A path that is named twice is walked once.
///
/// # Cancellation
/// Dropping the receiver ends the walk at its next finding.
pub(crate) fn plan(
    paths: Vec<PathBuf>,
    folder: Folder,
    rules: WalkRules,
) -> mpsc::Receiver<Planned> {
    plan_and_count(paths, folder, rules, Arc::default())
}

/// The same; counts folders, whether they are marked or not.
pub(crate) fn plan_and_count(
    paths: Vec<PathBuf>,
    folder: Folder,
    rules: WalkRules,
    folders: Arc<Folders>,
) -> mpsc::Receiver<Planned> {
    let (found, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        Walk::new(folder, &rules, folders, found).all(paths);
    });
    receiver
}
