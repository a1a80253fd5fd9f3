//! Wrong secret, unknown key, unknown role, no network, a page in the place of an answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use testkit::destination::Destination;
use testkit::files::{assert_same, expected};
use testkit::place::free_port;

use crate::person::{Person, put};
use crate::server::{Server, Which};

on_both_servers! {
    a_wrong_secret_is_told_from_an_unknown_key
    an_unknown_role_is_refused
    a_server_that_is_gone_is_offline_and_the_rows_wait_for_the_next_try
    s3_that_answers_a_page_is_not_understood_and_nothing_is_called_stored
}

#[track_caller]
fn assert_refused(destination: &Destination, code: &str) {
    let person = Person::connected_to(destination);
    let file = person.small_file("grain.txt", b"sand");
    for words in [vec!["sign-in".to_owned()], put(&[], &[&file])] {
        let refused = person.sandglass.run(&words).expect_code(3);
        assert_eq!(refused.failure_code(), Some(code), "{words:?}");
        assert!(!refused.stderr.is_empty(), "a person reads a sentence");
    }
}

fn a_wrong_secret_is_told_from_an_unknown_key(which: Which) {
    let server = Server::start(which);
    let good = server.destination();
    let mut wrong = good.clone();
    wrong.secret_access_key = good.secret_access_key.chars().rev().collect();
    assert_refused(&wrong, "secretWrong");
    let unknown = Destination {
        access_key_id: "AKIANOBODYKNOWSTHIS1".to_owned(),
        ..good
    };
    assert_refused(&unknown, "accessKeyUnknown");
    assert!(server.objects().is_empty());
}

fn an_unknown_role_is_refused(which: Which) {
    let server = Server::start(which);
    let mut destination = server.destination();
    destination.role_arn.push_str("-that-is-not-there");
    assert_refused(&destination, "roleRefused");
}

fn a_server_that_is_gone_is_offline_and_the_rows_wait_for_the_next_try(which: Which) {
    let server = Server::start(which);
    let (line, destination) = server.behind_a_line();
    let person = Person::connected_to(&destination);
    let file = person.small_file("grain.txt", b"sand");
    // S3 goes first: signed in, and then nobody answers.
    drop(line);
    let listed = person.sandglass.run(&["ls"]).expect_code(3);
    assert_eq!(listed.failure_code(), Some("offline"));
    drop(server);
    let refused = person.sandglass.run(&["sign-in"]).expect_code(3);
    assert_eq!(refused.failure_code(), Some("offline"));
    let refused = person.sandglass.run(&put(&[], &[&file])).expect_code(3);
    assert_eq!(refused.failure_code(), Some("offline"));
}

fn s3_that_answers_a_page_is_not_understood_and_nothing_is_called_stored(which: Which) {
    for status in ["200 OK", "403 Forbidden"] {
        assert_page_is_not_understood(which, status);
    }
}

fn assert_page_is_not_understood(which: Which, status: &'static str) {
    let server = Server::start(which);
    let page = page_server(status);
    let good = server.destination();
    let person = Person::connected_to(&Destination {
        endpoint: page.clone(),
        ..good.clone()
    });
    let listed = person.sandglass.run(&["ls"]).expect_code(3);
    assert_eq!(listed.failure_code(), Some("answerNotUnderstood"));
    let dropped = [
        person.small_file("grain.txt", b"sand"),
        person.big_file("dunes.raw"),
    ];
    let sent = put(&[], &[&dropped[0], &dropped[1]]);
    let sent = person.sandglass.run(&sent).expect_code(1);
    for key in ["grain.txt", "dunes.raw"] {
        let row = sent.row(key);
        assert_eq!(row["state"], "failed", "{row}");
        assert_eq!(row["failure"]["code"], "answerNotUnderstood", "{row}");
    }
    // The same files, to the real place.
    let person = Person::connected_to(&good);
    let sent = put(&[], &[&dropped[0]]);
    person.sandglass.run(&sent).expect_code(0);
    assert_same(&server.objects(), &expected(&dropped[..1], ""));
}

#[test]
fn sts_that_answers_a_page_is_not_understood() {
    let page = page_server("200 OK");
    let destination = Destination {
        name: "Café".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/uploader".to_owned(),
        region: "ap-northeast-1".to_owned(),
        bucket: "a-bucket".to_owned(),
        prefix: String::new(),
        endpoint: page,
        sts_endpoint: String::new(),
        session_seconds: None,
        access_key_id: "AKIANOBODYKNOWSTHIS1".to_owned(),
        secret_access_key: "Nobody/Knows+This00000000000000000000001".to_owned(),
    };
    assert_refused(&destination, "answerNotUnderstood");
}

#[test]
fn a_port_where_nobody_listens_is_offline() {
    let server = Server::sandbox();
    let destination = Destination {
        sts_endpoint: format!("http://127.0.0.1:{}", free_port()),
        ..server.destination()
    };
    assert_refused(&destination, "offline");
}

/// Answers every request as a captive portal does.
pub(crate) fn page_server(status: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || answer_with_page(&client, status));
        }
    });
    format!("http://{address}")
}

fn answer_with_page(client: &TcpStream, status: &str) -> std::io::Result<()> {
    const PAGE: &str = "<!DOCTYPE html><html><body>Welcome! Please accept our terms.</body></html>";
    let mut reader = BufReader::new(client);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    let mut client = client;
    write!(
        client,
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{PAGE}",
        PAGE.len()
    )
}
