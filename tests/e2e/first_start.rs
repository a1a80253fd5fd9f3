//! What a person meets first: one click to the sandbox, in English, in Japanese, in the dark, in a small window.

use serde_json::Value;
use testkit::files::write;
use testkit::window::Window;

use crate::stage::{SOON, Stage, wait_for_listed, wait_until_stored};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn try_the_sandbox_takes_one_click() {
    let stage = Stage::set().await;
    let folder = stage.folder("letters");
    write(&folder.join("letter.txt"), b"Dear sand,\n");
    let window = stage.window().await;
    window.find("first-start").await;
    window.click("try-sandbox").await;
    window.find("end-session").await;
    window.find("picture-empty").await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    wait_until_stored(&window, 1, SOON).await;
    wait_for_listed(&window, "letter.txt").await;
    stage.picture(&window, "sandbox-stored").await;
    window.click("destination-switcher").await;
    window.find("connect-another").await;
    stage.picture(&window, "destination-menu").await;
    window.click("remove-destination").await;
    window.find("remove-sheet").await;
    stage.picture(&window, "remove-sheet").await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_fits_into_a_small_window() {
    let stage = Stage::set().await;
    let window = stage.window().await;
    window.find("first-start").await;
    stage.shrink(&window);
    stage.picture(&window, "small-1-first-start").await;
    assert_fits(&window).await;
    walk(&stage, &window, "small").await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_japanese_desktop_gets_a_japanese_window() {
    let stage = Stage::set().await;
    let window = stage.japanese_window(&[]).await;
    window
        .wait_for_text("try-sandbox", "サンドボックスを試す", SOON)
        .await;
    let told = window
        .execute("return document.documentElement.lang", Vec::new())
        .await;
    assert_eq!(told, "ja");
    stage.picture(&window, "ja-1-first-start").await;
    walk(&stage, &window, "ja").await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dark_desktop_gets_a_dark_window() {
    let stage = Stage::set().await;
    let window = stage.window_with(&[("GTK_THEME", "Adwaita:dark")]).await;
    window.find("first-start").await;
    let is_dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    let told = window.execute(is_dark, Vec::new()).await;
    assert_eq!(
        told,
        Value::Bool(true),
        "the page does not know that it is dark"
    );
    stage.picture(&window, "dark-1-first-start").await;
    walk(&stage, &window, "dark").await;
    window.close().await.expect("the window closes");
}

/// From the first start to an ended session with files that wait, with a picture of each view.
async fn walk(stage: &Stage, window: &Window, name: &str) {
    let folder = stage.folder("recordings");
    write(&folder.join("会議の録音 11月23日.wav"), &[1; 5000]);
    write(&folder.join("harbour-dawn.flac"), &vec![2; 400_000]);
    write(&folder.join("day-01/take-017.wav"), &vec![3; 70_000]);
    window.click("try-sandbox").await;
    window.find("picture-empty").await;
    stage.picture(window, &format!("{name}-2-empty")).await;
    let from = stage.file_manager(&folder, 30);
    stage.carry_all(&from, window);
    window.find("drop-overlay").await;
    stage.picture(window, &format!("{name}-3-overlay")).await;
    stage.display.let_go();
    wait_until_stored(window, 3, SOON).await;
    wait_for_listed(window, "day-01/").await;
    stage.picture(window, &format!("{name}-4-stored")).await;
    assert_fits(window).await;

    write(&folder.join("take-018.wav"), &vec![4; 900_000]);
    window.click("end-session").await;
    window.find("sign-in").await;
    stage.drag_all(&from, window);
    window.find("end-banner").await;
    // The button has no room in a small window.
    stage.display.raise(window.id());
    stage.display.press("F5");
    window.find("picture-signed-out").await;
    stage.picture(window, &format!("{name}-5-ended")).await;
    assert_fits(window).await;
    window.click("sign-in-again").await;
    window
        .wait_for("[data-part=\"upload-row\"][data-state=\"conflict\"]", SOON)
        .await;
    stage.picture(window, &format!("{name}-6-conflicts")).await;
    assert_fits(window).await;
}

/// Nothing sticks out sideways, and every button is inside the window.
pub(crate) async fn assert_fits(window: &Window) {
    let sticking_out = "return [...document.querySelectorAll('button')].filter((button) => {
        const { left, right, width } = button.getBoundingClientRect()
        return width > 0 && (left < 0 || right > innerWidth + 1)
    }).map((button) => button.outerHTML).concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])";
    let told = window.execute(sticking_out, Vec::new()).await;
    let none = Value::Array(Vec::new());
    // The layer behind a menu covers the window and more.
    assert_eq!(told, none, "outside of the window");
}
