//! What is said before anything is sent, and what stays after: dry runs, drops, receipts, what was given up; and a ledger
//! that cannot be used.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sandbox::{Fault, Operation};
use serde_json::{Value, json};
use testkit::files::{assert_same, big_file, expected, write};
use testkit::sandglass::Output;
use testkit::wait::until;

use crate::person::{MIB, PART, Person, SOON, put};
use crate::server::{Server, Setup, Which};

on_both_servers! {
    a_dry_run_tells_everything_and_sends_nothing
    what_was_uploaded_is_verified_against_disk_and_listing
}

/// Three files, one of them in a folder of its own.
fn field_trip(person: &Person) -> PathBuf {
    let folder = person.folder().join("trip");
    write(&folder.join("grain.txt"), b"sand");
    write(&folder.join("day 1/dune, \"big\".txt"), b"more sand");
    write(&folder.join("nothing.dat"), b"");
    folder
}

fn run(person: &Person, arguments: &[&str]) -> Output {
    person.sandglass.run(arguments)
}

fn a_dry_run_tells_everything_and_sends_nothing(which: Which) {
    let server = Server::start(which);
    server.store("trip/grain.txt", b"somebody else's");
    let person = Person::connected_to(&server.destination());
    let folder = field_trip(&person);
    write(&folder.join("Grain.txt"), b"a twin");
    std::os::unix::net::UnixListener::bind(folder.join("socket")).expect("a socket");
    let before = server.objects();
    let output = person
        .sandglass
        .run(&put(&["--dry-run"], &[&folder]))
        .expect_code(0);
    let preview = output.objects.last().expect("a preview");
    assert_eq!(preview["kind"], "preview", "{preview}");
    assert_eq!(preview["files"], 4, "{preview}");
    assert_eq!(preview["bytes"], 4 + 9 + 6, "{preview}");
    assert_eq!(preview["skipped"], 1, "{preview}");
    assert_eq!(preview["listing"], "looked", "{preview}");
    assert_eq!(preview["conflict_count"], 1, "{preview}");
    assert_eq!(
        preview["twins"].as_array().map(Vec::len),
        Some(1),
        "{preview}"
    );
    let skipped = &output.objects[0];
    assert_eq!(skipped["name"], "trip/socket", "{skipped}");
    assert_same(&server.objects(), &before);
    assert!(run(&person, &["drops"]).expect_code(0).objects.is_empty());
    let status = run(&person, &["status"]).expect_code(0);
    assert_eq!(status.objects[0]["waiting_rows"], 0);
}

#[test]
fn where_listing_is_denied_a_dry_run_says_so() {
    let setup = Setup {
        is_as_published: true,
        ..Setup::default()
    };
    let server = Server::start_with(Which::Sandbox, setup);
    let person = Person::connected_to(&server.destination());
    let folder = field_trip(&person);
    let arguments = put(&["--dry-run"], &[&folder]);
    let output = person.sandglass.run(&arguments).expect_code(0);
    let preview = output.objects.last().expect("a preview");
    assert_eq!(preview["listing"], "denied", "{preview}");
    assert_eq!(server.counts().requests_of(Operation::PutObject), 0);
}

/// Writes the receipts and reads the file.
fn receipts(person: &Person, options: &[&str], file: &Path) -> String {
    let path = file.display().to_string();
    let arguments = [&["receipts", "--output", &path], options].concat();
    run(person, &arguments).expect_code(0);
    fs::read_to_string(file).expect("the receipts are written")
}

fn keys(json: &str) -> Vec<String> {
    let receipts: Vec<Value> = serde_json::from_str(json).expect("an array");
    let key = |receipt: &Value| receipt["key"].as_str().expect("a key").to_owned();
    let mut keys: Vec<String> = receipts.iter().map(key).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn drops_are_told_the_latest_first_and_each_has_its_receipts() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = field_trip(&person);
    let grain = person.small_file("grain.txt", b"sand");
    person.sandglass.run(&put(&[], &[&folder])).expect_code(0);
    let options = ["--to", "inbox"];
    person
        .sandglass
        .run(&put(&options, &[&grain]))
        .expect_code(0);
    let drops = run(&person, &["drops"]).expect_code(0).objects;
    let told: Vec<Value> = drops
        .iter()
        .map(|drop| json!([drop["folder"], drop["files"], drop["stored"], drop["bytes"]]))
        .collect();
    assert_eq!(told, [json!(["inbox/", 1, 1, 4]), json!(["", 3, 3, 13])]);

    let file = person.folder().join("receipts");
    let all = receipts(&person, &["--format", "json"], &file);
    let of_trip = [
        "trip/day 1/dune, \"big\".txt",
        "trip/grain.txt",
        "trip/nothing.dat",
    ];
    assert_eq!(keys(&all), [&["inbox/grain.txt"], &of_trip[..]].concat());
    let number = drops[1]["drop"].to_string();
    let of_drop = receipts(&person, &["--drop", &number, "--format", "json"], &file);
    assert_eq!(keys(&of_drop), of_trip);
    let csv = receipts(&person, &["--drop", &number], &file);
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        csv.contains("\"trip/day 1/dune, \"\"big\"\".txt\""),
        "{csv}"
    );
}

