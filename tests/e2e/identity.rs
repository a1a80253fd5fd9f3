//! Who one is, in the real window: the end of a session that nobody looks at, and a destination out of a file.

use testkit::notifications::Notifications;
use testkit::wait::until;

use crate::stage::{SOON, Stage, destination, objects};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_session_behind_another_window_is_told_by_the_desktop() {
    let stage = Stage::set().await;
    let notifications = Notifications::on(&stage.bus);
    let sandbox = stage
        .sandbox(|options| options.session_seconds = Some(45))
        .await;
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    assert_eq!(notifications.shown(), []);
    // Another window takes the front.
    let folder = stage.folder("letters");
    let _in_front = stage.file_manager(&folder, 30);
    let of = |words: &str| {
        let shown = notifications.shown();
        let is_it =
            |(title, said): &&(String, String)| title == "Field recordings" && said.contains(words);
        shown.iter().find(is_it).map(drop)
    };
    until("the end is announced", SOON, || of("ends in a minute"));
    until("the end is told", SOON, || of("has ended"));
    window.find("sign-in-again").await;
}

/// What the next person gets.
const ZONE: &str = "version = 1\nname = \"Reef\"\nrole_arn = \"arn:aws:iam::123456789012:role/reef\"\n\
    region = \"ap-northeast-1\"\nbucket = \"reef-survey\"\nprefix = \"incoming/\"\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drop_zone_file_is_offered_when_it_is_dropped_and_when_it_is_opened() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let folder = stage.folder("from-mira");
    let file = folder.join("reef.sandglass");
    std::fs::write(&file, ZONE).expect("written");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let from = stage.file_manager(&folder, 30);
    stage.drag_all(&from, &window);
    window.find("offer-sheet").await;
    stage.pictures(&window, "identity-offer").await;
    window.click("offer-take").await;
    window.find("connect-form").await;
    stage.pictures(&window, "identity-offered-form").await;
    assert!(objects(&sandbox).is_empty(), "it was not uploaded");
    drop(window);

    let path = file.display().to_string();
    let window = testkit::window::Window::open_with(
        &stage.display,
        &stage.bus,
        &stage.home(),
        &[&path],
        &[],
    )
    .await;
    window.find("offer-sheet").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_access_key_is_rotated_and_the_old_one_deleted_after_another_word() {
    let stage = Stage::set().await;
    let sandbox = stage.sandbox(|_| ()).await;
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    let before = sandbox.user_keys();
    window.click("destination-switcher").await;
    window.click("access-key").await;
    window.click("key-rotate").await;
    window.find("rotation-about").await;
    stage.pictures(&window, "identity-rotation").await;
    window.click("rotation-submit").await;
    window.find("rotation-done").await;
    stage.pictures(&window, "identity-rotated").await;
    let during = sandbox.user_keys();
    assert_eq!(during[0], (before[0].0.clone(), false), "inactive");
    assert!(during[1].1, "the new one is active");
    window.click("rotation-delete").await;
    window.find("rotation-deleted").await;
    assert_eq!(sandbox.user_keys(), during[1..]);
    window.click("rotation-close").await;
    window.find("key-made").await;
    window.click("key-close").await;
    // The session of the old key was not ended by it; the next one is the new key's.
    window.click("end-session").await;
    window.click("sign-in").await;
    window.find("end-session").await;
    window.close().await.expect("the window closes");
}
