//! No failure tells a secret: not to a file, not in a sentence, not to who looks at the process.

use sandbox::{Options, documents};
use testkit::destination::Destination;
use testkit::keyring::PrivateBus;
use testkit::place::free_port;
use testkit::proxy::{Proxy, Rules};
use testkit::tls_end::TlsEnd;
use testkit::traces::found;

use crate::keychain_prompt::write_over;
use crate::person::put;
use crate::refused_sign_in::page_server;
use crate::sign_in_refusals::{trust_of_another, without_a_user_policy};
use crate::watched::{PLANTED, Watched, heard};

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/sts-s3-upload-user";

/// How a sandbox is set up, what `connect` is told, the one-time code, and what comes of it.
type Refusal = (
    fn(&mut Options),
    &'static [&'static str],
    &'static str,
    Option<&'static str>,
);

const REFUSALS: [Refusal; 10] = [
    (|_| {}, &[], "", None),
    (
        |options| options.trust_policy = Some(trust_of_another()),
        &[],
        "",
        Some("roleRefused"),
    ),
    (
        |options| {
            options.trust_policy = Some(trust_of_another());
            options.sts.tells_trust = true;
        },
        &[],
        "",
        Some("roleTrustRefused"),
    ),
    (without_a_user_policy, &[], "", Some("userMayNotAssume")),
    (
        |options| {
            options.trust_policy = Some(documents::trust_policy_with_external_id("agreed-word"));
        },
        &["--external-id", "another-word"],
        "",
        Some("externalIdRefused"),
    ),
    (
        |_| {},
        &["--session-tag", "project=dunes"],
        "",
        Some("sessionTagsRefused"),
    ),
    (with_mfa, &["--mfa-serial", SERIAL], "", Some("mfaMissing")),
    (
        with_mfa,
        &["--mfa-serial", SERIAL],
        "000000\n",
        Some("mfaRefused"),
    ),
    (
        with_mfa,
        &["--mfa-serial", "arn:aws:iam::210987654321:mfa/another"],
        "123456\n",
        Some("mfaDeviceUnknown"),
    ),
    (
        |options| options.sts.is_inactive = true,
        &[],
        "",
        Some("regionDisabled"),
    ),
];

fn with_mfa(options: &mut Options) {
    options.trust_policy = Some(documents::trust_policy_with_mfa());
}

#[test]
fn whatever_sts_refuses_no_secret_is_left_behind_and_none_is_in_the_letter() {
    let mut watched = Watched::new(PrivateBus::start());
    for (number, (change, options, code, refusal)) in REFUSALS.into_iter().enumerate() {
        let (_server, line, mut destination) = heard(change);
        destination.name = format!("Refusal {number}");
        watched.connect(&destination, options);
        let name = destination.name.as_str();
        let sign_in = ["sign-in", "--mfa-code-stdin", "-d", name];
        let without_code = ["sign-in", "-d", name];
        let words: &[&str] = if code.is_empty() {
            &without_code
        } else {
            &sign_in
        };
        watched.ends(words, code, refusal);
        for letter in [&["letter", "-d", name][..], &["letter", "--ja", "-d", name]] {
            watched.run(letter, "");
        }
        watched.hear(&line);
    }
    watched.assert_left_none();
}

#[test]
fn a_key_that_is_wrong_or_unknown_is_not_left_behind_either() {
    let mut watched = Watched::new(PrivateBus::start());
    let (_server, line, good) = heard(|_| {});
    let wrong = Destination {
        name: "Wrong".to_owned(),
        secret_access_key: PLANTED.to_owned(),
        ..good.clone()
    };
    let unknown = Destination {
        name: "Unknown".to_owned(),
        access_key_id: "AKIANOBODYKNOWSTHIS1".to_owned(),
        ..good.clone()
    };
    for destination in [&good, &wrong, &unknown] {
        watched.connect(destination, &[]);
    }
    watched.ends(&["sign-in", "-d", &good.name], "", None);
    watched.ends(&["sign-in", "-d", "Wrong"], "", Some("secretWrong"));
    watched.ends(&["sign-in", "-d", "Unknown"], "", Some("accessKeyUnknown"));
    for name in [&good.name, "Wrong", "Unknown"] {
        watched.run(&["letter", "-d", name], "");
    }
    watched.ends(&["destination", "duplicate", "Wrong"], "", None);
    watched.ends(&["destination", "remove", "Wrong", "--yes"], "", None);
    let file = watched.person.folder().join("field.sandglass");
    let file = file.display().to_string();
    watched.ends(
        &["destination", "export", "-d", "Wrong 2", "-o", &file],
        "",
        None,
    );
    let exported = std::fs::read(&file).expect("it was written");
    watched.hear(&line);
    assert_eq!(
        found(&watched.secrets, "the drop-zone file", &exported),
        None
    );
    watched.assert_left_none();
}

