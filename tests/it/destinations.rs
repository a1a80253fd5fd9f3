//! Rename, duplicate, remove, export; a drop-zone file and an AWS profile become destinations.

use std::fs;
use std::path::Path;

use app::{OnConflict, RowState};
use testkit::destination::Destination;
use testkit::sandglass::{Output, Sandglass};

use crate::desk::Desk;
use crate::person::{Person, put};
use crate::server::Server;

fn names(sandglass: &Sandglass) -> Vec<String> {
    let listed = sandglass.run(&["destination", "list"]).expect_code(0);
    let name = |saved: &serde_json::Value| saved["name"].as_str().expect("a name").to_owned();
    listed.objects.iter().map(name).collect()
}

#[test]
fn a_destination_is_renamed_duplicated_and_removed_and_the_copy_signs_in_without_it() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let run = |words: &[&str]| person.sandglass.run(words);
    run(&["destination", "rename", "Field recordings", "Field"]).expect_code(0);
    run(&["destination", "duplicate", "Field"]).expect_code(0);
    assert_eq!(names(&person.sandglass), ["Field", "Field 2"]);
    let taken = run(&["destination", "rename", "Field 2", "Field"]).expect_code(2);
    assert_eq!(taken.failure_code(), Some("nameTaken"));

    // Without the word nothing is removed.
    assert_eq!(remove(&person, &["Field"]).code, Some(2));
    remove(&person, &["Field", "--yes"]).expect_code(0);
    assert_eq!(names(&person.sandglass), ["Field 2"]);
    let file = person.small_file("dune.txt", b"sand");
    person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    assert_eq!(server.object("dune.txt"), b"sand");
}

fn remove(person: &Person, words: &[&str]) -> Output {
    let words = [&["destination", "remove"], words].concat();
    person.sandglass.run(&words)
}

#[test]
fn the_session_and_its_rows_go_on_under_a_new_name() {
    let server = Server::sandbox();
    let desk = Desk::before(&server);
    server.store("taken.txt", b"another");
    let taken = desk.small_file("taken.txt", b"sand");
    desk.add(&[taken], OnConflict::Ask);
    let stopped = |row: &app::Row| matches!(row.state, RowState::Conflict(_));
    let row = desk.until_row("taken.txt", stopped);

    desk.app
        .rename_destination(&desk.id, "Field")
        .expect("renamed");
    assert!(desk.app.assumed_role(&desk.id).is_some(), "still signed in");
    desk.app.resolve_conflict(row.id, OnConflict::Replace);
    desk.until_row("taken.txt", |row| row.state.is_over() && !stopped(row));
    assert_eq!(server.object("taken.txt"), b"sand");
}

/// `connect --from`, with the key that the next person has.
fn connect_from(person: &Person, file: &Path, key: &Destination, more: &[&str]) -> Output {
    let file = file.display().to_string();
    let words = [&["connect", "--key-stdin", "--from", &file], more].concat();
    person.sandglass.run_with_input(&words, &key.key_lines())
}

#[test]
fn a_drop_zone_file_onboards_the_next_person_who_needs_only_a_key() {
    let server = Server::sandbox();
    let destination = Destination {
        prefix: "incoming/".to_owned(),
        session_seconds: Some(1800),
        ..server.destination()
    };
    let first = Person::connected_to(&destination);
    let file = first.folder().join("field.sandglass");
    let path = file.display().to_string();
    let words = ["destination", "export", "-o", path.as_str()];
    first.sandglass.run(&words).expect_code(0);
    let text = fs::read_to_string(&file).expect("written");
    for secret in [&destination.access_key_id, &destination.secret_access_key] {
        assert!(!text.contains(secret.as_str()), "a key is in the file");
    }
    let ends = &destination.access_key_id[destination.access_key_id.len() - 4..];
    assert!(!text.contains(ends), "not even its end: {text}");

    let next = Person::new();
    let connected = connect_from(&next, &file, &destination, &[]).expect_code(0);
    assert_eq!(connected.objects[0]["name"], "Field recordings");
    let proof = next.sandglass.run(&["sign-in"]).expect_code(0);
    assert!(proof.objects[0]["session_seconds"].as_u64() <= Some(1800));
    let dropped = next.small_file("dune.txt", b"sand");
    next.sandglass.run(&put(&[], &[&dropped])).expect_code(0);
    assert_eq!(server.object("incoming/dune.txt"), b"sand");

    // An option takes the place of what the file says; a name that is taken is made free.
    let other = ["--prefix", "elsewhere/"];
    let connected = connect_from(&next, &file, &destination, &other).expect_code(0);
    assert_eq!(connected.objects[0]["name"], "Field recordings 2");
    assert_eq!(connected.objects[0]["prefix"], "elsewhere/");
}

