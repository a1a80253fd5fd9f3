//! The proxy's password: in the keychain beside the access keys, under an entry of its own.

use std::sync::Arc;

use secrecy::SecretString;

use crate::keychain::off_the_runtime;
use crate::{Error, Keychain};

/// No destination's: theirs are 32 hexadecimal digits.
const ENTRY: &str = "proxy-password";

/// What the keychain's own window calls it.
pub(crate) fn label_of(entry: &str) -> Option<&'static str> {
    (entry == ENTRY).then_some("proxy password")
}

/// Reads it; none when there is none.
///
/// # Errors
/// [`Error::KeychainMissing`], [`Error::KeychainLocked`], [`Error::KeychainRefused`].
pub async fn read_proxy_password(
    keychain: Arc<dyn Keychain>,
) -> Result<Option<SecretString>, Error> {
    match off_the_runtime(move || keychain.get(ENTRY)).await {
        Ok(password) => Ok(Some(password)),
        Err(Error::AccessKeyMissing) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes it, over an older one.
///
/// # Errors
/// As [`read_proxy_password`].
pub async fn keep_proxy_password(
    keychain: Arc<dyn Keychain>,
    password: SecretString,
) -> Result<(), Error> {
    off_the_runtime(move || keychain.set(ENTRY, &password)).await
}

/// Removes it.
///
/// # Errors
/// As [`read_proxy_password`].
pub async fn forget_proxy_password(keychain: Arc<dyn Keychain>) -> Result<(), Error> {
    off_the_runtime(move || keychain.remove(ENTRY)).await
}
