//! Two files of one drop whose names differ only by case or by their Unicode form: the first goes, the second is held and
//! asked about, and neither ever overwrites the other.

use std::path::PathBuf;

use app::{OnConflict, RowState};
use testkit::files::{Objects, assert_same, write};
use testkit::sandglass::Output;

use crate::desk::Desk;
use crate::person::{Person, put};
use crate::server::{Server, Which};

on_both_servers! {
    the_first_goes_and_the_second_is_asked_about
    keep_both_stores_both
    replace_lets_neither_overwrite_the_other
}

/// The same key: composed and decomposed.
const SAME_KEY: [&str; 2] = ["caf\u{e9}.txt", "cafe\u{301}.txt"];
const KEY: &str = "twins/caf\u{e9}.txt";
const SECOND_KEY: &str = "twins/caf\u{e9} (2).txt";
/// Two keys, and one file on most Macs and Windows computers.
const CASE: [&str; 2] = ["Dune.txt", "DUNE.txt"];

/// A folder of its own, since the order of a folder's entries is the file system's.
fn twins(parent: &std::path::Path, names: [&str; 2]) -> PathBuf {
    let folder = parent.join("twins");
    for name in names {
        write(&folder.join(name), name.as_bytes());
    }
    folder
}

fn put_twins(server: &Server, names: [&str; 2], options: &[&str]) -> Output {
    let person = Person::connected_to(&server.destination());
    let folder = twins(person.folder(), names);
    person.sandglass.run(&put(options, &[&folder]))
}

/// One is stored, whichever came first, and the other is asked about.
#[track_caller]
fn assert_one_is_asked_about(server: &Server, output: &Output, conflict: &str) {
    let is_in = |state: &str| {
        let mut rows = output.objects.iter();
        rows.find(|row| row["state"] == state)
            .unwrap_or_else(|| panic!("none is {state}: {output:?}"))
    };
    let (stored, held) = (is_in("stored"), is_in("conflict"));
    assert_eq!(held["conflict"], conflict, "{held}");
    assert_eq!(held["failure"]["remedy"], "chooseConflict", "{held}");
    let key = stored["key"].as_str().expect("a key").to_owned();
    let name = stored["name"].as_str().expect("a name");
    let bytes = name.trim_start_matches("twins/").as_bytes().to_vec();
    assert_same(&server.objects(), &Objects::from([(key, bytes)]));
}

fn the_first_goes_and_the_second_is_asked_about(which: Which) {
    for (names, conflict) in [(SAME_KEY, "sameKey"), (CASE, "caseTwin")] {
        let server = Server::start(which);
        let output = put_twins(&server, names, &[]).expect_code(1);
        assert_one_is_asked_about(&server, &output, conflict);
    }
}

fn keep_both_stores_both(which: Which) {
    for names in [SAME_KEY, CASE] {
        let server = Server::start(which);
        put_twins(&server, names, &["--on-conflict", "keep-both"]).expect_code(0);
        let mut stored: Vec<Vec<u8>> = server.objects().into_values().collect();
        stored.sort_unstable();
        let mut dropped = names.map(|name| name.as_bytes().to_vec());
        dropped.sort_unstable();
        assert_eq!(stored, dropped);
    }
}

fn replace_lets_neither_overwrite_the_other(which: Which) {
    let server = Server::start(which);
    let output = put_twins(&server, SAME_KEY, &["--on-conflict", "replace"]).expect_code(1);
    assert_one_is_asked_about(&server, &output, "sameKey");
}

/// A folder's twins, one of them stored and one held.
fn held(server: &Server, names: [&str; 2], choice: OnConflict) -> (Desk, app::Row, app::Row) {
    let desk = Desk::before(server);
    desk.add(&[twins(desk.folder(), names)], choice);
    let rows = desk.until_all_end(2);
    let is_held = |row: &&app::Row| matches!(row.state, RowState::Conflict(_));
    let second = rows.iter().find(is_held).expect("one is held").clone();
    let first = rows.into_iter().find(|row| row.id != second.id);
    (desk, first.expect("one went"), second)
}