/// What `verify` says of each key.
fn on_disk(output: &Output) -> Vec<(&str, &str)> {
    let each = output.objects.iter();
    let mut all: Vec<(&str, &str)> = each
        .map(|object| {
            let field = |field: &str| object[field].as_str().unwrap_or_default();
            (field("name"), field("on_disk"))
        })
        .collect();
    all.sort_unstable();
    all
}

fn what_was_uploaded_is_verified_against_disk_and_listing(which: Which) {
    let server = Server::start(which);
    let person = Person::connected_to(&server.destination());
    let folder = field_trip(&person);
    let big = big_file(&folder.join("dunes.raw"), PART + 3, 7);
    person.sandglass.run(&put(&[], &[&folder])).expect_code(0);
    let under = person.folder().display().to_string();
    for format in ["csv", "json"] {
        let file = person.folder().join(format!("receipts.{format}"));
        receipts(&person, &["--format", format], &file);
        let path = file.display().to_string();
        let verify = ["verify", &path, "--under", &under, "--listing"];
        let output = run(&person, &verify).expect_code(0);
        assert_eq!(output.objects.len(), 4);
        for object in &output.objects {
            assert_eq!(object["on_disk"], "same", "{object}");
            assert_eq!(object["in_bucket"], "same", "{object}");
        }
    }
    // The same size, other bytes; another size; gone; gone from the bucket under the same name.
    write(&folder.join("grain.txt"), b"mud!");
    write(&folder.join("nothing.dat"), b"something");
    fs::remove_file(&big).expect("removed");
    server.store("trip/day 1/dune, \"big\".txt", b"somebody's");
    let path = person.folder().join("receipts.csv").display().to_string();
    let verify = ["verify", &path, "--under", &under];
    let output = run(&person, &verify).expect_code(1);
    let expected = [
        ("trip/day 1/dune, \"big\".txt", "same"),
        ("trip/dunes.raw", "missing"),
        ("trip/grain.txt", "other_bytes"),
        ("trip/nothing.dat", "other_size"),
    ];
    assert_eq!(on_disk(&output), expected);
    let output = run(&person, &[&verify[..], &["--listing"]].concat()).expect_code(1);
    let replaced = output.row("trip/day 1/dune, \"big\".txt");
    assert_eq!(replaced["in_bucket"], "differs", "{replaced}");
}

#[test]
fn what_is_no_receipt_is_said_to_be_none() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let file = person.small_file("notes.txt", b"these are no receipts\n");
    let path = file.display().to_string();
    let output = run(&person, &["verify", &path]).expect_code(2);
    assert_eq!(output.failure_code(), Some("notReceipts"));
    let output = run(&person, &["verify", "/nowhere/receipts.csv"]).expect_code(2);
    assert_eq!(output.failure_code(), Some("fileUnreadable"));
}

/// Parts that share a slow line come to their end together: the file might be whole before its process is ended.
fn hold_all_parts_but_one(server: &Server) {
    let pause = Fault::Delay(Duration::from_hours(1));
    server
        .faults()
        .next_after(Operation::UploadPart, 1, u64::MAX, pause);
}

/// The tutorial's role may not remove what was begun: it stays listed, and the exit code says so.
#[test]
fn what_was_begun_and_given_up_is_listed() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let file = person.big_file("dunes.raw");
    hold_all_parts_but_one(&server);
    let putting = person.sandglass.spawn(&put(&[], &[&file]));
    until("a part is confirmed", SOON, || {
        let parts = server.counts().parts;
        parts
            .iter()
            .any(sandbox::ReceivedPart::is_confirmed)
            .then_some(())
    });
    putting.kill_9();
    assert!(
        run(&person, &["abandoned"])
            .expect_code(0)
            .objects
            .is_empty()
    );
    // The file becomes another one: what was sent of it is of no use.
    big_file(&file, PART, 9);
    server.faults().clear();
    run(&person, &["resume"]).expect_code(0);
    assert_same(&server.objects(), &expected(&[&file], ""));
    let listed = run(&person, &["abandoned"]).expect_code(0).objects;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["key"], "dunes.raw");
    let open = server.as_sandbox().open_uploads().expect("a list");
    assert_eq!(
        open,
        [(
            "dunes.raw".to_owned(),
            listed[0]["upload_id"].as_str().expect("an id").to_owned()
        )]
    );
    let aborted = run(&person, &["abandoned", "--abort"]).expect_code(1);
    assert_eq!(aborted.objects, listed);
}

