//! A person's first day, as the user guide tells it, in both languages. Its pictures are the guide's: with `SANDGLASS_WRITE` in the
//! environment they are written to `docs/guide/pictures`.

use std::fs;
use std::path::Path;

use sandbox::Sandbox;
use testkit::files::{big_file, write};
use testkit::wait::until;
use testkit::window::Window;

use crate::stage::{
    SOON, Stage, destination, fill, wait_for_listed, wait_for_row, wait_until_stored,
};

const MIB: usize = 1024 * 1024;
/// Some of it is left when the session ends.
const BIG: usize = 240 * MIB;
/// Long enough to send the small files, short enough to wait for.
const SESSION_SECONDS: u64 = 60;
/// Bytes a second: the big file needs longer than the session has.
const LINE: u64 = 2_500_000;
/// Beside the big one.
const SMALL: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guides_story_in_english() {
    let stage = Stage::set().await;
    let window = stage.window().await;
    Day::new(&stage, &window, "en").await.pass().await;
    window.close().await.expect("the window closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guides_story_in_japanese() {
    let stage = Stage::set().await;
    // What is typed is Latin; an input method of Japanese, of which a bare system has none, would wait for it.
    let typing = [("GTK_IM_MODULE", "gtk-im-context-simple")];
    let window = stage.japanese_window(&typing).await;
    Day::new(&stage, &window, "ja").await.pass().await;
    window.close().await.expect("the window closes");
}

struct Day<'a> {
    stage: &'a Stage,
    window: &'a Window,
    sandbox: Sandbox,
    language: &'a str,
}

impl<'a> Day<'a> {
    async fn new(stage: &'a Stage, window: &'a Window, language: &'a str) -> Self {
        Self {
            stage,
            window,
            sandbox: stage
                .sandbox(|options| options.session_seconds = Some(SESSION_SECONDS))
                .await,
            language,
        }
    }

    async fn pass(&self) {
        let window = self.window;
        window.find("first-start").await;
        self.picture("first-window").await;
        fill(window, &destination(&self.sandbox, "Field recordings")).await;
        window.click("connect-submit").await;
        window.find("picture-empty").await;
        self.send().await;
        self.sign_in_again().await;
        self.ask().await;
        self.look_back().await;
    }

    /// Files hang over the window, then they are sent.
    async fn send(&self) {
        let Self { stage, window, .. } = self;
        let morning = stage.folder("morning");
        for name in ["harbour.wav", "lighthouse.wav", "会議の録音.wav"] {
            write(&morning.join(name), &vec![7; 300_000]);
        }
        write(&morning.join("notes/day 1.md"), b"# Harbour\n");
        write(&morning.join("notes/day 2.md"), b"# Reef\n");
        big_file(&morning.join("reef-survey-raw.tar"), BIG, 3);
        let from = stage.file_manager(&morning, 30);
        stage.display.raise(window.id());
        self.sandbox.faults().set_bandwidth(Some(LINE));
        stage.carry_all(&from, window);
        window
            .wait_for("[data-part=\"drop-overlay\"][data-items=\"5\"]", SOON)
            .await;
        self.picture("hanging").await;
        stage.display.let_go();
        until("a part of the big file is there", 2 * SOON, || {
            let parts = self.sandbox.counts().parts;
            parts
                .iter()
                .any(sandbox::ReceivedPart::is_confirmed)
                .then_some(())
        });
        wait_for_row(window, "sending").await;
        wait_for_listed(window, "notes/").await;
        self.picture("sending").await;
    }

    async fn sign_in_again(&self) {
        let window = self.window;
        window
            .wait_for("[data-part=\"end-banner\"]", 2 * SOON)
            .await;
        // What was on its way may arrive or break; nothing new begins.
        self.sandbox.faults().clear();
        wait_for_row(window, "waitingForSignIn").await;
        self.picture("ended").await;
        window.click("sign-in-again").await;
        wait_until_stored(window, SMALL + 1, SOON).await;
        wait_for_listed(window, "reef-survey-raw.tar").await;
        self.picture("stored").await;
    }

    /// The same name again, with other bytes.
    async fn ask(&self) {
        let Self { stage, window, .. } = self;
        let evening = stage.folder("evening");
        write(&evening.join("harbour.wav"), &vec![9; 200_000]);
        let from = stage.file_manager(&evening, 330);
        stage.display.raise(window.id());
        stage.drag_all(&from, window);
        wait_for_row(window, "conflict").await;
        self.picture("asking").await;
        window.click("row-keep-both").await;
        wait_until_stored(window, SMALL + 2, SOON).await;
    }

    async fn look_back(&self) {
        let window = self.window;
        window.click("uploads-menu").await;
        window.click("receipts").await;
        window.find("past-drop").await;
        self.picture("receipts").await;
        window.click("receipts-close").await;
    }

    async fn picture(&self, name: &str) {
        let name = format!("{name}.{}", self.language);
        let taken = self
            .stage
            .picture(self.window, &format!("guide-{name}"))
            .await;
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/pictures");
        let kept = pictures.join(format!("{name}.png"));
        if std::env::var_os("SANDGLASS_WRITE").is_some() {
            fs::create_dir_all(&pictures).expect("a folder");
            fs::copy(taken, kept).expect("the guide takes it");
        } else {
            assert!(kept.exists(), "{} is missing", kept.display());
        }
    }
}
