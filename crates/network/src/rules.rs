//! Which proxy, if any, a request goes through.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use crate::settings::ProxyUrl;

/// Where requests go.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// For `http://`.
    pub(crate) http: Option<Through>,
    /// For `https://`.
    pub(crate) https: Option<Through>,
    /// Does not intercept what is asked without a proxy.
    pub(crate) asked: Option<Matcher>,
    /// This computer itself is never asked through one.
    pub(crate) spares_loopback: bool,
}

/// A proxy and who we are to it.
#[derive(Clone)]
pub(crate) struct Through {
    pub(crate) url: ProxyUrl,
    user: Option<(String, SecretString)>,
}

impl fmt::Debug for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Through").field(&self.url.host()).finish()
    }
}

impl Through {
    pub(crate) fn new(url: ProxyUrl, user: Option<(String, SecretString)>) -> Self {
        Self { url, user }
    }

    /// From the environment's form, which may name a user. None for what is no HTTP proxy.
    pub(crate) fn from_environment(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let Some((user, address)) = rest.rsplit_once('@') else {
            return Some(Self::new(ProxyUrl::parse(text).ok()?, None));
        };
        let url = ProxyUrl::parse(&format!("{scheme}://{address}")).ok()?;
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        let plain = |text| {
            let decoded = percent_encoding::percent_decode_str(text);
            decoded.decode_utf8_lossy().into_owned()
        };
        let user = (plain(user), SecretString::from(plain(password)));
        Some(Self::new(url, Some(user)))
    }

    /// User and password as they stand in a URL.
    pub(crate) fn encoded_user(&self) -> Option<(String, String)> {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (user, password) = self.user.as_ref()?;
        Some((encode(user), encode(password.expose_secret())))
    }
}

/// Who is asked without the proxy: curl's rules for `NO_PROXY`.
pub(crate) fn without(no_proxy: &str) -> Matcher {
    Matcher::builder()
        .all("http://any.invalid")
        .no(no_proxy.to_owned())
        .build()
}

impl Rules {
    /// The proxy for this address.
    pub(crate) fn through(&self, address: &str) -> Option<&Through> {
        if self.http.is_none() && self.https.is_none() {
            return None;
        }
        let uri: Uri = address.parse().ok()?;
        let through = match uri.scheme_str() {
            Some("http") => self.http.as_ref()?,
            Some("https") => self.https.as_ref()?,
            _ => return None,
        };
        let is_spared = self.spares_loopback && uri.host().is_some_and(is_loopback);
        let is_asked = self
            .asked
            .as_ref()
            .is_none_or(|matcher| matcher.intercept(&uri).is_some());
        (is_asked && !is_spared).then_some(through)
    }
}

/// This computer itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(no_proxy: &str) -> Rules {
        let through = Through::from_environment("http://proxy.example.com:8080");
        Rules {
            http: None,
            https: through,
            asked: Some(without(no_proxy)),
            spares_loopback: false,
        }
    }

    #[test]
    fn each_scheme_has_its_proxy_and_the_list_its_hosts_without() {
        let rules = rules("localhost, 127.0.0.1, ::1, .inside.example.com, 10.0.0.0/8");
        assert!(
            rules
                .through("https://s3.ap-northeast-1.amazonaws.com/a")
                .is_some()
        );
        for direct in [
            "http://s3.ap-northeast-1.amazonaws.com/a",
            "https://localhost:9000/",
            "https://127.0.0.1:9000/bucket/key?x-id=PutObject",
            "https://[::1]:9000/",
            "https://storage.inside.example.com/",
            "https://10.1.2.3/",
        ] {
            assert!(rules.through(direct).is_none(), "{direct}");
        }
    }

    #[test]
    fn an_empty_list_sends_even_this_computer_through_it_unless_it_is_spared() {
        let mut rules = rules("");
        assert!(rules.through("https://127.0.0.1:9000/").is_some());
        rules.spares_loopback = true;
        for direct in [
            "https://127.0.0.1:9000/",
            "https://LocalHost/",
            "https://[::1]/",
        ] {
            assert!(rules.through(direct).is_none(), "{direct}");
        }
    }

    #[test]
    fn a_password_of_the_environment_is_taken_and_shown_nowhere() {
        let through = Through::from_environment("http://mira:s%40nd@proxy.example.com:8080");
        let through = through.expect("a proxy");
        assert_eq!(through.url.to_string(), "http://proxy.example.com:8080");
        let expected = ("mira".to_owned(), "s%40nd".to_owned());
        assert_eq!(through.encoded_user(), Some(expected));
        assert!(!format!("{through:?}").contains("nd@"), "{through:?}");
        assert!(Through::from_environment("socks5://proxy.example.com").is_none());
    }
}
