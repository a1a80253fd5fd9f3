//! The listing is denied while uploads work.

use testkit::files::{assert_same, expected};

use crate::person::{Person, put};
use crate::server::{Server, Setup, Which};

on_both_servers! {
    the_published_policy_denies_the_list_and_takes_the_files
    the_list_shows_folders_pages_and_nothing_where_nothing_is
}

fn the_published_policy_denies_the_list_and_takes_the_files(which: Which) {
    let setup = Setup {
        is_as_published: true,
        ..Setup::default()
    };
    let server = Server::start_with(which, setup);
    let destination = server.destination();
    let person = Person::connected_to(&destination);
    let denied = person.sandglass.run(&["ls"]).expect_code(1);
    assert_eq!(denied.failure_code(), Some("listingDenied"));
    assert_eq!(denied.objects[0]["failure"]["about"], destination.bucket);
    let dropped = [
        person.small_file("grain.txt", b"sand"),
        person.big_file("dunes.raw"),
    ];
    let sent = put(&[], &[&dropped[0], &dropped[1]]);
    let sent = person.sandglass.run(&sent).expect_code(0);
    assert_eq!(sent.keys_in("stored"), ["dunes.raw", "grain.txt"]);
    assert_same(&server.objects(), &expected(&dropped, ""));
}

/// A page of S3 holds a thousand keys.
const KEYS: usize = 1003;

fn the_list_shows_folders_pages_and_nothing_where_nothing_is(which: Which) {
    let server = Server::start(which);
    let person = Person::connected_to(&server.destination());
    let empty = person.sandglass.run(&["ls"]).expect_code(0);
    assert_eq!(empty.objects.len(), 0);
    let folder = person.folder().join("grains");
    for number in 0..KEYS {
        testkit::files::write(&folder.join(format!("{number:04}.txt")), b"sand");
    }
    let sent = person.sandglass.run(&put(&[], &[&folder])).expect_code(0);
    assert_eq!(sent.keys_in("stored").len(), KEYS);
    let top = person.sandglass.run(&["ls"]).expect_code(0);
    assert_eq!(top.objects.len(), 1);
    assert_eq!(top.objects[0]["key"], "grains/");
    let inside = person.sandglass.run(&["ls", "grains/"]).expect_code(0);
    let keys: Vec<&str> = inside
        .objects
        .iter()
        .filter_map(|entry| entry["key"].as_str())
        .collect();
    assert_eq!(keys, sent.keys_in("stored"), "every key once, in order");
    let nothing = person.sandglass.run(&["ls", "elsewhere/"]).expect_code(0);
    assert_eq!(nothing.objects.len(), 0);
}
