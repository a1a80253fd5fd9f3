//! What a person sets and holds back: preferences, pauses, and a region that was written down wrongly.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::{
    App, Destination, DestinationForm, DropRequest, Event, Home, KeySource, MemoryKeychain,
    OnConflict, Preferences, RowState, Surroundings, SystemClock,
};
use sandbox::{Options, Sandbox};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;

fn open(folder: &Path) -> App {
    App::open(Surroundings {
        home: Home::at(&folder.join("home")).expect("a home"),
        keychain: Arc::new(MemoryKeychain::default()),
        clock: Arc::new(SystemClock),
    })
    .expect("an app")
}

async fn connect(app: &App, sandbox: &Sandbox, region: &str) -> Destination {
    let address = sandbox.address();
    let form = DestinationForm {
        name: "Sandbox".to_owned(),
        role_arn: address.role_arn.clone(),
        region: region.to_owned(),
        bucket: address.bucket.clone(),
        endpoint: address.endpoint.clone(),
        ..DestinationForm::default()
    };
    let key = KeySource::Typed {
        id: address.access_key_id.clone(),
        secret: SecretString::from(address.secret_access_key.clone()),
    };
    app.connect(&form, &key, None).await.expect("connected")
}

/// The app on a sandbox of its own; the folder lives as long as it is held.
async fn signed_in() -> (TempDir, Sandbox, App, Destination) {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::start(Options::new(folder.path().join("sandbox")))
        .await
        .expect("a sandbox");
    let app = open(folder.path());
    let destination = connect(&app, &sandbox, &sandbox.address().region).await;
    app.sign_in(&destination.id, None).await.expect("signed in");
    (folder, sandbox, app, destination)
}

fn drop_one(app: &App, destination: &Destination, folder: &Path, name: &str) {
    let file = folder.join(name);
    std::fs::write(&file, b"sand").expect("write");
    app.add_files(DropRequest {
        destination: destination.id.clone(),
        folder: None,
        paths: vec![file],
        on_conflict: OnConflict::Ask,
        rules: None,
    })
    .expect("added");
}

/// The first event that `wanted` takes.
async fn wait_for<T>(
    events: &mut UnboundedReceiver<Event>,
    mut wanted: impl FnMut(Event) -> Option<T>,
) -> T {
    let found = async {
        while let Some(event) = events.recv().await {
            if let Some(found) = wanted(event) {
                return found;
            }
        }
        panic!("the app has gone");
    };
    tokio::time::timeout(Duration::from_mins(1), found)
        .await
        .expect("it happens")
}

fn stored(event: Event) -> Option<()> {
    let Event::RowsChanged(rows) = event else {
        return None;
    };
    let is_stored = |row: &app::Row| matches!(row.state, RowState::Stored(_));
    rows.iter().any(is_stored).then_some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_destination_says_so_to_who_comes_later_and_sends_nothing_until_it_goes_on() {
    let (folder, sandbox, app, destination) = signed_in().await;
    app.pause_all(&destination.id);
    drop_one(&app, &destination, folder.path(), "a.txt");
    let mut events = app.watch();
    let is_paused = wait_for(&mut events, |event| match event {
        Event::Snapshot(snapshot) => Some(
            snapshot
                .totals
                .iter()
                .any(|(id, totals)| *id == destination.id && totals.is_paused),
        ),
        _ => None,
    });
    assert!(is_paused.await);
    assert!(sandbox.read_object("a.txt").is_err());
    app.resume_all(&destination.id);
    wait_for(&mut events, stored).await;
    assert!(sandbox.read_object("a.txt").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_region_is_corrected_by_the_first_listing_and_stays_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::start(Options::new(folder.path().join("sandbox")))
        .await
        .expect("a sandbox");
    let app = open(folder.path());
    let right = sandbox.address().region.clone();
    let wrong = if right == "eu-west-1" {
        "us-east-2"
    } else {
        "eu-west-1"
    };
    let destination = connect(&app, &sandbox, wrong).await;
    app.sign_in(&destination.id, None).await.expect("signed in");
    let page = app
        .list(&destination.id, &app::Folder::default(), false, None)
        .await;
    assert!(page.is_ok(), "{:?}", page.err());
    assert_eq!(app.destinations()[0].target.region, right);
    assert_eq!(open(folder.path()).destinations()[0].target.region, right);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_region_is_corrected_by_the_first_upload_and_the_session_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::start(Options::new(folder.path().join("sandbox")))
        .await
        .expect("a sandbox");
    let app = open(folder.path());
    let right = sandbox.address().region.clone();
    let wrong = if right == "eu-west-1" {
        "us-east-2"
    } else {
        "eu-west-1"
    };
    let destination = connect(&app, &sandbox, wrong).await;
    app.sign_in(&destination.id, None).await.expect("signed in");
    let mut events = app.watch();
    drop_one(&app, &destination, folder.path(), "a.txt");
    wait_for(&mut events, stored).await;
    assert_eq!(app.destinations()[0].target.region, right);
    let page = app
        .list(&destination.id, &app::Folder::default(), false, None)
        .await
        .expect("a page");
    assert_eq!(page.entries.len(), 1);
}

#[tokio::test]
async fn preferences_survive_a_restart_and_come_back_within_their_bounds() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path());
    let mut events = app.watch();
    app.set_preferences(Preferences {
        most_requests: Some(100_000),
        kib_per_second: Some(0),
        looks_first: true,
        looks_first_from: 0,
        notifies: false,
        idle_minutes: Some(0),
        ends_on_lock: true,
        language: Some(app::Language::Japanese),
        theme: app::Theme::Dark,
        logs_in_detail: true,
    })
    .expect("saved");
    let kept = Preferences {
        most_requests: Some(512),
        kib_per_second: Some(1),
        looks_first: true,
        looks_first_from: 1,
        notifies: false,
        idle_minutes: Some(1),
        ends_on_lock: true,
        language: Some(app::Language::Japanese),
        theme: app::Theme::Dark,
        logs_in_detail: true,
    };
    let told = wait_for(&mut events, |event| match event {
        Event::Snapshot(snapshot) => (snapshot.preferences == kept).then_some(kept),
        Event::Preferences(preferences) => Some(preferences),
        _ => None,
    });
    assert_eq!(told.await, kept);
    assert_eq!(open(folder.path()).preferences(), kept);
}

