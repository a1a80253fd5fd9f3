//! No secret is written or said anywhere; what is written is its owner's only.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use testkit::sandglass::Output;
use testkit::traces::{found, found_below, seen_of};
use testkit::wait::until;

use crate::person::{Person, SOON, put};
use crate::server::{Server, Which};

on_both_servers! {
    no_secret_is_written_or_said_and_what_is_written_is_its_owners_only
}

/// Everything below a folder, itself among it.
pub(crate) fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a test reads its folder");
            found.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    found
}

#[track_caller]
fn assert_private(home: &Path) {
    let open: Vec<String> = below(home)
        .iter()
        .filter_map(|path| {
            let mode = fs::symlink_metadata(path).ok()?.permissions().mode() & 0o777;
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            (mode != wanted).then(|| format!("{mode:o} {}", path.display()))
        })
        .collect();
    assert!(open.is_empty(), "others may look:\n{}", open.join("\n"));
}

#[track_caller]
fn assert_holds_none(home: &Path, secrets: &[String]) {
    let files = below(home);
    let files: Vec<&PathBuf> = files.iter().filter(|path| path.is_file()).collect();
    assert!(files.len() >= 3, "settings, ledger and log: {files:?}");
    // Not the secrets themselves: this sentence goes into a log as well.
    assert_eq!(found_below(home, secrets), None);
}

#[track_caller]
fn assert_says_none(output: &Output, secrets: &[String]) {
    let said = format!("{:?}\n{}", output.objects, output.stderr);
    assert_eq!(found(secrets, "what was said", said.as_bytes()), None);
}

fn no_secret_is_written_or_said_and_what_is_written_is_its_owners_only(which: Which) {
    let server = Server::start(which);
    let (line, mut destination) = server.behind_a_line();
    destination.sts_endpoint = line.endpoint();
    let mut person = Person::new();
    // All that the log can say.
    person.sandglass.set_env("SANDGLASS_LOG", "trace");
    let mut outputs = vec![person.sandglass.connect(&destination).expect_code(0)];
    let small = person.small_file("grain.txt", b"sand");
    let big = person.big_file("dunes.raw");
    line.let_parts_pass(2);
    let mut putting = person.sandglass.spawn(&put(&[], &[&small, &big]));
    until("two parts are on their way", SOON, || {
        (line.held() == 2).then_some(())
    });
    putting.wait_for("the small file is stored", SOON, |row| {
        row["key"] == "grain.txt" && row["state"] == "stored"
    });
    let mut secrets = line.session_secrets();
    secrets.push(destination.secret_access_key.clone());
    assert!(secrets.len() >= 3, "the line heard STS");
    // What every program on the computer may read.
    let seen = seen_of(putting.id());
    assert!(String::from_utf8_lossy(&seen).contains("dunes.raw"));
    assert_eq!(found(&secrets, "what others see", &seen), None);
    assert_private(person.sandglass.home());
    assert_holds_none(person.sandglass.home(), &secrets);
    putting.kill_9();
    line.open();
    outputs.push(person.sandglass.run(&["resume"]).expect_code(0));
    outputs.push(person.sandglass.run(&["sign-in"]).expect_code(0));
    outputs.push(person.sandglass.run(&["ls"]).expect_code(0));
    outputs.push(person.sandglass.run(&["status"]).expect_code(0));
    let support = person.sandglass.run(&["support"]).expect_code(0);
    let text = support.objects[0]["text"].as_str().expect("a text");
    assert!(text.contains(&destination.bucket) && text.contains("## The end of the log"));
    assert!(text.contains("S3 answered"), "the log in detail: {text}");
    outputs.push(support);
    // A failure says what went wrong, and no more.
    "Another".clone_into(&mut destination.name);
    destination.secret_access_key = destination.secret_access_key.chars().rev().collect();
    secrets.push(destination.secret_access_key.clone());
    outputs.push(person.sandglass.connect(&destination).expect_code(0));
    outputs.push(
        person
            .sandglass
            .run(&["sign-in", "-d", "Another"])
            .expect_code(3),
    );
    secrets.extend(line.session_secrets());
    assert_private(person.sandglass.home());
    assert_holds_none(person.sandglass.home(), &secrets);
    for output in &outputs {
        assert_says_none(output, &secrets);
    }
}
