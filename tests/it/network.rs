//! Through a proxy, behind a private authority, and each way in which that fails: for STS and for S3.

use std::path::Path;

use testkit::answers::Answers;
use testkit::destination::Destination;
use testkit::files::{assert_same, expected};
use testkit::place::free_port;
use testkit::proxy::{Proxy, Rules};
use testkit::tls_end::TlsEnd;

use crate::person::{Person, put};
use crate::server::Server;

/// A server behind TLS, and somebody who has it as a destination.
struct Secure {
    server: Server,
    end: TlsEnd,
    person: Person,
}

impl Secure {
    fn start() -> Self {
        let server = Server::sandbox();
        let end = TlsEnd::before(server.address());
        let person = Person::connected_to(&Destination {
            endpoint: end.s3_endpoint(),
            sts_endpoint: end.sts_endpoint(),
            ..server.destination()
        });
        Self {
            server,
            end,
            person,
        }
    }

    fn trust(&self) {
        let authority = self.end.authority().display().to_string();
        network(&self.person, &["--ca-file", &authority]);
    }
}

fn network(person: &Person, options: &[&str]) {
    let words = [&["network"], options].concat();
    person.sandglass.run(&words).expect_code(0);
}

/// Uses this proxy for everything, this computer included.
fn use_proxy(person: &Person, url: &str) {
    network(person, &["--proxy", url, "--no-proxy", ""]);
}

#[track_caller]
fn sign_in_fails(person: &Person, code: &str, about: &str) {
    let refused = person.sandglass.run(&["sign-in"]).expect_code(3);
    assert_eq!(refused.failure_code(), Some(code));
    assert_eq!(refused.objects[0]["failure"]["about"], about);
}

#[test]
fn sign_in_and_uploads_go_through_a_proxy_and_tls_of_a_private_authority() {
    let it = Secure::start();
    let proxy = Proxy::start(Rules::default());
    it.trust();
    use_proxy(&it.person, &proxy.url());
    let dropped = [
        it.person.small_file("grain.txt", b"sand"),
        it.person.big_file("dunes.raw"),
    ];
    let words = put(&[], &[&dropped[0], &dropped[1]]);
    it.person.sandglass.run(&words).expect_code(0);
    assert_same(&it.server.objects(), &expected(&dropped, ""));
    let asked = proxy.asked();
    for endpoint in [it.end.sts_endpoint(), it.end.s3_endpoint()] {
        let line = endpoint.replace("https://", "CONNECT ");
        assert!(
            asked.iter().any(|asked| asked.starts_with(&line)),
            "{line} in {asked:?}"
        );
    }
}

#[test]
fn plain_http_goes_through_a_proxy_that_asks_for_a_password() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let proxy = Proxy::start(Rules {
        user: Some(("mira", "dune")),
        ..Rules::default()
    });
    use_proxy(&person, &proxy.url());
    sign_in_fails(&person, "proxyPasswordWrong", &proxy.host());
    let words = ["network", "--proxy-user", "mira", "--proxy-password-stdin"];
    person
        .sandglass
        .run_with_input(&words, "wrong\n")
        .expect_code(0);
    sign_in_fails(&person, "proxyPasswordWrong", &proxy.host());
    person
        .sandglass
        .run_with_input(&words, "dune\n")
        .expect_code(0);
    let file = person.small_file("grain.txt", b"sand");
    person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    assert_eq!(server.objects()["grain.txt"], b"sand");
    assert!(
        proxy
            .asked()
            .iter()
            .any(|asked| asked.starts_with("PUT http://"))
    );
}

