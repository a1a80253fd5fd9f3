//! The steps of replacing a key. Each can be done again.

use std::pin::Pin;
use std::sync::Arc;

use session::{AccessKey, Clock, Error, KeyId, LastUse, OwnKey, OwnKeys, SignIn};
use tokio::sync::futures::Notified;

use super::{OldKey, OtherKey, OtherKeyRole, Rotated, RotationOutlook, next_entry, old_entry};
use crate::app::new_key::Patience;
use crate::app::signing_in::request_for;
use crate::app::{App, Rights, session_failure};
use crate::destination::{Destination, DestinationId};
use crate::failure::of_iam;
use crate::known_key::KnownKey;
use crate::{Code, Failure};

/// A destination's key, and how STS and IAM are asked with it.
pub(super) struct Rotation<'a> {
    app: &'a App,
    destination: Destination,
    /// What is in the destination's entry.
    current: AccessKey,
    request: SignIn,
}

impl<'a> Rotation<'a> {
    pub(super) async fn begin(app: &'a App, id: &DestinationId) -> Result<Self, Failure> {
        let inner = &app.inner;
        let mut destination = inner.fresh_destination(id)?;
        if destination.is_sandbox {
            destination = app.open_own_sandbox(destination).await?;
        }
        inner.renew_network().await?;
        let keychain = Arc::clone(&inner.around.keychain);
        let failure = |error: Error| session_failure(&error, &destination);
        let current = session::read(keychain, id.0.clone()).await;
        let current = current.map_err(failure)?;
        inner.recognize(&destination, &current).map_err(failure)?;
        let mut request = request_for(&destination, None, Rights::Destination).map_err(failure)?;
        request.network = inner.network();
        Ok(Self {
            app,
            destination,
            current,
            request,
        })
    }

    pub(super) async fn outlook(&self) -> Result<RotationOutlook, Failure> {
        let current = self.current.key_id();
        let listed = self.own_keys().await?;
        let (mine, others): (Vec<_>, Vec<_>) =
            listed.into_iter().partition(|key| key.id == current);
        let mine = mine.into_iter().next();
        let mut other = None;
        if let Some(key) = others.into_iter().next() {
            other = Some(self.other(key).await?);
        }
        let last_use = match &mine {
            Some(key) => self.last_use(key).await?,
            None => LastUse::Untold,
        };
        let made_at = mine.as_ref().and_then(|key| key.made_at);
        let id = &self.destination.id;
        self.app
            .inner
            .remember(id, |saved| saved.key.made_at = made_at);
        let (_, shared_with) = self.sharing(&[current]).await?;
        Ok(RotationOutlook {
            ends: self.current.ends().as_str().to_owned(),
            made_at,
            last_use,
            other,
            shared_with,
        })
    }

    /// The key that was made before, or a new one, safe in its own entry. `deletes` is a spare key that goes for it.
    pub(super) async fn next_key(
        &self,
        listed: Vec<OwnKey>,
        deletes: Option<&str>,
    ) -> Result<AccessKey, Failure> {
        let entry = next_entry(&self.destination.id);
        if let Some(begun) = self.read(entry.clone()).await? {
            let id = begun.key_id();
            if listed.iter().any(|key| key.id == id) || self.is_of_the_same_user(&begun).await {
                return Ok(begun);
            }
            self.give_up(&begun, entry.clone()).await?;
        }
        let current = self.current.key_id();
        if let Some(key) = listed.into_iter().find(|key| key.id != current) {
            let id = key.id.clone();
            let other = self.other(key).await?;
            if other.role != OtherKeyRole::Spare || deletes != Some(&*other.ends) {
                return Err(Failure::new(Code::RotationTwoKeys, ""));
            }
            self.delete(&id).await?;
        }
        let made = self.iam(&self.current).make().await;
        let made = match made {
            Ok(made) => made,
            Err(error) => return Err(self.iam_failure(error).await),
        };
        if let Err(failure) = self.keep(entry, &made).await {
            // Nobody knows its secret after this.
            let unkept = made.key_id();
            let _ = self.iam(&self.current).delete(&unkept).await;
            return Err(failure);
        }
        Ok(made)
    }

    /// IAM's list may lag behind a key that was just made.
    async fn is_of_the_same_user(&self, key: &AccessKey) -> bool {
        let theirs = session::caller(&self.request, key).await;
        theirs.is_some() && theirs == session::caller(&self.request, &self.current).await
    }

    /// A key that was made and never used: IAM has deleted it, or it is another user's, whose key was here before. It
    /// deletes itself then; where it may not, it stays at IAM, inactive in effect: nobody has its secret any more.
    async fn give_up(&self, begun: &AccessKey, entry: String) -> Result<(), Failure> {
        let id = begun.key_id();
        if let Err(error) = self.iam(begun).delete(&id).await {
            tracing::info!(
                error = &error as &dyn std::error::Error,
                "a begun key stays at IAM"
            );
        }
        self.forget(entry).await
    }

