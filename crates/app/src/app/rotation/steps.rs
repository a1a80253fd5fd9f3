//! The steps of replacing a key. Each can be done again.

use std::sync::Arc;

use session::{AccessKey, Error, KeyId, LastUse, OwnKey, SignIn};

use super::{OtherKey, OtherKeyRole, RotationOutlook, next_entry, old_entry};
use crate::app::letter::LastRefusal;
use crate::app::new_key::Patience;
use crate::app::signing_in::request_for;
use crate::app::{App, Rights, session_failure};
use crate::destination::{Destination, DestinationId};
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
        let mut destination = inner.destination(id)?;
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
        let made_at = mine.as_ref().and_then(|key| key.made_at);
        let id = &self.destination.id;
        self.app
            .inner
            .remember(id, |saved| saved.key.made_at = made_at);
        let (_, shared_with) = self.sharing(&[current]).await?;
        Ok(RotationOutlook {
            ends: self.current.ends().as_str().to_owned(),
            made_at,
            last_use: mine.map_or(LastUse::Untold, |key| key.last_use),
            other,
            shared_with,
        })
    }

    /// The key that was made before, or a new one, safe in its own entry. `deletes` is a spare key that goes for it.
    pub(super) async fn next_key(&self, deletes: Option<&str>) -> Result<AccessKey, Failure> {
        let listed = self.own_keys().await?;
        let entry = next_entry(&self.destination.id);
        if let Some(begun) = self.read(entry.clone()).await? {
            let id = begun.key_id();
            if listed.iter().any(|key| key.id == id) {
                return Ok(begun);
            }
            // Somebody has deleted it at IAM.
            self.forget(entry.clone()).await?;
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
        let made = session::make_own_key(&self.request, &self.current).await;
        let made = match made {
            Ok(made) => made,
            Err(error) => return Err(self.failure(error).await),
        };
        if let Err(failure) = self.keep(entry, &made).await {
            // Nobody knows its secret after this.
            let unkept = made.key_id();
            let _ = session::delete_own_key(&self.request, &self.current, &unkept).await;
            return Err(failure);
        }
        Ok(made)
    }

    /// STS knows the key; a new one is waited for.
    pub(super) async fn prove(&self, next: &AccessKey) -> Result<(), Failure> {
        let clock = &*self.app.inner.around.clock;
        let patience = Patience::begins(clock);
        loop {
            match session::prove(&self.request, next, clock).await {
                Ok(()) => return Ok(()),
                Err(Error::AccessKeyUnknown) if patience.lasts() => patience.pause().await,
                Err(Error::AccessKeyUnknown) => {
                    return Err(self.unchanged(Code::RotationUnproved));
                }
                Err(error) => return Err(self.failure(error).await),
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

    /// Puts the new key into the entries of all destinations that have the old one. Gives the others' names.
    pub(super) async fn take(
        &self,
        next: &AccessKey,
        old: Option<&AccessKey>,
    ) -> Result<Vec<String>, Failure> {
        let inner = &self.app.inner;
        let which: Vec<KeyId> = old
            .into_iter()
            .chain([next])
            .map(AccessKey::key_id)
            .collect();
        let (mut ids, names) = self.sharing(&which).await?;
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
        self.forget(next_entry(&self.destination.id)).await?;
        Ok(names)
    }

    /// Makes the old key inactive, by the new one's word. IAM may know that one later than STS does.
    pub(super) async fn retire(&self, next: &AccessKey, old: &AccessKey) -> Result<(), Failure> {
        let patience = Patience::begins(&*self.app.inner.around.clock);
        loop {
            match session::deactivate_own_key(&self.request, next, &old.key_id()).await {
                Ok(()) => return Ok(()),
                Err(Error::AccessKeyUnknown) if patience.lasts() => patience.pause().await,
                Err(Error::KeyGone) => return self.forget(old_entry(&self.destination.id)).await,
                Err(error) => return Err(self.failure(error).await),
            }
        }
    }

    pub(super) async fn delete_old(&self) -> Result<(), Failure> {
        let entry = old_entry(&self.destination.id);
        match self.read(entry.clone()).await? {
            Some(old) if old.key_id() != self.current.key_id() => self.delete(&old.key_id()).await,
            Some(_) => self.forget(entry).await,
            None => Ok(()),
        }
    }

    /// At IAM, and here if it is the one that was replaced.
    async fn delete(&self, id: &KeyId) -> Result<(), Failure> {
        let deleted = session::delete_own_key(&self.request, &self.current, id).await;
        if let Err(error) = deleted {
            return Err(self.failure(error).await);
        }
        let entry = old_entry(&self.destination.id);
        match self.read(entry.clone()).await? {
            Some(old) if old.key_id() == *id => self.forget(entry).await,
            _ => Ok(()),
        }
    }

    async fn own_keys(&self) -> Result<Vec<OwnKey>, Failure> {
        match session::own_keys(&self.request, &self.current).await {
            Ok(listed) => Ok(listed),
            Err(error) => Err(self.failure(error).await),
        }
    }

    async fn other(&self, key: OwnKey) -> Result<OtherKey, Failure> {
        let id = &self.destination.id;
        let is_it = |kept: Option<AccessKey>| kept.is_some_and(|kept| kept.key_id() == key.id);
        let is_begun = is_it(self.read(next_entry(id)).await?);
        let is_replaced = is_it(self.read(old_entry(id)).await?);
        let role = if is_begun {
            OtherKeyRole::Begun
        } else if is_replaced || !key.is_active || key.last_use == LastUse::Never {
            OtherKeyRole::Spare
        } else {
            OtherKeyRole::InUse
        };
        Ok(OtherKey {
            ends: key.id.ends().as_str().to_owned(),
            is_active: key.is_active,
            made_at: key.made_at,
            last_use: key.last_use,
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

    /// None for an entry that is not there, or is no key.
    async fn read(&self, entry: String) -> Result<Option<AccessKey>, Failure> {
        let keychain = Arc::clone(&self.app.inner.around.keychain);
        match session::read(keychain, entry).await {
            Ok(key) => Ok(Some(key)),
            Err(Error::AccessKeyMissing | Error::AccessKeyChanged) => Ok(None),
            Err(error) => Err(session_failure(&error, &self.destination)),
        }
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

    async fn failure(&self, error: Error) -> Failure {
        if matches!(error, Error::OwnKeysDenied) {
            let caller = session::caller(&self.request, &self.current).await;
            let mut state = self.app.inner.state();
            let refusal = LastRefusal::of_own_keys(caller);
            state.refusals.insert(self.destination.id.clone(), refusal);
        }
        session_failure(&error, &self.destination)
    }

    /// A failure that leaves the key as it is.
    pub(super) fn unchanged(&self, code: Code) -> Failure {
        Failure::new(code, format!("…{}", self.current.ends().as_str()))
    }
}
