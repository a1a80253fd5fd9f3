//! The main job: connect, drag by mouse, the session ends in the middle of a big file, sign in again, the rest arrives.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use sandbox::Operation;
use testkit::destination::Destination;
use testkit::files::{Objects, assert_same, awkward_folder, big_file, expected, write};
use testkit::line::{Line, Part};
use testkit::short_sessions::ShortSessions;
use testkit::wait::until;
use testkit::weed::{Policy, Weed};
use testkit::window::Window;

use crate::stage::{
    SOON, Stage, destination, fill, objects, wait_for_listed, wait_for_row, wait_until_stored,
};

/// Long enough for the first drop, short enough to wait for.
const SESSION_SECONDS: u32 = 20;
/// Twenty parts, of which eight may be on their way at once.
const BIG: usize = 160 * 1024 * 1024;
/// Two files, and nine in the folder.
const FIRST_FILES: usize = 11;

/// What happens at the server's side of the story.
trait Server {
    /// From now a big file gets half-way and no further.
    fn hold(&self);
    /// Some parts are confirmed, others are not.
    fn is_half_way(&self) -> bool;
    fn let_go(&self);
    /// Called when rows wait, before the second sign-in.
    fn rests(&self) {}
    fn listings(&self) -> Option<u64>;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_job_in_the_real_window() {
    struct OnSandbox<'a>(&'a sandbox::Sandbox);
    impl Server for OnSandbox<'_> {
        fn hold(&self) {
            self.0.faults().set_bandwidth(Some(24 * 1024 * 1024));
        }
        fn is_half_way(&self) -> bool {
            let counts = self.0.counts();
            let half_way = counts.parts.iter().any(sandbox::ReceivedPart::is_confirmed);
            if half_way {
                self.0.faults().set_bandwidth(Some(512 * 1024));
            }
            half_way
        }
        fn let_go(&self) {
            self.0.faults().clear();
        }
        fn listings(&self) -> Option<u64> {
            Some(self.0.counts().requests_of(Operation::ListObjectsV2))
        }
    }
    let stage = Stage::set().await;
    let sandbox = stage
        .sandbox(|options| options.session_seconds = Some(SESSION_SECONDS.into()))
        .await;
    let to = destination(&sandbox, "Field recordings");
    let dropped = play(&stage, &to, &OnSandbox(&sandbox), "main").await;
    assert_same(&objects(&sandbox), &dropped);
    let counts = sandbox.counts();
    assert!(counts.parts_sent_again().is_empty(), "{counts:#?}");
    assert_eq!(counts.requests_of(Operation::CreateMultipartUpload), 1);
    assert!(sandbox.open_uploads().expect("it knows").is_empty());
    assert_nowhere(&stage, &to.secret_access_key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_job_in_the_real_window_on_seaweedfs() {
    struct OnSeaweedFs<'a> {
        line: &'a Line,
        confirmed: RefCell<Vec<Part>>,
        /// Parts that passed before the second sign-in.
        passed: Cell<usize>,
    }
    impl Server for OnSeaweedFs<'_> {
        fn hold(&self) {
            self.line.let_parts_pass(5);
        }
        fn is_half_way(&self) -> bool {
            self.line.parts().len() == 5 && self.line.held() > 0
        }
        fn let_go(&self) {
            self.confirmed.replace(self.line.parts());
            self.line.open();
        }
        fn rests(&self) {
            // The SDK tries a broken part once more, whereupon the server refuses the ended session.
            self.passed.set(self.line.parts().len());
        }
        fn listings(&self) -> Option<u64> {
            None
        }
    }
    let stage = Stage::set().await;
    let weed = Weed::start(Policy::Corrected).await;
    let line = Line::to(weed.address());
    let door = ShortSessions::before(&weed, SESSION_SECONDS);
    let to = Destination {
        endpoint: line.endpoint(),
        sts_endpoint: door.endpoint(),
        ..weed.destination("SeaweedFS")
    };
    let server = OnSeaweedFs {
        line: &line,
        confirmed: RefCell::default(),
        passed: Cell::default(),
    };
    let dropped = play(&stage, &to, &server, "seaweedfs").await;
    assert_same(&weed.onlooker().objects().await, &dropped);
    let mut sent = line.parts()[server.passed.get()..].to_vec();
    sent.extend(server.confirmed.take());
    sent.sort();
    let numbers: Vec<u32> = sent.iter().map(|part| part.number).collect();
    assert_eq!(
        numbers,
        (1..=20).collect::<Vec<_>>(),
        "each part once: {sent:?}"
    );
    assert!(
        sent.iter().all(|part| part.upload_id == sent[0].upload_id),
        "{sent:?}"
    );
    assert_nowhere(&stage, &to.secret_access_key);
}

