//! What axe-core says to each view: nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;
use testkit::files::{big_file, write};
use testkit::window::Window;

use crate::stage::{Stage, destination, fill, wait_for_row, wait_until_stored};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_to_mend() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    sandbox
        .put_object("old.txt", b"old")
        .expect("the owner may");
    let small = stage.folder("small");
    write(&small.join("old.txt"), b"new");
    write(&small.join("fresh.txt"), b"fresh");
    let large = stage.folder("large");
    big_file(&large.join("reef-survey-raw.tar"), 40 * 1024 * 1024, 13);

    let window = stage.window().await;
    window.find("first-start").await;
    check(&window, "first start").await;
    let to = destination(&sandbox, "Field recordings");
    fill(&window, &to).await;
    check(&window, "form").await;
    window.click("connect-submit").await;
    window.find("listing").await;
    check(&window, "main").await;

    let from = stage.file_manager(&small, 30);
    stage.drag_all(&from, &window);
    wait_for_row(&window, "conflict").await;
    check(&window, "conflict").await;
    window.click("row-skip").await;
    wait_until_stored(&window, 1, crate::stage::SOON).await;
    drop(from);
    let from = stage.file_manager(&large, 30);
    sandbox.faults().set_bandwidth(Some(1024 * 1024));
    stage.drag_all(&from, &window);
    wait_for_row(&window, "sending").await;
    check(&window, "uploading").await;

    sandbox.end_all_sessions();
    sandbox.faults().clear();
    window.find("end-banner").await;
    wait_for_row(&window, "waitingForSignIn").await;
    check(&window, "ended").await;
    stage.picture(&window, "ended-by-the-server").await;
    window.click("refresh").await;
    window.find("picture-signed-out").await;
    check(&window, "signed out").await;
    window.close().await.expect("the window closes");
}

pub(crate) async fn check(window: &Window, view: &str) {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(axe).expect("`npm ci` in ui/ has brought axe-core");
    window.execute(&axe, Vec::new()).await;
    let run = "const done = arguments[0];
        axe.run(document).then(({ passes, violations }) => done({
            passes: passes.length,
            violations: violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}: ${node.failureSummary}`)),
        }), (error) => done({ passes: 0, violations: [String(error)] }))";
    let told = window.execute_async(run, Vec::new()).await;
    assert_eq!(told["violations"], Value::Array(Vec::new()), "{view}");
    assert!(
        told["passes"].as_u64() > Some(5),
        "{view}: axe looked at nothing"
    );
}