#[tokio::test]
async fn settings_of_an_older_version_are_read_and_keep_what_is_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    std::fs::create_dir(&home).expect("a folder");
    let old = r#"{ "destinations": [{ "id": "1", "name": "Old",
        "role_arn": "arn:aws:iam::123456789012:role/r", "region": "ap-northeast-1",
        "bucket": "s3-fs-example-bucket", "session_seconds": 3600, "key_ends": "MPLE" }], "selected": "1" }"#;
    std::fs::write(home.join("settings.json"), old).expect("write");
    let app = open(folder.path());
    assert_eq!(app.destinations()[0].uploads, app::Uploads::default());
    assert_eq!(app.preferences(), Preferences::default());
    app.select_destination(&app.destinations()[0].id)
        .expect("written anew");
    assert_eq!(
        open(folder.path()).destinations()[0].uploads,
        app::Uploads::default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_that_is_looked_at_is_sent_only_at_the_persons_word() {
    let (folder, sandbox, app, destination) = signed_in().await;
    let file = folder.path().join("a.txt");
    std::fs::write(&file, b"sand").expect("write");
    let mut events = app.watch();
    let token = app
        .look_at(DropRequest {
            destination: destination.id.clone(),
            folder: None,
            paths: vec![file],
            on_conflict: OnConflict::Ask,
            rules: None,
        })
        .expect("looked at");
    let preview = wait_for(&mut events, |event| match event {
        Event::Preview(preview) if preview.is_done => Some(preview),
        _ => None,
    })
    .await;
    assert_eq!(
        (
            preview.token,
            preview.files,
            preview.bytes,
            preview.conflict_count
        ),
        (token, 1, 4, 0)
    );
    assert!(sandbox.read_object("a.txt").is_err());
    app.send_previewed(token, OnConflict::Ask).expect("sent");
    wait_for(&mut events, stored).await;
    assert!(app.send_previewed(token, OnConflict::Ask).is_err());

    // Its receipt is there, and it is a drop.
    let drops = app.drops(&destination.id).await.expect("drops");
    assert_eq!((drops[0].files, drops[0].stored), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_of_fewer_files_than_the_settings_look_at_is_sent_at_once() {
    let (folder, sandbox, app, destination) = signed_in().await;
    let wanted = Preferences {
        looks_first: true,
        looks_first_from: 3,
        ..Preferences::default()
    };
    app.set_preferences(wanted).expect("saved");
    let drop = |names: &[&str]| {
        let place = folder.path().join(names.concat());
        std::fs::create_dir(&place).expect("a folder");
        for name in names {
            std::fs::write(place.join(name), b"sand").expect("write");
        }
        DropRequest {
            destination: destination.id.clone(),
            folder: None,
            paths: vec![place],
            on_conflict: OnConflict::Ask,
            rules: None,
        }
    };
    let mut events = app.watch();
    let small = app.look_at(drop(&["a", "b"])).expect("looked at");
    // The first word of it is that it is stored.
    let was_told = wait_for(&mut events, |event| match event {
        Event::Preview(_) => Some(true),
        Event::RowsChanged(rows) => rows
            .iter()
            .any(|row| matches!(row.state, app::RowState::Stored(_)))
            .then_some(false),
        _ => None,
    })
    .await;
    assert!(!was_told);
    assert!(app.send_previewed(small, OnConflict::Ask).is_err());
    let large = app.look_at(drop(&["c", "d", "e"])).expect("looked at");
    let preview = wait_for(&mut events, |event| match event {
        Event::Preview(preview) if preview.is_done => Some(preview),
        _ => None,
    })
    .await;
    assert_eq!((preview.token, preview.files), (large, 3));
    assert!(sandbox.read_object("cde/c").is_err());
}
