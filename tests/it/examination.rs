//! `examine`: what stands in the way, found by requests that change nothing; on servers that nobody here wrote, too.

use sandbox::Operation;
use serde_json::Value;
use testkit::fault_line::{Fault, FaultLine};
use testkit::moto::Moto;
use testkit::sandglass::Output;
use testkit::wait::until;
use tokio::runtime::Runtime;

use crate::person::{Person, SOON};
use crate::server::{Server, Setup, Which};

on_both_servers! {
    an_examination_says_that_uploads_work_and_leaves_the_bucket_as_it_was
    the_published_policy_is_recognised_and_uploads_work
    a_role_that_does_not_let_the_key_in_is_said_and_the_rest_is_not_reached
}

/// What a check found: its state and its word.
fn found<'a>(examined: &'a Output, check: &str) -> (&'a str, &'a str) {
    let mut all = examined.objects.iter();
    let finding = all.find(|object| object["check"] == check);
    let finding = finding.unwrap_or_else(|| panic!("{check} was not told: {examined:?}"));
    let text = |field: &str| finding[field].as_str().unwrap_or_default();
    (text("state"), text("code"))
}

fn an_examination_says_that_uploads_work_and_leaves_the_bucket_as_it_was(which: Which) {
    let server = Server::start(which);
    server.store("there.txt", b"already");
    let person = Person::connected_to(&server.destination());
    let examined = person.sandglass.run(&["examine"]).expect_code(0);
    assert_eq!(
        examined.objects.last().expect("a verdict")["uploads_work"],
        true
    );
    for (check, word) in [
        ("clock", "clockAgrees"),
        ("role", "roleAssumed"),
        ("bucket", "bucketThere"),
        ("list", "listAllowed"),
        ("store", "storeAllowed"),
        ("overwrite", "overwriteGuarded"),
        ("parts", "partsAllowed"),
        ("read", "readDenied"),
    ] {
        assert_eq!(found(&examined, check), ("good", word), "{check}");
    }
    assert_eq!(server.keys(), ["there.txt"]);
    assert_eq!(server.object("there.txt"), b"already");
}

fn the_published_policy_is_recognised_and_uploads_work(which: Which) {
    let published = Setup {
        is_as_published: true,
        ..Setup::default()
    };
    let server = Server::start_with(which, published);
    let person = Person::connected_to(&server.destination());
    let examined = person.sandglass.run(&["examine"]).expect_code(0);
    assert_eq!(found(&examined, "list"), ("wrong", "listDeniedOnly"));
    assert_eq!(found(&examined, "store"), ("good", "storeAllowed"));
    assert!(server.keys().is_empty());
}

fn a_role_that_does_not_let_the_key_in_is_said_and_the_rest_is_not_reached(which: Which) {
    let server = Server::start(which);
    let mut destination = server.destination();
    destination.role_arn.push_str("-that-is-not-there");
    let person = Person::connected_to(&destination);
    let examined = person.sandglass.run(&["examine"]).expect_code(1);
    assert_eq!(found(&examined, "role"), ("wrong", "roleRefused"));
    for check in ["bucket", "store", "otherBuckets"] {
        assert_eq!(found(&examined, check), ("cannotTell", "notReached"));
    }
}

#[test]
fn a_server_that_stores_what_it_should_refuse_is_not_given_the_chance_and_does_not_tell() {
    let runtime = Runtime::new().expect("a runtime");
    let moto = runtime.block_on(Moto::start());
    let person = Person::connected_to(&moto.destination("Field recordings"));
    let examined = person.sandglass.run(&["examine"]).expect_code(1);
    assert_eq!(found(&examined, "store"), ("cannotTell", "storeUntold"));
    assert_eq!(
        found(&examined, "overwrite"),
        ("cannotTell", "overwriteUntold")
    );
    let works: Vec<&Value> = examined
        .objects
        .iter()
        .filter(|object| object["kind"] == "verdict")
        .collect();
    assert_eq!(works[0]["uploads_work"], false);
    assert_eq!(runtime.block_on(moto.onlooker().keys()), [""; 0]);
}

