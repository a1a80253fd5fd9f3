//! A drop is looked at before anything of it is sent, and waits for the person's word.

use std::collections::HashMap;
use std::sync::Arc;

use bucket::{DropId, Fit, Folder, Looked, OnConflict, Stage, fits};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::{App, DropRequest, Inner};
use crate::destination::{Destination, DestinationId};
use crate::event::{Event, SkippedPath};
use crate::failure::of_unusable;
use crate::{Code, Failure};

/// What is known of a drop that waits for the person's word.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Names it in [`App::send_previewed`] and [`App::drop_previewed`].
    pub token: u64,
    /// Where it would go.
    pub destination: DestinationId,
    /// The folder in the bucket.
    pub folder: Folder,
    /// Nothing more comes.
    pub is_done: bool,
    /// Files that would be uploaded.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Folders that were walked.
    pub folders: u64,
    /// Empty folders among them; they are uploaded only where the destination marks them.
    pub empty_folders: u64,
    /// Paths that would not be uploaded; the first 1,000.
    pub skipped: Vec<SkippedPath>,
    /// How many in all.
    pub skipped_count: u64,
    /// Names that meet another name of the drop; the first 1,000.
    pub twins: Vec<String>,
    /// Names below the folder that the bucket holds already; the first 1,000.
    pub conflicts: Vec<String>,
    /// How many in all.
    pub conflict_count: u64,
    /// What `conflicts` is worth.
    pub looked: Looked,
    /// Is it over before the session is, at the speed that was measured last?
    pub fit: Fit,
}

/// Drops that wait for the person's word.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    last_token: u64,
    waiting: HashMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    request: DropRequest,
    /// The walk, which may still run.
    looking: AbortHandle,
}

impl App {
    /// Looks at a drop instead of adding it; [`Event::Preview`] tells what is found, under the token that this gives.
    /// The bucket is looked at where somebody is signed in. A drop of fewer files than the settings look at is added at
    /// once when that is known, and nothing is told of it.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::NotAPath`].
    pub fn look_at(&self, request: DropRequest) -> Result<u64, Failure> {
        let destination = self.inner.destination(&request.destination)?;
        super::files::check_paths(&request.paths)?;
        let folder = request.folder.clone();
        let folder = folder.unwrap_or_else(|| destination.prefix.clone());
        let rules = request.rules.clone();
        let rules = rules.unwrap_or_else(|| destination.uploads.rules.clone());
        let listing = self.inner.running(&destination).ok();
        let listing = listing.map(|running| running.listing);
        let found = bucket::preview(listing, request.paths.clone(), folder.clone(), rules);
        let least = u64::from(self.preferences().looks_first_from);
        let mut state = self.inner.state();
        state.previews.last_token += 1;
        let token = state.previews.last_token;
        let looking = tokio::spawn(tell_what_is_found(
            Arc::downgrade(&self.inner),
            (token, least),
            destination,
            folder,
            found,
        ));
        let looking = looking.abort_handle();
        state
            .previews
            .waiting
            .insert(token, Waiting { request, looking });
        Ok(token)
    }

    /// Adds the files of a drop that was looked at.
    ///
    /// # Errors
    /// As [`App::add_files`]; [`Code::NotAPath`] also when it has been sent or given up already.
    pub fn send_previewed(&self, token: u64, on_conflict: OnConflict) -> Result<DropId, Failure> {
        let request = self.take_previewed(token);
        let request = request.ok_or_else(|| Failure::new(Code::NotAPath, ""))?;
        self.add_files(DropRequest {
            on_conflict,
            ..request
        })
    }

    /// Gives up a drop that was looked at.
    pub fn drop_previewed(&self, token: u64) {
        self.take_previewed(token);
    }

    /// Nobody is asked about a drop of so few files.
    fn send_small(&self, token: u64) {
        // Its destination may have been removed while it was walked.
        if let Err(failure) = self.send_previewed(token, OnConflict::Ask) {
            self.inner.watchers.tell(&Event::Failed {
                destination: None,
                failure,
            });
        }
    }

    fn take_previewed(&self, token: u64) -> Option<DropRequest> {
        let waiting = self.inner.state().previews.waiting.remove(&token)?;
        waiting.looking.abort();
        Some(waiting.request)
    }
}

/// Ends with the walk and the listing, or with the app; dropped, it ends them.
async fn tell_what_is_found(
    app: std::sync::Weak<Inner>,
    (token, least): (u64, u64),
    destination: Destination,
    folder: Folder,
    mut found: watch::Receiver<bucket::Preview>,
) {
    loop {
        let so_far = found.borrow_and_update().clone();
        let is_done = so_far.stage == Stage::Done;
        let Some(inner) = app.upgrade() else { return };
        if so_far.files < least {
            if so_far.stage != Stage::Walking {
                return App { inner }.send_small(token);
            }
            drop(inner);
            if found.changed().await.is_err() {
                return;
            }
            continue;
        }
        let preview = inner.preview(token, &destination, &folder, so_far);
        inner.watchers.tell(&Event::Preview(Box::new(preview)));
        drop(inner);
        // The sender is gone after the last word.
        if is_done || found.changed().await.is_err() {
            return;
        }
    }
}

impl Inner {
    fn preview(
        &self,
        token: u64,
        destination: &Destination,
        folder: &Folder,
        found: bucket::Preview,
    ) -> Preview {
        let below = |key: &String| {
            let name = key.strip_prefix(folder.as_str());
            name.unwrap_or(key).to_owned()
        };
        let skipped = found.skipped.first.into_iter();
        let twins = found.twins.first.into_iter();
        Preview {
            token,
            destination: destination.id.clone(),
            folder: folder.clone(),
            is_done: found.stage == Stage::Done,
            files: found.files,
            bytes: found.bytes,
            folders: found.folders,
            empty_folders: found.empty_folders,
            skipped: skipped
                .map(|path| SkippedPath {
                    failure: of_unusable(path.reason, &path.name),
                    name: path.name,
                })
                .collect(),
            skipped_count: found.skipped.count,
            twins: twins.map(|(name, _)| name).collect(),
            conflicts: found.conflicts.first.iter().map(below).collect(),
            conflict_count: found.conflicts.count,
            looked: found.looked,
            fit: self.fit(destination, found.bytes, found.files),
        }
    }

    fn fit(&self, destination: &Destination, bytes: u64, files: u64) -> Fit {
        let Ok(running) = self.running(destination) else {
            return Fit::Unknown;
        };
        let pace = self.state().paces.get(&destination.id).copied();
        let rates = pace.unwrap_or_default().rates();
        let left = running.session.time_left(&*self.around.clock);
        fits(bytes, files, rates, left)
    }
}
