//! *End session* in the middle of a file: the values that sign are dropped at once, and nothing that S3 has confirmed is.

use std::sync::Arc;
use std::time::Duration;

use app::{
    App, DestinationForm, DropRequest, Event, Home, KeySource, MemoryKeychain, OnConflict,
    RowState, Surroundings, SystemClock,
};
use sandbox::{Fault, Operation, Options, Sandbox};
use secrecy::SecretString;

const MIB: usize = 1024 * 1024;
/// Parts that come to their end before the session does.
const CONFIRMED: u64 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_person_ends_leaves_its_confirmed_parts_to_the_next_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::start(Options::new(folder.path().join("sandbox")))
        .await
        .expect("a sandbox");
    let address = sandbox.address();
    let app = App::open(Surroundings {
        home: Home::at(&folder.path().join("home")).expect("a home"),
        keychain: Arc::new(MemoryKeychain::default()),
        clock: Arc::new(SystemClock),
    })
    .expect("an app");
    let form = DestinationForm {
        name: "Sandbox".to_owned(),
        role_arn: address.role_arn.clone(),
        region: address.region.clone(),
        bucket: address.bucket.clone(),
        endpoint: address.endpoint.clone(),
        ..DestinationForm::default()
    };
    let key = KeySource::Typed {
        id: address.access_key_id.clone(),
        secret: SecretString::from(address.secret_access_key.clone()),
    };
    let destination = app.connect(&form, &key, None).await.expect("connected");
    app.sign_in(&destination.id, None).await.expect("signed in");

    let bytes: Vec<u8> = (0..80 * MIB)
        .map(|at| u8::try_from(at % 251).unwrap_or(0))
        .collect();
    let file = folder.path().join("survey.tar");
    std::fs::write(&file, &bytes).expect("write");
    // The others wait at the sandbox: what is confirmed is known, and nothing is on its way to being so.
    let pause = Fault::Delay(Duration::from_hours(1));
    sandbox
        .faults()
        .next_after(Operation::UploadPart, CONFIRMED, u64::MAX, pause);
    let mut events = app.watch();
    app.add_files(DropRequest {
        destination: destination.id.clone(),
        folder: None,
        paths: vec![file],
        on_conflict: OnConflict::Ask,
        rules: None,
    })
    .expect("added");
    // Not by the sandbox's count: its answer to the second part may be on its way.
    let known_bytes = async || {
        let open = app.open_rows().await.expect("readable");
        open.iter().map(|row| row.confirmed_bytes).sum::<u64>()
    };
    let known = async {
        while known_bytes().await < CONFIRMED * 8 * MIB as u64 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), known)
        .await
        .expect("two parts are known to be confirmed");
    app.end_session(&destination.id);
    assert!(
        app.list(&destination.id, &app::Folder::default(), false, None)
            .await
            .is_err()
    );

    sandbox.faults().clear();
    app.sign_in(&destination.id, None)
        .await
        .expect("signed in again");
    let stored = async {
        while let Some(event) = events.recv().await {
            if let Event::RowsChanged(rows) = event
                && rows
                    .iter()
                    .any(|row| matches!(row.state, RowState::Stored(_)))
            {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), stored)
        .await
        .expect("the file is stored");
    assert!(sandbox.counts().parts_sent_again().is_empty());
    assert_eq!(
        sandbox
            .counts()
            .requests_of(Operation::CreateMultipartUpload),
        1
    );
    assert!(sandbox.read_object("survey.tar").expect("the object") == bytes);
}
