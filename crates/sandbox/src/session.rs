//! Sessions: temporary keys that act as the role until they end. They live in memory only; a restart ends them all.

use crate::account::{Account, Caller};
use crate::documents::{ACCOUNT, ROLE};
use crate::policy::Policy;
use crate::random;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// One AssumeRole.
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) token: String,
    /// The RoleSessionName.
    pub(crate) name: String,
    /// The session policy.
    pub(crate) policy: Option<Policy>,
    /// What the client is told.
    pub(crate) told_end: SystemTime,
    /// The same, but where sessions pass faster than the clock.
    pub(crate) ends_at: SystemTime,
}

/// All sessions of this run.
#[derive(Default)]
pub(crate) struct Sessions {
    by_key: Mutex<HashMap<String, Held>>,
}

struct Held {
    session: Arc<Session>,
    ended_early: bool,
}

/// Why a request's keys are refused although its signature may be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No such access key, or temporary keys without their token.
    UnknownKey,
    /// The session has ended.
    Ended,
    /// The token does not belong to the key.
    WrongToken,
}

impl Sessions {
    /// Makes a session that tells `length`, of which `pace` seconds pass within one.
    pub(crate) fn begin(
        &self,
        name: String,
        policy: Option<Policy>,
        length: Duration,
        pace: u32,
    ) -> Arc<Session> {
        let now = SystemTime::now();
        let session = Arc::new(Session {
            access_key_id: random::id("ASIA"),
            secret_access_key: random::secret(),
            token: random::token(),
            name,
            policy,
            told_end: now + length,
            ends_at: now + length / pace,
        });
        let held = Held {
            session: Arc::clone(&session),
            ended_early: false,
        };
        self.lock().insert(session.access_key_id.clone(), held);
        session
    }

    /// Ends them all, whatever their time.
    pub(crate) fn end_all(&self) {
        self.lock()
            .values_mut()
            .for_each(|held| held.ended_early = true);
    }

    /// The secret behind a key, for verifying a signature; an ended session still has one.
    pub(crate) fn secret(&self, access_key_id: &str) -> Option<String> {
        self.lock()
            .get(access_key_id)
            .map(|held| held.session.secret_access_key.clone())
    }

    /// Who is calling, once the signature is right.
    pub(crate) fn caller(
        &self,
        account: &Account,
        access_key_id: &str,
        token: Option<&str>,
    ) -> Result<Caller, Refused> {
        if account.keys.secret(access_key_id).is_some() {
            return if token.is_none() {
                Ok(Caller::User)
            } else {
                Err(Refused::WrongToken)
            };
        }
        let sessions = self.lock();
        let (Some(held), Some(token)) = (sessions.get(access_key_id), token) else {
            return Err(Refused::UnknownKey);
        };
        if token != held.session.token {
            Err(Refused::WrongToken)
        } else if held.ended_early || held.session.ends_at <= SystemTime::now() {
            Err(Refused::Ended)
        } else {
            Ok(Caller::Session(Arc::clone(&held.session)))
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME`
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/{}", self.name)
    }

    #[cfg(test)]
    pub(crate) fn for_tests(policy: Option<Policy>) -> Self {
        Self {
            access_key_id: random::id("ASIA"),
            secret_access_key: random::secret(),
            token: random::token(),
            name: "test".into(),
            policy,
            told_end: SystemTime::now() + Duration::from_mins(1),
            ends_at: SystemTime::now() + Duration::from_mins(1),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("name", &self.name)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}
