//! What a drop would do, before a byte is sent: files, bytes, what is skipped and why, what would meet.
//!
//! The same walk as the upload's, and then the listing below what was dropped. Memory: a hash for each file besides
//! the walk's own.

mod look;

#[cfg(test)]
mod stories;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::plan::{Folders, Planned, PlannedFile, plan_and_count};
use crate::progress::TICK;
use crate::row::Content;
use crate::{Conflict, Error, Folder, Listing, Page, Skipped, Unusable, WalkRules};
use look::Expected;

/// How many of a kind are told by name.
const NAMED: usize = 1000;

/// What is known so far.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How far it is.
    pub stage: Stage,
    /// Files that would become rows.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Folders that were walked.
    pub folders: u64,
    /// Empty folders among them; they become markers only where the rules say so.
    pub empty_folders: u64,
    /// Paths that would become no row.
    pub skipped: Sample<Skipped>,
    /// How many of them for each reason, in the order in which the reasons were met.
    pub skipped_by_reason: Vec<(Unusable, u64)>,
    /// Names of files that would meet another file of the drop, and how.
    pub twins: Sample<(String, Conflict)>,
    /// Keys that the bucket holds already, by the listing. Empty folders' markers do not count: one is like the other.
    pub conflicts: Sample<String>,
    /// What `conflicts` is worth.
    pub looked: Looked,
    /// Objects that the listing has shown.
    pub objects_seen: u64,
}

/// How far a preview is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The dropped paths are walked.
    Walking,
    /// The bucket is listed.
    Looking,
    /// Nothing more comes.
    Done,
}

/// Was the bucket looked at?
#[derive(Clone, Debug)]
pub enum Looked {
    /// Not, or not to the end yet.
    Not,
    /// The role may not list everything below the drop: conflicts are found while uploading.
    Denied,
    /// The listing broke off.
    BrokeOff(Arc<Error>),
    /// Everything below the drop.
    Wholly,
}

/// A count, and the first 1,000.
#[derive(Clone, Debug)]
pub struct Sample<T> {
    /// All.
    pub count: u64,
    /// At most 1,000.
    pub first: Vec<T>,
}

impl<T> Sample<T> {
    fn new() -> Self {
        Self {
            count: 0,
            first: Vec::new(),
        }
    }

    fn add(&mut self, one: T) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(one);
        }
    }
}

/// Walks `paths` as an upload to `folder` would, then looks for their keys with `listing`, if there is one. Needs a
/// runtime.
///
/// The receiver is told at most ten times a second and once at the end; then its sender is gone.
///
/// # Cancellation
/// Dropping the receiver ends the walk and the listing.
pub fn preview(
    listing: Option<Listing>,
    paths: Vec<PathBuf>,
    folder: Folder,
    rules: WalkRules,
) -> watch::Receiver<Preview> {
    let ask = listing.map(|listing| {
        move |folder: Folder, is_recursive: bool, next: Option<String>| {
            let listing = listing.clone();
            async move { listing.page(&folder, is_recursive, next).await }
        }
    });
    start(ask, paths, folder, rules)
}

/// `ask` gives a page of a folder.
fn start<Ask, Answer>(
    ask: Option<Ask>,
    paths: Vec<PathBuf>,
    folder: Folder,
    rules: WalkRules,
) -> watch::Receiver<Preview>
where
    Ask: Fn(Folder, bool, Option<String>) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<Page, Error>> + Send,
{
    let (tell, receiver) = watch::channel(Preview::new());
    tokio::spawn(async move {
        let work = async {
            let mut teller = Teller::new(&tell);
            let expected = walk(&mut teller, paths, folder, rules).await;
            if let Some(ask) = ask {
                look(&mut teller, &expected, ask).await;
            }
            teller.now.stage = Stage::Done;
            teller.tell();
        };
        tokio::select! {
            () = work => {}
            () = tell.closed() => {}
        }
    });
    receiver
}

async fn walk(
    teller: &mut Teller<'_>,
    paths: Vec<PathBuf>,
    folder: Folder,
    rules: WalkRules,
) -> Expected {
    let folders = Arc::new(Folders::default());
    let mut expected = Expected::new(folder.clone());
    let mut found = plan_and_count(paths, folder, rules, Arc::clone(&folders));
    while let Some(planned) = found.recv().await {
        match planned {
            Planned::File(file) => {
                if file.content == Content::File {
                    expected.add(&file.name, &file.key);
                    teller.now.add(file);
                }
            }
            Planned::Skipped(path) => teller.now.skip(path),
        }
        teller.now.count(&folders);
        teller.tell_at_times();
    }
    // The last ones may not have been followed by a finding.
    teller.now.count(&folders);
    expected
}