#[test]
fn a_server_that_is_not_reached_or_not_understood_costs_no_secret() {
    let mut watched = Watched::new(PrivateBus::start());
    let (_server, line, good) = heard(|_| {});
    let nobody = format!("http://127.0.0.1:{}", free_port());
    for (name, sts, s3, code) in [
        ("Gone", nobody.clone(), nobody.clone(), "offline"),
        (
            "Page",
            page_server("200 OK"),
            nobody.clone(),
            "answerNotUnderstood",
        ),
        (
            "No host",
            "https://storage.invalid".to_owned(),
            nobody.clone(),
            "hostUnknown",
        ),
    ] {
        let destination = Destination {
            name: name.to_owned(),
            sts_endpoint: sts,
            endpoint: s3,
            ..good.clone()
        };
        watched.connect(&destination, &[]);
        watched.ends(&["sign-in", "-d", name], "", Some(code));
    }
    // Signed in, and then S3 is the one.
    for (name, s3, code) in [
        ("S3 gone", nobody, "offline"),
        (
            "S3 page",
            page_server("403 Forbidden"),
            "answerNotUnderstood",
        ),
    ] {
        let destination = Destination {
            name: name.to_owned(),
            endpoint: s3,
            ..good.clone()
        };
        watched.connect(&destination, &[]);
        watched.ends(&["ls", "-d", name], "", Some(code));
    }
    watched.hear(&line);
    assert!(watched.secrets.len() > 6, "the line heard STS");
    watched.assert_left_none();
}

#[test]
fn neither_a_proxy_nor_a_certificate_makes_a_secret_known() {
    let mut watched = Watched::new(PrivateBus::start());
    let (_server, line, plain) = heard(|_| {});
    let address = line.endpoint().replace("http://", "");
    let end = TlsEnd::before(address.parse().expect("an address"));
    let secure = Destination {
        name: "Secure".to_owned(),
        endpoint: end.s3_endpoint(),
        sts_endpoint: end.sts_endpoint(),
        ..plain.clone()
    };
    watched.connect(&plain, &[]);
    watched.connect(&secure, &[]);
    let (over_http, over_tls) = (["sign-in", "-d", &plain.name], ["sign-in", "-d", "Secure"]);
    watched.ends(&over_tls, "", Some("certificateUntrusted"));
    let authority = end.authority().display().to_string();
    watched.ends(&["network", "--ca-file", &authority], "", None);
    watched.ends(&over_tls, "", None);

    let password = "a-dune-and-its-shadow-7";
    watched.is_secret(password);
    let mut proxy = Proxy::start(Rules {
        user: Some(("mira", password)),
        ..Rules::default()
    });
    let url = proxy.url();
    watched.ends(&["network", "--proxy", &url, "--no-proxy", ""], "", None);
    watched.ends(&over_http, "", Some("proxyPasswordWrong"));
    watched.ends(&over_tls, "", Some("proxyPasswordWrong"));
    let words = ["network", "--proxy-user", "mira", "--proxy-password-stdin"];
    watched.ends(&words, &format!("{PLANTED}\n"), None);
    watched.ends(&over_http, "", Some("proxyPasswordWrong"));
    watched.ends(&over_tls, "", Some("proxyRefused"));
    watched.ends(&words, &format!("{password}\n"), None);
    watched.ends(&over_http, "", None);
    watched.ends(&over_tls, "", None);
    proxy.stop();
    watched.ends(&over_http, "", Some("proxyUnreachable"));
    watched.ends(&over_tls, "", Some("proxyUnreachable"));
    watched.hear(&line);
    assert!(watched.secrets.len() > 6, "the line heard STS");
    watched.assert_left_none();
}

#[test]
fn a_keychain_that_fails_sends_no_secret_elsewhere() {
    let mut watched = Watched::new(PrivateBus::start());
    let (_server, line, destination) = heard(|_| {});
    watched.connect(&destination, &[]);
    watched.ends(&["sign-in"], "", None);
    let arguments = Destination {
        name: "Another".to_owned(),
        ..destination.clone()
    }
    .arguments();
    let mut connect = vec!["connect", "--key-stdin"];
    connect.extend(arguments.iter().map(String::as_str));
    let key = format!("AKIANOBODYKNOWSTHIS1\n{PLANTED}\n");

    watched.person.bus.lock();
    watched.ends(&["sign-in"], "", Some("keychainLocked"));
    watched.ends(&connect, &key, Some("keychainLocked"));
    watched.person.bus.unlock();
    watched.person.bus.kill_service();
    watched.ends(&["sign-in"], "", Some("keychainMissing"));
    watched.ends(&connect, &key, Some("keychainMissing"));
    watched.person.bus.start_service();
    for entry in [
        PLANTED.to_owned(),
        key.replace(PLANTED, "x"),
        key.trim().to_owned(),
    ] {
        write_over(&watched.person, &entry);
        watched.ends(&["sign-in"], "", Some("accessKeyChanged"));
    }
    watched.hear(&line);
    watched.assert_left_none();
}

