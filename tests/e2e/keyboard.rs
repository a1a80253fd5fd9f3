//! By keyboard: the whole main job, the palette, the filter, a pasted address.

use testkit::files::{assert_same, expected, write};
use testkit::wait::until_async;
use testkit::window::Window;

use crate::dialogs::pick;
use crate::stage::{SOON, Stage, destination, objects, wait_for_listed, wait_until_stored};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_main_job_is_done_without_a_mouse() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let file = stage.folder("desk").join("letter.txt");
    write(&file, b"Dear sand,\n");
    let to = destination(&sandbox, "Field recordings");
    let window = stage.window().await;
    let display = &stage.display;
    display.raise(window.id());

    for (field, text) in [
        ("field-name", &to.name),
        ("field-roleArn", &to.role_arn),
        ("field-bucket", &to.bucket),
        ("field-region", &to.region),
        ("field-keyId", &to.access_key_id),
        ("field-secret", &to.secret_access_key),
    ] {
        tab_to(&stage, &window, field).await;
        display.type_text(text);
    }
    tab_to(&stage, &window, "advanced").await;
    display.press("space");
    tab_to(&stage, &window, "field-endpoint").await;
    display.type_text(&to.endpoint);
    display.press("Return");
    window.find("end-session").await;
    window.find("picture-empty").await;

    wish(&stage, &window, "add files").await;
    pick(&stage, "keyboard", &file);
    wait_until_stored(&window, 1, SOON).await;
    wait_for_listed(&window, "letter.txt").await;

    tab_to(&stage, &window, "listing").await;
    display.press("Down");
    display.press("Return");
    window
        .wait_for_text("details-pane", "CRC64NVME", SOON)
        .await;
    stage.pictures(&window, "keyboard-details").await;
    wish(&stage, &window, "end session").await;
    window.find("sign-in").await;
    wish(&stage, &window, "sign in").await;
    window.find("end-session").await;
    assert_same(&objects(&sandbox), &expected(&[file], ""));
    window.close().await.expect("the window closes");
}

/// Presses Tab until the part has the focus.
async fn tab_to(stage: &Stage, window: &Window, part: &str) {
    let focused = "return document.activeElement?.dataset.part ?? ''";
    until_async(&format!("Tab comes to {part}"), SOON, async || {
        let now = window.execute(focused, Vec::new()).await;
        if now.as_str() == Some(part) {
            return Some(());
        }
        stage.display.press("Tab");
        None
    })
    .await;
}

/// Finds a wish in the palette and asks for it.
pub(crate) async fn wish(stage: &Stage, window: &Window, words: &str) {
    stage.display.raise(window.id());
    stage.display.press("ctrl+k");
    window.find("palette-field").await;
    stage.display.type_text(words);
    stage.display.press("Return");
    window
        .wait_until_gone("[data-part=\"palette-field\"]", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wishes_are_found_by_name_and_objects_by_a_part_of_theirs() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    for key in [
        "notes.md",
        "take-016.wav",
        "take-017.wav",
        "2026/take-018.wav",
    ] {
        sandbox.put_object(key, b"sand").expect("stored");
    }
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let row = |key: &str| format!("[data-part=\"listing-row\"][data-key=\"{key}\"]");
    window.wait_for(&row("notes.md"), SOON).await;

    stage.display.raise(window.id());
    stage.display.press("ctrl+f");
    window.find("filter").await;
    stage.display.type_text("take");
    window.wait_until_gone(&row("notes.md"), SOON).await;
    window.wait_for(&row("take-017.wav"), SOON).await;
    stage.pictures(&window, "keyboard-filter").await;
    stage.display.press("ctrl+a");
    stage
        .display
        .type_text("s3://s3-fs-example-bucket/2026/take-018.wav");
    window
        .wait_for_text("filter-said", "2026/take-018.wav", SOON)
        .await;
    stage.display.press("Return");
    let active = format!("{}[aria-selected=\"true\"]", row("2026/take-018.wav"));
    window.wait_for(&active, SOON).await;

    stage.display.press("ctrl+k");
    window.find("palette-field").await;
    stage.pictures(&window, "keyboard-palette").await;
    stage.display.type_text("access key");
    stage.display.press("Return");
    window.find("key-ends").await;
    stage.display.press("Escape");
    window
        .wait_until_gone("[data-part=\"key-sheet\"]", SOON)
        .await;
    // In the other language, at once.
    stage.display.press("ctrl+k");
    window.find("palette-field").await;
    stage.display.type_text("settings settings");
    stage.display.press("Return");
    window.find("field-language").await;
    let choose = "const field = document.querySelector('[data-part=\"field-language\"]'); field.value = 'ja'; \
        field.dispatchEvent(new Event('change', { bubbles: true }))";
    window.execute(choose, Vec::new()).await;
    window.click("settings-save").await;
    window
        .wait_for_text("add-files", "ファイルを追加", SOON)
        .await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_are_entered_and_left_without_a_mouse() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    for key in ["2026/11/take.wav", "notes.md"] {
        sandbox.put_object(key, b"sand").expect("stored");
    }
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let row = |key: &str| format!("[data-part=\"listing-row\"][data-key=\"{key}\"]");
    window.wait_for(&row("notes.md"), SOON).await;
    let display = &stage.display;
    display.raise(window.id());
    tab_to(&stage, &window, "listing").await;
    for folder in ["2026/11/", "2026/11/take.wav"] {
        display.press("Down");
        display.press("Return");
        window.wait_for(&row(folder), SOON).await;
    }
    display.press("Down");
    let active = format!("{}.active", row("2026/11/take.wav"));
    window.wait_for(&active, SOON).await;
    for folder in ["2026/11/", "notes.md"] {
        display.press("BackSpace");
        window.wait_for(&row(folder), SOON).await;
    }
    window.close().await.expect("the window closes");
}
