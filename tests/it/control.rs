//! What a person does while rows run: pause, resume, order, limits, one choice for a drop, cancel.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use app::{Limits, OnConflict, Row, RowState};
use sandbox::{Fault, Operation, documents};
use serde_json::json;
use testkit::files::{Objects, assert_same, expected};
use testkit::wait::until;

use crate::desk::Desk;
use crate::person::{MIB, PART, SOON};
use crate::server::Server;

const PARTS: usize = 5;

/// A big file of which two parts have arrived. The others wait at the sandbox until its faults are cleared: parts that
/// share a slow line come to their end together, and one of them would be confirmed in the moment when it is stopped.
fn half_sent(server: &Server) -> (Desk, PathBuf, Row) {
    let desk = Desk::before(server);
    let file = desk.big_file("dunes.raw", PARTS * PART);
    let pause = Fault::Delay(Duration::from_hours(1));
    server
        .faults()
        .next_after(Operation::UploadPart, 2, u64::MAX, pause);
    desk.add(&[&file], OnConflict::Ask);
    // Not by the server's count: its answer to the second may be on its way.
    until("two parts are known to be confirmed", SOON, || {
        let open = desk.wait(desk.app.open_rows()).expect("readable");
        open.iter()
            .any(|row| row.confirmed_bytes >= 2 * PART as u64)
            .then_some(())
    });
    let row = desk.until_row("dunes.raw", |row| matches!(row.state, RowState::Sending));
    (desk, file, row)
}

fn is_stored(row: &Row) -> bool {
    matches!(row.state, RowState::Stored(_))
}

#[test]
fn a_paused_row_keeps_its_parts_and_goes_on_from_them() {
    let server = Server::sandbox();
    let (desk, file, row) = half_sent(&server);
    desk.app.pause_row(row.id);
    let paused = desk.until_row("dunes.raw", |row| matches!(row.state, RowState::Paused));
    let known = usize::try_from(paused.sent_bytes).expect("a file's bytes") / PART;
    assert!(known >= 2, "{paused:?}");
    assert_eq!(desk.totals().files_paused, 1);
    let came = server.counts().parts.len();
    // Other files go past it.
    let grain = desk.small_file("grain.txt", b"sand");
    desk.add(&[&grain], OnConflict::Ask);
    desk.until_row("grain.txt", is_stored);
    assert_eq!(
        server.counts().parts.len(),
        came,
        "a paused row sends nothing"
    );

    server.faults().clear();
    desk.app.resume_row(row.id);
    desk.until_row("dunes.raw", is_stored);
    assert_same(&server.objects(), &expected(&[&file, &grain], ""));
    let parts = server.counts().parts;
    assert_eq!(
        parts.len() - came,
        PARTS - known,
        "only what was missing: {parts:?}"
    );
    assert!(
        parts
            .iter()
            .all(|part| part.upload_id == parts[0].upload_id)
    );
}

#[test]
fn a_row_that_is_paused_a_moment_before_everything_is_resumed_goes_on() {
    let server = Server::sandbox();
    let (desk, file, row) = half_sent(&server);
    server.faults().clear();
    desk.app.pause_row(row.id);
    desk.app.resume_all(&desk.id);
    desk.until_row("dunes.raw", is_stored);
    assert_eq!(desk.totals().files_paused, 0);
    assert_same(&server.objects(), &expected(&[&file], ""));
}

#[test]
fn everything_is_held_back_what_comes_later_too_and_goes_on() {
    let server = Server::sandbox();
    let (desk, file, _) = half_sent(&server);
    desk.app.pause_all(&desk.id);
    desk.until_row("dunes.raw", |row| !matches!(row.state, RowState::Sending));
    let came = server.counts().parts.len();
    let grain = desk.small_file("grain.txt", b"sand");
    desk.add(&[&grain], OnConflict::Ask);
    desk.until_row("grain.txt", |row| matches!(row.state, RowState::Paused));
    assert!(desk.totals().is_paused);
    let counts = server.counts();
    assert_eq!(counts.requests_of(Operation::PutObject), 0);
    assert_eq!(counts.parts.len(), came);
    server.faults().clear();
    desk.app.resume_all(&desk.id);
    desk.until_all_end(2);
    assert!(!desk.totals().is_paused);
    assert_same(&server.objects(), &expected(&[&file, &grain], ""));
}

#[test]
fn what_was_held_back_as_a_whole_is_held_back_after_a_restart() {
    let server = Server::sandbox();
    let (mut desk, file, row) = half_sent(&server);
    desk.app.pause_row(row.id);
    desk.app.pause_all(&desk.id);
    desk.until_row("dunes.raw", |row| matches!(row.state, RowState::Paused));
    // It alone may go on, all may not.
    desk.app.resume_row(row.id);
    // It comes while all is held back.
    let grain = desk.small_file("grain.txt", b"sand");
    desk.add(&[&grain], OnConflict::Ask);
    desk.until_row("grain.txt", |row| matches!(row.state, RowState::Paused));
    let came = server.counts().parts.len();
    server.faults().clear();
    desk.reopen();
    for name in ["dunes.raw", "grain.txt"] {
        desk.until_row(name, |row| matches!(row.state, RowState::Paused));
    }
    assert_eq!(server.counts().parts.len(), came);
    assert_eq!(server.counts().requests_of(Operation::PutObject), 0);
    desk.app.resume_all(&desk.id);
    desk.until_all_end(2);
    assert_same(&server.objects(), &expected(&[&file, &grain], ""));
    server.assert_no_part_was_sent_again();
}