/// The story; gives what must be in the bucket.
async fn play(stage: &Stage, to: &Destination, server: &impl Server, name: &str) -> Objects {
    let picture = async |window: &Window, state: &str| {
        stage.picture(window, &format!("{name}-{state}")).await;
    };
    let small = stage.folder("small");
    write(&small.join("notes.md"), b"# Harbour\n");
    write(&small.join("会議の録音 11月23日.wav"), &vec![7; 300_000]);
    awkward_folder(&small);
    let large = stage.folder("large");
    big_file(&large.join("reef-survey-raw.tar"), BIG, 11);

    let window = stage.window().await;
    let from_small = stage.file_manager(&small, 30);
    let from_large = stage.file_manager(&large, 470);
    stage.display.raise(window.id());
    window.find("first-start").await;
    picture(&window, "1-first-start").await;
    fill(&window, to).await;
    picture(&window, "2-form").await;
    window.click("connect-submit").await;
    window.find("end-session").await;
    window.find("picture-empty").await;
    picture(&window, "3-signed-in").await;

    let listings = server.listings();
    stage.carry_all(&from_small, &window);
    let overlay = window.text("drop-overlay").await;
    let target = format!("s3://{}/", to.bucket);
    assert!(overlay.contains(&target), "{overlay}");
    window
        .wait_for("[data-part=\"drop-overlay\"][data-items=\"3\"]", SOON)
        .await;
    picture(&window, "4-overlay").await;
    stage.display.let_go();
    wait_until_stored(&window, FIRST_FILES, SOON).await;
    for key in ["notes.md", "会議の録音 11月23日.wav", "field trip 砂/"] {
        wait_for_listed(&window, key).await;
    }
    assert_eq!(server.listings(), listings, "the list was loaded again");
    picture(&window, "5-stored").await;

    server.hold();
    stage.drag_all(&from_large, &window);
    wait_for_row(&window, "sending").await;
    until("the big file is half-way", SOON, || {
        server.is_half_way().then_some(())
    });
    picture(&window, "6-sending").await;
    assert_eq!(
        window.texts("end-banner").await.len(),
        0,
        "it ended too early"
    );
    window
        .wait_for_text("end-banner", "The session has ended.", SOON)
        .await;
    // What was on its way may arrive or break; nothing new begins.
    server.let_go();
    wait_for_row(&window, "waitingForSignIn").await;
    picture(&window, "7-ended").await;
    server.rests();
    window.click("sign-in-again").await;
    wait_until_stored(&window, FIRST_FILES + 1, Duration::from_mins(1)).await;
    wait_for_listed(&window, "reef-survey-raw.tar").await;
    window
        .wait_until_gone("[data-part=\"end-banner\"]", SOON)
        .await;
    picture(&window, "8-all-stored").await;
    window.close().await.expect("the window closes");

    let dropped: Vec<PathBuf> = [small, large]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("it is there").flatten())
        .map(|entry| entry.path())
        .collect();
    expected(&dropped, "")
}

/// The secret is in the keychain and in no file of Sandglass.
fn assert_nowhere(stage: &Stage, secret: &str) {
    let mut folders = vec![stage.home()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .expect("Sandglass has a home")
            .flatten()
        {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = fs::read(entry.path()).unwrap_or_default();
            let holds = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!holds, "{} holds the secret", entry.path().display());
            files += 1;
        }
    }
    assert!(
        files > 0,
        "there is nothing to look at in {}",
        stage.home().display()
    );
}
