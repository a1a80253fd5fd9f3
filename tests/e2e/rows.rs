//! Rows that ask, fail or wait: conflicts, refusals, a drop while signed out, kill -9.

use std::fs;
use std::os::unix::fs::symlink;

use sandbox::{Fault, Operation};
use testkit::destination::Destination;
use testkit::files::{assert_same, big_file, expected, write};
use testkit::line::Line;
use testkit::sandglass::Sandglass;
use testkit::wait::until;

use crate::stage::{
    SOON, Stage, destination, objects, wait_for_listed, wait_for_row, wait_until_stored,
};

const ROWS: &str = "[data-part=\"upload-row\"]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_is_replaced_kept_beside_or_skipped() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("again");
    for key in ["a.txt", "b.txt", "c.txt"] {
        sandbox.put_object(key, b"old").expect("the owner may");
        write(&folder.join(key), b"new");
    }
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    wait_for_listed(&window, "c.txt").await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    for key in ["a.txt", "b.txt", "c.txt"] {
        let row = format!("{ROWS}[data-key=\"{key}\"][data-state=\"conflict\"]");
        window.wait_for(&row, SOON).await;
    }
    stage.picture(&window, "row-conflicts").await;
    for (key, choice, then) in [
        ("a.txt", "row-replace", "stored"),
        ("b.txt", "row-keep-both", "stored"),
        ("c.txt", "row-skip", "skipped"),
    ] {
        let row = format!("{ROWS}[data-key=\"{key}\"]");
        let id = window.wait_for(&row, SOON).await.attr("data-id").await;
        let id = id.expect("the row is there").expect("a row has an id");
        window
            .click_on(&format!(
                "{ROWS}[data-id=\"{id}\"] [data-part=\"{choice}\"]"
            ))
            .await;
        let ended = format!("{ROWS}[data-id=\"{id}\"][data-state=\"{then}\"]");
        window.wait_for(&ended, SOON).await;
    }
    stage.picture(&window, "row-conflicts-answered").await;
    let in_bucket = objects(&sandbox);
    assert_eq!(in_bucket["a.txt"], b"new", "replaced");
    assert_eq!(in_bucket["b.txt"], b"old", "kept");
    assert_eq!(in_bucket["c.txt"], b"old", "skipped");
    let beside: Vec<_> = in_bucket
        .iter()
        .filter(|(key, _)| !["a.txt", "b.txt", "c.txt"].contains(&key.as_str()))
        .collect();
    assert_eq!(beside.len(), 1, "{:?}", in_bucket.keys());
    assert!(
        beside[0].0.starts_with('b') && *beside[0].1 == b"new",
        "{beside:?}"
    );
    wait_for_listed(&window, beside[0].0).await;

    window.click("clear-finished").await;
    window.wait_until_gone(ROWS, SOON).await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_file_says_why_and_can_be_tried_again() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("letters");
    write(&folder.join("letter.txt"), b"Dear sand,\n");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let from = stage.file_manager(&folder, 30);
    let denied = Fault::fail(403, "AccessDenied");
    sandbox.faults().next(Operation::PutObject, 1, denied);
    stage.drag_all(&from, &window);
    wait_for_row(&window, "failed").await;
    let told = format!("{ROWS} [data-code=\"uploadDenied\"]");
    window.wait_for(&told, SOON).await;
    stage.picture(&window, "row-failed").await;
    stage.shrink(&window);
    stage.picture(&window, "row-failed-small").await;
    assert!(objects(&sandbox).is_empty());
    window.click("row-retry").await;
    wait_until_stored(&window, 1, SOON).await;
    assert_same(
        &objects(&sandbox),
        &expected(&[folder.join("letter.txt")], ""),
    );
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_is_listed_and_the_rest_arrives() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("odd");
    write(&folder.join("day-01/good.txt"), b"good");
    symlink("nowhere", folder.join("day-01/broken")).expect("a link");
    symlink("good.txt", folder.join("day-01/link")).expect("a link");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    window.find("skipped-sheet").await;
    window
        .wait_for(
            "[data-part=\"skipped-row\"] [data-code=\"brokenLink\"]",
            SOON,
        )
        .await;
    window
        .wait_for(
            "[data-part=\"skipped-row\"] [data-code=\"linkNotFollowed\"]",
            SOON,
        )
        .await;
    stage.picture(&window, "skipped").await;
    window.click("skipped-close").await;
    wait_until_stored(&window, 1, SOON).await;
    assert_eq!(objects(&sandbox)["day-01/good.txt"], b"good");
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drop_while_signed_out_asks_for_sign_in_and_goes_on_by_itself() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("letters");
    write(&folder.join("letter.txt"), b"Dear sand,\n");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    window.close().await.expect("the window closes");

    let window = stage.window().await;
    window.find("picture-signed-out").await;
    stage.picture(&window, "signed-out").await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    wait_for_row(&window, "waitingForSignIn").await;
    window
        .wait_for_text("end-banner", "Nobody is signed in.", SOON)
        .await;
    stage.picture(&window, "signed-out-drop").await;
    assert!(objects(&sandbox).is_empty());
    window.click("sign-in-again").await;
    wait_until_stored(&window, 1, SOON).await;
    wait_for_listed(&window, "letter.txt").await;
    assert_same(
        &objects(&sandbox),
        &expected(&[folder.join("letter.txt")], ""),
    );
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_kill_9_a_half_sent_file_goes_on_from_its_confirmed_parts() {
    const PART: usize = 8 * 1024 * 1024;
    const BIG: usize = 8 * PART;
    const CONFIRMED: usize = 3;
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("large");
    big_file(&folder.join("reef-survey-raw.tar"), BIG, 12);
    let server = sandbox.address().endpoint.trim_start_matches("http://");
    let line = Line::to(server.parse().expect("an address and a port"));
    let to = Destination {
        endpoint: line.endpoint(),
        ..destination(&sandbox, "Field recordings")
    };
    let window = stage.signed_in(&to).await;
    let from = stage.file_manager(&folder, 30);
    line.let_parts_pass(CONFIRMED);
    stage.drag_all(&from, &window);
    let status = Sandglass::at(&stage.home(), &stage.bus);
    until("the ledger knows the confirmed parts", SOON, || {
        let told = status.run(&["status"]).objects;
        let row = told.iter().find(|object| object["kind"] == "row")?;
        (line.held() > 0 && row["sent_bytes"] == CONFIRMED * PART).then_some(())
    });
    window.kill_9();
    assert!(objects(&sandbox).is_empty());
    line.open();

    let window = stage.window().await;
    wait_for_row(&window, "waitingForSignIn").await;
    window.find("end-banner").await;
    stage.picture(&window, "after-kill-9").await;
    window.click("sign-in-again").await;
    wait_until_stored(&window, 1, SOON).await;
    let on_disk = fs::read(folder.join("reef-survey-raw.tar")).expect("it is there");
    assert!(
        objects(&sandbox)["reef-survey-raw.tar"] == on_disk,
        "other bytes"
    );
    let counts = sandbox.counts();
    assert!(counts.parts_sent_again().is_empty(), "{counts:#?}");
    assert_eq!(counts.requests_of(Operation::CreateMultipartUpload), 1);
    window.close().await.expect("the window closes");
}
