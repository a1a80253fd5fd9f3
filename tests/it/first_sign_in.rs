//! A destination is connected, by typed key and by the console's file, and a session is proved.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::person::Person;
use crate::server::{Server, Which};

on_both_servers! {
    a_typed_key_is_kept_and_proves_a_session
    the_consoles_file_is_read_and_proves_a_session
    each_destination_signs_in_with_its_own_key
}

#[track_caller]
fn assert_proves(proof: &Value, role_arn: &str) {
    let account = role_arn.split(':').nth(4).expect("an account");
    let name = role_arn.rsplit('/').next().expect("a role's name");
    let assumed = proof["assumed_role"].as_str().expect("an assumed role");
    let expected = format!("arn:aws:sts::{account}:assumed-role/{name}/");
    assert!(assumed.starts_with(&expected), "{assumed}");
    let ends_at: Timestamp = proof["ends_at"]
        .as_str()
        .and_then(|time| time.parse().ok())
        .expect("a time");
    let left = Timestamp::now().duration_until(ends_at);
    assert!(
        left > SignedDuration::from_mins(58) && left <= SignedDuration::from_mins(61),
        "an hour was asked for, {left} are left"
    );
    let seconds = proof["session_seconds"].as_u64().expect("seconds");
    assert!((3590..=3600).contains(&seconds), "{seconds}");
}

fn a_typed_key_is_kept_and_proves_a_session(which: Which) {
    let server = Server::start(which);
    let destination = server.destination();
    let person = Person::new();
    let connected = person.sandglass.connect(&destination).expect_code(0);
    let saved = &connected.objects[0];
    assert_eq!(saved["name"], "Field recordings");
    assert_eq!(saved["role_arn"], destination.role_arn);
    assert_eq!(saved["bucket"], destination.bucket);
    let ends = &destination.access_key_id[destination.access_key_id.len() - 4..];
    assert_eq!(saved["key_ends"], ends);
    let proof = person.sandglass.run(&["sign-in"]).expect_code(0);
    assert_proves(&proof.objects[0], &destination.role_arn);
}

fn the_consoles_file_is_read_and_proves_a_session(which: Which) {
    let server = Server::start(which);
    let destination = server.destination();
    let person = Person::new();
    let csv = format!(
        "\u{feff}Access key ID,Secret access key\r\n{},{}\r\n",
        destination.access_key_id, destination.secret_access_key
    );
    let csv = person.small_file("sts-s3-upload-user_accessKeys.csv", csv.as_bytes());
    let mut arguments = destination.arguments();
    arguments.extend(["--key-csv".to_owned(), csv.display().to_string()]);
    arguments.insert(0, "connect".to_owned());
    person.sandglass.run(&arguments).expect_code(0);
    let proof = person.sandglass.run(&["sign-in"]).expect_code(0);
    assert_proves(&proof.objects[0], &destination.role_arn);
}

fn each_destination_signs_in_with_its_own_key(which: Which) {
    let server = Server::start(which);
    let good = server.destination();
    let bad = testkit::destination::Destination {
        name: "Another".to_owned(),
        access_key_id: "AKIANOBODYKNOWSTHIS1".to_owned(),
        ..good.clone()
    };
    let person = Person::connected_to(&good);
    person.sandglass.connect(&bad).expect_code(0);
    let sign_in = |name: &str| person.sandglass.run(&["sign-in", "-d", name]);
    assert_proves(
        &sign_in(&good.name).expect_code(0).objects[0],
        &good.role_arn,
    );
    let refused = sign_in(&bad.name).expect_code(3);
    assert_eq!(refused.failure_code(), Some("accessKeyUnknown"));
    // Two destinations and no name: which one is not guessed.
    let unnamed = person.sandglass.run(&["sign-in"]).expect_code(2);
    assert_eq!(unnamed.failure_code(), Some("destinationUnknown"));
}
