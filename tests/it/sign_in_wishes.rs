//! What a sign-in asks for, and what it gives up when the server does not give it.

use std::time::Duration;

use sandbox::{Operation, Options, documents};
use testkit::sandglass::Output;

use crate::person::{Person, put};
use crate::server::Server;

fn person_at(server: &Server, options: &[&str], seconds: Option<u32>) -> Person {
    let person = Person::new();
    let mut destination = server.destination();
    destination.session_seconds = seconds;
    let arguments = [
        vec!["connect".to_owned(), "--key-stdin".to_owned()],
        destination.arguments(),
        options.iter().map(|word| (*word).to_owned()).collect(),
    ]
    .concat();
    let connected = person
        .sandglass
        .run_with_input(&arguments, &destination.key_lines());
    connected.expect_code(0);
    person
}

fn seconds_of(output: &Output) -> &serde_json::Value {
    &output.objects[0]["session_seconds"]
}

#[test]
fn a_session_longer_than_the_role_allows_is_lowered_said_once_and_remembered() {
    let server = Server::sandbox_with(|options| options.max_session_seconds = 14_400);
    let person = person_at(&server, &[], Some(43_200));
    let first = person.sandglass.run(&["sign-in"]).expect_code(0);
    assert_eq!(*seconds_of(&first), 14_400);
    assert!(
        first.stderr.contains("14400 seconds at most"),
        "{}",
        first.stderr
    );
    let asked = server.counts().requests_of(Operation::AssumeRole);
    let second = person.sandglass.run(&["sign-in"]).expect_code(0);
    assert_eq!(*seconds_of(&second), 14_400);
    assert_eq!(second.stderr, "", "it was said before");
    assert_eq!(
        server.counts().requests_of(Operation::AssumeRole),
        asked + 1
    );
}

#[test]
fn with_a_one_time_code_a_shorter_session_is_asked_for_with_the_next_code() {
    let server = Server::sandbox_with(|options| {
        options.max_session_seconds = 3600;
        options.trust_policy = Some(documents::trust_policy_with_mfa());
    });
    let serial = "arn:aws:iam::123456789012:mfa/sts-s3-upload-user";
    let person = person_at(&server, &["--mfa-serial", serial], Some(43_200));
    let words = ["sign-in", "--mfa-code-stdin"];
    let refused = person.sandglass.run_with_input(&words, "123456\n");
    let refused = refused.expect_code(3);
    assert_eq!(refused.failure_code(), Some("sessionTooLong"));
    assert_eq!(server.counts().requests_of(Operation::AssumeRole), 1);
    let next = person.sandglass.run_with_input(&words, "234567\n");
    assert_eq!(*seconds_of(&next.expect_code(0)), 3600);
}

#[test]
fn a_policy_that_is_too_large_when_packed_is_left_out_said_and_not_tried_again() {
    let server = Server::sandbox_with(|options| options.sts.longest_policy = Some(100));
    let person = person_at(&server, &[], None);
    let first = person.sandglass.run(&["sign-in"]).expect_code(0);
    assert!(
        first
            .stderr
            .contains("did not take the policy that narrows a session"),
        "{}",
        first.stderr
    );
    let asked = server.counts().requests_of(Operation::AssumeRole);
    let file = person.small_file("grain.txt", b"sand");
    let second = person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    assert_eq!(second.stderr, "");
    assert_eq!(
        server.counts().requests_of(Operation::AssumeRole),
        asked + 1
    );
    assert_eq!(server.object("grain.txt"), b"sand");
}

#[test]
fn a_narrowed_session_works_below_its_folder_and_another_folder_takes_the_whole_role() {
    let server = Server::sandbox();
    let person = person_at(&server, &["--prefix", "incoming/"], None);
    let file = person.small_file("grain.txt", b"sand");
    person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    let elsewhere = put(&["--to", "elsewhere/"], &[&file]);
    person.sandglass.run(&elsewhere).expect_code(0);
    assert_eq!(server.keys(), ["elsewhere/grain.txt", "incoming/grain.txt"]);
    let listed = person.sandglass.run(&["ls"]).expect_code(0);
    assert_eq!(listed.objects[0]["key"], "incoming/grain.txt");
}

fn late(options: &mut Options) {
    options.sts.key_known_after = Some(Duration::from_secs(4));
}

#[test]
fn a_key_that_was_just_created_is_waited_for_and_one_that_nobody_called_new_is_not() {
    let server = Server::sandbox_with(late);
    let person = person_at(&server, &["--new-key"], None);
    person.sandglass.run(&["sign-in"]).expect_code(0);
    let server = Server::sandbox_with(late);
    let person = person_at(&server, &[], None);
    let refused = person.sandglass.run(&["sign-in"]).expect_code(3);
    assert_eq!(refused.failure_code(), Some("accessKeyUnknown"));
}