#[test]
fn a_password_is_asked_for_before_a_tunnel_too_and_stands_in_the_keychain_only() {
    let mut it = Secure::start();
    it.person.sandglass.set_env("SANDGLASS_LOG", "trace");
    let proxy = Proxy::start(Rules {
        user: Some(("mira", "dune-and-sand")),
        ..Rules::default()
    });
    it.trust();
    use_proxy(&it.person, &proxy.url());
    sign_in_fails(&it.person, "proxyPasswordWrong", &proxy.host());
    let words = ["network", "--proxy-user", "mira", "--proxy-password-stdin"];
    let set = it
        .person
        .sandglass
        .run_with_input(&words, "dune-and-sand\n");
    let set = set.expect_code(0);
    assert_eq!(set.objects[0]["has_proxy_password"], true);
    it.person.sandglass.run(&["sign-in"]).expect_code(0);
    let file = it.person.small_file("grain.txt", b"sand");
    it.person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    let written = written_in(it.person.sandglass.home());
    assert!(written.contains("mira"), "the settings name the user");
    assert!(written.contains("HTTP"), "the log says much");
    // The last is what the proxy is told, in base64.
    for secret in [
        "dune-and-sand",
        "dune%2Dand%2Dsand",
        "bWlyYTpkdW5lLWFuZC1zYW5k",
    ] {
        assert!(!written.contains(secret), "{secret} is written down");
    }
    // Another choice takes it out of the keychain; the same one does not bring it back.
    network(&it.person, &["--proxy", "none"]);
    use_proxy(&it.person, &proxy.url());
    network(&it.person, &["--proxy-user", "mira"]);
    let shown = it.person.sandglass.run(&["network"]).expect_code(0);
    assert_eq!(shown.objects[0]["has_proxy_password"], false);
    // tinyproxy answers 401 to a wrong one, and of a tunnel only 407 is told from other refusals.
    sign_in_fails(&it.person, "proxyRefused", &proxy.host());
}

#[test]
fn a_proxy_that_is_gone_is_told_from_a_server_that_is() {
    let it = Secure::start();
    let mut proxy = Proxy::start(Rules::default());
    it.trust();
    use_proxy(&it.person, &proxy.url());
    it.person.sandglass.run(&["sign-in"]).expect_code(0);
    proxy.stop();
    sign_in_fails(&it.person, "proxyUnreachable", &proxy.host());
    let plain = Person::connected_to(&it.server.destination());
    use_proxy(&plain, &proxy.url());
    sign_in_fails(&plain, "proxyUnreachable", &proxy.host());
    // Hosts that the list names are asked without it.
    network(&plain, &["--no-proxy", "localhost, 127.0.0.1"]);
    plain.sandglass.run(&["sign-in"]).expect_code(0);
}

#[test]
fn a_proxy_that_lets_nobody_through_is_named() {
    let proxy = Proxy::start(Rules {
        refuses: Some("localhost"),
        ..Rules::default()
    });
    let it = Secure::start();
    it.trust();
    use_proxy(&it.person, &proxy.url());
    sign_in_fails(&it.person, "proxyRefused", &proxy.host());
    let server = Server::sandbox();
    let endpoint = server
        .destination()
        .endpoint
        .replace("127.0.0.1", "localhost");
    let plain = Person::connected_to(&Destination {
        endpoint: endpoint.clone(),
        sts_endpoint: endpoint,
        ..server.destination()
    });
    use_proxy(&plain, &proxy.url());
    sign_in_fails(&plain, "proxyRefused", &proxy.host());
}

#[test]
fn a_certificate_of_an_unknown_authority_is_not_trusted_until_its_file_is_given() {
    let it = Secure::start();
    let sts = it.end.sts_endpoint().replace("https://", "");
    sign_in_fails(&it.person, "certificateUntrusted", &sts);
    let key = it.end.private_key().display().to_string();
    let refused = it.person.sandglass.run(&["network", "--ca-file", &key]);
    assert_eq!(refused.expect_code(2).failure_code(), Some("badCaFile"));
    it.trust();
    let shown = it.person.sandglass.run(&["network"]).expect_code(0);
    assert_eq!(shown.objects[0]["ca_file"], "authority.pem");
    assert_eq!(shown.objects[0]["ca_certificates"], 1);
    let file = it.person.small_file("grain.txt", b"sand");
    it.person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    network(&it.person, &["--no-ca-file"]);
    sign_in_fails(&it.person, "certificateUntrusted", &sts);
}