    /// STS knows the key; a new one is waited for.
    pub(super) async fn prove(&self, next: &AccessKey) -> Result<(), Failure> {
        let clock = self.clock();
        let patience = Patience::begins(clock);
        loop {
            match session::prove(&self.request, next, clock).await {
                Ok(()) => return Ok(()),
                Err(Error::AccessKeyUnknown) if patience.lasts() => patience.pause().await,
                Err(Error::AccessKeyUnknown) => {
                    return Err(self.unchanged(Code::RotationUnproved));
                }
                Err(error) => return Err(session_failure(&error, &self.destination)),
            }
        }
    }

    /// The old key in an entry of its own, since its own entry is about to change. None when it was done with before.
    pub(super) async fn keep_old(&self, next: &AccessKey) -> Result<Option<AccessKey>, Failure> {
        let entry = old_entry(&self.destination.id);
        if self.current.key_id() == next.key_id() {
            return self.read(entry).await;
        }
        self.keep(entry, &self.current).await?;
        Ok(Some(self.current.clone()))
    }

    /// Puts the new key into the entries of all destinations that have the old one.
    pub(super) async fn take(
        &self,
        next: &AccessKey,
        old: Option<&AccessKey>,
    ) -> Result<(), Failure> {
        let inner = &self.app.inner;
        let which: Vec<KeyId> = old
            .into_iter()
            .chain([next])
            .map(AccessKey::key_id)
            .collect();
        let (mut ids, _) = self.sharing(&which).await?;
        ids.push(self.destination.id.clone());
        let now = inner.around.clock.wall();
        let known = KnownKey {
            made_at: Some(now),
            ..KnownKey::kept(next, now, true)
        };
        inner.announce_key(&ids, &known)?;
        for id in &ids {
            self.keep(id.0.clone(), next).await?;
        }
        inner.take_next_key(&ids);
        self.forget(next_entry(&self.destination.id)).await
    }

    /// The key that was replaced here, when IAM has it active still: an earlier rotation did not come to its end.
    pub(super) async fn still_active(
        &self,
        listed: &[OwnKey],
    ) -> Result<Option<AccessKey>, Failure> {
        let id = &self.destination.id;
        let begun = self.read(next_entry(id)).await?;
        let old = self.read(old_entry(id)).await?;
        let current = self.current.key_id();
        let is_active = |old: &AccessKey| {
            let id = old.key_id();
            id != current && listed.iter().any(|key| key.id == id && key.is_active)
        };
        Ok(old.filter(|old| begun.is_none() && is_active(old)))
    }

    pub(super) fn current(&self) -> &AccessKey {
        &self.current
    }

    /// Makes the old key inactive, by the new one's word, and says how it all ended. The new key is in use whatever comes of
    /// that.
    pub(super) async fn retire(
        &self,
        next: &AccessKey,
        old: Option<AccessKey>,
        mut stopped: Pin<&mut Notified<'_>>,
    ) -> Rotated {
        let mut still_active = None;
        if let Some(old) = &old {
            let deactivated = self.deactivate(next, old, stopped.as_mut()).await;
            still_active = deactivated.err();
        }
        Rotated {
            ends: next.ends().as_str().to_owned(),
            old_ends: old.map(|old| old.ends().as_str().to_owned()),
            shared_with: self.names_sharing(next).await,
            still_active,
        }
    }

    /// IAM may know the new key later than STS does.
    async fn deactivate(
        &self,
        next: &AccessKey,
        old: &AccessKey,
        mut stopped: Pin<&mut Notified<'_>>,
    ) -> Result<(), Failure> {
        let clock = self.clock();
        let patience = Patience::begins(clock);
        let mut is_stopped = false;
        loop {
            let asked = self.iam(next).deactivate(&old.key_id()).await;
            match asked {
                Ok(()) => return Ok(()),
                Err(Error::AccessKeyUnknown) if patience.lasts() && !is_stopped => {
                    tokio::select! {
                        () = patience.pause() => {}
                        () = stopped.as_mut() => is_stopped = true,
                    }
                }
                Err(Error::KeyGone) => return self.forget(old_entry(&self.destination.id)).await,
                Err(error) => return Err(self.iam_failure(error).await),
            }
        }
    }

    /// Names of other destinations here that have this key; a keychain that does not answer any more tells none.
    async fn names_sharing(&self, key: &AccessKey) -> Vec<String> {
        let sharing = self.sharing(&[key.key_id()]).await;
        sharing.map(|(_, names)| names).unwrap_or_default()
    }

