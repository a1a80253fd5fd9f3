//! Another access key in the place of a destination's: IAM makes it, STS proves it, and only then it is used.
//!
//! | step | does | the process dies after it |
//! |---|---|---|
//! | make | IAM makes a key; it goes into a keychain entry of its own | the next try takes it up |
//! | prove | STS knows it | the same |
//! | take | into the entries of all destinations that have the old one | either key is known at the next sign-in |
//! | retire | IAM makes the old one inactive; it is kept in an entry of its own | the old one is told, and can be deleted |
//! | delete | after a further word: IAM deletes the old one | nothing is left |
//!
//! A key that IAM made and whose secret was lost on the way is one that was never used: the next try shows it, and
//! deletes it after a yes.

mod steps;

use std::pin::pin;
use std::sync::Arc;

use jiff::Timestamp;
use session::{AccessKey, Error, LastUse};
use tokio::sync::MutexGuard;

use super::{App, Inner, session_failure};
use crate::destination::{Destination, DestinationId};
use crate::known_key::KnownKey;
use crate::{Code, Failure};
use steps::Rotation;

/// What IAM tells about a destination's key before it is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationOutlook {
    /// The key's last four characters.
    pub ends: String,
    /// When IAM made it.
    pub made_at: Option<Timestamp>,
    /// When it was used last.
    pub last_use: LastUse,
    /// The user's other key: IAM allows two, so it is in the way of a third.
    pub other: Option<OtherKey>,
    /// Destinations here that have the same key, and get the new one, too.
    pub shared_with: Vec<String>,
}

/// The user's other key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherKey {
    /// Its last four characters.
    pub ends: String,
    /// STS takes it.
    pub is_active: bool,
    /// When IAM made it.
    pub made_at: Option<Timestamp>,
    /// When it was used last.
    pub last_use: LastUse,
    /// What it is to this destination.
    pub role: OtherKeyRole,
}

/// What the user's other key is to a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherKeyRole {
    /// The new key of a replacement that was interrupted: it is taken up.
    Begun,
    /// It was replaced here, and is active still: it is made inactive.
    Replaced,
    /// It may go: it is inactive, or was never used.
    Spare,
    /// Somebody may need it; only its owner can tell.
    InUse,
}

/// A key that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The new key's last four characters.
    pub ends: String,
    /// The old key's; none when it is gone already.
    pub old_ends: Option<String>,
    /// Other destinations here that have the new key, too.
    pub shared_with: Vec<String>,
    /// Why the old key could not be made inactive; none when it is.
    pub still_active: Option<Failure>,
}

/// What became of a key that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldKey {
    /// IAM has deleted it; or there was none.
    Deleted,
    /// IAM does not list it among the keys of the current key's user: it is gone, or another user's. It is forgotten here.
    NotListed,
}

/// The new key's entry, as long as it is not the destination's.
pub(super) fn next_entry(id: &DestinationId) -> String {
    format!("{}.next", id.0)
}

/// The old key's entry, as long as IAM has it.
pub(super) fn old_entry(id: &DestinationId) -> String {
    format!("{}.old", id.0)
}

impl App {
    /// Asks IAM about a destination's key and the user's other one. Nothing is changed.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], the keychain's, [`Code::RotationDenied`], [`Code::IamRefused`], STS's that are about the
    /// key, the network's.
    pub async fn rotation_outlook(&self, id: &DestinationId) -> Result<RotationOutlook, Failure> {
        let rotation = Rotation::begin(self, id).await?;
        rotation.outlook().await
    }

