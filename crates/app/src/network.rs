//! How servers are reached, as the person set it: proxy, and certificates besides the platform's.

use network::{BadProxy, NO_PROXY, Proxy, ProxyUrl};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{Code, Failure};

/// Which proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxyChoice {
    /// As the environment, or else the desktop, says.
    #[default]
    System,
    /// None.
    None,
    /// The one that is written down.
    Manual,
}

/// The network as a person writes it.
#[derive(Clone, Debug, Default)]
pub struct NetworkForm {
    /// Which proxy.
    pub proxy: ProxyChoice,
    /// `http://proxy.example.com:8080`; of a manual proxy.
    pub url: String,
    /// Who we are to the proxy; empty: it asks nobody.
    pub user: String,
    /// That user's password; none keeps the one that is in the keychain.
    pub password: Option<SecretString>,
    /// Hosts that are asked without the proxy, with commas between them.
    pub no_proxy: String,
}

/// What is set, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkView {
    /// Which proxy.
    pub proxy: ProxyChoice,
    /// Of a manual proxy; else empty.
    pub url: String,
    /// Who we are to it; may be empty.
    pub user: String,
    /// The keychain has a password for it.
    pub has_password: bool,
    /// Hosts that are asked without it.
    pub no_proxy: String,
    /// Trusted besides the platform's.
    pub trusted: Option<TrustedFile>,
}

/// A file of certificates, which Sandglass has a copy of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedFile {
    /// The name of the file that was chosen.
    pub name: String,
    /// How many it holds; 0 when the copy can no longer be read.
    pub certificates: usize,
}

/// As `settings.json` has it. A file of an older version lacks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkSettings {
    pub(crate) proxy: ProxyChoice,
    pub(crate) url: String,
    pub(crate) user: String,
    pub(crate) has_password: bool,
    pub(crate) no_proxy: String,
    pub(crate) ca_file: Option<String>,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            proxy: ProxyChoice::default(),
            url: String::new(),
            user: String::new(),
            has_password: false,
            no_proxy: NO_PROXY.to_owned(),
            ca_file: None,
        }
    }
}

impl NetworkSettings {
    /// Takes the form over, but for its password.
    pub(crate) fn take(&mut self, form: &NetworkForm) -> Result<(), Failure> {
        if form.proxy == ProxyChoice::Manual {
            self.url = proxy_url(&form.url)?.to_string();
            form.user.trim().clone_into(&mut self.user);
            form.no_proxy.trim().clone_into(&mut self.no_proxy);
        } else {
            self.url = String::new();
            self.user = String::new();
            NO_PROXY.clone_into(&mut self.no_proxy);
        }
        self.proxy = form.proxy;
        Ok(())
    }

    pub(crate) fn proxy(&self) -> Result<Proxy, Failure> {
        Ok(match self.proxy {
            ProxyChoice::System => Proxy::System,
            ProxyChoice::None => Proxy::None,
            ProxyChoice::Manual => Proxy::Manual {
                url: proxy_url(&self.url)?,
                user: (!self.user.is_empty()).then(|| self.user.clone()),
                no_proxy: self.no_proxy.clone(),
            },
        })
    }
}

fn proxy_url(text: &str) -> Result<ProxyUrl, Failure> {
    ProxyUrl::parse(text).map_err(|BadProxy| {
        // Before an `@` may stand a password.
        let shown = text.rsplit('@').next().unwrap_or_default();
        Failure::new(Code::BadProxy, shown.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manual(url: &str) -> NetworkForm {
        NetworkForm {
            proxy: ProxyChoice::Manual,
            url: url.to_owned(),
            user: " mira ".to_owned(),
            no_proxy: NO_PROXY.to_owned(),
            ..NetworkForm::default()
        }
    }

    #[test]
    fn a_proxy_with_a_password_in_it_is_refused_and_not_repeated() {
        let mut settings = NetworkSettings::default();
        let refused = settings.take(&manual("http://mira:dune@proxy.example.com:8080"));
        let failure = refused.expect_err("refused");
        assert_eq!(failure.code, Code::BadProxy);
        assert_eq!(failure.about, "proxy.example.com:8080");
        assert_eq!(settings, NetworkSettings::default(), "nothing was taken");
    }

    #[test]
    fn another_choice_forgets_the_manual_one() {
        let mut settings = NetworkSettings::default();
        settings
            .take(&manual("proxy.example.com:8080"))
            .expect("taken");
        assert_eq!(settings.url, "http://proxy.example.com:8080");
        assert_eq!(settings.user, "mira");
        settings.take(&NetworkForm::default()).expect("taken");
        assert_eq!(settings, NetworkSettings::default());
    }
}
