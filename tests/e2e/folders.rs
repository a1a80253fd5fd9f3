//! Folders: a drop goes to the one that is shown.

use testkit::destination::Destination;
use testkit::files::{assert_same, big_file, expected, write};

use crate::stage::{
    SOON, Stage, destination, objects, wait_for_listed, wait_for_row, wait_until_stored,
};

const MIB: usize = 1024 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drop_goes_to_the_folder_that_is_shown() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    for (key, size) in [
        ("incoming/2026-10/take-001.wav", 1),
        ("incoming/2026-11/day-01/take-011.wav", 2),
        ("incoming/2026-11/day-02/take-014.wav", 3),
        ("incoming/2026-11/notes.md", 4_096),
        ("incoming/2026-11/take-016.wav", 1_980_000),
        ("incoming/2026-11/take-017.wav", 2_039_000),
    ] {
        sandbox
            .put_object(key, &vec![1; size])
            .expect("the owner may");
    }
    let before = objects(&sandbox);
    let folder = stage.folder("recordings");
    write(&folder.join("notes.md"), b"# Harbour, second day\n");
    big_file(&folder.join("harbour-dawn.flac"), 881_000, 21);
    big_file(&folder.join("会議の録音 11月23日.wav"), 1_324_000, 22);
    big_file(&folder.join("reef-survey-raw.tar"), 120 * MIB, 23);

    let to = Destination {
        prefix: "incoming/".to_owned(),
        ..destination(&sandbox, "Field recordings")
    };
    let window = stage.signed_in(&to).await;
    wait_for_listed(&window, "incoming/2026-10/").await;
    window
        .click_on("[data-part=\"listing-row\"][data-key=\"incoming/2026-11/\"] button")
        .await;
    wait_for_listed(&window, "incoming/2026-11/take-016.wav").await;

    let from = stage.file_manager(&folder, 30);
    sandbox.faults().set_bandwidth(Some(8 * 1024 * 1024));
    stage.carry_all(&from, &window);
    let overlay = window.text("drop-overlay").await;
    let target = format!("s3://{}/incoming/2026-11/", to.bucket);
    assert!(overlay.contains(&target), "{overlay}");
    stage.display.let_go();
    window
        .wait_for("[data-part=\"totals\"][data-stored=\"2\"]", SOON)
        .await;
    wait_for_row(&window, "conflict").await;
    stage.picture(&window, "folder").await;
    sandbox.faults().clear();

    window.click("row-skip").await;
    wait_until_stored(&window, 3, SOON).await;
    for name in ["会議の録音 11月23日.wav", "reef-survey-raw.tar"] {
        wait_for_listed(&window, &format!("incoming/2026-11/{name}")).await;
    }
    let dropped = [
        "harbour-dawn.flac",
        "会議の録音 11月23日.wav",
        "reef-survey-raw.tar",
    ];
    let mut all = expected(&dropped.map(|name| folder.join(name)), "incoming/2026-11/");
    all.extend(before);
    assert_same(&objects(&sandbox), &all);

    window
        .click_on("[data-part=\"breadcrumb\"][data-folder=\"incoming/\"]")
        .await;
    wait_for_listed(&window, "incoming/2026-10/").await;
    window.close().await.expect("the window closes");
}
