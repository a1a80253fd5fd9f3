//! The listing, and the region of a bucket that turns out to be another one than was written down.

use bucket::{Folder, Listing, Page};
use session::Region;

use super::{App, Inner};
use crate::Failure;
use crate::destination::{Destination, DestinationId};
use crate::failure::{Subject, of_bucket};
use crate::sessions::{EndCause, Running, SessionState};

impl App {
    /// One page of a folder.
    ///
    /// # Errors
    /// [`Code::ListingDenied`] (no failure of uploads), [`Code::SignedOut`], [`Code::SessionEnded`],
    /// [`Code::Offline`] and the other codes of a request.
    ///
    /// [`Code::ListingDenied`]: crate::Code::ListingDenied
    /// [`Code::SignedOut`]: crate::Code::SignedOut
    /// [`Code::SessionEnded`]: crate::Code::SessionEnded
    /// [`Code::Offline`]: crate::Code::Offline
    pub async fn list(
        &self,
        id: &DestinationId,
        folder: &Folder,
        is_recursive: bool,
        next: Option<String>,
    ) -> Result<Page, Failure> {
        let destination = self.inner.destination(id)?;
        let running = self.inner.running(&destination)?;
        let page = running.listing.page(folder, is_recursive, next.clone());
        let error = match page.await {
            Ok(page) => return Ok(page),
            Err(error) => error,
        };
        if let bucket::Error::WrongRegion { region: Some(told) } = &error
            && self.inner.correct_region(id, told)
        {
            // Once: a second correction means that the server contradicts itself.
            let destination = self.inner.destination(id)?;
            let running = self.inner.running(&destination)?;
            let page = running.listing.page(folder, is_recursive, next).await;
            return page.map_err(|error| {
                self.inner
                    .not_listed(&error, &destination, &running, folder)
            });
        }
        Err(self
            .inner
            .not_listed(&error, &destination, &running, folder))
    }
}

impl Inner {
    fn not_listed(
        &self,
        error: &bucket::Error,
        destination: &Destination,
        running: &Running,
        folder: &Folder,
    ) -> Failure {
        let thing = folder.as_str();
        self.request_failed(error, thing, true, destination, running)
    }

    /// A request besides uploads that did not do what it should; a session that the server ended is ended here, too.
    pub(super) fn request_failed(
        &self,
        error: &bucket::Error,
        thing: &str,
        is_listing: bool,
        destination: &Destination,
        running: &Running,
    ) -> Failure {
        if let bucket::Error::SessionEnded { by_server: true } = error {
            self.end_that_session(&destination.id, running.number, EndCause::Server);
        }
        let logged = error as &dyn std::error::Error;
        tracing::warn!(error = logged, is_listing, "a request failed");
        of_bucket(
            error,
            Subject {
                thing,
                bucket: destination.target.bucket.as_str(),
                server: &destination.s3_host(),
                is_listing,
            },
        )
    }

    /// Writes down the region that the server told; the session goes on, and its listing asks there. False when there
    /// is nothing new in it.
    pub(crate) fn correct_region(&self, id: &DestinationId, told: &str) -> bool {
        // A server may say anything; what is no region would make the settings unreadable.
        let Ok(region) = Region::new(told) else {
            return false;
        };
        let known = self.destination(id);
        if !known.is_ok_and(|known| known.target.region != region.as_str()) {
            return false;
        }
        let changed = self.change_settings(|content| {
            let mut all = content.all.iter_mut();
            if let Some(saved) = all.find(|saved| saved.id == *id) {
                saved.target.region = region.to_string();
            }
            Ok(())
        });
        // What could not be written is found again at the next start.
        if changed.is_err() {
            return false;
        }
        tracing::info!(%region, "the bucket is in another region than was written down");
        self.list_anew(id);
        true
    }

    /// The running session's listing, at the destination's target as it is now.
    fn list_anew(&self, id: &DestinationId) {
        let mut state = self.state();
        let Some(target) = state.content.find(id).map(|known| known.target.clone()) else {
            return;
        };
        let session = state.sessions.get_mut(id);
        let Some(running) = session.and_then(SessionState::running_mut) else {
            return;
        };
        running.listing = Listing::new(&target, running.access.clone());
    }
}
