//! Why there was no answer of the server's own.

use std::error::Error;
use std::io;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use http::Uri;

use crate::rules::is_loopback;

/// A reason that a person can do something about. Whatever else was in the way has none: the server is not reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// No name server knows the name; or none is reached.
    #[error("no such host")]
    HostUnknown,
    /// The server's certificate is of an authority that nobody here trusts, of another host, or out of date.
    #[error("the certificate is not trusted")]
    CertificateUntrusted,
    /// The proxy itself is not reached.
    #[error("the proxy {proxy} is not reached")]
    ProxyUnreachable {
        /// Host and port.
        proxy: String,
    },
    /// The proxy does not let this through.
    #[error("the proxy {proxy} refused")]
    ProxyRefused {
        /// Host and port.
        proxy: String,
    },
    /// The proxy asks for a user and a password, or did not take them (407).
    #[error("the proxy {proxy} asks for a password")]
    ProxyPasswordWrong {
        /// Host and port.
        proxy: String,
    },
    /// This network shows a page of its own first (511, or such a page).
    #[error("a captive portal")]
    CaptivePortal,
}

/// The reason and what told it, inside the SDK's error.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
struct Explained {
    why: Unreached,
    source: BoxError,
}

/// The reason in a client's error, when one was found.
pub fn why(error: &(dyn Error + 'static)) -> Option<Unreached> {
    let mut chain = chain(error);
    chain.find_map(|error| Some(error.downcast_ref::<Explained>()?.why.clone()))
}

/// An [`io::Error`] tells its payload's source as its own, and so hides the payload.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

/// A request that got no answer.
pub(crate) fn explained(error: ConnectorError, proxy: Option<String>) -> ConnectorError {
    match reason(&error, proxy) {
        Some(why) => failed(why, error.into()),
        None => error,
    }
}

fn reason(error: &ConnectorError, proxy: Option<String>) -> Option<Unreached> {
    let is_untrusted = |error: &(dyn Error + 'static)| {
        let error = error.downcast_ref::<rustls::Error>();
        matches!(error, Some(rustls::Error::InvalidCertificate(_)))
    };
    if chain(error).any(is_untrusted) {
        return Some(Unreached::CertificateUntrusted);
    }
    if let Some(proxy) = proxy {
        return behind_proxy(error, proxy);
    }
    chain(error)
        .any(<dyn Error>::is::<ResolveDnsError>)
        .then_some(Unreached::HostUnknown)
}

fn behind_proxy(error: &ConnectorError, proxy: String) -> Option<Unreached> {
    if let Some(told) = chain(error).find_map(tunnel) {
        return Some(match told {
            Tunnel::AsksForPassword => Unreached::ProxyPasswordWrong { proxy },
            Tunnel::Refused => Unreached::ProxyRefused { proxy },
            Tunnel::Broken => Unreached::ProxyUnreachable { proxy },
        });
    }
    // The first connection is the one to the proxy.
    let is_connect = |error: &(dyn Error + 'static)| {
        let error = error.downcast_ref::<hyper_util::client::legacy::Error>();
        error.is_some_and(hyper_util::client::legacy::Error::is_connect)
    };
    let never_came = !error.is_timeout() && chain(error).any(is_connect);
    never_came.then_some(Unreached::ProxyUnreachable { proxy })
}

enum Tunnel {
    AsksForPassword,
    Refused,
    Broken,
}

/// hyper-util does not let its error of a CONNECT be named, so its text tells (`TunnelError`'s `Display`, 0.1.21); a
/// story meets each with a real proxy.
fn tunnel(error: &(dyn Error + 'static)) -> Option<Tunnel> {
    let text = error.to_string();
    match text.strip_prefix("tunnel error: ")? {
        "proxy authorization required" => Some(Tunnel::AsksForPassword),
        "unsuccessful" | "proxy response headers too long" => Some(Tunnel::Refused),
        _ => Some(Tunnel::Broken),
    }
}

/// What another try may change stays an error of input and output, which the SDK tries again.
fn failed(why: Unreached, source: BoxError) -> ConnectorError {
    let may_change = match &why {
        Unreached::HostUnknown | Unreached::ProxyUnreachable { .. } => true,
        Unreached::CertificateUntrusted
        | Unreached::ProxyRefused { .. }
        | Unreached::ProxyPasswordWrong { .. }
        | Unreached::CaptivePortal => false,
    };
    let explained = Box::new(Explained { why, source });
    if may_change {
        ConnectorError::io(explained)
    } else {
        ConnectorError::other(explained, None)
    }
}

/// An answer that is the way's and not the server's becomes an error. Over http a proxy answers in the server's place,
/// and so does a network that wants to be signed in to.
pub(crate) fn looked_at(
    response: HttpResponse,
    address: &str,
    proxy: Option<String>,
) -> Result<HttpResponse, ConnectorError> {
    let answer = Answer::of(&response, address, proxy.is_some());
    let status = response.status().as_u16();
    let source = || BoxError::from(format!("HTTP status {status}"));
    match (answer, proxy) {
        (Answer::Portal, _) => Err(failed(Unreached::CaptivePortal, source())),
        (Answer::AsksForPassword, Some(proxy)) => {
            Err(failed(Unreached::ProxyPasswordWrong { proxy }, source()))
        }
        (Answer::ProxyRefused, Some(proxy)) => {
            Err(failed(Unreached::ProxyRefused { proxy }, source()))
        }
        // The proxy does not reach the server.
        (Answer::ProxyFailed, Some(_)) => Err(ConnectorError::io(source())),
        _ => Ok(response),
    }
}

enum Answer {
    Servers,
    Portal,
    AsksForPassword,
    ProxyRefused,
    ProxyFailed,
}

impl Answer {
    fn of(response: &HttpResponse, address: &str, is_proxied: bool) -> Self {
        let headers = response.headers();
        let is_aws =
            headers.contains_key("x-amz-request-id") || headers.contains_key("x-amzn-requestid");
        let is_page = headers
            .get("content-type")
            .is_some_and(|kind| kind.trim_start().starts_with("text/html"));
        let is_plain = address.starts_with("http:");
        match response.status().as_u16() {
            511 => Self::Portal,
            407 if is_plain && is_proxied => Self::AsksForPassword,
            _ if is_aws => Self::Servers,
            // tinyproxy says it of a wrong password.
            401 if is_page && is_plain && is_proxied => Self::AsksForPassword,
            301..=308 if leads_away(headers.get("location"), address) => Self::Portal,
            200..=299 if is_page && is_plain && may_have_portal(address, is_proxied) => {
                Self::Portal
            }
            400..=499 if is_page && is_plain && is_proxied => Self::ProxyRefused,
            500.. if is_page && is_plain && is_proxied => Self::ProxyFailed,
            _ => Self::Servers,
        }
    }
}

/// To a page of another host. S3 leads to its other regions, too, but says who it is.
fn leads_away(location: Option<&str>, address: &str) -> bool {
    let host = |text: &str| Some(text.parse::<Uri>().ok()?.host()?.to_ascii_lowercase());
    match (location.and_then(host), host(address)) {
        (Some(to), Some(from)) => to != from,
        _ => false,
    }
}

/// Nothing stands between this computer and itself.
fn may_have_portal(address: &str, is_proxied: bool) -> bool {
    let uri = address.parse::<Uri>().ok();
    let is_here = uri.is_some_and(|uri| uri.host().is_some_and(is_loopback));
    is_proxied || !is_here
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn told(status: u16, headers: &[(&str, &str)], address: &str) -> Option<Unreached> {
        let status = StatusCode::try_from(status).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::empty());
        for (name, value) in headers {
            let (name, value) = ((*name).to_owned(), (*value).to_owned());
            response.headers_mut().insert(name, value);
        }
        let error = looked_at(response, address, None).err()?;
        why(&error)
    }

    #[test]
    fn a_portal_is_told_from_a_server_that_is_another() {
        const PLAIN: &str = "http://storage.example.com/bucket/key";
        const SECURE: &str = "https://storage.example.com/bucket/key";
        let page = ("content-type", "text/html; charset=utf-8");
        let away = ("location", "http://login.hotel.example/");
        let home = ("location", "https://storage.example.com/");
        let s3 = ("x-amz-request-id", "1");
        let portal = Some(Unreached::CaptivePortal);
        assert_eq!(told(200, &[page], PLAIN), portal);
        assert_eq!(told(302, &[away], PLAIN), portal);
        assert_eq!(told(302, &[away], SECURE), portal);
        assert_eq!(told(511, &[], SECURE), portal);
        assert_eq!(
            told(200, &[page], SECURE),
            None,
            "a web server, not a portal"
        );
        assert_eq!(told(200, &[page], "http://127.0.0.1:9000/"), None);
        assert_eq!(told(404, &[page], PLAIN), None);
        assert_eq!(told(301, &[home, page], PLAIN), None);
        assert_eq!(told(307, &[away, s3], PLAIN), None, "S3 leads to a region");
        assert_eq!(told(503, &[page], PLAIN), None);
    }
}