/// A ledger of its own kind is set aside under a name with the time, byte by byte, and said; uploads go on.
#[test]
fn a_ledger_that_cannot_be_used_is_moved_aside_and_said() {
    let spoilers: [fn(&Path); 2] = [write_garbage, write_newer];
    for spoil in spoilers {
        let server = Server::sandbox();
        let person = Person::connected_to(&server.destination());
        let ledger = person.sandglass.home().join("ledger.sqlite");
        for side in ["-wal", "-shm"] {
            let _ = fs::remove_file(ledger.with_file_name(format!("ledger.sqlite{side}")));
        }
        spoil(&ledger);
        let spoilt = fs::read(&ledger).expect("readable");
        let grain = person.small_file("grain.txt", b"sand");
        let output = person.sandglass.run(&put(&[], &[&grain])).expect_code(0);
        assert_eq!(
            output.failure_code(),
            Some("ledgerMovedAside"),
            "{output:?}"
        );
        assert_eq!(output.row("grain.txt")["state"], "stored");
        let is_aside = |name: &str| name.starts_with("ledger-2") && name.ends_with(".sqlite");
        let names = fs::read_dir(person.sandglass.home()).expect("a folder");
        let names = names
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned());
        let aside: Vec<String> = names.filter(|name| is_aside(name)).collect();
        assert_eq!(aside.len(), 1, "{aside:?}");
        let kept = fs::read(person.sandglass.home().join(&aside[0])).expect("kept");
        assert!(kept == spoilt, "it was changed");
        // Once is enough.
        let again = run(&person, &["drops"]).expect_code(0);
        assert_eq!(again.failure_code(), None);
        assert_eq!(again.objects.len(), 1);
    }
}

fn write_garbage(ledger: &Path) {
    write(ledger, &b"this has never been a ledger\n".repeat(50));
}

/// SQLite's `user_version` is four bytes at 60 (sqlite.org/fileformat.html, 1.3).
fn write_newer(ledger: &Path) {
    let mut bytes = fs::read(ledger).expect("a ledger");
    bytes[60..64].copy_from_slice(&1_000_000_u32.to_be_bytes());
    fs::write(ledger, bytes).expect("written");
}

/// Both write to one ledger at once; neither loses a row, and each sends only its own.
#[test]
fn two_processes_share_one_ledger() {
    const FILES: usize = 150;
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folders = ["one", "two"].map(|name| {
        let folder = person.folder().join(name);
        for file in 0..FILES {
            write(&folder.join(format!("{file}.txt")), name.as_bytes());
        }
        folder
    });
    let putting = folders
        .each_ref()
        .map(|folder| person.sandglass.spawn(&put(&[], &[folder])));
    for putting in putting {
        let output = putting.finish(SOON).expect_code(0);
        assert_eq!(output.keys_in("stored").len(), FILES);
    }
    assert_same(&server.objects(), &expected(&folders, ""));
    let requests = server.counts().requests_of(Operation::PutObject);
    assert_eq!(requests, 2 * FILES as u64);
    let file = person.folder().join("receipts.json");
    let all = receipts(&person, &["--format", "json"], &file);
    assert_eq!(keys(&all).len(), 2 * FILES);
}

/// Of two that resume at once, one gets the rows.
#[test]
fn two_that_resume_at_once_do_not_send_one_file_twice() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let file = person.big_file("dunes.raw");
    hold_all_parts_but_one(&server);
    let putting = person.sandglass.spawn(&put(&[], &[&file]));
    until("parts are on their way", SOON, || {
        (!server.counts().parts.is_empty()).then_some(())
    });
    let pid = Pid::from_raw(i32::try_from(putting.id()).expect("a pid")).expect("not 0");
    kill_process(pid, Signal::INT).expect("it runs");
    putting.finish(SOON).expect_code(130);
    server.faults().clear();
    // Slow enough that both are there while one sends.
    server.faults().set_bandwidth(Some(16 * MIB as u64));
    let resuming = [(); 2].map(|()| person.sandglass.spawn(&["resume"]));
    let said: Vec<Output> = resuming
        .into_iter()
        .map(|running| running.finish(SOON).expect_code(0))
        .collect();
    let told: usize = said.iter().map(|output| output.objects.len()).sum();
    assert_eq!(told, 1, "{said:?}");
    assert_same(&server.objects(), &expected(&[&file], ""));
    assert_eq!(
        server
            .counts()
            .requests_of(Operation::CompleteMultipartUpload),
        1
    );
}
