//! `network`: how servers are reached.

use std::process::ExitCode;

use app::{App, Failure, NetworkForm, NetworkView, ProxyChoice};
use secrecy::SecretString;
use serde::Serialize;

use crate::arguments::Network;
use crate::exit;
use crate::run::line_of_input;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct NetworkObject {
    proxy: String,
    proxy_user: Option<String>,
    has_proxy_password: bool,
    no_proxy: String,
    ca_file: Option<String>,
    ca_certificates: usize,
}

pub(crate) async fn network(
    app: &App,
    arguments: Network,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    if let Some(form) = form(&app.network(), &arguments) {
        app.set_network(&form).await?;
    }
    if let Some(file) = &arguments.ca_file {
        app.trust_file(file)?;
    }
    if arguments.no_ca_file {
        app.forget_ca_file()?;
    }
    let object = shown(app.network());
    voice.say(&object, || in_words(&object));
    Ok(ExitCode::from(exit::DONE))
}

/// What is set, with what was said now; none when nothing was.
fn form(set: &NetworkView, arguments: &Network) -> Option<NetworkForm> {
    let says_something = arguments.proxy.is_some()
        || arguments.proxy_user.is_some()
        || arguments.proxy_password_stdin
        || arguments.no_proxy.is_some();
    if !says_something {
        return None;
    }
    let (proxy, url) = match arguments.proxy.as_deref() {
        Some("system") => (ProxyChoice::System, String::new()),
        Some("none") => (ProxyChoice::None, String::new()),
        Some(url) => (ProxyChoice::Manual, url.to_owned()),
        None => (set.proxy, set.url.clone()),
    };
    let said_or_set = |said: &Option<String>, set: &str| said.clone().unwrap_or(set.to_owned());
    Some(NetworkForm {
        proxy,
        url,
        user: said_or_set(&arguments.proxy_user, &set.user),
        password: arguments
            .proxy_password_stdin
            .then(|| SecretString::from(line_of_input())),
        no_proxy: said_or_set(&arguments.no_proxy, &set.no_proxy),
    })
}

fn shown(set: NetworkView) -> NetworkObject {
    NetworkObject {
        proxy: match set.proxy {
            ProxyChoice::System => "system".to_owned(),
            ProxyChoice::None => "none".to_owned(),
            ProxyChoice::Manual => set.url,
        },
        proxy_user: (!set.user.is_empty()).then_some(set.user),
        has_proxy_password: set.has_password,
        no_proxy: set.no_proxy,
        ca_certificates: set.trusted.as_ref().map_or(0, |file| file.certificates),
        ca_file: set.trusted.map(|file| file.name),
    }
}

fn in_words(object: &NetworkObject) -> String {
    let mut lines = vec![format!("proxy: {}", object.proxy)];
    if let Some(user) = &object.proxy_user {
        let password = if object.has_proxy_password {
            "password in the keychain"
        } else {
            "no password"
        };
        lines.push(format!("  as {user}, {password}"));
    }
    lines.push(format!("  not for: {}", object.no_proxy));
    lines.push(match &object.ca_file {
        Some(name) => format!(
            "trusted: the platform's certificates, and {} of {name}",
            object.ca_certificates
        ),
        None => "trusted: the platform's certificates".to_owned(),
    });
    lines.join("\n")
}
