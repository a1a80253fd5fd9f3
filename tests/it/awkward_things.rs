//! Sockets, links and paths that vanished are skipped with a reason; so ends what cannot be read.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use testkit::files::{Objects, assert_same, big_file, expected, write};
use testkit::sandglass::Output;
use testkit::wait::until;

use crate::person::{PART, Person, SOON, put};
use crate::server::{Server, Which};

on_both_servers! {
    what_is_no_file_inside_a_folder_is_skipped_with_its_reason_and_the_rest_arrives
    a_path_that_vanished_is_said_and_the_rest_arrives
}

/// Name and code of each path that became no row.
fn skipped(output: &Output) -> Vec<(&str, &str)> {
    let paths = output.objects.iter().filter(|row| row["key"].is_null());
    let text = |value: &'_ serde_json::Value| value.as_str().map(str::len).unwrap_or_default();
    let mut named: Vec<_> = paths
        .inspect(|row| assert_eq!(row["state"], "skipped", "{row}"))
        .inspect(|row| assert!(text(&row["failure"]["message"]) > 0, "{row}"))
        .filter_map(|row| Some((row["name"].as_str()?, row["failure"]["code"].as_str()?)))
        .collect();
    named.sort_unstable();
    named
}

fn objects(objects: &[(&str, &[u8])]) -> Objects {
    let owned = |(key, bytes): &(&str, &[u8])| ((*key).to_owned(), bytes.to_vec());
    objects.iter().map(owned).collect()
}

fn fifo(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a FIFO can be made");
}

fn what_is_no_file_inside_a_folder_is_skipped_with_its_reason_and_the_rest_arrives(which: Which) {
    let server = Server::start(which);
    let person = Person::connected_to(&server.destination());
    write(&person.folder().join("outside.txt"), b"not dropped");
    let folder = person.folder().join("desk");
    write(&folder.join("drawer/grain.txt"), b"sand");
    let _socket = UnixListener::bind(folder.join("a socket")).expect("a socket can be made");
    fifo(&folder.join("drawer/a fifo"));
    symlink("nowhere", folder.join("a broken link")).expect("a link can be made");
    symlink("../outside.txt", folder.join("a link that leads out")).expect("a link can be made");
    symlink(".", folder.join("drawer/a circle")).expect("a link can be made");
    let sent = person.sandglass.run(&put(&[], &[&folder])).expect_code(0);
    let expected = [
        ("desk/a broken link", "brokenLink"),
        ("desk/a link that leads out", "linkNotFollowed"),
        ("desk/a socket", "notAFile"),
        ("desk/drawer/a circle", "linkNotFollowed"),
        ("desk/drawer/a fifo", "notAFile"),
    ];
    assert_eq!(skipped(&sent), expected);
    let stored = objects(&[("desk/drawer/grain.txt", b"sand")]);
    assert_same(&server.objects(), &stored);
}

fn a_path_that_vanished_is_said_and_the_rest_arrives(which: Which) {
    let server = Server::start(which);
    let person = Person::connected_to(&server.destination());
    let grain = person.small_file("grain.txt", b"sand");
    let gone = person.folder().join("gone.txt");
    let sent = person
        .sandglass
        .run(&put(&[], &[&gone, &grain]))
        .expect_code(1);
    assert_eq!(skipped(&sent), [("gone.txt", "fileVanished")]);
    assert_eq!(sent.row("grain.txt")["state"], "stored");
    assert_same(&server.objects(), &objects(&[("grain.txt", b"sand")]));
}

#[test]
fn a_dropped_link_is_followed_since_it_was_pointed_at() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let grain = person.small_file("grain.txt", b"sand");
    let link = person.folder().join("shortcut.txt");
    symlink(&grain, &link).expect("a link can be made");
    let broken = person.folder().join("broken.txt");
    symlink("nowhere", &broken).expect("a link can be made");
    let sent = person.sandglass.run(&put(&[], &[&link, &broken]));
    assert_eq!(skipped(&sent), [("broken.txt", "brokenLink")]);
    assert_same(&server.objects(), &objects(&[("shortcut.txt", b"sand")]));
}

#[test]
fn names_that_cannot_be_keys_are_skipped_and_one_that_just_can_arrives() {
    use std::os::unix::ffi::OsStrExt;
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = person.folder().join("d");
    write(&folder.join("line\nbreak"), b"x");
    write(
        &folder.join(std::ffi::OsStr::from_bytes(b"latin \xe9")),
        b"x",
    );
    // 1,024 bytes with "d/" and four slashes, and one more.
    let segment = "砂".repeat(80);
    let deep = folder.join([segment.as_str(); 4].join("/"));
    let just = "x".repeat(1024 - "d/".len() - 4 * (segment.len() + 1));
    write(&deep.join(&just), b"just");
    write(&deep.join(format!("{just}x")), b"too long");
    let sent = person.sandglass.run(&put(&[], &[&folder])).expect_code(0);
    let mut codes: Vec<&str> = skipped(&sent).into_iter().map(|(_, code)| code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["keyTooLong", "nameNotUnicode", "nameUnsafe"]);
    let key = format!("d/{}/{just}", [segment.as_str(); 4].join("/"));
    assert_eq!(key.len(), 1024);
    assert_same(&server.objects(), &objects(&[(key.as_str(), b"just")]));
}

/// For root every file can be read; then there is nothing to tell.
#[test]
fn what_may_not_be_read_is_said_and_the_rest_arrives() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = person.folder().join("desk");
    write(&folder.join("closed/letter.txt"), b"private");
    write(&folder.join("grain.txt"), b"sand");
    write(&folder.join("locked.txt"), b"private");
    let restrict = |name: &str, mode: u32| {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode))
            .expect("the owner sets permissions");
    };
    restrict("closed", 0);
    restrict("locked.txt", 0);
    let is_root = fs::read(folder.join("locked.txt")).is_ok();
    let sent = person.sandglass.run(&put(&[], &[&folder]));
    restrict("closed", 0o700);
    if is_root {
        sent.expect_code(0);
        return;
    }
    let sent = sent.expect_code(1);
    assert_eq!(skipped(&sent), [("desk/closed", "fileUnreadable")]);
    let row = sent.row("desk/locked.txt");
    assert_eq!(row["failure"]["code"], "fileUnreadable", "{row}");
    assert_same(&server.objects(), &objects(&[("desk/grain.txt", b"sand")]));
}

#[test]
fn a_file_that_vanishes_while_it_waits_fails_and_the_rest_arrives() {
    let server = Server::sandbox();
    let (line, destination) = server.behind_a_line();
    let person = Person::connected_to(&destination);
    // Four files in parts run at once; the fifth waits.
    let names = ["a.raw", "b.raw", "c.raw", "d.raw"];
    let run = names.map(|name| big_file(&person.folder().join(name), PART, 1));
    let waits = big_file(&person.folder().join("waits.raw"), PART, 2);
    line.let_parts_pass(0);
    let paths: Vec<&Path> = run.iter().chain([&waits]).map(PathBuf::as_path).collect();
    let putting = person.sandglass.spawn(&put(&[], &paths));
    until("four parts are on their way", SOON, || {
        (line.held() == 4).then_some(())
    });
    fs::remove_file(&waits).expect("the file is there");
    line.open();
    let sent = putting.finish(SOON).expect_code(1);
    let row = sent.row("waits.raw");
    assert_eq!(row["failure"]["code"], "fileVanished", "{row}");
    assert_eq!(sent.keys_in("stored"), names);
    assert_same(&server.objects(), &expected(&run, ""));
}
