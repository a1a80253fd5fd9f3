//! What happens to destinations and their keys, without a server.

use std::path::Path;
use std::sync::Arc;

use app::{
    App, Code, DestinationForm, Home, KeySource, Keychain, MemoryKeychain, Surroundings,
    SystemClock,
};
use secrecy::{ExposeSecret, SecretString};

fn open(folder: &Path, keychain: &Arc<MemoryKeychain>) -> App {
    App::open(Surroundings {
        home: Home::at(folder).expect("a home"),
        keychain: Arc::clone(keychain) as Arc<dyn Keychain>,
        clock: Arc::new(SystemClock),
    })
    .expect("an app")
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

fn typed(id: &str) -> KeySource {
    KeySource::Typed {
        id: id.to_owned(),
        secret: SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
    }
}

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

#[tokio::test]
async fn a_changed_destination_keeps_its_id_and_its_key_and_gets_another_when_one_is_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let app = open(folder.path(), &keychain);
    let first = app
        .connect(&form("A"), &typed(KEY), None)
        .await
        .expect("saved");

    let changed = DestinationForm {
        bucket: "another-bucket".to_owned(),
        ..form("B")
    };
    let kept = app
        .connect(&changed, &KeySource::Kept, Some(&first.id))
        .await
        .expect("changed");
    assert_eq!(
        (kept.id.as_str(), kept.key.ends.as_str()),
        (first.id.as_str(), "MPLE")
    );
    let entry = keychain.get(first.id.as_str()).expect("the key");
    assert!(entry.expose_secret().starts_with(KEY));

    let another = typed("AKIAIOSFODNN7ANOTHER");
    app.connect(&changed, &another, Some(&first.id))
        .await
        .expect("changed");
    let entry = keychain.get(first.id.as_str()).expect("the key");
    assert!(entry.expose_secret().starts_with("AKIAIOSFODNN7ANOTHER"));

    // A restart finds what was changed.
    let again = open(folder.path(), &keychain);
    let all = again.destinations();
    assert_eq!(all.len(), 1);
    assert_eq!(
        (
            all[0].name.as_str(),
            all[0].target.bucket.as_str(),
            all[0].key.ends.as_str()
        ),
        ("B", "another-bucket", "THER")
    );
}

#[tokio::test]
async fn a_taken_name_saves_nothing_and_a_new_destination_needs_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let app = open(folder.path(), &keychain);
    app.connect(&form("A"), &typed(KEY), None)
        .await
        .expect("saved");
    let taken = app.connect(&form("A"), &typed(KEY), None).await;
    assert_eq!(taken.expect_err("taken").code, Code::NameTaken);
    let keyless = app.connect(&form("B"), &KeySource::Kept, None).await;
    assert_eq!(keyless.expect_err("no key").code, Code::BadAccessKey);
    assert_eq!(app.destinations().len(), 1);
}

#[tokio::test]
async fn a_removed_destination_takes_its_key_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let keychain = Arc::new(MemoryKeychain::default());
    let app = open(folder.path(), &keychain);
    let saved = app
        .connect(&form("A"), &typed(KEY), None)
        .await
        .expect("saved");
    app.remove_destination(&saved.id).await.expect("removed");
    assert!(keychain.get(saved.id.as_str()).is_err());
    assert!(app.destinations().is_empty());
    assert!(open(folder.path(), &keychain).destinations().is_empty());
}
