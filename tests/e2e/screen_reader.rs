//! What a person who does not see the window is told.

use testkit::screen_reader::{ScreenReader, Told};
use testkit::wait::until;

use crate::stage::{SOON, Stage, destination, wait_for_listed};

// Of AT-SPI's roles (`AtspiRole`).
const CHECK_BOX: u32 = 7;
const PUSH_BUTTON: u32 = 43;
const STATUS: u32 = 54;
const TABLE: u32 = 55;
const HEADING: u32 = 83;
const LANDMARK: u32 = 110;
const TIMER: u32 = 115;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_reader_hears_what_everything_is_and_is_called() {
    let stage = Stage::set().await;
    // Before the window: programs look for the accessibility bus when they start.
    let reader = ScreenReader::on(&stage.bus);
    let sandbox = stage.sandbox(|_| ()).await;
    sandbox.put_object("notes.md", b"sand").expect("stored");
    let window = stage
        .signed_in(&destination(&sandbox, "Field recordings"))
        .await;
    wait_for_listed(&window, "notes.md").await;
    let hears = |role: u32, name: &str| {
        let is_it = |told: &Told| told.role == role && told.name.starts_with(name);
        until(&format!("it hears of {role} “{name}”"), SOON, || {
            reader.all().iter().any(is_it).then_some(())
        });
    };
    tokio::task::block_in_place(|| {
        hears(HEADING, "Sandglass");
        hears(TIMER, "Time left in the session");
        hears(PUSH_BUTTON, "End session");
        hears(LANDMARK, "Folder");
        hears(TABLE, "Contents of /");
        hears(PUSH_BUTTON, "Add files…");
        hears(CHECK_BOX, "Look first");
        hears(LANDMARK, "Uploads");
        hears(STATUS, "Messages");
        // Nothing that can be pressed is without a name.
        let nameless = |told: &Told| told.role == PUSH_BUTTON && told.name.is_empty();
        assert!(!reader.all().iter().any(nameless));
    });
    window.close().await.expect("the window closes");
}
