//! Why there is no list to see: denied, empty, loading, signed out and offline are five pictures.

use std::time::Duration;

use sandbox::{Fault, Operation, documents};
use testkit::files::write;

use crate::stage::{SOON, Stage, destination, wait_for_listed, wait_until_stored};

/// The SDK has tried several times before one may say "offline".
const OFFLINE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_reasons_to_see_no_list_are_five_pictures() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;

    window.find("picture-empty").await;
    stage.picture(&window, "picture-empty").await;

    let slow = Fault::Delay(Duration::from_secs(4));
    sandbox.faults().next(Operation::ListObjectsV2, 1, slow);
    window.click("refresh").await;
    window.find("picture-loading").await;
    stage.picture(&window, "picture-loading").await;
    window.find("picture-empty").await;

    sandbox.set_role_policy(documents::published_role_policy());
    window.click("refresh").await;
    window.find("picture-denied").await;
    window
        .wait_for_text("picture-denied", "s3:ListBucket", SOON)
        .await;
    stage.picture(&window, "picture-denied").await;
    window.click("copy-policy").await;
    window.wait_for_text("copy-policy", "Copied", SOON).await;

    // Denied listing is not a failure of uploads.
    let folder = stage.folder("letters");
    write(&folder.join("letter.txt"), b"Dear sand,\n");
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    wait_until_stored(&window, 1, SOON).await;
    window.find("picture-denied").await;
    stage.picture(&window, "picture-denied-stored").await;
    sandbox.set_role_policy(documents::role_policy());
    window.click("refresh").await;
    wait_for_listed(&window, "letter.txt").await;

    window.click("end-session").await;
    window.find("sign-in").await;
    window.click("refresh").await;
    window.find("picture-signed-out").await;
    stage.picture(&window, "picture-signed-out").await;
    window.click("picture-sign-in").await;
    wait_for_listed(&window, "letter.txt").await;

    sandbox.stop().await;
    window.click("refresh").await;
    let offline = "[data-part=\"picture-offline\"]";
    window.wait_for(offline, OFFLINE).await;
    stage.picture(&window, "picture-offline").await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_not_s3s_is_said() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    window.find("picture-empty").await;
    let html = Fault::Html { status: 200 };
    sandbox.faults().next(Operation::ListObjectsV2, 1, html);
    window.click("refresh").await;
    let told = "[data-part=\"picture-failed\"] [data-code=\"answerNotUnderstood\"]";
    window.wait_for(told, SOON).await;
    stage.picture(&window, "picture-failed").await;
    window.click("refresh").await;
    window.find("picture-empty").await;
    window.close().await.expect("the window closes");
}
