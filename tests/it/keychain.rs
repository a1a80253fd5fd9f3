//! Locked, missing, without the entry: three failures, and nothing falls back.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use testkit::keyring::PrivateBus;

use crate::person::{Person, put};
use crate::server::{Server, Which};

on_both_servers! {
    a_locked_keychain_is_said_and_once_unlocked_it_works
    without_a_secret_service_nothing_is_saved_and_one_that_starts_later_is_found
    a_key_that_was_taken_out_of_the_keychain_is_missed
    each_destination_has_its_own_entry_and_removing_one_leaves_the_others_key
    a_key_is_looked_at_and_removed_without_signing_in
}

fn a_locked_keychain_is_said_and_once_unlocked_it_works(which: Which) {
    let server = Server::start(which);
    let destination = server.destination();
    let person = Person::connected_to(&destination);
    let file = person.small_file("grain.txt", b"sand");
    person.bus.lock();
    for words in [vec!["sign-in".to_owned()], put(&[], &[&file])] {
        let locked = person.sandglass.run(&words).expect_code(4);
        assert_eq!(locked.failure_code(), Some("keychainLocked"));
    }
    let another = testkit::destination::Destination {
        name: "Another".to_owned(),
        ..destination
    };
    let locked = person.sandglass.connect(&another).expect_code(4);
    assert_eq!(locked.failure_code(), Some("keychainLocked"));
    assert_eq!(destinations(&person), ["Field recordings"]);
    person.bus.unlock();
    person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    assert_eq!(server.objects()["grain.txt"], b"sand");
}

fn without_a_secret_service_nothing_is_saved_and_one_that_starts_later_is_found(which: Which) {
    let server = Server::start(which);
    let destination = server.destination();
    let mut person = Person::on(PrivateBus::without_secret_service());
    let missing = person.sandglass.connect(&destination).expect_code(4);
    assert_eq!(missing.failure_code(), Some("keychainMissing"));
    assert_eq!(destinations(&person), [] as [&str; 0]);
    person.bus.start_service();
    person.sandglass.connect(&destination).expect_code(0);
    person.bus.kill_service();
    let missing = person.sandglass.run(&["sign-in"]).expect_code(4);
    assert_eq!(missing.failure_code(), Some("keychainMissing"));
    person.bus.start_service();
    person.sandglass.run(&["sign-in"]).expect_code(0);
}

fn a_key_that_was_taken_out_of_the_keychain_is_missed(which: Which) {
    let server = Server::start(which);
    let person = Person::connected_to(&server.destination());
    let service = format!("Sandglass ({})", person.sandglass.home().display());
    let mut clear = Command::new("secret-tool");
    clear
        .args(["clear", "service", &service])
        .stdout(Stdio::null());
    let cleared = person.bus.give_to(&mut clear).status();
    assert!(cleared.expect("secret-tool runs").success());
    let missing = person.sandglass.run(&["sign-in"]).expect_code(4);
    assert_eq!(missing.failure_code(), Some("accessKeyMissing"));
    assert_eq!(
        missing.objects[0]["failure"]["about"], "Field recordings",
        "the sentence names the destination"
    );
}

fn each_destination_has_its_own_entry_and_removing_one_leaves_the_others_key(which: Which) {
    let server = Server::start(which);
    let first = server.destination();
    let second = testkit::destination::Destination {
        name: "Another".to_owned(),
        ..first.clone()
    };
    let person = Person::connected_to(&first);
    assert_eq!(entries(&person).len(), 1);
    person.sandglass.connect(&second).expect_code(0);
    let both = entries(&person);
    assert_eq!(both.len(), 2, "{both:?}");
    for name in [&first.name, &second.name] {
        person
            .sandglass
            .run(&["sign-in", "-d", name])
            .expect_code(0);
    }
    let words = ["destination", "remove", &first.name, "--yes"];
    person.sandglass.run(&words).expect_code(0);
    let left = entries(&person);
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left.is_subset(&both), "the entry that is left was there");
    person.sandglass.run(&["sign-in"]).expect_code(0);
    let words = ["destination", "remove", &second.name, "--yes"];
    person.sandglass.run(&words).expect_code(0);
    assert_eq!(entries(&person).len(), 0);
}

/// The names of Sandglass's entries, as another program finds them.
fn entries(person: &Person) -> BTreeSet<String> {
    let service = format!("Sandglass ({})", person.sandglass.home().display());
    let mut search = Command::new("secret-tool");
    search.args(["search", "--all", "service", &service]);
    let found = person.bus.give_to(&mut search).output();
    let found = found.expect("secret-tool runs");
    // The attributes go to stderr; stdout has the secrets.
    let told = String::from_utf8_lossy(&found.stderr);
    let names = told.lines();
    names
        .filter_map(|line| line.strip_prefix("attribute.username = "))
        .map(str::to_owned)
        .collect()
}

fn a_key_is_looked_at_and_removed_without_signing_in(which: Which) {
    let server = Server::start(which);
    let destination = server.destination();
    let person = Person::connected_to(&destination);
    let key = |words: &[&str]| {
        let named = ["-d", "Field recordings"];
        person.sandglass.run(&[&["key"], words, &named].concat())
    };
    let shown = key(&["show"]).expect_code(0).objects.remove(0);
    assert_eq!(shown["presence"], "inKeychain");
    assert_eq!(
        (&shown["days_here"], &shown["is_old"]),
        (&0.into(), &false.into())
    );
    let ends = shown["key_ends"].as_str().expect("four characters");
    assert_eq!(ends.len(), 4);

    person.bus.lock();
    for words in [&["show"][..], &["remove", "--yes"]] {
        let locked = key(words).expect_code(4);
        assert_eq!(locked.failure_code(), Some("keychainLocked"));
    }
    person.bus.unlock();
    key(&["remove"]).expect_code(2);
    let shown = key(&["show"]).expect_code(0);
    assert_eq!(
        shown.objects[0]["presence"], "inKeychain",
        "nothing went yet"
    );

    let removed = key(&["remove", "--yes"]).expect_code(0);
    assert_eq!(removed.objects[0]["presence"], "gone");
    assert_eq!(removed.objects[0]["stored_since"], serde_json::Value::Null);
    assert_eq!(destinations(&person), ["Field recordings"]);
    let missing = person.sandglass.run(&["sign-in"]).expect_code(4);
    assert_eq!(missing.failure_code(), Some("accessKeyMissing"));
}

fn destinations(person: &Person) -> Vec<String> {
    let status = person.sandglass.run(&["status"]).expect_code(0);
    let names = status
        .objects
        .iter()
        .filter(|object| object["kind"] == "destination");
    names
        .filter_map(|object| object["name"].as_str().map(str::to_owned))
        .collect()
}
