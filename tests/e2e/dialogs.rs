//! The system's file dialog, opened from Rust.

use std::path::Path;
use std::time::{Duration, Instant};

use testkit::files::{assert_same, expected, write};
use testkit::wait::until;
use testkit::window::Window;

use crate::stage::{SOON, Stage, destination, objects, wait_for_listed, wait_until_stored};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_and_folders_are_picked_in_the_systems_dialog() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("desk");
    let file = folder.join("letter.txt");
    write(&file, b"Dear sand,\n");
    let day = folder.join("day-01");
    write(&day.join("take-017.wav"), &[17; 4000]);
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    window.find("picture-empty").await;

    choose(&stage, &window, "add-files", &file).await;
    wait_until_stored(&window, 1, SOON).await;
    wait_for_listed(&window, "letter.txt").await;
    choose(&stage, &window, "add-folder", &day).await;
    wait_until_stored(&window, 2, SOON).await;
    wait_for_listed(&window, "day-01/").await;
    assert_same(&objects(&sandbox), &expected(&[file, day], ""));
    window.close().await.expect("the window closes");
}

/// Clicks the part that opens a dialog and types a path into it.
pub(crate) async fn choose(stage: &Stage, window: &Window, part: &str, path: &Path) {
    window.click(part).await;
    pick(stage, part, path);
}

/// Types a path into the dialog that has been opened.
pub(crate) fn pick(stage: &Stage, name: &str, path: &Path) {
    let dialog = dialog(stage, name);
    let display = &stage.display;
    // Out of the recent files, where no folder can be chosen.
    display.press("alt+Home");
    display.press("ctrl+l");
    answer(stage, &dialog, path);
}

/// Types into the dialog that asks where something shall be saved.
pub(crate) fn save_as(stage: &Stage, path: &Path) {
    let dialog = dialog(stage, "save");
    // The name that is proposed.
    stage.display.press("ctrl+a");
    answer(stage, &dialog, path);
}

/// Waits for the dialog, which then has the keys.
fn dialog(stage: &Stage, name: &str) -> String {
    let display = &stage.display;
    let dialog = display.wait_for_window_of("xdg-desktop-portal-gtk", SOON);
    display.raise(&dialog);
    display.screenshot(&format!("dialog-{name}"));
    dialog
}

fn answer(stage: &Stage, dialog: &str, path: &Path) {
    let display = &stage.display;
    display.type_text(&path.display().to_string());
    // It takes the path only after it has looked at it, so the key is pressed again as long as the dialog is there.
    let mut pressed = None::<Instant>;
    until("the dialog closes", SOON, || {
        if !display.has_window(dialog) {
            return Some(());
        }
        if pressed.is_none_or(|pressed| pressed.elapsed() > Duration::from_secs(1)) {
            display.press("Return");
            pressed = Some(Instant::now());
        }
        None
    });
}
