//! The process is killed in the middle; the next one goes on, and never takes a living one's rows.

use std::sync::Arc;

use app::{App, Home, MemoryKeychain, Surroundings, SystemClock};
use testkit::files::{assert_same, expected};
use testkit::wait::until;
use tokio::runtime::Runtime;

use crate::person::{Person, SOON, bytes_of, put};
use crate::server::{Server, Which};

on_both_servers! {
    after_kill_9_the_next_start_goes_on_from_the_confirmed_parts
    a_second_process_leaves_the_rows_of_a_living_one_alone
    what_was_held_back_elsewhere_goes_on_when_it_is_resumed
}

fn after_kill_9_the_next_start_goes_on_from_the_confirmed_parts(which: Which) {
    let server = Server::start(which);
    let (line, destination) = server.behind_a_line();
    let person = Person::connected_to(&destination);
    let dropped = person.big_file("dunes.raw");
    line.let_parts_pass(3);
    let putting = person.sandglass.spawn(&put(&[], &[&dropped]));
    until("a part is on its way", SOON, || {
        (line.held() == 1).then_some(())
    });
    let passed = line.parts();
    let confirmed = bytes_of(&passed);
    person.wait_for_confirmed("dunes.raw", confirmed);
    putting.kill_9();
    line.open();

    let row = person.waiting_row("dunes.raw").expect("the row waits");
    assert_eq!(row["sent_bytes"], confirmed);
    assert!(server.objects().is_empty());
    let resumed = person.sandglass.run(&["resume"]).expect_code(0);
    assert_eq!(resumed.row("dunes.raw")["state"], "stored");
    assert_same(&server.objects(), &expected(&[&dropped], ""));
    let sent = line.parts();
    assert_eq!(sent.len(), 4, "only what was missing is sent: {sent:?}");
    assert!(!passed.contains(&sent[3]));
    assert_eq!(sent[3].upload_id, passed[0].upload_id);
    server.assert_no_part_was_sent_again();
    // Nothing is left to do.
    let again = person.sandglass.run(&["resume"]).expect_code(0);
    assert!(again.objects.is_empty(), "{again:?}");
}

fn a_second_process_leaves_the_rows_of_a_living_one_alone(which: Which) {
    let server = Server::start(which);
    let (line, destination) = server.behind_a_line();
    let person = Person::connected_to(&destination);
    let dropped = person.big_file("dunes.raw");
    line.let_parts_pass(1);
    let putting = person.sandglass.spawn(&put(&[], &[&dropped]));
    until("parts are on their way", SOON, || {
        (line.held() == 3).then_some(())
    });
    let second = person.sandglass.run(&["resume"]).expect_code(0);
    assert!(second.objects.is_empty(), "{second:?}");
    assert_eq!(line.held(), 3, "the second process sent nothing");
    // Its own files are its own business.
    let grain = person.small_file("grain.txt", b"sand");
    let third = person.sandglass.run(&put(&[], &[&grain])).expect_code(0);
    assert_eq!(third.objects.len(), 1);
    line.open();
    let first = putting.finish(SOON).expect_code(0);
    assert_eq!(first.row("dunes.raw")["state"], "stored");
    assert_same(&server.objects(), &expected(&[&dropped, &grain], ""));
    let sent = line.parts();
    assert!(sent.iter().all(|part| part.upload_id == sent[0].upload_id));
    server.assert_no_part_was_sent_again();
}

fn what_was_held_back_elsewhere_goes_on_when_it_is_resumed(which: Which) {
    let server = Server::start(which);
    let (line, destination) = server.behind_a_line();
    let person = Person::connected_to(&destination);
    let dropped = person.big_file("dunes.raw");
    line.let_parts_pass(1);
    let putting = person.sandglass.spawn(&put(&[], &[&dropped]));
    until("parts are on their way", SOON, || {
        (line.held() == 3).then_some(())
    });
    putting.kill_9();
    line.open();
    hold_all_back(&person);
    // The app has just ended: its rows are free a moment later.
    let resumed = until("the row is taken over", SOON, || {
        let resumed = person.sandglass.run(&["resume"]).expect_code(0);
        (!resumed.objects.is_empty()).then_some(resumed)
    });
    assert_eq!(resumed.row("dunes.raw")["state"], "stored");
    assert_same(&server.objects(), &expected(&[&dropped], ""));
}

/// As in the window, which is closed then.
fn hold_all_back(person: &Person) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let app = App::open(Surroundings {
            home: Home::at(person.sandglass.home()).expect("a home"),
            keychain: Arc::new(MemoryKeychain::default()),
            clock: Arc::new(SystemClock),
        });
        let app = app.expect("an app");
        let id = app.destination_named(None).expect("one destination").id;
        app.adopt_rows(None);
        app.pause_all(&id);
        app.settle().await.expect("written");
        let open = app.open_rows().await.expect("readable");
        assert!(open.iter().all(|row| row.is_paused), "{open:?}");
        assert_eq!(open.len(), 1);
    });
}
