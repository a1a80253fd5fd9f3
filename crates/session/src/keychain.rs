//! The operating system's keychain: macOS Keychain, Windows Credential Manager, Secret Service.
//!
//! There is no second place: where no keychain answers, that is an error and not a file. The store is built
//! anew for each attempt, since a failed one stays failed; so a keychain that starts later is found.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry};
use secrecy::{ExposeSecret, SecretString};

use crate::{AccessKey, Error, proxy_password};

/// How long a person may take over the keychain's own prompt. One that is ignored never returns by itself.
const PROMPT_PATIENCE: Duration = Duration::from_mins(2);

/// Where access keys are kept, one entry for each destination. Calls block: the system may show a prompt.
pub trait Keychain: Send + Sync + 'static {
    /// Reads an entry.
    fn get(&self, entry: &str) -> Result<SecretString, Error>;
    /// Writes an entry, over an older one.
    fn set(&self, entry: &str, value: &SecretString) -> Result<(), Error>;
    /// Removes an entry; one that is not there is no error.
    fn remove(&self, entry: &str) -> Result<(), Error>;
}

/// Reads the access key of `entry`.
///
/// # Errors
/// The keychain's own ([`Error::KeychainMissing`], [`Error::KeychainLocked`], [`Error::KeychainDismissed`],
/// [`Error::KeychainRefused`]), [`Error::AccessKeyMissing`], and [`Error::AccessKeyChanged`] when the entry is no access key.
pub async fn read(keychain: Arc<dyn Keychain>, entry: String) -> Result<AccessKey, Error> {
    let value = off_the_runtime(move || keychain.get(&entry)).await?;
    AccessKey::from_entry(&value).ok_or(Error::AccessKeyChanged)
}

/// Writes the access key of `entry`.
///
/// # Errors
/// As [`read`].
pub async fn keep(
    keychain: Arc<dyn Keychain>,
    entry: String,
    key: &AccessKey,
) -> Result<(), Error> {
    let value = key.to_entry();
    off_the_runtime(move || keychain.set(&entry, &value)).await
}

/// Removes the access key of `entry`.
///
/// # Errors
/// As [`read`], but for a missing entry.
pub async fn forget(keychain: Arc<dyn Keychain>, entry: String) -> Result<(), Error> {
    off_the_runtime(move || keychain.remove(&entry)).await
}

/// Runs a keychain call on a thread of its own, and stops waiting for it when its prompt is ignored: such a thread never
/// comes back, and must not be one of the few that read files.
pub(crate) async fn off_the_runtime<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (reply, answer) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || reply.send(call()))
        .map_err(|_| Error::KeychainRefused(None))?;
    match tokio::time::timeout(PROMPT_PATIENCE, answer).await {
        Ok(Ok(result)) => result,
        Ok(Err(_panicked)) => Err(Error::KeychainRefused(None)),
        Err(_elapsed) => Err(Error::KeychainLocked(None)),
    }
}

/// The platform's own store.
#[derive(Clone, Debug)]
pub struct SystemKeychain {
    service: String,
}

impl SystemKeychain {
    /// `service` is the name under which all entries stand.
    pub fn new(service: String) -> Self {
        Self { service }
    }

    fn entry(&self, user: &str) -> Result<Entry, Error> {
        // A label for the person who looks into the keychain's own window; Windows' store has no such thing.
        let what = proxy_password::label_of(user).unwrap_or("access key");
        let label = format!("{}: {what}", self.service);
        let labelled = HashMap::from([("label", label.as_str())]);
        let modifiers = cfg!(all(unix, not(target_os = "macos"))).then_some(&labelled);
        platform_store()
            .and_then(|store| store.build(&self.service, user, modifiers))
            .map_err(from_keyring)
    }
}

impl Keychain for SystemKeychain {
    fn get(&self, entry: &str) -> Result<SecretString, Error> {
        let text = self.entry(entry)?.get_password().map_err(from_keyring)?;
        Ok(SecretString::from(text))
    }

    fn set(&self, entry: &str, value: &SecretString) -> Result<(), Error> {
        self.entry(entry)?
            .set_password(value.expose_secret())
            .map_err(from_keyring)
    }

    fn remove(&self, entry: &str) -> Result<(), Error> {
        match self.entry(entry)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(from_keyring(error)),
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Each variant means what was seen with real stores: no bus and no service are both `PlatformFailure`; a
/// locked keyring without its prompt, and one whose prompt was dismissed, are `NoStorageAccess`.
fn from_keyring(error: keyring_core::Error) -> Error {
    use keyring_core::Error as K;
    match error {
        K::PlatformFailure(_) | K::NoDefaultStore => Error::KeychainMissing(Some(error)),
        K::NoStorageAccess(ref source) if is_dismissed(&**source) => {
            Error::KeychainDismissed(Some(error))
        }
        K::NoStorageAccess(_) => Error::KeychainLocked(Some(error)),
        // The bytes attached to these two may be the secret: they go no further, not even into the log.
        K::BadEncoding(_) | K::BadDataFormat(..) => Error::AccessKeyChanged,
        K::NoEntry => Error::AccessKeyMissing,
        _ => Error::KeychainRefused(Some(error)),
    }
}

/// A Secret Service that has no display to ask on reports its prompt as dismissed, too: nobody dismissed anything then.
#[cfg(all(unix, not(target_os = "macos")))]
fn is_dismissed(source: &(dyn std::error::Error + 'static)) -> bool {
    let is_shown = |name| std::env::var_os(name).is_some_and(|display| !display.is_empty());
    matches!(source.downcast_ref(), Some(secret_service::Error::Prompt))
        && ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_shown)
}

/// The other platforms' stores do not tell.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn is_dismissed(_source: &(dyn std::error::Error + 'static)) -> bool {
    false
}

/// A keychain in memory, for stories that are about something else. It keeps its entries as long as it lives, so
/// that a restart of the app can be told with it.
#[derive(Debug, Default)]
pub struct MemoryKeychain(Mutex<HashMap<String, SecretString>>);

impl Keychain for MemoryKeychain {
    fn get(&self, entry: &str) -> Result<SecretString, Error> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(entry).cloned().ok_or(Error::AccessKeyMissing)
    }

    fn set(&self, entry: &str, value: &SecretString) -> Result<(), Error> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(entry.to_owned(), value.clone());
        Ok(())
    }

    fn remove(&self, entry: &str) -> Result<(), Error> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(entry);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its prompt stands there, and nobody looks at it.
    struct Ignored;

    impl Keychain for Ignored {
        fn get(&self, _: &str) -> Result<SecretString, Error> {
            loop {
                std::thread::park();
            }
        }

        fn set(&self, entry: &str, _: &SecretString) -> Result<(), Error> {
            self.get(entry).map(drop)
        }

        fn remove(&self, entry: &str) -> Result<(), Error> {
            self.get(entry).map(drop)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_prompt_that_is_ignored_is_waited_for_two_minutes_and_then_said() {
        let begun = tokio::time::Instant::now();
        let read = read(Arc::new(Ignored), "entry".to_owned()).await;
        assert!(matches!(read, Err(Error::KeychainLocked(None))));
        assert_eq!(begun.elapsed(), PROMPT_PATIENCE);
    }
}
