//! Answers that fail, are lost, are cut or lie; each costs no more than it must. SeaweedFS cannot fail on request, so these
//! are told on the sandbox only.

use std::path::PathBuf;

use sandbox::{Counts, Fault, Operation};
use testkit::files::{assert_same, expected};
use testkit::sandglass::Output;

use crate::person::{BIG, PART, Person, put};
use crate::server::Server;

/// What heads and framing may add to a request's body.
const FRAMING: usize = 64 * 1024;

struct Trial {
    server: Server,
    person: Person,
    dropped: PathBuf,
}

impl Trial {
    fn of_a_big_file() -> Self {
        let server = Server::sandbox();
        let person = Person::connected_to(&server.destination());
        let dropped = person.big_file("dunes.raw");
        Self {
            server,
            person,
            dropped,
        }
    }

    fn of_a_small_file() -> Self {
        let server = Server::sandbox();
        let person = Person::connected_to(&server.destination());
        let dropped = person.small_file("grain.txt", b"sand");
        Self {
            server,
            person,
            dropped,
        }
    }

    fn will(&self, operation: Operation, times: u64, fault: Fault) {
        self.server.faults().next(operation, times, fault);
    }

    fn put(&self) -> Output {
        self.person.sandglass.run(&put(&[], &[&self.dropped]))
    }

    #[track_caller]
    fn assert_arrived(&self) {
        assert_same(&self.server.objects(), &expected(&[&self.dropped], ""));
    }
}

/// How often each part came, refused ones among them.
fn times_sent(counts: &Counts) -> Vec<usize> {
    let times = |number| {
        let same = |part: &&sandbox::ReceivedPart| part.part_number == number;
        counts.parts.iter().filter(same).count()
    };
    (1..=4).map(times).collect()
}

#[test]
fn a_busy_server_is_asked_again_until_it_takes_the_part() {
    let trial = Trial::of_a_big_file();
    trial.will(Operation::UploadPart, 2, Fault::fail(503, "SlowDown"));
    let sent = trial.put().expect_code(0);
    assert_eq!(sent.row("dunes.raw")["state"], "stored");
    trial.assert_arrived();
    let counts = trial.server.counts();
    assert_eq!(counts.requests_of(Operation::UploadPart), 6);
    assert!(counts.parts_sent_again().is_empty());
}

#[test]
fn a_part_that_is_cut_is_sent_again_alone() {
    let trial = Trial::of_a_big_file();
    let after_bytes = 3_000_000;
    trial.will(Operation::UploadPart, 1, Fault::Cut { after_bytes });
    trial.put().expect_code(0);
    trial.assert_arrived();
    let counts = trial.server.counts();
    let mut times = times_sent(&counts);
    times.sort_unstable();
    assert_eq!(times, [1, 1, 1, 2]);
    assert!(counts.parts_sent_again().is_empty());
    let bytes = counts.body_bytes_of(Operation::UploadPart);
    let most = u64::try_from(BIG + PART + FRAMING).expect("small");
    assert!(bytes <= most, "{bytes} bytes came, {most} would be enough");
}

#[test]
fn a_part_whose_answer_is_lost_is_sent_again_alone() {
    let trial = Trial::of_a_big_file();
    trial.will(Operation::UploadPart, 1, Fault::LoseAnswer);
    trial.put().expect_code(0);
    trial.assert_arrived();
    let mut times = times_sent(&trial.server.counts());
    times.sort_unstable();
    assert_eq!(times, [1, 1, 1, 2]);
}

#[test]
fn an_error_at_the_last_step_sends_no_part_again() {
    let trial = Trial::of_a_big_file();
    let error = Fault::fail(500, "InternalError");
    trial.will(Operation::CompleteMultipartUpload, 3, error);
    trial.put().expect_code(0);
    trial.assert_arrived();
    let counts = trial.server.counts();
    assert_eq!(times_sent(&counts), [1, 1, 1, 1]);
    assert_eq!(counts.requests_of(Operation::CompleteMultipartUpload), 4);
    assert_eq!(counts.requests_of(Operation::CreateMultipartUpload), 1);
}

