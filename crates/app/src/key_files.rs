//! Access keys that were read from a file and wait for the form that will use them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use session::AccessKey;

/// A key that waits. Its secret stays here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// Names it in [`crate::KeySource::File`].
    pub ticket: u64,
    /// The file's name, without its folder.
    pub file_name: String,
    /// Last four characters of the access key id.
    pub key_ends: String,
}

/// The waiting keys. Only the last one is kept: a person fills one form at a time.
#[derive(Debug, Default)]
pub(crate) struct KeyFiles(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    last_ticket: u64,
    keys: HashMap<u64, AccessKey>,
}

impl KeyFiles {
    pub(crate) fn read(&self, path: &Path) -> Result<KeyFile, session::Error> {
        let key = AccessKey::from_console_csv(path)?;
        let file_name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(self.hold(key, file_name))
    }

    /// Keeps a key that was found under `file_name`.
    pub(crate) fn hold(&self, key: AccessKey, file_name: String) -> KeyFile {
        let key_ends = key.ends().as_str().to_owned();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.last_ticket += 1;
        let ticket = waiting.last_ticket;
        waiting.keys.clear();
        waiting.keys.insert(ticket, key);
        KeyFile {
            ticket,
            file_name,
            key_ends,
        }
    }

    pub(crate) fn get(&self, ticket: u64) -> Option<AccessKey> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys
            .get(&ticket)
            .cloned()
    }

    pub(crate) fn forget(&self, ticket: u64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys
            .remove(&ticket);
    }
}
