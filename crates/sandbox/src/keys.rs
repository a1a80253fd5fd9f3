//! The user's access keys: at most two, as IAM has it.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::{Saved, write_private};
use crate::{StsOptions, random};

/// IAM's AccessKeysPerUser.
const MOST: usize = 2;

/// A key.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) is_active: bool,
    pub(crate) made_at: Timestamp,
    pub(crate) last_use: Option<LastUse>,
}

/// When a key was used last, and with which service.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LastUse {
    pub(crate) at: Timestamp,
    pub(crate) service: String,
}

/// As they stand in `account.json`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "ReadKeys")]
pub(crate) struct SavedKeys {
    keys: Vec<Key>,
}

/// Folders from before keys could be replaced hold one, by itself.
#[derive(Deserialize)]
struct ReadKeys {
    #[serde(default)]
    keys: Vec<Key>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
}

impl From<ReadKeys> for SavedKeys {
    fn from(read: ReadKeys) -> Self {
        let mut keys = read.keys;
        if let (Some(id), Some(secret)) = (read.access_key_id, read.secret_access_key) {
            keys.push(Key {
                id,
                secret,
                ..Key::new()
            });
        }
        Self { keys }
    }
}

/// Why IAM refuses.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The user has two.
    TooMany,
    /// No such key.
    Unknown,
    /// The file was not written.
    File(io::Error),
}

/// All keys of the user, and the file that holds them.
pub(crate) struct Keys {
    path: PathBuf,
    held: Mutex<Held>,
}

struct Held {
    saved: Saved,
    /// Of the keys that were made in this run; the others are as old as the run.
    made: Vec<(String, Instant)>,
    started: Instant,
}

impl SavedKeys {
    /// A user's first key.
    pub(crate) fn new() -> Self {
        Self {
            keys: vec![Key::new()],
        }
    }
}

impl Key {
    fn new() -> Self {
        Self {
            id: random::id("AKIA"),
            secret: random::secret(),
            is_active: true,
            made_at: Timestamp::now(),
            last_use: None,
        }
    }
}

impl Keys {
    pub(crate) fn new(path: PathBuf, saved: Saved) -> Self {
        let held = Held {
            saved,
            made: Vec::new(),
            started: Instant::now(),
        };
        Self {
            path,
            held: Mutex::new(held),
        }
    }

    /// The first that is active, for who needs one to begin with.
    pub(crate) fn first(&self) -> Key {
        let all = self.all();
        let active = all.iter().find(|key| key.is_active);
        active.or(all.first()).cloned().unwrap_or_else(Key::new)
    }

    pub(crate) fn all(&self) -> Vec<Key> {
        self.lock().saved.keys.keys.clone()
    }

    /// Of an active key: an inactive one is as good as none.
    pub(crate) fn secret(&self, id: &str) -> Option<String> {
        let held = self.lock();
        let mut keys = held.saved.keys.keys.iter();
        let key = keys.find(|key| key.id == id && key.is_active)?;
        Some(key.secret.clone())
    }

    /// Has AWS's every corner heard of it? Sessions' keys are known at once.
    pub(crate) fn is_known(&self, id: &str, options: &StsOptions) -> bool {
        let held = self.lock();
        let is_the_users = held.saved.keys.keys.iter().any(|key| key.id == id);
        let made = held.made.iter().find(|(made, _)| made == id);
        let (since, after) = match made {
            Some((_, at)) => (*at, options.made_key_known_after),
            None => (held.started, options.key_known_after),
        };
        !is_the_users || after.is_none_or(|after| since.elapsed() >= after)
    }

    /// Kept in memory until the keys change: AWS tells it late, too.
    pub(crate) fn note_use(&self, id: &str, service: &str) {
        let mut held = self.lock();
        let mut keys = held.saved.keys.keys.iter_mut();
        if let Some(key) = keys.find(|key| key.id == id) {
            key.last_use = Some(LastUse {
                at: Timestamp::now(),
                service: service.to_owned(),
            });
        }
    }

    pub(crate) fn create(&self) -> Result<Key, Refusal> {
        let key = Key::new();
        let made = key.clone();
        self.change(move |held| {
            if held.saved.keys.keys.len() >= MOST {
                return Err(Refusal::TooMany);
            }
            held.made.push((made.id.clone(), Instant::now()));
            held.saved.keys.keys.push(made);
            Ok(())
        })?;
        Ok(key)
    }

    pub(crate) fn set_active(&self, id: &str, is_active: bool) -> Result<(), Refusal> {
        self.change(|held| {
            let mut keys = held.saved.keys.keys.iter_mut();
            let key = keys.find(|key| key.id == id).ok_or(Refusal::Unknown)?;
            key.is_active = is_active;
            Ok(())
        })
    }

    pub(crate) fn delete(&self, id: &str) -> Result<(), Refusal> {
        self.change(|held| {
            let keys = &mut held.saved.keys.keys;
            let place = keys.iter().position(|key| key.id == id);
            keys.remove(place.ok_or(Refusal::Unknown)?);
            Ok(())
        })
    }

    /// What was written is what is answered: the file is replaced as a whole.
    fn change(&self, change: impl FnOnce(&mut Held) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let mut held = self.lock();
        let before = held.saved.keys.clone();
        change(&mut held)?;
        let fresh = self.path.with_extension("new");
        let written = serde_json::to_vec_pretty(&held.saved)
            .map_err(io::Error::other)
            .and_then(|bytes| {
                let _ = std::fs::remove_file(&fresh);
                write_private(&fresh, &bytes)?;
                std::fs::rename(&fresh, &self.path)
            });
        written.map_err(|error| {
            held.saved.keys = before;
            Refusal::File(error)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
