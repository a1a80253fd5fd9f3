//! The session ends in the middle, by its time and by the server; rows wait, and the next sign-in goes on.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use testkit::files::{assert_same, expected};
use testkit::line::{Line, Part};
use testkit::wait::until;

use crate::person::{PART, Person, SOON, bytes_of, put};
use crate::server::{Server, Setup, Which};

on_both_servers! {
    a_second_sign_in_resumes_the_half_sent_file
    a_session_that_the_server_ends_early_is_resumed_too
}

/// Enough to begin; the story waits for its end.
const SESSION_SECONDS: u32 = 8;

/// A `put` of a small and a big file whose session ends while two parts are confirmed and two are on their way.
struct HalfSent {
    person: Person,
    dropped: [PathBuf; 2],
    line: Line,
    confirmed: Vec<Part>,
}

fn send_half(server: &Server, end_session: impl FnOnce(Instant)) -> HalfSent {
    let (line, destination) = server.behind_a_line();
    let person = Person::connected_to(&destination);
    let dropped = [
        person.small_file("grain.txt", b"sand"),
        person.big_file("dunes.raw"),
    ];
    line.let_parts_pass(2);
    let putting = person
        .sandglass
        .spawn(&put(&[], &[&dropped[0], &dropped[1]]));
    until("two parts are on their way", SOON, || {
        (line.held() == 2).then_some(())
    });
    // The session began before the first part.
    let began_before = Instant::now();
    let confirmed = line.parts();
    person.wait_for_confirmed("dunes.raw", bytes_of(&confirmed));
    end_session(began_before);
    line.open();
    let stopped = putting.finish(SOON).expect_code(3);
    assert_eq!(stopped.row("grain.txt")["state"], "stored");
    assert_eq!(stopped.row("dunes.raw")["state"], "waiting_for_sign_in");
    HalfSent {
        person,
        dropped,
        line,
        confirmed,
    }
}

impl HalfSent {
    #[track_caller]
    fn resume(self, server: &Server) {
        let Self {
            person,
            dropped,
            line,
            confirmed,
        } = self;
        let status = person.sandglass.run(&["status"]).expect_code(0);
        assert_eq!(status.objects[0]["waiting_rows"], 1);
        let row = person.waiting_row("dunes.raw").expect("the row waits");
        assert_eq!(row["sent_bytes"], bytes_of(&confirmed));
        assert!(!server.objects().contains_key("dunes.raw"));

        let before = line.parts().len();
        let resumed = person.sandglass.run(&["resume"]).expect_code(0);
        assert_eq!(resumed.objects.len(), 1);
        assert_eq!(resumed.row("dunes.raw")["state"], "stored");
        assert_same(&server.objects(), &expected(&dropped, ""));

        let mut sent = line.parts()[before..].to_vec();
        sent.extend(confirmed);
        sent.sort();
        let numbers: Vec<u32> = sent.iter().map(|part| part.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4], "each part once: {sent:?}");
        assert!(sent.iter().all(|part| part.upload_id == sent[0].upload_id));
        server.assert_no_part_was_sent_again();
        assert_eq!(person.waiting_row("dunes.raw"), None);
    }
}

fn a_second_sign_in_resumes_the_half_sent_file(which: Which) {
    let setup = Setup {
        session_seconds: Some(SESSION_SECONDS),
        ..Setup::default()
    };
    let server = Server::start_with(which, setup);
    let half_sent = send_half(&server, wait_for_the_end);
    server.give_long_sessions();
    half_sent.resume(&server);
}

fn a_session_that_the_server_ends_early_is_resumed_too(which: Which) {
    let server = Server::start(which);
    server.will_end_sessions_early(SESSION_SECONDS);
    let half_sent = send_half(&server, |began_before| match which {
        Which::Sandbox => server.ends_sessions_now(),
        Which::SeaweedFs => wait_for_the_end(began_before),
    });
    server.give_long_sessions();
    half_sent.resume(&server);
}

fn wait_for_the_end(began_before: Instant) {
    // The server's clock counts whole seconds.
    let length = Duration::from_secs(u64::from(SESSION_SECONDS) + 1);
    until("the session's time is over", SOON, || {
        (began_before.elapsed() > length).then_some(())
    });
}

/// The sandbox's sessions are so short here that each sign-in brings the file only a little further.
#[test]
fn as_many_sign_ins_as_it_takes_bring_every_part_once() {
    let setup = Setup {
        session_seconds: Some(3),
        ..Setup::default()
    };
    let server = Server::start_with(Which::Sandbox, setup);
    let person = Person::connected_to(&server.destination());
    let size = 13 * PART + 1;
    let dropped = testkit::files::big_file(&person.folder().join("erg.raw"), size, 3);
    // All parts in flight share the line, so several sessions are needed.
    server
        .faults()
        .set_bandwidth(Some(u64::try_from(size / 8).expect("small")));
    let mut ended = person.sandglass.run(&put(&[], &[&dropped])).expect_code(3);
    let mut sign_ins = 1;
    while ended.code == Some(3) {
        assert_eq!(ended.row("erg.raw")["state"], "waiting_for_sign_in");
        sign_ins += 1;
        assert!(sign_ins < 12, "each session must bring the file further");
        ended = person.sandglass.run(&["resume"]);
    }
    assert_eq!(ended.expect_code(0).row("erg.raw")["state"], "stored");
    assert_same(&server.objects(), &expected(&[&dropped], ""));
    server.assert_no_part_was_sent_again();
    let counts = server.counts();
    let uploads: std::collections::BTreeSet<_> =
        counts.parts.iter().map(|part| &part.upload_id).collect();
    assert_eq!(uploads.len(), 1);
    let accepted = counts.parts.iter().filter(|part| part.accepted).count();
    assert_eq!(accepted, 14);
}
