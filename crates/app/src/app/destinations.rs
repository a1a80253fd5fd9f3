//! Destinations: they come with a key, change, and go with it.

use std::path::Path;
use std::sync::Arc;

use bucket::Command;
use session::AccessKey;

use super::{App, session_failure};
use crate::destination::{Destination, DestinationForm, DestinationId, KeySource};
use crate::key_files::KeyFile;
use crate::known_key::KnownKey;
use crate::{Code, Failure};

impl App {
    /// All destinations.
    pub fn destinations(&self) -> Vec<Destination> {
        self.inner.state().content.all.clone()
    }

    /// The destination of this name, or the only one.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub fn destination_named(&self, name: Option<&str>) -> Result<Destination, Failure> {
        let state = self.inner.state();
        let all = &state.content.all;
        let found = match name {
            Some(name) => all.iter().find(|destination| destination.name == name),
            None if all.len() == 1 => all.first(),
            None => None,
        };
        let left_out = &state.content.left_out;
        let is_left_out = name.is_some_and(|name| left_out.iter().any(|left| left.name == name));
        let code = if is_left_out {
            Code::DestinationUnreadable
        } else {
            Code::DestinationUnknown
        };
        found
            .cloned()
            .ok_or_else(|| Failure::new(code, name.unwrap_or_default()))
    }

    /// The host that a destination's uploads go to; empty for a destination that has gone.
    pub fn server_of(&self, id: &DestinationId) -> String {
        let destination = self.inner.destination(id);
        destination.map_or_else(|_| String::new(), |known| known.s3_host())
    }

    /// Reads the CSV file of the IAM console; its key waits for [`App::connect`].
    ///
    /// # Errors
    /// [`Code::BadKeyFile`], [`Code::FileUnreadable`].
    pub fn read_key_file(&self, path: &Path) -> Result<KeyFile, Failure> {
        self.inner
            .key_files
            .read(path)
            .map_err(|error| match error {
                session::Error::KeyFileUnreadable { file, .. } => {
                    Failure::new(Code::FileUnreadable, file)
                }
                session::Error::NotAKeyFile { file } => Failure::new(Code::BadKeyFile, file),
                _ => Failure::new(Code::BadAccessKey, ""),
            })
    }

    /// Checks the form, puts the key into the keychain, saves the destination and shows it. Nothing is saved when the
    /// keychain says no. With `replaces` an existing destination is changed: its rows stay, its session
    /// ends; so what its objects get counts from the next sign-in on, for rows that wait, too.
    ///
    /// # Errors
    /// One code for each wrong field, [`Code::NameTaken`], [`Code::KeyForAnotherServer`] when a kept key would be sent to
    /// another STS, the keychain's, [`Code::SettingsFailed`].
    pub async fn connect(
        &self,
        form: &DestinationForm,
        key: &KeySource,
        replaces: Option<&DestinationId>,
    ) -> Result<Destination, Failure> {
        let fresh = |id| self.inner.fresh_destination(id);
        let old = replaces.map(fresh).transpose()?;
        let id = old
            .as_ref()
            .map_or_else(DestinationId::new, |old| old.id.clone());
        let mut destination = form.check(id, KnownKey::default())?;
        self.inner.state().content.check_name(&destination)?;
        destination.is_sandbox = old.as_ref().is_some_and(|old| old.is_sandbox);
        let key_of_form = self.key_of(key)?;
        let goes_elsewhere = |old: &Destination| !old.asks_the_same_sts(&destination);
        if key_of_form.is_none() && old.as_ref().is_some_and(goes_elsewhere) {
            return Err(Failure::new(
                Code::KeyForAnotherServer,
                destination.sts_host(),
            ));
        }
        // What the role was found to allow holds for that role and length.
        destination.longest_session = old
            .as_ref()
            .filter(|old| {
                old.role_arn == destination.role_arn
                    && old.session_length == destination.session_length
            })
            .and_then(|old| old.longest_session);
        // So is the server's word about a session policy, for that policy.
        destination.refuses_policy = old
            .as_ref()
            .is_some_and(|old| old.refuses_policy && old.is_narrowed_like(&destination));
        match (&key_of_form, &old) {
            (Some(new), _) => {
                let now = self.inner.around.clock.wall();
                destination.key = KnownKey::kept(new, now, form.is_key_new);
            }
            (None, Some(old)) => {
                destination.key = old.key.clone();
                destination.next_key.clone_from(&old.next_key);
            }
            (None, None) => return Err(Failure::new(Code::BadAccessKey, "")),
        }
        let saved = self.save(destination, key_of_form.as_ref()).await?;
        if let KeySource::File { ticket } = key {
            self.inner.key_files.forget(*ticket);
        }
        self.end_session(&saved.id);
        Ok(saved)
    }

    fn key_of(&self, source: &KeySource) -> Result<Option<AccessKey>, Failure> {
        match source {
            KeySource::Typed { id, secret } => AccessKey::new(id, secret)
                .map(Some)
                .map_err(|_| Failure::new(Code::BadAccessKey, "")),
            KeySource::File { ticket } => {
                let key = self.inner.key_files.get(*ticket);
                key.map(Some)
                    .ok_or_else(|| Failure::new(Code::KeyFileForgotten, ""))
            }
            KeySource::Kept => Ok(None),
        }
    }

    /// Keychain first, settings second: a destination never stands there without its key. A key that takes another one's
    /// place is announced before, so that it is known whenever the process dies.
    pub(crate) async fn save(
        &self,
        destination: Destination,
        key: Option<&AccessKey>,
    ) -> Result<Destination, Failure> {
        let _turn = self.end_rotation().await;
        let keychain = || Arc::clone(&self.inner.around.keychain);
        let entry = destination.id.0.clone();
        let is_new = self.inner.destination(&destination.id).is_err();
        let mut old_key = None;
        if let Some(key) = key {
            if !is_new {
                old_key = session::read(keychain(), entry.clone()).await.ok();
                self.inner
                    .announce_key(std::slice::from_ref(&destination.id), &destination.key)?;
            }
            session::keep(keychain(), entry.clone(), key)
                .await
                .map_err(|error| session_failure(&error, &destination))?;
        }
        let mut saved = destination;
        let is_kept = key.is_none();
        let changed = self.inner.change_settings(|destinations| {
            // The key that is there now: another process may have rotated it.
            if let Some(now) = destinations.find(&saved.id).filter(|_| is_kept) {
                saved.key = now.key.clone();
                saved.next_key.clone_from(&now.next_key);
            }
            destinations.put(saved.clone())
        });
        match changed {
            Ok(()) => Ok(saved),
            Err(failure) => {
                // The destination stays as it was, and so does its key.
                if is_new {
                    let _ = session::forget(keychain(), entry).await;
                } else if let Some(old_key) = old_key {
                    let _ = session::keep(keychain(), entry, &old_key).await;
                }
                Err(failure)
            }
        }
    }

    /// Shows another destination. Sessions and uploads of the others go on.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::SettingsFailed`].
    pub fn select_destination(&self, id: &DestinationId) -> Result<(), Failure> {
        self.inner.destination(id)?;
        self.inner.change_settings(|destinations| {
            destinations.selected = Some(id.clone());
            Ok(())
        })
    }

    /// Forgets a destination: its session, its rows, its entry in the keychain. Objects in the bucket stay.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], the keychain's, [`Code::SettingsFailed`].
    pub async fn remove_destination(&self, id: &DestinationId) -> Result<(), Failure> {
        let destination = self.inner.destination(id)?;
        let _turn = self.end_rotation().await;
        self.inner.forget_entries(&destination).await?;
        self.inner.change_settings(|destinations| {
            destinations.all.retain(|other| other.id != *id);
            if destinations.selected.as_ref() == Some(id) {
                destinations.selected = destinations.all.first().map(|first| first.id.clone());
            }
            Ok(())
        })?;
        // One that is on its way finds no destination any more.
        self.cancel_sign_in(id);
        self.inner.queue.tell(Command::Forget(id.as_str().into()));
        self.inner.state().sessions.remove(id);
        Ok(())
    }
}
