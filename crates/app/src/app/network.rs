//! How servers are reached: what is set, and the client that STS and S3 share.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, PoisonError};

use network::{Authorities, Client, Network};
use secrecy::ExposeSecret;

use super::{App, Inner};
use crate::home::replace;
use crate::network::{NetworkForm, NetworkSettings, NetworkView, ProxyChoice, TrustedFile};
use crate::{Code, Failure};

/// All authorities of a platform are a quarter of this.
const MOST_PEM_BYTES: u64 = 1024 * 1024;

impl App {
    /// What is set.
    pub fn network(&self) -> NetworkView {
        let NetworkSettings {
            proxy,
            url,
            user,
            has_password,
            no_proxy,
            ca_file,
        } = self.inner.state().content.network.clone();
        let trusted = ca_file.map(|name| TrustedFile {
            certificates: self
                .inner
                .authorities(&name)
                .map_or(0, |authorities| authorities.count()),
            name,
        });
        NetworkView {
            proxy,
            url,
            user,
            has_password,
            no_proxy,
            trusted,
        }
    }

    /// Saves which proxy; it counts from the next sign-in on. Its password goes into the keychain.
    ///
    /// # Errors
    /// [`Code::BadProxy`], the keychain's codes, [`Code::SettingsFailed`].
    pub async fn set_network(&self, form: &NetworkForm) -> Result<NetworkView, Failure> {
        let before = self.inner.state().content.network.clone();
        let mut after = before.clone();
        after.take(form)?;
        after.has_password = self.keep_password(form, &before, &after).await?;
        self.change_network(|settings| {
            *settings = NetworkSettings {
                ca_file: settings.ca_file.take(),
                ..after
            };
        })
    }

    /// Writes or removes the password; is there one now?
    async fn keep_password(
        &self,
        form: &NetworkForm,
        before: &NetworkSettings,
        after: &NetworkSettings,
    ) -> Result<bool, Failure> {
        let keychain = Arc::clone(&self.inner.around.keychain);
        let is_asked = after.proxy == ProxyChoice::Manual && !after.user.is_empty();
        let typed = form.password.as_ref().filter(|_| is_asked);
        if let Some(password) = typed.filter(|password| !password.expose_secret().is_empty()) {
            let kept = session::keep_proxy_password(keychain, password.clone()).await;
            return kept.map(|()| true).map_err(|error| not_kept(&error));
        }
        let is_same = before.user == after.user && before.url == after.url;
        if is_asked && is_same && typed.is_none() {
            return Ok(before.has_password);
        }
        if before.has_password {
            let forgotten = session::forget_proxy_password(keychain).await;
            forgotten.map_err(|error| not_kept(&error))?;
        }
        Ok(false)
    }

    /// Trusts the certificates of this file besides the platform's, from the next sign-in on. Sandglass keeps a copy.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::BadCaFile`], [`Code::SettingsFailed`].
    pub fn trust_file(&self, path: &Path) -> Result<NetworkView, Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let pem = read_bounded(path).map_err(|error| {
            tracing::warn!(%error, "the file of certificates cannot be read");
            Failure::new(Code::FileUnreadable, name.as_ref())
        })?;
        let authorities = Authorities::from_pem(&pem)
            .map_err(|_| Failure::new(Code::BadCaFile, name.as_ref()))?;
        self.keep_copy(&authorities)?;
        self.change_network(|settings| settings.ca_file = Some(name.into_owned()))
    }

    /// Trusts only whom the platform trusts, from the next sign-in on.
    ///
    /// # Errors
    /// [`Code::SettingsFailed`].
    pub fn forget_ca_file(&self) -> Result<NetworkView, Failure> {
        let view = self.change_network(|settings| settings.ca_file = None)?;
        // What is left of it is not read.
        if let Err(error) = fs::remove_file(self.inner.around.home.authorities()) {
            tracing::info!(%error, "the copy of the certificates stays");
        }
        Ok(view)
    }

    fn keep_copy(&self, authorities: &Authorities) -> Result<(), Failure> {
        let path = self.inner.around.home.authorities();
        replace(&path, authorities.pem()).map_err(|error| {
            tracing::error!(%error, "the certificates cannot be written");
            Failure::new(Code::SettingsFailed, "")
        })
    }

    fn change_network(
        &self,
        change: impl FnOnce(&mut NetworkSettings),
    ) -> Result<NetworkView, Failure> {
        self.inner.change_settings(|content| {
            change(&mut content.network);
            Ok(())
        })?;
        Ok(self.network())
    }
}

impl Inner {
    /// How servers are reached, as it was at the last sign-in; none before the first.
    pub(crate) fn network(&self) -> Option<Client> {
        let network = self.network.lock();
        network.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Builds the client anew from what is set now, as it was read last, and by the system.
    ///
    /// # Errors
    /// The keychain's codes for the proxy's password, [`Code::BadProxy`], [`Code::BadCaFile`].
    pub(crate) async fn renew_network(&self) -> Result<(), Failure> {
        let settings = self.state().content.network.clone();
        let network = Network {
            proxy: settings.proxy()?,
            authorities: match &settings.ca_file {
                Some(name) => Some(self.authorities(name)?),
                None => None,
            },
        };
        let password = if settings.has_password {
            let keychain = Arc::clone(&self.around.keychain);
            let read = session::read_proxy_password(keychain).await;
            // Without one, the proxy itself asks for it.
            read.map_err(|error| not_kept(&error))?
        } else {
            None
        };
        let client = network::client(&network, password).await;
        *self.network.lock().unwrap_or_else(PoisonError::into_inner) = Some(client);
        Ok(())
    }

    fn authorities(&self, name: &str) -> Result<Authorities, Failure> {
        let bad = || Failure::new(Code::BadCaFile, name);
        let pem = read_bounded(&self.around.home.authorities()).map_err(|_| bad())?;
        Authorities::from_pem(&pem).map_err(|_| bad())
    }
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    file.take(MOST_PEM_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Of the keychain's errors only: nothing else happens to the password.
fn not_kept(error: &session::Error) -> Failure {
    use session::Error as E;
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "the keychain and the proxy's password"
    );
    let code = match error {
        E::KeychainMissing(_) => Code::KeychainMissing,
        E::KeychainLocked(_) => Code::KeychainLocked,
        E::KeychainDismissed(_) => Code::KeychainDismissed,
        _ => Code::KeychainRefused,
    };
    Failure::new(code, "")
}