#[test]
fn a_session_that_the_server_calls_expired_before_its_time_waits_for_a_sign_in() {
    let trial = Trial::of_a_big_file();
    let expired = Fault::fail(400, "ExpiredToken");
    trial
        .server
        .faults()
        .next_after(Operation::UploadPart, 2, 1, expired);
    let stopped = trial.put().expect_code(3);
    assert_eq!(stopped.row("dunes.raw")["state"], "waiting_for_sign_in");
    let resumed = trial.person.sandglass.run(&["resume"]).expect_code(0);
    assert_eq!(resumed.row("dunes.raw")["state"], "stored");
    trial.assert_arrived();
    let counts = trial.server.counts();
    assert_eq!(counts.requests_of(Operation::UploadPart), 5);
    assert_eq!(counts.requests_of(Operation::CreateMultipartUpload), 1);
    assert!(counts.parts_sent_again().is_empty());
}

#[test]
fn bytes_that_were_damaged_on_the_way_are_sent_again() {
    let big = Trial::of_a_big_file();
    big.will(Operation::UploadPart, 1, Fault::fail(400, "BadDigest"));
    big.put().expect_code(0);
    big.assert_arrived();
    let counts = big.server.counts();
    assert_eq!(counts.requests_of(Operation::UploadPart), 5);
    let small = Trial::of_a_small_file();
    small.will(Operation::PutObject, 1, Fault::fail(400, "BadDigest"));
    small.put().expect_code(0);
    small.assert_arrived();
    let counts = small.server.counts();
    assert_eq!(counts.requests_of(Operation::PutObject), 2);
}

#[test]
fn a_server_that_stays_busy_ends_the_row_and_resume_tries_again() {
    let trial = Trial::of_a_small_file();
    trial.will(Operation::PutObject, 100, Fault::fail(503, "SlowDown"));
    let failed = trial.put().expect_code(1);
    let row = failed.row("grain.txt");
    assert_eq!(row["state"], "failed");
    assert_eq!(row["failure"]["code"], "serverBusy");
    assert!(trial.server.objects().is_empty());
    trial.server.faults().clear();
    trial.person.sandglass.run(&["resume"]).expect_code(0);
    trial.assert_arrived();
}

#[test]
fn a_denied_upload_is_said_and_not_tried_again() {
    let trial = Trial::of_a_small_file();
    trial
        .server
        .as_sandbox()
        .set_role_policy(sandbox::documents::empty_policy());
    let denied = trial.put().expect_code(1);
    let row = denied.row("grain.txt");
    assert_eq!(row["failure"]["code"], "uploadDenied");
    assert_eq!(row["failure"]["about"], "grain.txt");
    assert_eq!(trial.server.counts().requests_of(Operation::PutObject), 1);
}

#[test]
fn a_page_in_the_place_of_an_answer_is_never_called_stored() {
    let trial = Trial::of_a_small_file();
    trial.will(Operation::PutObject, 1, Fault::Html { status: 200 });
    let failed = trial.put().expect_code(1);
    let row = failed.row("grain.txt");
    assert_eq!(row["state"], "failed", "{row}");
    assert_eq!(row["failure"]["code"], "answerNotUnderstood", "{row}");
    assert!(trial.server.objects().is_empty());
}

/// The server itself says which region is right; the next upload goes there at once.
#[test]
fn a_destination_with_the_wrong_region_is_corrected_once_and_for_all() {
    let server = Server::sandbox();
    let person = Person::connected_to(&testkit::destination::Destination {
        region: "eu-west-1".to_owned(),
        ..server.destination()
    });
    let first = person.small_file("grain.txt", b"sand");
    person.sandglass.run(&put(&[], &[&first])).expect_code(0);
    let refused = server.counts().requests_of(Operation::PutObject) - 1;
    assert_eq!(refused, 1);
    let second = person.small_file("more.txt", b"sand");
    person.sandglass.run(&put(&[], &[&second])).expect_code(0);
    assert_eq!(server.counts().requests_of(Operation::PutObject), 3);
    assert_same(&server.objects(), &expected(&[&first, &second], ""));
}