    pub(super) async fn delete_old(&self) -> Result<OldKey, Failure> {
        let entry = old_entry(&self.destination.id);
        let Some(old) = self.read(entry.clone()).await? else {
            return Ok(OldKey::Deleted);
        };
        let id = old.key_id();
        let is_listed = self.own_keys().await?.iter().any(|key| key.id == id);
        if !is_listed || id == self.current.key_id() {
            self.forget(entry).await?;
            return Ok(OldKey::NotListed);
        }
        self.delete(&id).await?;
        Ok(OldKey::Deleted)
    }

    /// At IAM, and here if it is the one that was replaced.
    async fn delete(&self, id: &KeyId) -> Result<(), Failure> {
        let deleted = self.iam(&self.current).delete(id).await;
        if let Err(error) = deleted {
            return Err(self.iam_failure(error).await);
        }
        let entry = old_entry(&self.destination.id);
        match self.read(entry.clone()).await? {
            Some(old) if old.key_id() == *id => self.forget(entry).await,
            _ => Ok(()),
        }
    }

    pub(super) async fn own_keys(&self) -> Result<Vec<OwnKey>, Failure> {
        match self.iam(&self.current).list().await {
            Ok(listed) => Ok(listed),
            Err(error) => Err(self.iam_failure(error).await),
        }
    }

    async fn other(&self, key: OwnKey) -> Result<OtherKey, Failure> {
        let last_use = self.last_use(&key).await?;
        let id = &self.destination.id;
        let is_it = |kept: Option<AccessKey>| kept.is_some_and(|kept| kept.key_id() == key.id);
        let is_begun = is_it(self.read(next_entry(id)).await?);
        let is_replaced = is_it(self.read(old_entry(id)).await?);
        let role = if is_begun {
            OtherKeyRole::Begun
        } else if is_replaced && key.is_active {
            OtherKeyRole::Replaced
        } else if !key.is_active || last_use == LastUse::Never {
            OtherKeyRole::Spare
        } else {
            OtherKeyRole::InUse
        };
        Ok(OtherKey {
            ends: key.id.ends().as_str().to_owned(),
            is_active: key.is_active,
            made_at: key.made_at,
            last_use,
            role,
        })
    }

    /// Other destinations here whose entry holds one of these keys: their ids and names.
    async fn sharing(&self, keys: &[KeyId]) -> Result<(Vec<DestinationId>, Vec<String>), Failure> {
        let all = self.app.inner.state().content.all.clone();
        let (mut ids, mut names) = (Vec::new(), Vec::new());
        for other in all
            .into_iter()
            .filter(|other| other.id != self.destination.id)
        {
            let known = [Some(&other.key), other.next_key.as_ref()];
            let ends: Vec<&str> = known.into_iter().flatten().map(|key| &*key.ends).collect();
            // Only then is the keychain asked for a key that is not this destination's.
            if !keys.iter().any(|key| ends.contains(&key.ends().as_str())) {
                continue;
            }
            let held = self.read(other.id.0.clone()).await?;
            if held.is_some_and(|held| keys.contains(&held.key_id())) {
                ids.push(other.id);
                names.push(other.name);
            }
        }
        Ok((ids, names))
    }

    async fn read(&self, entry: String) -> Result<Option<AccessKey>, Failure> {
        self.app.inner.read_entry(entry, &self.destination).await
    }

    async fn keep(&self, entry: String, key: &AccessKey) -> Result<(), Failure> {
        let keychain = Arc::clone(&self.app.inner.around.keychain);
        let kept = session::keep(keychain, entry, key).await;
        kept.map_err(|error| session_failure(&error, &self.destination))
    }

    async fn forget(&self, entry: String) -> Result<(), Failure> {
        let keychain = Arc::clone(&self.app.inner.around.keychain);
        let forgotten = session::forget(keychain, entry).await;
        forgotten.map_err(|error| session_failure(&error, &self.destination))
    }

    fn iam<'b>(&'b self, signs: &'b AccessKey) -> OwnKeys<'b> {
        OwnKeys::of(&self.request, signs, self.clock())
    }

    async fn last_use(&self, key: &OwnKey) -> Result<LastUse, Failure> {
        match self.iam(&self.current).last_use(&key.id).await {
            Ok(last) => Ok(last),
            Err(error) => Err(self.iam_failure(error).await),
        }
    }

    fn clock(&self) -> &dyn Clock {
        &*self.app.inner.around.clock
    }

    /// Of what IAM was asked.
    async fn iam_failure(&self, error: Error) -> Failure {
        if matches!(error, Error::OwnKeysDenied) {
            let caller = session::caller(&self.request, &self.current).await;
            let mut state = self.app.inner.state();
            state
                .own_keys_of
                .insert(self.destination.id.clone(), caller);
        }
        of_iam(&error, &self.destination)
    }

    /// A failure that leaves the key as it is.
    pub(super) fn unchanged(&self, code: Code) -> Failure {
        Failure::new(code, format!("…{}", self.current.ends().as_str()))
    }
}