fn bytes_of(row: &app::Row) -> Vec<u8> {
    row.name.trim_start_matches("twins/").as_bytes().to_vec()
}

#[test]
fn files_under_one_key_are_skipped_or_numbered_and_nothing_else() {
    for refused in [OnConflict::Ask, OnConflict::Replace] {
        let server = Server::sandbox();
        let (desk, first, second) = held(&server, SAME_KEY, OnConflict::Ask);
        desk.app.resolve_conflict(second.id, refused);
        desk.app.resolve_drop(second.id, refused);
        let row = desk.until_row(&second.name, |_| true);
        assert!(matches!(row.state, RowState::Conflict(_)), "{row:?}");
        desk.app.resolve_conflict(second.id, OnConflict::KeepBoth);
        let row = desk.until_row(&second.name, |row| matches!(row.state, RowState::Stored(_)));
        assert_eq!(row.key, SECOND_KEY);
        let both = [(KEY, &first), (SECOND_KEY, &second)];
        let both = both.map(|(key, row)| (key.to_owned(), bytes_of(row)));
        assert_same(&server.objects(), &Objects::from(both));
    }
}

#[test]
fn a_twin_is_left_out_by_choice() {
    for names in [SAME_KEY, CASE] {
        let server = Server::sandbox();
        let (desk, first, second) = held(&server, names, OnConflict::Ask);
        desk.app.resolve_conflict(second.id, OnConflict::Skip);
        desk.until_row(&second.name, |row| matches!(row.state, RowState::Skipped));
        let only = Objects::from([(first.key.clone(), bytes_of(&first))]);
        assert_same(&server.objects(), &only);
    }
}

#[test]
fn a_case_twin_goes_under_its_own_key_or_a_number() {
    for choice in [OnConflict::Ask, OnConflict::Replace, OnConflict::KeepBoth] {
        let server = Server::sandbox();
        let (desk, first, second) = held(&server, CASE, OnConflict::Ask);
        desk.app.resolve_conflict(second.id, choice);
        let row = desk.until_row(&second.name, |row| matches!(row.state, RowState::Stored(_)));
        let is_numbered = row.key == second.key.replace('.', " (2).");
        assert_eq!(is_numbered, choice == OnConflict::KeepBoth, "{row:?}");
        let both = [(first.key.clone(), &first), (row.key.clone(), &row)];
        let both = both.map(|(key, row)| (key, bytes_of(row)));
        assert_same(&server.objects(), &Objects::from(both));
    }
}

/// *Replace* is meant for objects that were in the bucket before the drop.
#[test]
fn a_held_twin_is_still_asked_about_after_a_restart() {
    for choice in [OnConflict::Ask, OnConflict::Replace] {
        let server = Server::sandbox();
        let (mut desk, first, second) = held(&server, SAME_KEY, choice);
        desk.reopen();
        let row = desk.until_row(&second.name, |row| row.state.is_over());
        assert!(
            matches!(row.state, RowState::Conflict(_)),
            "{choice:?}: {row:?}"
        );
        let only = Objects::from([(KEY.to_owned(), bytes_of(&first))]);
        assert_same(&server.objects(), &only);
    }
}

/// Chosen for the whole drop, because of what is in the bucket: of the drop's own files it says nothing.
#[test]
fn a_choice_for_the_whole_drop_replaces_no_twin_after_a_restart_either() {
    let server = Server::sandbox();
    let (mut desk, first, second) = held(&server, SAME_KEY, OnConflict::Ask);
    desk.app.resolve_drop(second.id, OnConflict::Replace);
    desk.reopen();
    let row = desk.until_row(&second.name, |row| row.state.is_over());
    assert!(matches!(row.state, RowState::Conflict(_)), "{row:?}");
    let only = Objects::from([(KEY.to_owned(), bytes_of(&first))]);
    assert_same(&server.objects(), &only);
}
