//! A window as a person starts it, without a WebDriver: that one would take part in what is measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use testkit::leash::Leash;
use testkit::place::built;
use testkit::wait::until;

use crate::sink::Sink;
use crate::stage::Stage;

const SANDGLASS: &str = "sandglass-window";
/// `src-tauri/examples/empty`.
const EMPTY: &str = "examples/empty";

pub(crate) struct Plain<'a> {
    stage: &'a Stage,
    pub(crate) home: PathBuf,
    /// The moment before the process was started.
    begun: Instant,
    process: Leash,
}

impl<'a> Plain<'a> {
    pub(crate) fn sandglass(stage: &'a Stage, home: &Path) -> Self {
        Self::start(stage, SANDGLASS, home)
    }

    pub(crate) fn empty(stage: &'a Stage, home: &Path) -> Self {
        Self::start(stage, EMPTY, home)
    }

    fn start(stage: &'a Stage, program: &str, home: &Path) -> Self {
        let mut command = Command::new(built(program));
        stage
            .bus
            .give_to(&mut command)
            .env("SANDGLASS_HOME", home)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let begun = Instant::now();
        Self {
            stage,
            home: home.to_owned(),
            begun,
            process: Leash::start_with_offspring(&mut command),
        }
    }

    /// Milliseconds until its main button is painted. A page that is painted is there with all that it does: it draws
    /// nothing before it has heard from the app.
    pub(crate) fn painted_ms(&self) -> f64 {
        let (at, _) = self.stage.screen.wait_for_main_button();
        at.duration_since(self.begun).as_secs_f64() * 1000.0
    }

    /// Presses the main button of a window with a signed-out destination; returns when the folder is listed.
    pub(crate) fn sign_in(&self, sink: &Sink) {
        let (_, button) = self.stage.screen.wait_for_main_button();
        self.stage.display.click(button);
        self.stage.rest_hand();
        until("the folder is listed", Duration::from_secs(20), || {
            (sink.count("listed_at") > 0).then_some(())
        });
        self.stage.screen.wait_until_gone();
    }

    /// Its X window.
    pub(crate) fn window(&self) -> String {
        self.stage
            .display
            .wait_for_window("^Sandglass", Duration::from_secs(20))
    }

    /// Ends it; returns when the screen shows it no more.
    pub(crate) fn end(self) {
        let Self { stage, process, .. } = self;
        drop(process);
        stage.screen.wait_until_gone();
    }
}
