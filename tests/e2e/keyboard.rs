//! By keyboard: the palette, the filter, a pasted address.

use crate::stage::{SOON, Stage, destination};

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
