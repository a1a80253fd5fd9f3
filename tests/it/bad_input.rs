//! Each wrong field has its own code, and nothing is saved.

use crate::person::{Person, put};
use crate::server::Server;

/// A correct `connect`; the key comes by standard input.
const GOOD: [(&str, &str); 4] = [
    ("--name", "Field recordings"),
    ("--role-arn", "arn:aws:iam::123456789012:role/uploader"),
    ("--region", "ap-northeast-1"),
    ("--bucket", "s3-fs-example-bucket"),
];
const KEY: &str = "AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";

/// `GOOD` with another value for one option, or one more option.
fn with(option: &str, value: &str) -> Vec<String> {
    let mut words = vec!["connect".to_owned(), format!("{option}={value}")];
    let others = GOOD.iter().filter(|(other, _)| *other != option);
    words.extend(others.map(|(other, value)| format!("{other}={value}")));
    words
}

#[track_caller]
fn assert_nothing_is_saved(person: &Person) {
    let status = person.sandglass.run(&["status"]).expect_code(0);
    assert_eq!(status.objects.len(), 0, "{status:?}");
}

#[test]
fn each_wrong_field_is_named_and_nothing_is_saved() {
    let person = Person::new();
    let cases = [
        ("--name", " ", "badName"),
        ("--role-arn", "uploader", "badRoleArn"),
        (
            "--role-arn",
            "arn:aws:iam::123456789012:user/u",
            "badRoleArn",
        ),
        (
            "--role-arn",
            "arn:aws:iam::1234:role/uploader",
            "badRoleArn",
        ),
        ("--region", "Tokyo, Japan", "badRegion"),
        ("--bucket", "My Bucket", "badBucket"),
        ("--bucket", "ab", "badBucket"),
        ("--bucket", "192.168.0.1", "badBucket"),
        ("--prefix", "a//b", "badPrefix"),
        ("--prefix", "../up", "badPrefix"),
        ("--endpoint", "storage.example.com", "badEndpoint"),
        (
            "--endpoint",
            "https://key:secret@example.com",
            "badEndpoint",
        ),
        ("--sts-endpoint", "ftp://example.com", "badEndpoint"),
        ("--session-seconds", "899", "badSessionSeconds"),
        ("--session-seconds", "43201", "badSessionSeconds"),
        ("--session-seconds", "an hour", "badSessionSeconds"),
        ("--external-id", "x", "badExternalId"),
        ("--mfa-serial", "no serial!", "badMfaSerial"),
    ];
    for (option, value, code) in cases {
        let mut words = with(option, value);
        words.push("--key-stdin".to_owned());
        let refused = person.sandglass.run_with_input(&words, KEY).expect_code(2);
        assert_eq!(refused.failure_code(), Some(code), "{option} {value}");
        let about = refused.objects[0]["failure"]["about"].as_str();
        assert_eq!(about.map(str::trim), Some(value.trim()), "{option}");
    }
    assert_nothing_is_saved(&person);
}

#[test]
fn half_a_key_is_no_key() {
    let person = Person::new();
    let mut words = with("--prefix", "incoming");
    words.push("--key-stdin".to_owned());
    for input in [
        "",
        "AKIAIOSFODNN7EXAMPLE\n",
        "AKIA\nshort\n",
        "two words here it is\nx\n",
    ] {
        let refused = person
            .sandglass
            .run_with_input(&words, input)
            .expect_code(2);
        assert_eq!(refused.failure_code(), Some("badAccessKey"), "{input:?}");
    }
    assert_nothing_is_saved(&person);
}

#[test]
fn a_file_that_is_not_the_consoles_is_named_and_nothing_is_saved() {
    let person = Person::new();
    let big = "x".repeat(100_000);
    let cases: [(&str, &[u8], &str); 5] = [
        ("shopping.csv", b"what,how many\nbuckets,2\n", "badKeyFile"),
        (
            "headers only.csv",
            b"Access key ID,Secret access key\r\n",
            "badKeyFile",
        ),
        (
            "half.csv",
            b"Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,\r\n",
            "badKeyFile",
        ),
        ("empty.csv", b"", "badKeyFile"),
        ("big.csv", big.as_bytes(), "badKeyFile"),
    ];
    let connect = |path: &std::path::Path| {
        let mut words = with("--prefix", "incoming");
        words.extend(["--key-csv".to_owned(), path.display().to_string()]);
        person.sandglass.run(&words).expect_code(2)
    };
    for (name, bytes, code) in cases {
        let refused = connect(&person.small_file(name, bytes));
        assert_eq!(refused.failure_code(), Some(code), "{name}");
        assert_eq!(refused.objects[0]["failure"]["about"], name);
    }
    let refused = connect(&person.folder().join("nowhere.csv"));
    assert_eq!(refused.failure_code(), Some("fileUnreadable"));
    assert_nothing_is_saved(&person);
}

#[test]
fn a_name_is_taken_once_and_the_first_destination_stays() {
    let server = Server::sandbox();
    let destination = server.destination();
    let person = Person::connected_to(&destination);
    let again = testkit::destination::Destination {
        secret_access_key: "Another/Secret+00000000000000000000000001".to_owned(),
        ..destination
    };
    let refused = person.sandglass.connect(&again).expect_code(2);
    assert_eq!(refused.failure_code(), Some("nameTaken"));
    person.sandglass.run(&["sign-in"]).expect_code(0);
}

#[test]
fn what_is_asked_of_an_unknown_destination_or_folder_is_refused() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let file = person.small_file("grain.txt", b"sand");
    let unknown = put(&["-d", "Elsewhere"], &[&file]);
    let refused = person.sandglass.run(&unknown).expect_code(2);
    assert_eq!(refused.failure_code(), Some("destinationUnknown"));
    let nowhere = put(&["--to", "/../up"], &[&file]);
    let refused = person.sandglass.run(&nowhere).expect_code(2);
    assert_eq!(refused.failure_code(), Some("badPrefix"));
    assert!(server.objects().is_empty());
}

#[test]
fn words_that_are_no_command_are_a_usage_error() {
    let person = Person::new();
    for words in [vec!["upload"], vec!["put"], vec!["connect", "--name", "x"]] {
        let refused = person.sandglass.run(&words).expect_code(2);
        assert!(refused.stderr.contains("Usage"), "{}", refused.stderr);
    }
}
