//! Which proxy, and which certificates are trusted besides the platform's. No password: it comes apart.

use std::fmt;

use http::Uri;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Asked without the proxy unless somebody says otherwise.
pub const NO_PROXY: &str = "localhost, 127.0.0.1, ::1";

/// How the servers of all destinations are reached. By default as the system says, trusting whom the platform trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Which proxy.
    pub proxy: Proxy,
    /// Trusted besides the platform's.
    pub authorities: Option<Authorities>,
}

/// Which proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the environment, or else the desktop, says. This computer itself is never asked through one.
    #[default]
    System,
    /// None.
    None,
    /// This one.
    Manual {
        /// Where.
        url: ProxyUrl,
        /// Who the proxy is told we are; none: it asks nobody.
        user: Option<String>,
        /// Hosts asked without it, with commas between them, by curl's rules for `NO_PROXY`.
        no_proxy: String,
    },
}

/// `http://proxy.example.com:8080`: a scheme, a host, perhaps a port; no user, no password, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl(Uri);

/// The text is no proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a proxy")]
pub struct BadProxy;

impl ProxyUrl {
    /// Without a scheme, `http` is meant, as everywhere where proxies are typed.
    ///
    /// # Errors
    /// Another scheme, no host, or more than an address: a password would be saved with it.
    pub fn parse(text: &str) -> Result<Self, BadProxy> {
        let text = text.trim();
        let text = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let uri: Uri = text.parse().map_err(|_| BadProxy)?;
        let is_proxy = matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri
                .authority()
                .is_some_and(|authority| !authority.as_str().contains('@'))
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none();
        is_proxy.then_some(Self(uri)).ok_or(BadProxy)
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }

    /// Host and port, for sentences.
    pub fn host(&self) -> &str {
        self.0
            .authority()
            .map_or("", |authority| authority.as_str())
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}",
            self.0.scheme_str().unwrap_or("http"),
            self.host()
        )
    }
}

/// Certificates of authorities, in PEM form.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorities {
    pem: Vec<u8>,
    count: usize,
}

/// The bytes hold no certificate in PEM form, or one that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no certificate in PEM form")]
pub struct NotPem;

impl Authorities {
    /// What else is in the file, a private key by mistake, is left out.
    ///
    /// # Errors
    /// No certificate, or one that is broken: the client could not be built with it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, NotPem> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots
                .add(certificate.map_err(|_| NotPem)?)
                .map_err(|_| NotPem)?;
        }
        if roots.is_empty() {
            return Err(NotPem);
        }
        Ok(Self {
            pem: only_certificates(pem),
            count: roots.len(),
        })
    }

    /// For the file that keeps them.
    pub fn pem(&self) -> &[u8] {
        &self.pem
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorities")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// The blocks that are certificates, as they stand.
fn only_certificates(pem: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(pem);
    let mut kept = String::new();
    let mut is_inside = false;
    for line in text.lines() {
        let line = line.trim();
        is_inside |= line == "-----BEGIN CERTIFICATE-----";
        if is_inside {
            kept.push_str(line);
            kept.push('\n');
        }
        is_inside &= line != "-----END CERTIFICATE-----";
    }
    kept.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_address_and_nothing_else() {
        for (typed, kept) in [
            (
                "http://proxy.example.com:8080",
                "http://proxy.example.com:8080",
            ),
            (" proxy.example.com:3128 ", "http://proxy.example.com:3128"),
            ("https://proxy.example.com/", "https://proxy.example.com"),
            ("[::1]:8080", "http://[::1]:8080"),
        ] {
            let url = ProxyUrl::parse(typed).expect(typed);
            assert_eq!(url.to_string(), kept);
        }
        for wrong in [
            "",
            "http://",
            "socks5://proxy.example.com",
            "http://user:secret@proxy.example.com",
            "http://proxy.example.com/path",
            "http://proxy.example.com?a=b",
            "two words",
        ] {
            assert_eq!(ProxyUrl::parse(wrong), Err(BadProxy), "{wrong}");
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_none() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for wrong in ["", "hello", broken] {
            assert_eq!(Authorities::from_pem(wrong.as_bytes()), Err(NotPem));
        }
    }

    #[test]
    fn a_private_key_beside_a_certificate_is_not_kept() {
        let block = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";
        let file = format!(
            "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\nissuer=me\n{block}"
        );
        assert_eq!(only_certificates(file.as_bytes()), block.as_bytes());
    }
}
