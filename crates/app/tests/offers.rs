//! Files that are not meant for the bucket are offered; all others are not looked at twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::{App, Code, Home, KeySource, MemoryKeychain, OfferSource, Surroundings, SystemClock};

const ZONE: &str = "version = 1\nname = \"Field\"\nrole_arn = \"arn:aws:iam::123456789012:role/up\"\n\
    region = \"ap-northeast-1\"\nbucket = \"s3-fs-example-bucket\"\n";
const KEY: &str = "Access key ID,Secret access key\r\n\
    AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\r\n";

fn open(folder: &Path) -> App {
    App::open(Surroundings {
        home: Home::at(&folder.join("home")).expect("a home"),
        keychain: Arc::new(MemoryKeychain::default()),
        clock: Arc::new(SystemClock),
    })
    .expect("an app")
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path
}

#[tokio::test]
async fn a_drop_zone_file_is_offered_whole_and_nothing_is_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path());
    let path = file(folder.path(), "Field.SANDGLASS", ZONE);
    let offer = app.offer_in(&path).expect("offered").expect("good");
    let file_name = "Field.SANDGLASS".to_owned();
    assert_eq!(offer.source, OfferSource::DropZone { file_name });
    assert_eq!(offer.form.bucket, "s3-fs-example-bucket");
    assert!(offer.key.is_none() && app.destinations().is_empty());

    // A broken one is said; it does not go into the bucket either.
    let broken = file(folder.path(), "broken.sandglass", "version = 2");
    let refused = app.offer_in(&broken).expect("recognised");
    assert_eq!(refused.expect_err("newer").code, Code::DropZoneTooNew);
}

#[tokio::test]
async fn the_consoles_key_file_is_offered_as_a_key_that_waits() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path());
    let path = file(folder.path(), "up_accessKeys.csv", KEY);
    let offer = app.offer_in(&path).expect("offered").expect("good");
    let key = offer.key.clone().expect("a key");
    assert_eq!(key.key_ends, "MPLE");
    assert!(!format!("{offer:?}").contains("wJalr"), "no secret in it");

    let zone = file(folder.path(), "field.sandglass", ZONE);
    let form = app.read_drop_zone(&zone).expect("good").form;
    let ticket = key.ticket;
    let saved = app.connect(&form, &KeySource::File { ticket }, None).await;
    assert_eq!(saved.expect("saved").key.ends, "MPLE");
    // The name is taken now; the same file offers a free one.
    let again = app.read_drop_zone(&zone).expect("good");
    assert_eq!(again.form.name, "Field 2");
}

#[tokio::test]
async fn other_files_and_folders_are_not_offered() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path());
    for (name, text) in [
        ("table.csv", "a,b\n1,2\n"),
        ("key.txt", KEY),
        ("sandglass", ZONE),
    ] {
        let path = file(folder.path(), name, text);
        assert!(app.offer_in(&path).is_none(), "{name}");
    }
    let inside = folder.path().join("folder.sandglass");
    std::fs::create_dir(&inside).expect("made");
    assert!(app.offer_in(&inside).is_none());
    assert!(app.offer_in(Path::new("relative.sandglass")).is_none());
}