#[test]
fn a_certificate_that_s3_shows_fails_its_rows_at_once_and_they_go_on_later() {
    let it = Secure::start();
    // Signed in to over http, so that S3's certificate is the first.
    let person = Person::connected_to(&Destination {
        endpoint: it.end.s3_endpoint(),
        ..it.server.destination()
    });
    let s3 = it.end.s3_endpoint().replace("https://", "");
    let listed = person.sandglass.run(&["ls"]).expect_code(3);
    assert_eq!(listed.failure_code(), Some("certificateUntrusted"));
    let file = person.small_file("grain.txt", b"sand");
    let sent = person.sandglass.run(&put(&[], &[&file])).expect_code(1);
    let row = sent.row("grain.txt");
    assert_eq!(row["failure"]["code"], "certificateUntrusted", "{row}");
    assert_eq!(row["failure"]["about"], s3.as_str(), "{row}");
    let authority = it.end.authority().display().to_string();
    network(&person, &["--ca-file", &authority]);
    person.sandglass.run(&["resume"]).expect_code(0);
    assert_eq!(it.server.objects()["grain.txt"], b"sand");
}

#[test]
fn a_name_that_nobody_knows_is_said_and_the_environments_proxy_is_used() {
    let server = Server::sandbox();
    let mut person = Person::connected_to(&Destination {
        endpoint: "https://storage.invalid".to_owned(),
        sts_endpoint: "https://storage.invalid".to_owned(),
        ..server.destination()
    });
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        person.sandglass.set_env(name, "");
    }
    sign_in_fails(&person, "hostUnknown", "storage.invalid");
    let proxy = Proxy::start(Rules {
        refuses: Some("storage.invalid"),
        ..Rules::default()
    });
    person.sandglass.set_env("HTTPS_PROXY", &proxy.url());
    sign_in_fails(&person, "proxyRefused", &proxy.host());
    network(&person, &["--proxy", "none"]);
    sign_in_fails(&person, "hostUnknown", "storage.invalid");
}

#[test]
fn a_captive_portal_is_told_from_a_server_that_is_not_sts() {
    let server = Server::sandbox();
    let person = Person::connected_to(&Destination {
        endpoint: "http://storage.example.com".to_owned(),
        sts_endpoint: "http://storage.example.com".to_owned(),
        ..server.destination()
    });
    let page = "Content-Type: text/html\r\n";
    for answer in [
        format!("200 OK\r\n{page}"),
        "302 Found\r\nLocation: http://login.hotel.example/\r\n".to_owned(),
        format!("511 Network Authentication Required\r\n{page}"),
    ] {
        use_proxy(&person, &Answers::with(&answer, "Hello").url);
        sign_in_fails(&person, "captivePortal", "storage.example.com");
    }
    use_proxy(
        &person,
        &Answers::with("200 OK\r\nContent-Type: text/plain\r\n", "Hello").url,
    );
    sign_in_fails(&person, "answerNotUnderstood", "storage.example.com");
}

#[test]
fn gnomes_proxy_is_used_where_the_environment_names_none() {
    let server = Server::sandbox();
    let mut person = Person::connected_to(&Destination {
        endpoint: "http://storage.invalid".to_owned(),
        sts_endpoint: "http://storage.invalid".to_owned(),
        ..server.destination()
    });
    let port = free_port();
    let settings = person.folder().join("glib-2.0/settings");
    std::fs::create_dir_all(&settings).expect("a folder");
    let keyfile = format!(
        "[system/proxy]\nmode='manual'\n[system/proxy/http]\nhost='127.0.0.1'\nport={port}\n"
    );
    std::fs::write(settings.join("keyfile"), keyfile).expect("the setting is written");
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        person.sandglass.set_env(name, "");
    }
    let folder = person.folder().display().to_string();
    person.sandglass.set_env("XDG_CONFIG_HOME", &folder);
    person.sandglass.set_env("GSETTINGS_BACKEND", "keyfile");
    person.sandglass.set_env("XDG_CURRENT_DESKTOP", "GNOME");
    sign_in_fails(&person, "proxyUnreachable", &format!("127.0.0.1:{port}"));
}

