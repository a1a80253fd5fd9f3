//! Where figures are taken: a display whose picture can be read, a keychain, and homes.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use testkit::display::{Display, Point};
use testkit::file_manager::FileManager;
use testkit::keyring::PrivateBus;
use testkit::place::fresh_folder;
use testkit::sandglass::Sandglass;
use testkit::window::Window;

use crate::screen::Screen;
use crate::sink::Sink;

/// The window's own size; right of the file manager.
const WINDOW: Point = Point { x: 470, y: 40 };
const WIDTH: i32 = 940;
const HEIGHT: i32 = 640;

/// Fields end in this order.
pub(crate) struct Stage {
    pub(crate) bus: PrivateBus,
    pub(crate) display: Display,
    pub(crate) screen: Screen,
    folder: TempDir,
}

impl Stage {
    pub(crate) fn set() -> Self {
        let folder = fresh_folder();
        let display = Display::start_with(&["-fbdir", &folder.path().display().to_string()]);
        let stage = Self {
            bus: PrivateBus::on(&display),
            screen: Screen::in_folder(folder.path()),
            display,
            folder,
        };
        stage.rest_hand();
        stage
    }

    /// A `SANDGLASS_HOME` that nobody has used.
    pub(crate) fn fresh_home(&self) -> PathBuf {
        tempfile::tempdir_in(&self.folder)
            .expect("a fresh folder takes folders")
            .keep()
    }

    /// A home with this destination and its key, signed out.
    pub(crate) fn connected_home(&self, sink: &Sink) -> PathBuf {
        let home = self.fresh_home();
        Sandglass::at(&home, &self.bus)
            .connect(&sink.destination())
            .expect_code(0);
        home
    }

    /// The window with a WebDriver, where the page itself is asked.
    pub(crate) async fn window(&self, home: &Path) -> Window {
        let window = Window::open(&self.display, &self.bus, home, &[]).await;
        self.place(window.id());
        window
    }

    /// [`Stage::window`], signed in.
    pub(crate) async fn signed_in(&self, home: &Path) -> Window {
        let window = self.window(home).await;
        window.click("sign-in").await;
        window.find("end-session").await;
        window
    }

    pub(crate) fn place(&self, window: &str) {
        self.display.arrange(window, WINDOW, WIDTH, HEIGHT);
    }

    /// Beside the window, on a folder with the one thing that is dragged.
    pub(crate) fn file_manager(&self, folder: &Path) -> FileManager {
        let corner = Point { x: 10, y: 40 };
        FileManager::open(&self.display, &self.bus, folder, corner)
    }

    /// What xdotool does at these words.
    pub(crate) fn hand(&self, words: &str) {
        let mut command = Command::new("xdotool");
        command
            .args(words.split(' '))
            .env("DISPLAY", self.display.name());
        let output = command.output().expect("xdotool is installed");
        assert!(output.status.success(), "xdotool {words}: {output:?}");
    }

    /// A button under the hand has another colour.
    pub(crate) fn rest_hand(&self) {
        self.hand("mousemove 0 0");
    }

    /// Drags it onto the window.
    pub(crate) fn drag(&self, from: &FileManager, window: &str) {
        self.carry(from, window);
        self.display.let_go();
    }

    /// Drags it over the window, and holds it there.
    pub(crate) fn carry(&self, from: &FileManager, window: &str) {
        let source = from.select_all(&self.display);
        let target = self.display.geometry(window).middle();
        self.display.carry(source, target);
    }
}