#[test]
fn a_server_that_falls_silent_is_said_at_the_check_that_it_left_open() {
    let server = Server::sandbox();
    let (line, mut destination) = server.behind_a_line();
    destination.sts_endpoint = server.destination().endpoint;
    let person = Person::connected_to(&destination);
    drop(line);
    let examined = person.sandglass.run(&["examine"]).expect_code(1);
    assert_eq!(found(&examined, "length"), ("good", "lengthGranted"));
    assert_eq!(found(&examined, "bucket"), ("wrong", "offline"));
    assert_eq!(found(&examined, "list"), ("cannotTell", "notReached"));
}

/// Somebody whose bucket, of which only a folder is theirs, lies behind a line.
fn behind_a_line(server: &Server) -> (FaultLine, Person) {
    let (line, mut destination) = server.behind_a_fault_line();
    "incoming/".clone_into(&mut destination.prefix);
    let person = Person::connected_to(&destination);
    (line, person)
}

/// The checks that were told, in their order.
fn checks(objects: &[Value]) -> Vec<&str> {
    let all = objects.iter();
    all.filter_map(|object| object["check"].as_str()).collect()
}

#[test]
fn a_bucket_that_is_there_is_asked_everything_at_once_and_the_findings_keep_their_order() {
    let server = Server::sandbox();
    let (line, person) = behind_a_line(&server);
    let probes = 8;
    line.next_after(Operation::Any, 1, probes, Fault::HoldAnswer(SOON));
    let running = person.sandglass.spawn(&["examine"]);
    until("all probes wait for their answers", SOON, || {
        (line.held() as u64 == probes).then_some(())
    });
    line.let_go();
    let examined = running.finish(SOON).expect_code(0);
    assert_eq!(
        checks(&examined.objects)[5..],
        [
            "bucket",
            "list",
            "store",
            "overwrite",
            "parts",
            "abort",
            "kms",
            "read",
            "otherFolders",
            "otherBuckets"
        ]
    );
    assert_eq!(found(&examined, "store"), ("good", "storeAllowed"));
    assert!(server.keys().is_empty());
}

#[test]
fn a_finding_is_told_while_the_answers_behind_it_are_waited_for_and_none_overtakes() {
    let server = Server::sandbox();
    let (line, person) = behind_a_line(&server);
    line.next(Operation::GetObject, 1, Fault::HoldAnswer(SOON));
    let mut running = person.sandglass.spawn(&["examine"]);
    running.wait_for("what comes before reading is told", SOON, |object| {
        object["check"] == "kms"
    });
    until("only reading is waited for", SOON, || {
        let all = line.received();
        let open = all.iter().filter(|request| !request.is_answered);
        (open.count() == 1 && line.requests_of(Operation::ListObjectsV2) == 2).then_some(())
    });
    assert_eq!(checks(running.objects()).last(), Some(&"kms"));
    line.let_go();
    let examined = running.finish(SOON).expect_code(0);
    assert_eq!(checks(&examined.objects).last(), Some(&"otherBuckets"));
}

#[test]
fn what_was_answered_in_front_of_a_silence_is_told() {
    let server = Server::sandbox();
    let (line, person) = behind_a_line(&server);
    line.next(Operation::AbortMultipartUpload, 2, Fault::Refuse);
    let examined = person.sandglass.run(&["examine"]).expect_code(0);
    assert_eq!(found(&examined, "parts"), ("good", "partsAllowed"));
    assert_eq!(found(&examined, "abort"), ("wrong", "offline"));
    for check in ["kms", "read", "otherFolders", "otherBuckets"] {
        assert_eq!(found(&examined, check), ("cannotTell", "notReached"));
    }
    let verdict = examined.objects.last().expect("a verdict");
    assert_eq!(verdict["verdict"], "worksBut");
}