/// One prefix after the other, page by page.
async fn look<Ask, Answer>(teller: &mut Teller<'_>, expected: &Expected, ask: Ask)
where
    Ask: Fn(Folder, bool, Option<String>) -> Answer,
    Answer: Future<Output = Result<Page, Error>>,
{
    teller.now.stage = Stage::Looking;
    for place in expected.places() {
        let mut next = None;
        loop {
            let page = match ask(place.folder.clone(), place.is_recursive, next.take()).await {
                Ok(page) => page,
                Err(error) => {
                    teller.now.looked = match error {
                        Error::Denied => Looked::Denied,
                        other => Looked::BrokeOff(Arc::new(other)),
                    };
                    return;
                }
            };
            teller.now.objects_seen += expected.meet(&page, |key| teller.now.conflicts.add(key));
            teller.tell_at_times();
            let is_behind = place.is_behind(&page);
            next = page.next;
            if next.is_none() || is_behind {
                break;
            }
        }
    }
    teller.now.looked = Looked::Wholly;
}

impl Preview {
    fn new() -> Self {
        Self {
            stage: Stage::Walking,
            files: 0,
            bytes: 0,
            folders: 0,
            empty_folders: 0,
            skipped: Sample::new(),
            skipped_by_reason: Vec::new(),
            twins: Sample::new(),
            conflicts: Sample::new(),
            looked: Looked::Not,
            objects_seen: 0,
        }
    }

    fn add(&mut self, file: PlannedFile) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(file.stamp.size_bytes);
        if let Some(twin) = file.twin {
            self.twins.add((file.name, twin));
        }
    }

    fn count(&mut self, folders: &Folders) {
        self.folders = folders.walked.load(Ordering::Relaxed);
        self.empty_folders = folders.empty.load(Ordering::Relaxed);
    }

    fn skip(&mut self, path: Skipped) {
        let mut reasons = self.skipped_by_reason.iter_mut();
        match reasons.find(|(reason, _)| *reason == path.reason) {
            Some((_, count)) => *count += 1,
            None => self.skipped_by_reason.push((path.reason, 1)),
        }
        self.skipped.add(path);
    }
}

/// Tells what is known, at most ten times a second.
struct Teller<'a> {
    now: Preview,
    told_at: Instant,
    tell: &'a watch::Sender<Preview>,
}

impl<'a> Teller<'a> {
    fn new(tell: &'a watch::Sender<Preview>) -> Self {
        Self {
            now: Preview::new(),
            told_at: Instant::now(),
            tell,
        }
    }

    fn tell_at_times(&mut self) {
        if self.told_at.elapsed() >= TICK {
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.tell.send_replace(self.now.clone());
        self.told_at = Instant::now();
    }
}

/// What was measured of earlier uploads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Bytes, while large files went.
    pub bytes_per_second: Option<u64>,
    /// Files, while small ones went: those wait for requests, not for bytes.
    pub files_per_second: Option<u64>,
}

/// Does a drop fit in the session?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// At the measured rates.
    Yes,
    /// It goes on after another sign-in.
    No {
        /// How long it takes at the measured rates.
        needs: Duration,
    },
    /// Nothing was measured.
    Unknown,
}

/// Compares what a drop needs with the time left. The slower of the two rates decides; one that was not measured, or is
/// 0, is left out.
pub fn fits(bytes: u64, files: u64, rates: Rates, time_left: Duration) -> Fit {
    if bytes == 0 && files == 0 {
        return Fit::Yes;
    }
    let needs = |amount: u64, rate: Option<u64>| {
        let rate = rate.filter(|rate| *rate > 0)?;
        Some(Duration::from_secs(amount.div_ceil(rate)))
    };
    let slower = needs(bytes, rates.bytes_per_second).max(needs(files, rates.files_per_second));
    match slower {
        None => Fit::Unknown,
        Some(needs) if needs <= time_left => Fit::Yes,
        Some(needs) => Fit::No { needs },
    }
}
