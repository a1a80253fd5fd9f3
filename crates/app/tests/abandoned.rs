//! Begun uploads that nobody goes on with: their parts cost money, and only some roles may remove them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::{
    App, Code, Destination, DestinationForm, DropRequest, Event, Home, KeySource, MemoryKeychain,
    OnConflict, Surroundings, SystemClock,
};
use sandbox::{Fault, Operation, Options, Sandbox, documents};
use secrecy::SecretString;
use serde_json::{Value, json};

const MIB: usize = 1024 * 1024;

/// The tutorial's role, and the right to remove uploads.
fn policy_with_abort() -> Value {
    let mut policy = documents::role_policy();
    let bucket = documents::BUCKET;
    if let Some(statements) = policy["Statement"].as_array_mut() {
        statements.push(json!({"Sid": "TidyUp", "Effect": "Allow",
            "Action": "s3:AbortMultipartUpload", "Resource": format!("arn:aws:s3:::{bucket}/*")}));
    }
    policy
}

async fn signed_in(folder: &Path, sandbox: &Sandbox) -> (App, Destination) {
    let app = App::open(Surroundings {
        home: Home::at(&folder.join("home")).expect("a home"),
        keychain: Arc::new(MemoryKeychain::default()),
        clock: Arc::new(SystemClock),
    })
    .expect("an app");
    let address = sandbox.address();
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
    (app, destination)
}

/// Begins an upload and takes it back; returns when the ledger lists it beside `listed` others, and the engine's own
/// attempt to remove it has been answered.
async fn give_up_one(
    app: &App,
    destination: &Destination,
    sandbox: &Sandbox,
    file: &Path,
    listed: usize,
) {
    std::fs::write(file, vec![7; 64 * MIB]).expect("write");
    let (before, denied) = (confirmed(sandbox), aborts(sandbox));
    let mut events = app.watch();
    app.add_files(DropRequest {
        destination: destination.id.clone(),
        folder: None,
        paths: vec![file.to_owned()],
        on_conflict: OnConflict::Ask,
        rules: None,
    })
    .expect("added");
    let begun = async {
        while let Some(event) = events.recv().await {
            if let Event::RowsAdded(rows) = event {
                let row = rows[0].id;
                until("a part is confirmed", async || confirmed(sandbox) > before).await;
                app.cancel_row(row);
                return;
            }
        }
    };
    begun.await;
    until("it is given up", async || {
        let abandoned = app.abandoned(&destination.id).await.expect("list");
        abandoned.len() == listed + 1 && aborts(sandbox) > denied
    })
    .await;
}

fn aborts(sandbox: &Sandbox) -> u64 {
    sandbox
        .counts()
        .requests_of(Operation::AbortMultipartUpload)
}

fn confirmed(sandbox: &Sandbox) -> usize {
    let counts = sandbox.counts();
    let confirmed = counts.parts.iter().filter(|part| part.is_confirmed());
    confirmed.count()
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let patience = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), patience)
        .await
        .unwrap_or_else(|_| panic!("it never happened: {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn begun_uploads_are_removed_as_soon_as_the_role_may_and_not_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::start(Options::new(folder.path().join("sandbox")))
        .await
        .expect("a sandbox");
    sandbox.faults().set_bandwidth(Some(24 * MIB as u64));
    let (app, destination) = signed_in(folder.path(), &sandbox).await;
    for (number, name) in ["a", "b", "c"].into_iter().enumerate() {
        let file = folder.path().join(name);
        give_up_one(&app, &destination, &sandbox, &file, number).await;
    }

    // The tutorial's role may not: asked once, not for each of them.
    let before = aborts(&sandbox);
    let left = app.abort_abandoned(&destination.id).await.expect("asked");
    assert_eq!((left, aborts(&sandbox) - before), (3, 1));
    assert_eq!(sandbox.open_uploads().expect("uploads").len(), 3);

    // The administrator adds the right. What has gone already is as good as removed.
    sandbox.set_role_policy(policy_with_abort());
    let gone = Fault::fail(404, "NoSuchUpload");
    sandbox
        .faults()
        .next(Operation::AbortMultipartUpload, 1, gone);
    let left = app.abort_abandoned(&destination.id).await.expect("asked");
    assert_eq!(left, 0);
    assert_eq!(sandbox.open_uploads().expect("uploads").len(), 1);
    assert!(
        app.abandoned(&destination.id)
            .await
            .expect("list")
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_removes_begun_uploads_without_a_session() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::start(Options::new(folder.path().join("sandbox")))
        .await
        .expect("a sandbox");
    let (app, destination) = signed_in(folder.path(), &sandbox).await;
    app.end_session(&destination.id);
    let refused = app.abort_abandoned(&destination.id).await;
    assert_eq!(refused.expect_err("no session").code, Code::SessionEnded);
}
