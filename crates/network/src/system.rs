//! What the environment and, where it says nothing, the desktop have set.
//!
//! Linux: GNOME's setting, which its relatives read too, asked with its own program. macOS and Windows: the system's
//! proxy settings. A script that chooses a proxy (PAC) is understood nowhere.

use hyper_util::client::proxy::matcher::Matcher;

use crate::rules::{Rules, Through, without};

/// Asks once.
pub(crate) async fn rules() -> Rules {
    if let Some(rules) = of_environment(|name| std::env::var(name).ok()) {
        return rules;
    }
    of_desktop().await
}

/// As curl reads it; small letters, too. None where nothing is set.
fn of_environment(read: impl Fn(&str) -> Option<String>) -> Option<Rules> {
    let first = |names: [&str; 2]| {
        let mut set = names.into_iter().filter_map(&read);
        set.find(|value| !value.trim().is_empty())
    };
    let [http, https, all] = [
        ["HTTP_PROXY", "http_proxy"],
        ["HTTPS_PROXY", "https_proxy"],
        ["ALL_PROXY", "all_proxy"],
    ]
    .map(first);
    if http.is_none() && https.is_none() && all.is_none() {
        return None;
    }
    let through = |own: Option<String>| {
        let text = own.or_else(|| all.clone())?;
        let through = Through::from_environment(&text);
        if through.is_none() {
            tracing::warn!("the environment names a proxy that is no HTTP proxy; it is not used");
        }
        through
    };
    Some(Rules {
        http: through(http),
        https: through(https),
        asked: Some(without(
            &first(["NO_PROXY", "no_proxy"]).unwrap_or_default(),
        )),
        spares_loopback: true,
    })
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
#[expect(clippy::unused_async, reason = "asked of a program on Linux")]
async fn of_desktop() -> Rules {
    of_matcher(Matcher::from_system())
}

/// The proxies that a system's settings name, and, in the matcher, whom they are not for.
#[cfg_attr(
    all(unix, not(target_os = "macos")),
    expect(dead_code, reason = "macOS and Windows")
)]
fn of_matcher(matcher: Matcher) -> Rules {
    let through = |scheme: &str| {
        let any = format!("{scheme}://sts.amazonaws.com/").parse().ok()?;
        let found = matcher.intercept(&any)?;
        Through::from_environment(&found.uri().to_string())
    };
    Rules {
        http: through("http"),
        https: through("https"),
        asked: Some(matcher),
        spares_loopback: true,
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn of_desktop() -> Rules {
    gnome::ask().await.unwrap_or_default()
}

#[cfg(all(unix, not(target_os = "macos")))]
mod gnome {
    //! `org.gnome.system.proxy`, and its schemas `.http` and `.https`.

    use std::collections::HashMap;
    use std::process::Stdio;
    use std::time::Duration;

    use tokio::process::Command;

    use crate::rules::{Rules, Through, without};

    const SCHEMA: &str = "org.gnome.system.proxy";
    /// It reads one file; a sign-in does not wait for more.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// None: no such desktop, no such program, or no proxy is set.
    pub(super) async fn ask() -> Option<Rules> {
        // Elsewhere the setting is nobody's choice.
        std::env::var_os("XDG_CURRENT_DESKTOP").filter(|desktop| !desktop.is_empty())?;
        let mut command = Command::new("gsettings");
        command
            .args(["list-recursively", SCHEMA])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, command.output());
        let output = output.await.ok()?.ok()?;
        of_listing(&String::from_utf8(output.stdout).ok()?)
    }

    /// Lines such as `org.gnome.system.proxy.http host 'proxy.example.com'`.
    pub(super) fn of_listing(listing: &str) -> Option<Rules> {
        let mut set = HashMap::new();
        for line in listing.lines() {
            let mut words = line.splitn(3, ' ');
            let (Some(schema), Some(key), Some(value)) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let part = schema.strip_prefix(SCHEMA)?.trim_start_matches('.');
            set.insert((part, key), value.trim());
        }
        if set.get(&("", "mode")) != Some(&"'manual'") {
            return None;
        }
        let through = |part: &str| {
            let host = set.get(&(part, "host"))?.trim_matches('\'');
            let port = set.get(&(part, "port"))?.parse::<u16>().ok()?;
            let is_set = !host.is_empty() && port != 0;
            is_set.then(|| Through::from_environment(&format!("{host}:{port}")))?
        };
        let ignored = set.get(&("", "ignore-hosts")).copied().unwrap_or_default();
        Some(Rules {
            http: through("http"),
            https: through("https"),
            asked: Some(without(&list(ignored))),
            spares_loopback: true,
        })
    }

    /// `['localhost', '*.example.com']` as curl writes it: `localhost,.example.com`.
    fn list(value: &str) -> String {
        let names = value.split('\'').skip(1).step_by(2);
        let names = names.map(|name| name.strip_prefix('*').unwrap_or(name));
        names.collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_as_curl_reads_it() {
        let rules = of_environment(|name| match name {
            "https_proxy" => Some("http://secure.example.com:1".to_owned()),
            "ALL_PROXY" => Some("other.example.com:2".to_owned()),
            "NO_PROXY" => Some("storage.example.com".to_owned()),
            _ => None,
        });
        let rules = rules.expect("rules");
        let host = |address: &str| rules.through(address).map(|through| through.url.host());
        assert_eq!(host("https://a.example.com/"), Some("secure.example.com:1"));
        assert_eq!(host("http://a.example.com/"), Some("other.example.com:2"));
        assert_eq!(host("https://storage.example.com/"), None);
        assert_eq!(host("http://127.0.0.1:9000/"), None);
        assert!(of_environment(|_| None).is_none());
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn gnomes_setting_counts_when_it_is_switched_to_manual() {
        let listing = "org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.inside.example.com']\n\
             org.gnome.system.proxy mode 'manual'\n\
             org.gnome.system.proxy.http host ''\n\
             org.gnome.system.proxy.http port 8080\n\
             org.gnome.system.proxy.https host 'proxy.example.com'\n\
             org.gnome.system.proxy.https port 3128\n";
        let rules = gnome::of_listing(listing).expect("rules");
        let host = |address: &str| rules.through(address).map(|through| through.url.host());
        assert_eq!(
            host("https://a.example.com/"),
            Some("proxy.example.com:3128")
        );
        assert_eq!(host("http://a.example.com/"), None);
        assert_eq!(host("https://b.inside.example.com/"), None);
        assert!(gnome::of_listing(&listing.replace("'manual'", "'none'")).is_none());
    }
}