#[test]
fn a_secret_in_a_wrong_place_is_not_repeated() {
    let mut watched = Watched::new(PrivateBus::start());
    let (_server, line, destination) = heard(|_| {});
    let arguments = destination.arguments();
    let mut connect = vec!["connect"];
    connect.extend(arguments.iter().map(String::as_str));
    let by_input = [&connect[..], &["--key-stdin"]].concat();
    for input in [
        format!("{PLANTED}\n"),
        format!("{PLANTED}\nAKIANOBODYKNOWSTHIS1\n"),
        format!("AKIA\n{PLANTED}\n"),
        format!("AKIANOBODYKNOWSTHIS1 {PLANTED}\n"),
    ] {
        watched.ends(&by_input, &input, Some("badAccessKey"));
    }
    let good = format!("AKIANOBODYKNOWSTHIS1\n{PLANTED}\n");
    for (option, value, code) in [
        ("--role-arn", "uploader", "badRoleArn"),
        ("--bucket", "My Bucket", "badBucket"),
        ("--endpoint", "storage.example.com", "badEndpoint"),
        ("--session-seconds", "an hour", "badSessionSeconds"),
        ("--mfa-serial", "no serial!", "badMfaSerial"),
    ] {
        let mut words = by_input.clone();
        match words.iter().position(|word| *word == option) {
            Some(at) => words[at + 1] = value,
            None => words.extend([option, value]),
        }
        watched.ends(&words, &good, Some(code));
    }
    for text in [
        format!("Access key ID,Secret access key\r\n{PLANTED},AKIANOBODYKNOWSTHIS1\r\n"),
        format!("Access key ID,Secret access key\r\nAKIA,{PLANTED}\r\n"),
        format!("Access key ID;Secret access key\r\nAKIANOBODYKNOWSTHIS1;{PLANTED}\r\n"),
        PLANTED.repeat(2000),
    ] {
        let csv = watched.person.small_file("keys.csv", text.as_bytes());
        let csv = csv.display().to_string();
        let words = [&connect[..], &["--key-csv", &csv]].concat();
        watched.ends(&words, "", Some("badKeyFile"));
    }
    watched.connect(&destination, &[]);
    watched.ends(&["sign-in"], "", None);
    watched.hear(&line);
    watched.assert_left_none();
}

#[test]
fn uploads_that_fail_and_listings_that_are_denied_tell_no_secret() {
    let mut watched = Watched::new(PrivateBus::start());
    let (server, line, destination) = heard(|options| {
        options.role_policy = Some(documents::published_role_policy());
    });
    watched.connect(&destination, &[]);
    watched.ends(&["ls"], "", Some("listingDenied"));
    let (small, big) = (
        watched.person.small_file("grain.txt", b"sand"),
        watched.person.big_file("dunes.raw"),
    );
    let words = put(&[], &[&small, &big]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    watched.ends(&words, "", None);
    server
        .as_sandbox()
        .set_role_policy(documents::empty_policy());
    let refused = watched.run(&words, "");
    assert_ne!(refused.code, Some(0));
    watched.hear(&line);
    assert!(watched.secrets.len() > 6, "the line heard STS");
    watched.assert_left_none();
}

#[test]
fn what_credential_process_prints_is_the_session_and_never_the_key() {
    let mut watched = Watched::new(PrivateBus::start());
    let (_server, line, destination) = heard(|_| {});
    watched.connect(&destination, &[]);
    watched.ends(&["credential-process"], "", None);
    let printed = watched.outputs.last_mut().expect("it ran");
    let printed = format!("{:?}", std::mem::take(&mut printed.objects));
    assert!(printed.contains("SessionToken"), "a session was printed");
    let place = "what was printed";
    assert_eq!(found(&watched.secrets, place, printed.as_bytes()), None);
    // Beside that one place, the session is as secret as ever.
    watched.hear(&line);
    watched.person.bus.lock();
    let locked = watched.run(&["credential-process"], "");
    assert_eq!(locked.code, Some(4));
    watched.assert_left_none();
}
