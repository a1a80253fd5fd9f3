//! The person leaves, or the network does: rows wait, and go on.

use std::time::Duration;

use sandbox::{Operation, Sandbox};
use testkit::destination::Destination;
use testkit::fault_line::{Fault, FaultLine};
use testkit::files::{assert_same, big_file, expected};
use testkit::wait::until;
use testkit::window::Window;

use crate::stage::{SOON, Stage, destination, objects, wait_for_row, wait_until_stored};

const MIB: usize = 1024 * 1024;
/// Longer than all tries of one request take together.
const NOTICED: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_on_open_rows_asks_and_they_go_on_next_time() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("large");
    let file = big_file(&folder.join("reef-survey-raw.tar"), 64 * MIB, 41);
    let to = destination(&sandbox, "Field recordings");
    let window = stage.signed_in(&to).await;
    let from = stage.file_manager(&folder, 30);
    sandbox.faults().set_bandwidth(Some(8 * 1024 * 1024));
    stage.drag_all(&from, &window);
    wait_until_begun(&sandbox);
    // Slow enough not to be done before the pictures are.
    sandbox.faults().set_bandwidth(Some(256 * 1024));

    close_by_hand(&stage, &window);
    window.find("quit-sheet").await;
    stage.pictures(&window, "leaving-quit").await;
    window.click("quit-stay").await;
    window
        .wait_until_gone("[data-part=\"quit-sheet\"]", SOON)
        .await;
    wait_for_row(&window, "sending").await;

    close_by_hand(&stage, &window);
    window.click_to_close("quit-now").await;
    wait_until_closed(&stage, &window);
    assert!(objects(&sandbox).is_empty(), "it was not finished");
    drop(window);

    sandbox.faults().clear();
    let window = stage.window().await;
    wait_for_row(&window, "waitingForSignIn").await;
    stage.pictures(&window, "leaving-next-time").await;
    window.click("sign-in-again").await;
    wait_until_stored(&window, 1, SOON).await;
    assert_same(&objects(&sandbox), &expected(&[file], ""));
    let counts = sandbox.counts();
    assert!(counts.parts_sent_again().is_empty(), "{counts:#?}");
    // Nothing is open any more, so nothing is asked.
    close_by_hand(&stage, &window);
    wait_until_closed(&stage, &window);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_wait_for_the_network_and_go_on_by_themselves() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("large");
    let file = big_file(&folder.join("reef-survey-raw.tar"), 64 * MIB, 42);
    let server = sandbox.address().endpoint.trim_start_matches("http://");
    let line = FaultLine::to(server.parse().expect("an address and a port"));
    let to = Destination {
        endpoint: line.endpoint(),
        ..destination(&sandbox, "Field recordings")
    };
    let window = stage.signed_in(&to).await;
    let from = stage.file_manager(&folder, 30);
    sandbox.faults().set_bandwidth(Some(8 * 1024 * 1024));
    stage.drag_all(&from, &window);
    wait_until_begun(&sandbox);
    line.next(Operation::UploadPart, 1, Fault::RefuseFor(Duration::MAX));
    window
        .wait_for_text("outlook", "no connection", NOTICED)
        .await;
    wait_for_row(&window, "waitingForNetwork").await;
    stage.pictures(&window, "leaving-no-network").await;
    assert!(objects(&sandbox).is_empty());
    sandbox.faults().clear();
    line.refuse_connections(false);
    wait_until_stored(&window, 1, NOTICED).await;
    assert_same(&objects(&sandbox), &expected(&[file], ""));
    assert_eq!(line.parts_sent_again(), []);
    window.close().await.expect("the window closes");
}

fn wait_until_begun(sandbox: &Sandbox) {
    until("a part is confirmed", SOON, || {
        let counts = sandbox.counts();
        let mut parts = counts.parts.iter();
        parts.any(sandbox::ReceivedPart::is_confirmed).then_some(())
    });
}

/// As the window's own button does.
fn close_by_hand(stage: &Stage, window: &Window) {
    stage.display.raise(window.id());
    stage.display.press("alt+F4");
}

fn wait_until_closed(stage: &Stage, window: &Window) {
    until("the window closes", SOON, || {
        (!stage.display.has_window(window.id())).then_some(())
    });
}