#[test]
fn a_row_that_is_moved_to_the_front_goes_before_those_that_wait() {
    const FILES: usize = 40;
    let server = Server::sandbox();
    let desk = Desk::before(&server);
    desk.app.pause_all(&desk.id);
    let names: Vec<String> = (0..FILES).map(|number| format!("{number}.txt")).collect();
    let files: Vec<PathBuf> = names
        .iter()
        .map(|name| desk.small_file(name, name.as_bytes()))
        .collect();
    desk.add(&files, OnConflict::Ask);
    until("all are written", SOON, || {
        let open = desk.wait(desk.app.open_rows()).expect("readable");
        (open.len() == FILES).then_some(())
    });
    let last = desk.until_row(&names[FILES - 1], |_| true);
    server.faults().set_delay(Duration::from_millis(10));
    desk.app.limit(Limits {
        most_requests: Some(1),
        bytes_per_second: None,
    });
    desk.app.move_to_front(last.id);
    desk.app.resume_all(&desk.id);
    let mut rows = desk.until_all_end(FILES);
    rows.sort_by_key(|row| match &row.state {
        RowState::Stored(receipt) => receipt.stored_at,
        other => panic!("{}: {other:?}", row.name),
    });
    let place = rows.iter().position(|row| row.id == last.id);
    // Its task may get its turn after those that were started with it.
    assert!(
        place.is_some_and(|place| place < 8),
        "it came as number {place:?}"
    );
}

#[test]
fn a_limit_that_is_changed_counts_at_once() {
    const SLOW: u64 = 1_500_000;
    let server = Server::sandbox();
    let desk = Desk::before(&server);
    let slow = |bytes_per_second| Limits {
        most_requests: None,
        bytes_per_second,
    };
    desk.app.limit(slow(Some(SLOW)));
    let file = desk.big_file("dunes.raw", 3 * PART);
    desk.add(&[&file], OnConflict::Ask);
    let sent = || server.counts().body_bytes_of(Operation::UploadPart);
    until("it begins", SOON, || (sent() > 0).then_some(()));
    let begun = (Instant::now(), sent());
    until("two seconds' worth is sent", SOON, || {
        (sent() - begun.1 > 2 * SLOW).then_some(())
    });
    let took = begun.0.elapsed();
    // At full speed it is a small part of a second.
    assert!(took > Duration::from_millis(1200), "{took:?}");
    let begun = Instant::now();
    desk.app.limit(slow(None));
    desk.until_row("dunes.raw", is_stored);
    let took = begun.elapsed();
    // At the old limit the rest takes fourteen seconds.
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert_same(&server.objects(), &expected(&[&file], ""));
    server.assert_no_part_was_sent_again();
}

#[test]
fn one_choice_answers_the_drops_conflicts_that_are_still_to_come() {
    const FILES: usize = 60;
    let server = Server::sandbox();
    let desk = Desk::before(&server);
    let mut both = Objects::new();
    let files: Vec<PathBuf> = (0..FILES)
        .map(|number| {
            let theirs = format!("theirs {number}").into_bytes();
            server.store(&format!("{number}.txt"), &theirs);
            both.insert(format!("{number}.txt"), theirs);
            both.insert(format!("{number} (2).txt"), b"mine".to_vec());
            desk.small_file(&format!("{number}.txt"), b"mine")
        })
        .collect();
    server.faults().set_delay(Duration::from_millis(30));
    desk.app.limit(Limits {
        most_requests: Some(2),
        bytes_per_second: None,
    });
    desk.add(&files, OnConflict::Ask);
    let asks = |row: &Row| matches!(row.state, RowState::Conflict(_));
    let rows = until("one asks", SOON, || {
        let rows = desk.rows();
        rows.iter().any(asks).then_some(rows)
    });
    assert!(
        rows.iter().any(|row| !row.state.is_over()),
        "others are still to come"
    );
    let asking = rows.iter().find(|row| asks(row)).expect("one asks");
    desk.app.resolve_drop(asking.id, OnConflict::KeepBoth);
    until("every row is stored", SOON, || {
        let rows = desk.rows();
        (rows.len() == FILES && rows.iter().all(is_stored)).then_some(())
    });
    assert_same(&server.objects(), &both);
}

