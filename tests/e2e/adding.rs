//! Files are added: onto a folder's row, from the clipboard, ten thousand at once.

use std::time::Duration;

use testkit::display::Point;
use testkit::files::{assert_same, expected, write};

use crate::stage::{SOON, Stage, destination, objects, wait_for_listed, wait_until_stored};

const MANY: usize = 10_000;
/// A debug build on a busy machine stores some hundreds in a second.
const MANY_TAKE: Duration = Duration::from_mins(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drop_on_a_folders_row_goes_into_that_folder() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    for key in ["2026-10/take-001.wav", "2026-11/take-011.wav", "notes.md"] {
        sandbox.put_object(key, b"sand").expect("stored");
    }
    let before = objects(&sandbox);
    let folder = stage.folder("recordings");
    write(&folder.join("harbour.flac"), b"waves");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    wait_for_listed(&window, "2026-11/").await;

    let from = stage.file_manager(&folder, 30);
    let source = from.select_all(&stage.display);
    let row = "[data-part=\"listing-row\"][data-key=\"2026-11/\"]";
    let target = window.place_of_css(&stage.display, row).await;
    stage.display.carry(source, target);
    let overlay = "[data-part=\"drop-overlay\"][data-target=\"2026-11/\"]";
    window.wait_for(overlay, SOON).await;
    stage.picture(&window, "drop-on-a-row").await;
    stage.display.let_go();
    wait_until_stored(&window, 1, SOON).await;
    // Beside the rows it goes to the folder that is shown.
    let beside = Point {
        x: target.x,
        y: target.y + 200,
    };
    stage.display.carry(from.select_all(&stage.display), beside);
    window
        .wait_for("[data-part=\"drop-overlay\"][data-target=\"\"]", SOON)
        .await;
    stage.display.let_go();
    wait_until_stored(&window, 2, SOON).await;

    let dropped = [folder.join("harbour.flac")];
    let mut all = expected(&dropped, "2026-11/");
    all.extend(expected(&dropped, ""));
    all.extend(before);
    assert_same(&objects(&sandbox), &all);
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_copied_in_the_file_manager_are_pasted() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("recordings");
    write(&folder.join("harbour 100% #1.flac"), b"waves");
    write(&folder.join("会議の録音.wav"), b"talk");
    write(&folder.join("day-01/take-017.wav"), b"take");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    window.find("picture-empty").await;

    stage.display.raise(window.id());
    stage.display.press("ctrl+v");
    let nothing = "[data-code=\"nothingToPaste\"]";
    window.wait_for(nothing, SOON).await;

    let from = stage.file_manager(&folder, 30);
    from.select_all(&stage.display);
    stage.display.press("ctrl+c");
    stage.display.raise(window.id());
    stage.display.press("ctrl+v");
    wait_until_stored(&window, 3, SOON).await;
    let copied = ["harbour 100% #1.flac", "会議の録音.wav", "day-01"];
    let copied = copied.map(|name| folder.join(name));
    assert_same(&objects(&sandbox), &expected(&copied, ""));
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_files_are_dropped_and_the_window_stays_awake() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("scans");
    for number in 0..MANY {
        let name = format!("reel/frame-{number:05}.tif");
        write(&folder.join(name), &[7; 100]);
    }
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    window.find("picture-empty").await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    window.find("upload-row").await;
    stage.picture(&window, "ten-thousand").await;
    // Ten thousand rows are some tens of elements, and a menu opens meanwhile.
    let drawn = "return document.querySelectorAll('[data-part=\"upload-row\"]').length";
    let drawn = window.execute(drawn, Vec::new()).await;
    assert!(drawn.as_u64().is_some_and(|rows| rows < 100), "{drawn}");
    stage.display.raise(window.id());
    stage.display.press("ctrl+k");
    window.find("palette-field").await;
    stage.display.press("Escape");
    wait_until_stored(&window, MANY, MANY_TAKE).await;
    assert_eq!(sandbox.objects().expect("listed").len(), MANY);
    wait_for_listed(&window, "reel/").await;
    window.close().await.expect("the window closes");
}
