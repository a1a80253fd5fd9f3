//! The server goes away in the middle: rows wait and go on by themselves; who does not want to wait ends the command.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sandbox::Operation;
use testkit::fault_line::{Fault, FaultLine};
use testkit::files::{assert_same, expected};
use testkit::sandglass::Running;
use testkit::wait::until;

use crate::person::{Person, SOON, put};
use crate::server::{Server, Which};

on_both_servers! {
    rows_go_on_by_themselves_when_the_server_answers_again
    a_put_that_is_ended_while_it_waits_is_resumed
}

/// Longer than all tries of one request take together.
const LONG_GONE: Duration = Duration::from_secs(25);

/// Starts a big file and takes the server away at its third part.
fn put_until_it_is_gone(server: &Server) -> (Person, FaultLine, std::path::PathBuf, Running) {
    let (line, destination) = server.behind_a_fault_line();
    let person = Person::connected_to(&destination);
    let dropped = person.big_file("dunes.raw");
    let gone = Fault::RefuseFor(Duration::MAX);
    line.next_after(Operation::UploadPart, 2, 1, gone);
    let putting = person.sandglass.spawn(&put(&[], &[&dropped]));
    until("the server is gone", SOON, || {
        (line.met() == 1).then_some(())
    });
    (person, line, dropped, putting)
}

fn rows_go_on_by_themselves_when_the_server_answers_again(which: Which) {
    let server = Server::start(which);
    let (_person, line, dropped, mut putting) = put_until_it_is_gone(&server);
    let gone_at = std::time::Instant::now();
    until("it is gone for a while", 2 * LONG_GONE, || {
        let said = putting.objects();
        assert!(said.is_empty(), "it did not wait: {said:?}");
        (gone_at.elapsed() > LONG_GONE).then_some(())
    });
    line.refuse_connections(false);
    let said = putting.finish(2 * SOON).expect_code(0);
    assert_eq!(said.row("dunes.raw")["state"], "stored");
    assert_same(&server.objects(), &expected(&[&dropped], ""));
    assert_eq!(line.parts_sent_again(), []);
}

fn a_put_that_is_ended_while_it_waits_is_resumed(which: Which) {
    let server = Server::start(which);
    let (person, line, dropped, putting) = put_until_it_is_gone(&server);
    let pid = i32::try_from(putting.id()).expect("a pid");
    let pid = Pid::from_raw(pid).expect("a pid is not 0");
    kill_process(pid, Signal::INT).expect("it runs");
    putting.finish(SOON);
    assert!(server.objects().is_empty());
    line.refuse_connections(false);
    let resumed = person.sandglass.run(&["resume"]).expect_code(0);
    assert_eq!(resumed.row("dunes.raw")["state"], "stored");
    assert_same(&server.objects(), &expected(&[&dropped], ""));
    assert_eq!(line.parts_sent_again(), []);
}
