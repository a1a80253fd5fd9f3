//! What a richer role allows: a temporary link, downloading, deleting. Each is offered only where it was found, and
//! finding it changes nothing: reading is asked for by an object's headers, and deleting is never tried to find out.

use std::time::Duration;

use bucket::Folder;
use jiff::{SignedDuration, Timestamp};

use super::{App, Inner};
use crate::destination::DestinationId;
use crate::{Code, Failure};

/// The longest that a link signed with SigV4 may last ("Sharing objects with presigned URLs").
const LONGEST_LINK: Duration = Duration::from_hours(7 * 24);

/// What is offered besides uploads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// A temporary link, and downloading.
    pub reads: bool,
    /// Deleting.
    pub deletes: bool,
}

/// An address under which whoever has it gets one object.
#[derive(Clone, Debug)]
pub struct Link {
    /// It holds a signature, and stands in no log.
    pub url: String,
    /// Not later than the session's end.
    pub ends_at: Timestamp,
}

/// What became of objects that were to be deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// They are no longer listed.
    pub keys: Vec<String>,
    /// The bucket keeps versions: it has hidden them and not removed them.
    pub are_hidden: bool,
    /// Why not all of them.
    pub failure: Option<Failure>,
}

/// What was found in a session; another session may have other rights.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    session: u64,
    pub(super) reads: Option<bool>,
    refuses_deleting: bool,
}

impl App {
    /// What this object's role allows, as far as it was found; asks for the object's headers once a session, where the
    /// session is not narrowed to uploads.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::SignedOut`], [`Code::SessionEnded`].
    pub async fn extras(&self, id: &DestinationId, key: &str) -> Result<Extras, Failure> {
        let destination = self.inner.destination(id)?;
        let running = self.inner.running(&destination)?;
        if !destination.asks.is_whole_role && !destination.refuses_policy {
            return Ok(Extras::default());
        }
        let found = self.inner.found(id, running.number);
        let reads = match found.reads {
            Some(reads) => reads,
            // A no is asked for again with the next object: a role may read some of them.
            None => running.listing.may_read(key).await.unwrap_or(false),
        };
        if reads {
            self.inner
                .find(id, running.number, |found| found.reads = Some(true));
        }
        Ok(Extras {
            reads,
            deletes: destination.asks.may_delete && !found.refuses_deleting,
        })
    }

    /// A link to an object, for as long as the session lasts.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::SignedOut`], [`Code::SessionEnded`].
    pub async fn temporary_link(&self, id: &DestinationId, key: &str) -> Result<Link, Failure> {
        let destination = self.inner.destination(id)?;
        let running = self.inner.running(&destination)?;
        let left = running.session.time_left(&*self.inner.around.clock);
        let lasts = Duration::from_secs(left.min(LONGEST_LINK).as_secs());
        let link = running.listing.link(key, lasts).await;
        let url = link.map_err(|error| {
            self.inner
                .request_failed(&error, key, false, &destination, &running)
        })?;
        let lasts = SignedDuration::try_from(lasts).unwrap_or_default();
        Ok(Link {
            url,
            ends_at: self.inner.around.clock.wall() + lasts,
        })
    }

    /// Deletes objects, one after the other, until one is refused.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::SignedOut`], [`Code::SessionEnded`]; [`Code::DeleteDenied`] also where
    /// deleting is not offered. What was deleted before a refusal is told with it.
    pub async fn delete(&self, id: &DestinationId, keys: Vec<String>) -> Result<Deleted, Failure> {
        let destination = self.inner.destination(id)?;
        if !destination.asks.may_delete {
            return Err(Failure::new(
                Code::DeleteDenied,
                destination.target.bucket.as_str(),
            ));
        }
        let running = self.inner.running(&destination)?;
        let mut deleted = Deleted::default();
        for key in keys {
            match running.listing.delete(&key).await {
                Ok(is_hidden) => {
                    deleted.are_hidden |= is_hidden;
                    deleted.keys.push(key);
                }
                Err(bucket::Error::Denied) => {
                    self.inner
                        .find(id, running.number, |found| found.refuses_deleting = true);
                    deleted.failure = Some(Failure::new(Code::DeleteDenied, key));
                    break;
                }
                Err(error) => {
                    deleted.failure = Some(self.inner.request_failed(
                        &error,
                        &key,
                        false,
                        &destination,
                        &running,
                    ));
                    break;
                }
            }
        }
        self.inner.show_removed(id, deleted.keys.clone());
        Ok(deleted)
    }

    /// Makes an empty folder: an object of no bytes whose key ends in `/`, as S3's console makes it.
    ///
    /// # Errors
    /// [`Code::BadPrefix`], [`Code::AlreadyInBucket`], and as uploads fail.
    pub async fn make_folder(
        &self,
        id: &DestinationId,
        inside: &Folder,
        name: &str,
    ) -> Result<Folder, Failure> {
        let destination = self.inner.destination(id)?;
        let running = self.inner.running(&destination)?;
        let name = name.trim().trim_end_matches('/');
        let unusable = || Failure::new(Code::BadPrefix, name);
        let folder = Folder::new(name).map_err(|_| unusable())?;
        if name.is_empty() || name.contains('/') {
            return Err(unusable());
        }
        let folder = Folder::as_listed(&format!("{inside}{folder}")).ok_or_else(unusable)?;
        match running.listing.make_folder(&folder).await {
            Ok(()) => {
                let entry = bucket::Entry::Folder {
                    key: folder.as_str().to_owned(),
                };
                self.inner.show_arrived(id, vec![entry]);
                Ok(folder)
            }
            Err(bucket::Error::Taken) => Err(Failure::new(Code::AlreadyInBucket, name)),
            Err(error) => Err(self.inner.request_failed(
                &error,
                folder.as_str(),
                false,
                &destination,
                &running,
            )),
        }
    }
}

impl Inner {
    fn found(&self, id: &DestinationId, session: u64) -> Found {
        let known = self.state().extras.get(id).copied();
        let fresh = Found {
            session,
            ..Found::default()
        };
        known
            .filter(|known| known.session == session)
            .unwrap_or(fresh)
    }

    pub(super) fn find(&self, id: &DestinationId, session: u64, what: impl FnOnce(&mut Found)) {
        let mut found = self.found(id, session);
        what(&mut found);
        self.state().extras.insert(id.clone(), found);
    }
}
