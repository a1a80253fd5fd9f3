//! What a richer role allows; a new folder; sample files. Each screen is looked at by axe-core, too.

use sandbox::{Operation, documents};
use serde_json::json;

use crate::axe;
use crate::stage::{SOON, Stage, destination, fill, objects, wait_for_listed, wait_until_stored};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_richer_role_is_offered_more_and_deleting_asks_first() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let mut policy = documents::role_policy();
    let on_objects = json!({"Effect": "Allow", "Action": ["s3:GetObject", "s3:DeleteObject"],
        "Resource": format!("arn:aws:s3:::{}/*", documents::BUCKET)});
    let statements = policy["Statement"].as_array_mut();
    statements.expect("a policy").push(on_objects);
    sandbox.set_role_policy(policy);
    for key in ["notes.md", "take-016.wav", "take-017.wav"] {
        sandbox.put_object(key, b"sand").expect("stored");
    }
    let window = stage.window().await;
    fill(&window, &destination(&sandbox, "Field recordings")).await;
    window.click("session-options").await;
    window.click("check-isWholeRole").await;
    window.click("check-mayDelete").await;
    window.click("connect-submit").await;
    wait_for_listed(&window, "take-016.wav").await;

    let row = |key: &str| format!("[data-part=\"listing-row\"][data-key=\"{key}\"]");
    window.click_on(&row("take-016.wav")).await;
    stage.display.raise(window.id());
    stage.display.press("Return");
    window.find("download").await;
    window.find("delete").await;
    axe::check(&window, "details").await;
    stage.pictures(&window, "extras-details").await;
    window.click("copy-link").await;
    window.find("news").await;
    assert_eq!(sandbox.counts().requests_of(Operation::DeleteObject), 0);

    window.click("delete").await;
    window
        .wait_for_text("delete-sheet", "4 bytes in all", SOON)
        .await;
    axe::check(&window, "delete").await;
    stage.pictures(&window, "extras-delete").await;
    window.click("delete-submit").await;
    window.wait_until_gone(&row("take-016.wav"), SOON).await;
    let left: Vec<String> = objects(&sandbox).into_keys().collect();
    assert_eq!(left, ["notes.md", "take-017.wav"]);

    for (words, sheet) in [
        ("new folder", "new-folder-sheet"),
        ("text for support", "support-sheet"),
        ("settings settings", "settings-sheet"),
        ("receipts", "receipts-sheet"),
    ] {
        crate::keyboard::wish(&stage, &window, words).await;
        window.find(sheet).await;
        axe::check(&window, sheet).await;
        stage.pictures(&window, sheet).await;
        if sheet == "new-folder-sheet" {
            window.type_into("field-folderName", "2026-12").await;
            window.click("new-folder-submit").await;
            window.find("picture-empty").await;
        } else {
            stage.display.press("Escape");
        }
        let css = format!("[data-part=\"{sheet}\"]");
        window.wait_until_gone(&css, SOON).await;
    }
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_has_sample_files_to_try_it_with() {
    let stage = Stage::set().await;
    let window = stage.window().await;
    window.click("try-sandbox").await;
    window.find("add-samples").await;
    axe::check(&window, "sandbox").await;
    stage.pictures(&window, "sandbox-empty").await;
    window.click("add-samples").await;
    wait_until_stored(&window, 5, SOON).await;
    wait_for_listed(&window, "samples/").await;
    stage.pictures(&window, "sandbox-samples").await;
    window.close().await.expect("the window closes");
}