#[test]
fn another_file_is_no_drop_zone_and_a_newer_one_is_said() {
    let server = Server::sandbox();
    let destination = server.destination();
    let person = Person::new();
    let code = |text: &str| {
        let file = person.small_file("x.sandglass", text.as_bytes());
        let refused = connect_from(&person, &file, &destination, &[]).expect_code(2);
        refused.failure_code().expect("a code").to_owned()
    };
    assert_eq!(code("what is this"), "notADropZone");
    assert_eq!(code("version = 9"), "dropZoneTooNew");
    assert_eq!(code("version = 1\nname = \"X\""), "badRegion");
    assert!(names(&person.sandglass).is_empty());
}

#[test]
fn an_aws_profile_becomes_a_destination_with_its_sources_key() {
    let server = Server::sandbox();
    let destination = server.destination();
    let mut person = Person::new();
    let config = format!(
        "[profile field]\nrole_arn = {}\nsource_profile = mira\nregion = {}\nendpoint_url = {}\n\
         duration_seconds = 1800\nrole_session_name = mira\nca_bundle = /etc/ca.pem\n\
         [profile plain]\nregion = eu-central-1\n",
        destination.role_arn, destination.region, destination.endpoint
    );
    let config = person.small_file("config", config.as_bytes());
    let credentials = format!(
        "[mira]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        destination.access_key_id, destination.secret_access_key
    );
    let credentials = person.small_file("credentials", credentials.as_bytes());
    let sandglass = &mut person.sandglass;
    sandglass.set_env("AWS_CONFIG_FILE", &config.display().to_string());
    let variable = "AWS_SHARED_CREDENTIALS_FILE";
    sandglass.set_env(variable, &credentials.display().to_string());

    let listed = sandglass.run(&["profiles"]).expect_code(0);
    let found: Vec<_> = listed
        .objects
        .iter()
        .map(|found| &found["profile"])
        .collect();
    assert_eq!(found, ["field", "mira", "plain"]);
    assert_eq!(listed.objects[0]["role_arn"], destination.role_arn);

    let connect = |profile: &str, bucket: &str| {
        let words = ["connect", "--from-profile", profile, "--bucket", bucket];
        sandglass.run(&words)
    };
    let connected = connect("field", &destination.bucket).expect_code(0);
    assert!(
        connected.stderr.contains("ca_bundle"),
        "{}",
        connected.stderr
    );
    let said = format!("{}{:?}", connected.stderr, connected.objects);
    assert!(!said.contains(&destination.secret_access_key));
    let ends = &destination.access_key_id[destination.access_key_id.len() - 4..];
    assert_eq!(connected.objects[0]["key_ends"], ends);
    let proof = sandglass.run(&["sign-in"]).expect_code(0);
    assert!(proof.objects[0]["session_seconds"].as_u64() <= Some(1800));

    let roleless = connect("plain", "a-bucket").expect_code(2);
    assert_eq!(roleless.failure_code(), Some("profileUnusable"));
    let unknown = connect("nobody", "a-bucket").expect_code(2);
    assert_eq!(unknown.failure_code(), Some("profileUnusable"));
}
