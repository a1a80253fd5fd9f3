//! Nothing is overwritten unless that was chosen: each choice, for a small and for a large file.

use std::path::PathBuf;

use sandbox::Operation;
use testkit::files::{Objects, assert_same, expected};
use testkit::sandglass::Output;

use crate::person::{Person, put};
use crate::server::{Server, Setup, Which};

on_both_servers! {
    without_a_choice_the_row_stops_and_the_object_stays
    skip_leaves_the_object
    replace_overwrites_the_object
    keep_both_stores_the_file_under_a_number
    where_listing_is_denied_the_last_step_decides_and_nothing_is_overwritten
}

struct Taken {
    server: Server,
    line: testkit::line::Line,
    person: Person,
    dropped: [PathBuf; 2],
    others: Objects,
}

impl Taken {
    /// Somebody else's objects have both keys.
    fn on(which: Which, setup: Setup) -> Self {
        let server = Server::start_with(which, setup);
        let (line, destination) = server.behind_a_line();
        let person = Person::connected_to(&destination);
        let dropped = [
            person.small_file("notes.txt", b"mine"),
            person.big_file("dunes.raw"),
        ];
        let others = Objects::from(
            ["notes.txt", "dunes.raw"].map(|key| (key.to_owned(), b"somebody else's".to_vec())),
        );
        for (key, bytes) in &others {
            server.store(key, bytes);
        }
        Self {
            server,
            line,
            person,
            dropped,
            others,
        }
    }

    fn put(&self, choice: &[&str]) -> Output {
        let [small, big] = &self.dropped;
        self.person.sandglass.run(&put(choice, &[small, big]))
    }

    fn mine(&self) -> Objects {
        expected(&self.dropped, "")
    }
}

#[track_caller]
fn assert_conflict(output: &Output, key: &str) {
    let row = output.row(key);
    assert_eq!(row["state"], "conflict", "{row}");
    assert_eq!(row["failure"]["code"], "alreadyInBucket", "{row}");
    assert_eq!(row["failure"]["remedy"], "chooseConflict", "{row}");
}

fn without_a_choice_the_row_stops_and_the_object_stays(which: Which) {
    let taken = Taken::on(which, Setup::default());
    let stopped = taken.put(&[]).expect_code(1);
    assert_conflict(&stopped, "notes.txt");
    assert_conflict(&stopped, "dunes.raw");
    assert_same(&taken.server.objects(), &taken.others);
    // A big file's conflict is looked for before its first byte.
    assert_eq!(taken.line.parts(), []);
    // A script that runs every night does not leave its conflicts to the next one.
    let again = taken.person.sandglass.run(&["resume"]).expect_code(0);
    assert!(again.objects.is_empty(), "{again:?}");
}

fn skip_leaves_the_object(which: Which) {
    let taken = Taken::on(which, Setup::default());
    let skipped = taken.put(&["--on-conflict", "skip"]).expect_code(0);
    assert_eq!(skipped.keys_in("skipped"), ["dunes.raw", "notes.txt"]);
    assert_same(&taken.server.objects(), &taken.others);
    assert_eq!(taken.line.parts(), []);
    let status = taken.person.sandglass.run(&["status"]).expect_code(0);
    assert_eq!(status.objects[0]["waiting_rows"], 0);
}

fn replace_overwrites_the_object(which: Which) {
    let taken = Taken::on(which, Setup::default());
    let replaced = taken.put(&["--on-conflict", "replace"]).expect_code(0);
    assert_eq!(replaced.keys_in("stored"), ["dunes.raw", "notes.txt"]);
    assert_same(&taken.server.objects(), &taken.mine());
}

fn keep_both_stores_the_file_under_a_number(which: Which) {
    let taken = Taken::on(which, Setup::default());
    // The first number is taken as well.
    taken.server.store("notes (2).txt", b"an older copy");
    let kept = taken.put(&["--on-conflict", "keep-both"]).expect_code(0);
    assert_eq!(kept.keys_in("stored"), ["dunes (2).raw", "notes (3).txt"]);
    let mut both = taken.others.clone();
    let mut mine = taken.mine();
    both.insert("notes (2).txt".to_owned(), b"an older copy".to_vec());
    for (key, numbered) in [
        ("notes.txt", "notes (3).txt"),
        ("dunes.raw", "dunes (2).raw"),
    ] {
        both.insert(
            numbered.to_owned(),
            mine.remove(key).expect("a dropped file"),
        );
    }
    assert_same(&taken.server.objects(), &both);
}

fn where_listing_is_denied_the_last_step_decides_and_nothing_is_overwritten(which: Which) {
    let setup = Setup {
        is_as_published: true,
        ..Setup::default()
    };
    let taken = Taken::on(which, setup);
    let stopped = taken.put(&[]).expect_code(1);
    assert_conflict(&stopped, "notes.txt");
    assert_conflict(&stopped, "dunes.raw");
    assert_same(&taken.server.objects(), &taken.others);
    assert_eq!(taken.line.parts().len(), 4);
    if which == Which::Sandbox {
        let counts = taken.server.counts();
        assert_eq!(counts.requests_of(Operation::CompleteMultipartUpload), 1);
    }
    let kept = taken.put(&["--on-conflict", "keep-both"]).expect_code(0);
    assert_eq!(kept.keys_in("stored"), ["dunes (2).raw", "notes (2).txt"]);
    let replaced = taken.put(&["--on-conflict", "replace"]).expect_code(0);
    assert_eq!(replaced.keys_in("stored"), ["dunes.raw", "notes.txt"]);
    let mut all = taken.mine();
    for (key, bytes) in taken.mine() {
        all.insert(key.replace('.', " (2)."), bytes);
    }
    assert_same(&taken.server.objects(), &all);
}