    /// Puts a new key in the place of a destination's, in all destinations here that have it. The old one is made inactive.
    /// Goes on where an earlier try was interrupted. `deletes` names the user's other key, which the person lets go for it,
    /// by its last four characters; only a spare one.
    ///
    /// # Errors
    /// As [`App::rotation_outlook`]; [`Code::RotationTwoKeys`], [`Code::RotationUnproved`], [`Code::RotationStopped`],
    /// [`Code::SettingsFailed`]. The old key stays in use then.
    ///
    /// # Cancellation
    /// Safe at every point, as the death of the process is.
    pub async fn rotate_key(
        &self,
        id: &DestinationId,
        deletes: Option<&str>,
    ) -> Result<Rotated, Failure> {
        let _turn = self.inner.rotation.lock().await;
        let mut stopped = pin!(self.inner.rotation_stop.notified());
        // From here on a word counts, also one that comes while IAM is being asked.
        stopped.as_mut().enable();
        let rotation = Rotation::begin(self, id).await?;
        let listed = rotation.own_keys().await?;
        if let Some(old) = rotation.still_active(&listed).await? {
            return Ok(rotation
                .retire(rotation.current(), Some(old), stopped)
                .await);
        }
        let next = rotation.next_key(listed, deletes).await?;
        tokio::select! {
            proved = rotation.prove(&next) => proved?,
            () = stopped.as_mut() => {
                return Err(rotation.unchanged(Code::RotationStopped));
            }
        }
        let old = rotation.keep_old(&next).await?;
        rotation.take(&next, old.as_ref()).await?;
        Ok(rotation.retire(&next, old, stopped).await)
    }

    /// Stops waiting for AWS to know a new key. It is kept, and taken up by the next [`App::rotate_key`].
    pub fn stop_rotation(&self) {
        self.inner.rotation_stop.notify_waiters();
    }

    /// Who changes keychain entries otherwise waits for a rotation, which does not wait for AWS any more then.
    pub(super) async fn end_rotation(&self) -> MutexGuard<'_, ()> {
        self.stop_rotation();
        self.inner.rotation.lock().await
    }

    /// Deletes the key that was replaced, at IAM and here. Without one there is nothing to do.
    ///
    /// # Errors
    /// As [`App::rotation_outlook`].
    pub async fn delete_old_key(&self, id: &DestinationId) -> Result<OldKey, Failure> {
        let _turn = self.inner.rotation.lock().await;
        let rotation = Rotation::begin(self, id).await?;
        rotation.delete_old().await
    }
}

impl Inner {
    /// Keys that a replacement has left: a new one that is not in use yet, and the old one. Their last four characters.
    pub(super) async fn keys_of_rotation(
        &self,
        destination: &Destination,
    ) -> Result<(Option<String>, Option<String>), Failure> {
        let id = &destination.id;
        let ends = |key: AccessKey| key.ends().as_str().to_owned();
        let next = self.read_entry(next_entry(id), destination).await?;
        let old = self.read_entry(old_entry(id), destination).await?;
        let old = old.filter(|old| !destination.key.may_be(old));
        Ok((next.map(ends), old.map(ends)))
    }

    /// None for an entry that is not there, or is no key.
    async fn read_entry(
        &self,
        entry: String,
        destination: &Destination,
    ) -> Result<Option<AccessKey>, Failure> {
        let keychain = Arc::clone(&self.around.keychain);
        match session::read(keychain, entry).await {
            Ok(key) => Ok(Some(key)),
            Err(Error::AccessKeyMissing | Error::AccessKeyChanged) => Ok(None),
            Err(error) => Err(session_failure(&error, destination)),
        }
    }

    /// Writes down which key is about to come into these destinations' entries.
    ///
    /// # Errors
    /// One of them has gone meanwhile.
    pub(super) fn announce_key(
        &self,
        ids: &[DestinationId],
        key: &KnownKey,
    ) -> Result<(), Failure> {
        self.change_settings(|content| {
            for id in ids {
                let mut all = content.all.iter_mut();
                let saved = all.find(|saved| saved.id == *id);
                let gone = || Failure::new(Code::DestinationUnknown, id.as_str());
                saved.ok_or_else(gone)?.next_key = Some(key.clone());
            }
            Ok(())
        })
    }

    /// The announced key is in these entries now. What could not be written is found out at the next sign-in.
    pub(super) fn take_next_key(&self, ids: &[DestinationId]) {
        for id in ids {
            self.remember(id, |saved| {
                if let Some(next) = saved.next_key.take() {
                    saved.key = next;
                }
            });
        }
    }
}
