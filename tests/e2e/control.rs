//! What a person decides about a drop: pause it, look at it first, answer for all its files, keep its receipts.

use std::fs;
use std::path::Path;

use testkit::files::{assert_same, big_file, expected, write};
use testkit::sandglass::Sandglass;
use testkit::wait::until;
use testkit::window::Window;

use crate::dialogs::save_as;
use crate::stage::{
    SOON, Stage, destination, objects, wait_for_listed, wait_for_row, wait_until_stored,
};

const MIB: usize = 1024 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drop_is_paused_and_goes_on_where_it_stood() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("recordings");
    big_file(&folder.join("reef-survey-raw.tar"), 64 * MIB, 31);
    write(&folder.join("notes.md"), b"# Harbour\n");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let from = stage.file_manager(&folder, 30);
    sandbox.faults().set_bandwidth(Some(8 * 1024 * 1024));
    stage.drag_all(&from, &window);
    // The first four share the line and arrive together: one whose answer crosses the click would be sent again.
    until("the first four parts are confirmed", SOON, || {
        let counts = sandbox.counts();
        let parts = counts.parts.iter();
        let confirmed = parts.filter(|part| part.is_confirmed()).count();
        (confirmed >= 4).then_some(())
    });
    window.click("pause-all").await;
    wait_for_row(&window, "paused").await;
    window.wait_for_text("outlook", "paused", SOON).await;
    stage.pictures(&window, "control-paused").await;
    assert!(!objects(&sandbox).contains_key("reef-survey-raw.tar"));
    sandbox.faults().clear();
    window.click("resume-all").await;
    wait_until_stored(&window, 2, SOON).await;
    let dropped = ["notes.md", "reef-survey-raw.tar"].map(|name| folder.join(name));
    assert_same(&objects(&sandbox), &expected(&dropped, ""));
    let counts = sandbox.counts();
    assert!(counts.parts_sent_again().is_empty(), "{counts:#?}");
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_files_that_differ_only_by_case_are_asked_about_and_sent_anyway() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("trip");
    write(&folder.join("day-01/Take-017.wav"), b"one");
    write(&folder.join("day-01/take-017.wav"), b"two");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    wait_for_row(&window, "conflict").await;
    window
        .wait_for("[data-part=\"totals\"][data-stored=\"1\"]", SOON)
        .await;
    stage.pictures(&window, "control-case-twin").await;
    window.click("row-send-anyway").await;
    wait_until_stored(&window, 2, SOON).await;
    let dropped = expected(&[folder.join("day-01")], "");
    assert_same(&objects(&sandbox), &dropped);
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_answer_is_given_for_all_conflicts_of_a_drop() {
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
    wait_for_conflicts(&window, 3).await;
    window.click("row-for-all").await;
    stage.pictures(&window, "control-for-all").await;
    window.click("row-replace").await;
    wait_until_stored(&window, 3, SOON).await;
    let dropped = ["a.txt", "b.txt", "c.txt"].map(|name| folder.join(name));
    assert_same(&objects(&sandbox), &expected(&dropped, ""));
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drop_that_is_looked_at_first_is_sent_by_a_word() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    sandbox
        .put_object("day-01/old.txt", b"old")
        .expect("the owner may");
    let folder = stage.folder("trip");
    write(&folder.join("day-01/old.txt"), b"new");
    write(&folder.join("day-01/fresh.txt"), b"fresh");
    write(&folder.join("day-01/desktop.ini"), b"litter");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    window.click("look-first").await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    window.find("preview-sheet").await;
    window
        .wait_for_text("preview-conflicts", "1 file", SOON)
        .await;
    assert_eq!(window.text("preview-files").await, "2");
    stage.pictures(&window, "control-preview").await;
    assert_eq!(objects(&sandbox).len(), 1, "nothing was sent yet");
    window.click("preview-cancel").await;
    window
        .wait_until_gone("[data-part=\"preview-sheet\"]", SOON)
        .await;
    stage.drag_all(&from, &window);
    window
        .wait_for("[data-part=\"preview-choice\"] [value=skip]", SOON)
        .await
        .click()
        .await
        .expect("a choice can be taken");
    window.click("preview-send").await;
    wait_until_stored(&window, 1, SOON).await;
    let in_bucket = objects(&sandbox);
    assert_eq!(in_bucket["day-01/old.txt"], b"old");
    assert_eq!(in_bucket["day-01/fresh.txt"], b"fresh");
    assert_eq!(in_bucket.len(), 2, "{:?}", in_bucket.keys());
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drops_receipts_are_saved_and_can_be_checked() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("letters");
    write(&folder.join("letter.txt"), b"Dear sand,\n");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    wait_until_stored(&window, 1, SOON).await;
    open_receipts(&window).await;
    stage.pictures(&window, "control-receipts").await;
    let csv = stage.folder("papers").join("sent.csv");
    save(&stage, &window, "first", &csv).await;
    let json = csv.with_extension("json");
    save(&stage, &window, "last", &json).await;
    stage.picture(&window, "control-receipts-saved").await;
    let table = fs::read_to_string(&csv).expect("it was saved");
    assert!(table.contains("letter.txt"), "{table}");
    let sandglass = Sandglass::at(&stage.home(), &stage.bus);
    let under = folder.display().to_string();
    let checked = [
        "verify".to_owned(),
        json.display().to_string(),
        "--under".to_owned(),
        under,
    ];
    let checked = checked.each_ref().map(String::as_str);
    sandglass.run(&checked).expect_code(0);
    write(&folder.join("letter.txt"), b"Dear sea,\n\n");
    sandglass.run(&checked).expect_code(1);
    window.click("receipts-close").await;
    window.click("row-more").await;
    window.find("row-menu").await;
    stage.pictures(&window, "control-row-menu").await;
    window.click("menu-details").await;
    window.find("details-state").await;
    stage.pictures(&window, "control-details").await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_japanese_desktop_in_the_dark_decides_the_same() {
    let stage = Stage::set().await;
    let folder = stage.folder("trip");
    for name in [
        "day-01/Take-017.wav",
        "day-01/take-017.wav",
        "day-01/会議の録音.wav",
    ] {
        write(&folder.join(name), vec![7; 70_000].as_slice());
    }
    let window = stage
        .japanese_window(&[("GTK_THEME", "Adwaita:dark")])
        .await;
    window.click("try-sandbox").await;
    window.find("picture-empty").await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    wait_for_conflicts(&window, 1).await;
    stage.pictures(&window, "ja-dark-case-twin").await;
    window.click("row-send-anyway").await;
    wait_until_stored(&window, 3, SOON).await;
    stage.drag_all(&from, &window);
    wait_for_conflicts(&window, 3).await;
    stage.pictures(&window, "ja-dark-conflicts").await;
    window.click("look-first").await;
    stage.drag_all(&from, &window);
    window
        .wait_for("[data-part=\"preview-choice\"]", SOON)
        .await;
    stage.pictures(&window, "ja-dark-preview").await;
    window.click("preview-cancel").await;
    window
        .wait_until_gone("[data-part=\"preview-sheet\"]", SOON)
        .await;
    open_receipts(&window).await;
    stage.pictures(&window, "ja-dark-receipts").await;
    window.click("receipts-close").await;
    window.close().await.expect("the window closes");
}

/// Waits until so many rows ask.
async fn wait_for_conflicts(window: &Window, rows: usize) {
    let asking = "[data-part=\"upload-row\"][data-state=\"conflict\"]";
    testkit::wait::until_async(&format!("{rows} rows ask"), SOON, async || {
        let css = fantoccini::Locator::Css(asking);
        let found = window.client().find_all(css).await.ok()?;
        (found.len() == rows).then_some(())
    })
    .await;
}

async fn open_receipts(window: &Window) {
    window.click("uploads-menu").await;
    window.click("receipts").await;
    window.find("past-drop").await;
}

/// Saves the latest drop's receipts with its first or last button.
async fn save(stage: &Stage, window: &Window, which: &str, path: &Path) {
    let button = format!("[data-part=\"past-drop\"] [data-part=\"save-receipts\"]:{which}-of-type");
    window.click_on(&button).await;
    save_as(stage, path);
    let name = path.file_name().expect("a name").to_string_lossy();
    window.wait_for_text("receipts-said", &name, SOON).await;
}