#[test]
fn one_choice_for_the_drop_is_remembered_after_a_restart() {
    let server = Server::sandbox();
    let mut desk = Desk::before(&server);
    server.store("grain.txt", b"theirs");
    server.faults().set_bandwidth(Some(2 * MIB as u64));
    let grain = desk.small_file("grain.txt", b"mine");
    let dunes = desk.big_file("dunes.raw", 3 * PART);
    desk.add(&[&grain, &dunes], OnConflict::Ask);
    let asking = desk.until_row("grain.txt", |row| {
        matches!(row.state, RowState::Conflict(_))
    });
    desk.until_row("dunes.raw", |row| row.sent_bytes > 0);
    desk.app.resolve_drop(asking.id, OnConflict::KeepBoth);
    // The second conflict comes after the restart.
    server.store("dunes.raw", b"theirs");
    desk.reopen();
    server.faults().set_bandwidth(None);
    until("both are kept", SOON, || {
        (server.objects().len() == 4).then_some(())
    });
    let mut all = expected(&[&dunes], "");
    let ours = all.remove("dunes.raw").expect("a file");
    all.insert("dunes (2).raw".to_owned(), ours);
    all.insert("grain (2).txt".to_owned(), b"mine".to_vec());
    for name in ["grain.txt", "dunes.raw"] {
        all.insert(name.to_owned(), b"theirs".to_vec());
    }
    assert_same(&server.objects(), &all);
}

/// What is begun is removed from the server, or listed: the tutorial's role may not remove it.
#[test]
fn a_cancelled_row_ends_within_a_second_and_leaves_nothing_unlisted() {
    let bucket = documents::BUCKET;
    let richer = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
         "Resource": format!("arn:aws:s3:::{bucket}/*")},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": format!("arn:aws:s3:::{bucket}")}]});
    for policy in [None, Some(richer)] {
        let may_abort = policy.is_some();
        let server = Server::sandbox();
        if let Some(policy) = policy {
            server.as_sandbox().set_role_policy(policy);
        }
        let (desk, _, row) = half_sent(&server);
        let asked = Instant::now();
        desk.app.cancel_row(row.id);
        desk.until_row("dunes.raw", |row| matches!(row.state, RowState::Cancelled));
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
        let on_server = || server.as_sandbox().open_uploads().expect("a list").len();
        let listed = || desk.wait(desk.app.abandoned(&desk.id)).expect("readable");
        let left = usize::from(!may_abort);
        until("it is removed, or stays listed", SOON, || {
            let asked = server.counts().requests_of(Operation::AbortMultipartUpload) > 0;
            (asked && on_server() == left && listed().len() == left).then_some(())
        });
        for upload in listed() {
            assert_eq!(upload.key, "dunes.raw");
            assert!(upload.confirmed_bytes >= 2 * PART as u64, "{upload:?}");
        }
        assert_eq!(desk.wait(desk.app.open_rows()).expect("readable").len(), 0);
    }
}

fn folder_of(desk: &Desk, files: usize) -> PathBuf {
    let folder = desk.folder().join("wrong");
    std::fs::create_dir(&folder).expect("a folder");
    for number in 0..files {
        std::fs::write(folder.join(format!("{number:05}.txt")), b"sand").expect("write");
    }
    folder
}

#[test]
fn a_drop_that_is_cancelled_takes_back_what_is_not_stored() {
    let server = Server::sandbox();
    let desk = Desk::before(&server);
    let folder = folder_of(&desk, 40);
    let pause = Fault::Delay(Duration::from_hours(1));
    let faults = server.faults();
    faults.next_after(Operation::PutObject, 5, u64::MAX, pause);
    let drop = desk.add(&[&folder], OnConflict::Ask);
    until("some are stored", SOON, || {
        let rows = desk.rows();
        (rows.len() == 40 && rows.iter().filter(|row| is_stored(row)).count() == 5).then_some(())
    });
    desk.app.cancel_drop(drop);
    let rows = desk.until_all_end(40);
    let cancelled = |row: &&Row| matches!(row.state, RowState::Cancelled);
    assert_eq!(rows.iter().filter(|row| is_stored(row)).count(), 5);
    assert_eq!(rows.iter().filter(cancelled).count(), 35);
    assert_eq!(desk.wait(desk.app.open_rows()).expect("readable").len(), 0);
}

#[test]
fn a_drop_that_is_cancelled_while_its_folder_is_walked_brings_nothing_more() {
    const FILES: usize = 20_000;
    let server = Server::sandbox();
    let mut desk = Desk::before(&server);
    let folder = folder_of(&desk, FILES);
    desk.app.pause_all(&desk.id);
    let drop = desk.add(&[&folder], OnConflict::Ask);
    until("its first files are there", SOON, || {
        (desk.totals().files > 0).then_some(())
    });
    desk.app.cancel_drop(drop);
    until("the walk is over and nothing is open", SOON, || {
        let open = desk.wait(desk.app.open_rows()).expect("readable");
        (open.is_empty() && !desk.totals().is_planning).then_some(())
    });
    assert!(desk.rows().len() < FILES, "the walk went on to its end");

    // It does not begin anew, and what is dropped after it is sent.
    desk.reopen();
    desk.app.resume_all(&desk.id);
    let other = desk.small_file("other.txt", b"sand");
    desk.add(&[&other], OnConflict::Ask);
    desk.until_row("other.txt", is_stored);
    assert_eq!(desk.rows().len(), 1);
    assert_eq!(server.objects().len(), 1);
}