#[test]
fn a_proxy_that_is_none_is_refused_and_a_password_in_it_not_repeated() {
    let person = Person::new();
    for wrong in [
        "socks5://proxy.example.com",
        "http://mira:dune@proxy.example.com",
    ] {
        let refused = person.sandglass.run(&["network", "--proxy", wrong]);
        let refused = refused.expect_code(2);
        assert_eq!(refused.failure_code(), Some("badProxy"));
        assert!(!refused.stderr.contains("dune"), "{}", refused.stderr);
    }
    let shown = person.sandglass.run(&["network"]).expect_code(0);
    assert_eq!(shown.objects[0]["proxy"], "system");
}

#[test]
fn fips_and_dual_stack_ask_the_hosts_that_aws_has_for_them() {
    let server = Server::sandbox();
    let sandbox = server.destination();
    let region = sandbox.region.clone();
    // Nothing of it leaves this computer.
    let proxy = Proxy::start(Rules {
        refuses: Some("aws"),
        ..Rules::default()
    });
    let person = Person::new();
    network(&person, &["--proxy", &proxy.url()]);
    let connect = |destination: &Destination, options: &[&str]| {
        let options = options.iter().map(|option| (*option).to_owned());
        let words = [
            vec!["connect".to_owned(), "--key-stdin".to_owned()],
            destination.arguments(),
            options.collect(),
        ]
        .concat();
        let keys = destination.key_lines();
        person
            .sandglass
            .run_with_input(&words, &keys)
            .expect_code(0);
    };
    let asks = |words: &[&str], host: &str| {
        let refused = person.sandglass.run(words).expect_code(3);
        assert_eq!(refused.failure_code(), Some("proxyRefused"));
        let line = format!("CONNECT {host}:443 ");
        let asked = proxy.asked();
        let last = asked.last().expect("the proxy was asked");
        assert!(last.starts_with(&line), "{line} in {asked:?}");
    };
    for (name, options, sts, s3) in [
        (
            "Usual",
            &[][..],
            format!("sts.{region}.amazonaws.com"),
            format!("s3.{region}.amazonaws.com"),
        ),
        (
            "Fips",
            &["--fips"],
            format!("sts-fips.{region}.amazonaws.com"),
            format!("s3-fips.{region}.amazonaws.com"),
        ),
        (
            "Dual",
            &["--dual-stack"],
            format!("sts.{region}.api.aws"),
            format!("s3.dualstack.{region}.amazonaws.com"),
        ),
        (
            "Both",
            &["--fips", "--dual-stack"],
            format!("sts-fips.{region}.api.aws"),
            format!("s3-fips.dualstack.{region}.amazonaws.com"),
        ),
    ] {
        let aws = Destination {
            name: format!("{name} of AWS"),
            endpoint: String::new(),
            sts_endpoint: String::new(),
            ..sandbox.clone()
        };
        connect(&aws, options);
        asks(&["sign-in", "-d", &aws.name], &sts);
        // Signed in to by the sandbox, which the list spares.
        let mixed = Destination {
            name: format!("{name} of both"),
            sts_endpoint: sandbox.sts_endpoint.clone(),
            ..aws
        };
        connect(&mixed, options);
        asks(
            &["ls", "-d", &mixed.name],
            &format!("{}.{s3}", sandbox.bucket),
        );
    }
}

/// All that lies in a home, log and ledger included.
fn written_in(folder: &Path) -> String {
    let mut written = String::new();
    for entry in std::fs::read_dir(folder).expect("the home is read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            written += &written_in(&path);
        } else if let Ok(bytes) = std::fs::read(&path) {
            written += &String::from_utf8_lossy(&bytes);
        }
    }
    written
}
