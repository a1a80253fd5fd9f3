//! How servers are reached: proxy, and certificates besides the platform's.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which proxy.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ProxyChoice {
    /// As the environment, or else the desktop, says.
    System,
    /// None.
    None,
    /// The one that is written down.
    Manual,
}

/// What is set.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Which proxy.
    pub proxy: ProxyChoice,
    /// Of a manual proxy; else empty.
    pub url: String,
    /// Who we are to it; may be empty.
    pub user: String,
    /// The keychain has a password for it.
    pub has_password: bool,
    /// Hosts that are asked without it, with commas between them.
    pub no_proxy: String,
    /// Trusted besides the platform's.
    pub trusted: Option<TrustedFile>,
}

/// A file of certificates that was chosen; Rust keeps a copy.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrustedFile {
    /// File name, without its folder.
    pub name: String,
    /// How many it holds; 0 when the copy can no longer be read.
    #[ts(type = "number")]
    pub certificates: usize,
}

/// The proxy as it was typed. Its password crosses this way only.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProxyForm {
    /// Which proxy.
    pub proxy: ProxyChoice,
    /// Of a manual proxy.
    pub url: String,
    /// Who we are to it; may be empty.
    pub user: String,
    /// Null keeps the one in the keychain.
    #[ts(as = "Option<String>")]
    pub password: Option<secrecy::SecretString>,
    /// Hosts that are asked without it.
    pub no_proxy: String,
}

impl std::fmt::Debug for ProxyForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProxyForm(…)")
    }
}
