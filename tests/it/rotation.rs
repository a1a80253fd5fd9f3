//! A key is rotated: uploads go on with the new one, nothing secret is written, and a kill at any moment loses nothing.

use std::time::Duration;

use sandbox::documents;
use testkit::dice::Dice;
use testkit::traces::{found, found_below};

use crate::person::{Person, SOON, put};
use crate::server::Server;

const ROTATE: [&str; 2] = ["key", "rotate"];
const DELETE_OLD: [&str; 3] = ["key", "delete-old", "--yes"];

#[test]
fn a_rotated_key_signs_in_from_then_on_and_its_secret_is_nowhere_but_in_the_keychain() {
    let server = Server::sandbox();
    let (line, mut destination) = server.behind_a_line();
    destination.sts_endpoint = line.endpoint();
    let mut person = Person::new();
    person.sandglass.set_env("SANDGLASS_LOG", "trace");
    let mut outputs = vec![person.sandglass.connect(&destination).expect_code(0)];
    let twin = ["destination", "duplicate", "Field recordings"];
    outputs.push(person.sandglass.run(&twin).expect_code(0));
    let first = ["-d", "Field recordings"];
    let second = ["-d", "Field recordings 2"];

    let outlook = [&ROTATE[..], &["--dry-run"], &first].concat();
    let outlook = person.sandglass.run(&outlook).expect_code(0);
    let told = &outlook.objects[0];
    assert_eq!(
        told["shared_with"],
        serde_json::json!(["Field recordings 2"])
    );
    assert!(
        told["made_at"].is_string() && told["other"].is_null(),
        "{told}"
    );
    let rotated = person.sandglass.run(&[&ROTATE[..], &first].concat());
    let rotated = rotated.expect_code(0);
    let said = &rotated.objects[0];
    let ends = said["key_ends"]
        .as_str()
        .expect("four characters")
        .to_owned();
    assert_eq!(
        (&said["old_ends"], &said["is_old_inactive"]),
        (&told["key_ends"], &true.into())
    );

    for which in [first, second] {
        let file = person.small_file(&format!("{}.txt", which[1]), b"sand");
        let putting = put(&which, &[&file]);
        outputs.push(person.sandglass.run(&putting).expect_code(0));
    }
    let deleted = person.sandglass.run(&[&DELETE_OLD[..], &first].concat());
    let deleted = deleted.expect_code(0);
    assert_eq!(deleted.objects[0]["key_ends"], ends.as_str());
    assert!(deleted.objects[0]["old_ends"].is_null());
    let keys = server.as_sandbox().user_keys();
    assert!(
        matches!(&keys[..], [(id, true)] if id.ends_with(&ends)),
        "{keys:?}"
    );

    outputs.extend([outlook, rotated, deleted]);
    // The new key's among them.
    let secrets = line.session_secrets();
    assert!(line.said().contains("<CreateAccessKeyResult>"));
    assert_eq!(found_below(person.sandglass.home(), &secrets), None);
    for output in &outputs {
        let said = format!("{:?}\n{}", output.objects, output.stderr);
        assert_eq!(found(&secrets, "what was said", said.as_bytes()), None);
    }
}

#[test]
fn who_may_not_rotate_gets_the_policy_for_the_administrator() {
    let server = Server::sandbox_with(|options| {
        options.user_policy = Some(documents::user_policy());
    });
    let person = Person::connected_to(&server.destination());
    let denied = person.sandglass.run(&ROTATE).expect_code(3);
    assert_eq!(denied.failure_code(), Some("rotationDenied"));
    let letter = person.sandglass.run(&["letter", "--about-key"]);
    let letter = &letter.expect_code(0).objects[0]["letter"];
    let letter = letter.as_str().expect("a text");
    assert!(letter.contains("iam:CreateAccessKey") && letter.contains(&documents::user_arn()));
    assert!(!letter.contains("sts:AssumeRole"), "{letter}");
    assert_eq!(server.as_sandbox().user_keys().len(), 1);
}

const KILLS: usize = 12;
/// A rotation takes about a third of a second.
const LATEST_KILL_MS: u64 = 400;

#[test]
fn a_rotation_that_is_killed_at_any_moment_is_ended_by_the_next_one() {
    let mut dice = Dice::fresh();
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let keys = || server.as_sandbox().user_keys();
    for _ in 0..KILLS {
        let running = person.sandglass.spawn(&ROTATE);
        // The random moment itself, and no wait for anything.
        std::thread::sleep(Duration::from_millis(dice.below(LATEST_KILL_MS)));
        running.kill_9();
        person.sandglass.run(&["sign-in"]).expect_code(0);
        rotate_to_the_end(&person);
        person.sandglass.run(&DELETE_OLD).expect_code(0);
        let left = keys();
        assert!(matches!(&left[..], [(_, true)]), "{left:?}");
        person.sandglass.run(&["sign-in"]).expect_code(0);
    }
}

/// As a person does it: once more; and a key that nobody has the secret of goes after a look at it.
fn rotate_to_the_end(person: &Person) {
    let again = person.sandglass.spawn(&ROTATE).finish(SOON);
    if again.failure_code() != Some("rotationTwoKeys") {
        again.expect_code(0);
        return;
    }
    let outlook = person.sandglass.run(&["key", "rotate", "--dry-run"]);
    let other = &outlook.expect_code(0).objects[0]["other"];
    assert_eq!(other["role"], "spare");
    let ends = other["key_ends"].as_str().expect("four characters");
    let deleting = ["key", "rotate", "--delete-other", ends];
    person.sandglass.run(&deleting).expect_code(0);
}
