//! Destinations that are renamed, duplicated, moved to another server; and settings that another version wrote.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use app::{
    App, Code, DestinationForm, Event, Failure, Home, KeySource, Keychain, MemoryKeychain,
    Surroundings, SystemClock,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

fn try_open(folder: &Path, keychain: &Arc<MemoryKeychain>) -> Result<App, Failure> {
    App::open(Surroundings {
        home: Home::at(folder).expect("a home"),
        keychain: Arc::clone(keychain) as Arc<dyn Keychain>,
        clock: Arc::new(SystemClock),
    })
}

fn open(folder: &Path, keychain: &Arc<MemoryKeychain>) -> App {
    try_open(folder, keychain).expect("an app")
}

fn form(name: &str) -> DestinationForm {
    DestinationForm {
        name: name.to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/sts-s3-example-role".to_owned(),
        region: "ap-northeast-1".to_owned(),
        bucket: "s3-fs-example-bucket".to_owned(),
        ..DestinationForm::default()
    }
}

fn typed() -> KeySource {
    KeySource::Typed {
        id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
    }
}

fn names(app: &App) -> Vec<String> {
    let all = app.destinations().into_iter();
    all.map(|destination| destination.name).collect()
}

#[tokio::test]
async fn a_renamed_destination_keeps_its_id_and_a_taken_or_empty_name_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let app = open(folder.path(), &keychain);
    let first = app
        .connect(&form("A"), &typed(), None)
        .await
        .expect("saved");
    app.connect(&form("B"), &typed(), None)
        .await
        .expect("saved");

    app.rename_destination(&first.id, " Field ")
        .expect("renamed");
    assert_eq!(names(&app), ["Field", "B"]);
    let code = |name: &str| {
        app.rename_destination(&first.id, name)
            .expect_err("no")
            .code
    };
    assert_eq!(code("B"), Code::NameTaken);
    assert_eq!(code("  "), Code::BadName);
    // Its own name is not taken.
    app.rename_destination(&first.id, "Field")
        .expect("the same");
    let again = open(folder.path(), &keychain);
    assert_eq!(names(&again), ["Field", "B"]);
    assert_eq!(again.destinations()[0].id, first.id);
}

#[tokio::test]
async fn a_duplicate_has_its_own_entry_with_the_same_key_and_lives_without_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let app = open(folder.path(), &keychain);
    let long = "x".repeat(64);
    let first = app
        .connect(&form(&long), &typed(), None)
        .await
        .expect("saved");
    app.rename_destination(&first.id, "A").expect("renamed");
    let second = app.duplicate_destination(&first.id).await.expect("made");
    let third = app.duplicate_destination(&first.id).await.expect("made");
    assert_eq!(names(&app), ["A", "A 2", "A 3"]);
    assert_ne!(second.id, third.id);
    assert_eq!(second.target, first.target);

    app.remove_destination(&first.id).await.expect("removed");
    assert!(keychain.get(first.id.as_str()).is_err());
    let entry = keychain.get(second.id.as_str()).expect("its own key");
    assert!(entry.expose_secret().starts_with("AKIAIOSFODNN7EXAMPLE"));

    // A name of full length leaves room for the number.
    app.rename_destination(&second.id, &long).expect("renamed");
    let copy = app.duplicate_destination(&second.id).await.expect("made");
    let again = open(folder.path(), &keychain);
    assert!(names(&again).contains(&copy.name));
    assert!(again.left_out().is_empty());
}

#[tokio::test]
async fn a_kept_key_is_not_sent_to_another_sts_unasked() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let app = open(folder.path(), &keychain);
    let saved = app
        .connect(&form("A"), &typed(), None)
        .await
        .expect("saved");
    for (endpoint, sts_endpoint) in [
        ("https://elsewhere.example", ""),
        ("", "https://sts.example"),
    ] {
        let moved = DestinationForm {
            endpoint: endpoint.to_owned(),
            sts_endpoint: sts_endpoint.to_owned(),
            ..form("A")
        };
        let refused = app.connect(&moved, &KeySource::Kept, Some(&saved.id)).await;
        assert_eq!(
            refused.expect_err("refused").code,
            Code::KeyForAnotherServer
        );
        assert_eq!(app.destinations()[0].sts_endpoint, None);
    }
    // Another bucket and region of the same AWS is no other server.
    let moved = DestinationForm {
        region: "eu-central-1".to_owned(),
        ..form("A")
    };
    app.connect(&moved, &KeySource::Kept, Some(&saved.id))
        .await
        .expect("changed");
    let moved = DestinationForm {
        endpoint: "https://elsewhere.example".to_owned(),
        ..form("A")
    };
    app.connect(&moved, &typed(), Some(&saved.id))
        .await
        .expect("changed with its key");
}

/// As the first version wrote it.
fn old_destination(id: &str, name: &str) -> Value {
    json!({
        "id": id, "name": name, "role_arn": "arn:aws:iam::123456789012:role/up", "region": "ap-northeast-1",
        "bucket": "s3-fs-example-bucket", "session_seconds": 3600, "key_ends": "MPLE"
    })
}

fn write_settings(folder: &Path, settings: &Value) {
    let text = serde_json::to_string(settings).expect("JSON");
    fs::write(folder.join("settings.json"), text).expect("written");
}

fn read_settings(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("settings.json")).expect("there");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn a_destination_that_cannot_be_used_is_left_out_said_and_kept_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let mut spoilt = old_destination("two", "Spoilt");
    spoilt["role_arn"] = json!("nobody");
    spoilt["note"] = json!({ "z": 1, "a": [null, "日本"] });
    let mut newer = old_destination("three", "Newer");
    newer["addressing"] = json!({ "style": "by_pigeon" });
    let nameless = json!(7);
    let good = old_destination("one", "Good");
    write_settings(
        folder.path(),
        &json!({ "destinations": [spoilt, good, newer, nameless], "selected": "two" }),
    );

    let app = open(folder.path(), &keychain);
    assert_eq!(names(&app), ["Good"]);
    let left_out = |name: &str| Failure {
        code: Code::DestinationUnreadable,
        about: name.to_owned(),
    };
    let expected = [left_out("Spoilt"), left_out("Newer"), left_out("?")];
    assert_eq!(app.left_out(), expected);

    // Each new watcher hears of them after its snapshot.
    let mut events = app.watch();
    assert!(matches!(events.recv().await, Some(Event::Snapshot(_))));
    for failure in &expected {
        match events.recv().await {
            Some(Event::Failed { failure: told, .. }) => assert_eq!(told, *failure),
            other => panic!("not told: {other:?}"),
        }
    }

    app.connect(&form("New"), &typed(), None)
        .await
        .expect("saved");
    let written = read_settings(folder.path());
    let all = written["destinations"].as_array().expect("a list");
    for kept in [&spoilt, &newer, &nameless] {
        assert!(all.contains(kept), "{written:#}");
    }
    assert_eq!(names(&open(folder.path(), &keychain)), ["Good", "New"]);
}

#[tokio::test]
async fn settings_that_are_no_json_are_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let path = folder.path().join("settings.json");
    for text in ["", "{", "[]", "{\"destinations\": 3}"] {
        fs::write(&path, text).expect("written");
        let refused = try_open(folder.path(), &keychain).err().expect("refused");
        assert_eq!(refused.code, Code::SettingsFailed, "{text}");
        assert_eq!(fs::read_to_string(&path).expect("there"), text);
    }
}
