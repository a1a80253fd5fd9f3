//! Where a story plays: display, keyring, home, server, and the folders that a person drags from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sandbox::{Options, Sandbox};
use serde_json::json;
use tempfile::TempDir;
use testkit::destination::Destination;
use testkit::display::{Display, Point};
use testkit::file_manager::FileManager;
use testkit::files::Objects;
use testkit::keyring::PrivateBus;
use testkit::place::fresh_folder;
use testkit::window::Window;
use tokio::sync::{Mutex, MutexGuard};

/// For what takes some seconds on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(40);

const WIDTH: i32 = 940;
const HEIGHT: i32 = 640;
/// Right of the file managers.
const WINDOW: Point = Point { x: 470, y: 40 };

/// Two windows, a file manager and two servers are enough for two cores.
static TURN: Mutex<()> = Mutex::const_new(());

/// One person's desktop. Fields end in this order.
pub(crate) struct Stage {
    pub(crate) bus: PrivateBus,
    pub(crate) display: Display,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let turn = TURN.lock().await;
        let display = Display::start();
        let bus = PrivateBus::on(&display);
        Self {
            bus,
            display,
            folder: fresh_folder(),
            _turn: turn,
        }
    }

    /// `SANDGLASS_HOME`.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("sandglass")
    }

    /// A folder that a person keeps files in; its name is the title of its file manager.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(&path).expect("a fresh folder takes folders");
        path
    }

    /// The window, 940 x 640, right of where file managers stand.
    pub(crate) async fn window(&self) -> Window {
        self.window_with(&[]).await
    }

    /// The window on a Japanese desktop; more of the environment besides.
    pub(crate) async fn japanese_window(&self, env: &[(&str, &str)]) -> Window {
        let locales = self.folder("locales");
        make_locale(&locales);
        let locales = locales.display().to_string();
        let language = [
            ("LOCPATH", locales.as_str()),
            ("LANG", "ja_JP.UTF-8"),
            ("LC_ALL", "ja_JP.UTF-8"),
            ("LANGUAGE", "ja"),
        ];
        self.window_with(&[&language, env].concat()).await
    }

    pub(crate) async fn window_with(&self, env: &[(&str, &str)]) -> Window {
        let window = Window::open_with(&self.display, &self.bus, &self.home(), &[], env).await;
        self.display.arrange(window.id(), WINDOW, WIDTH, HEIGHT);
        window
    }

    /// As small as it gets.
    pub(crate) fn shrink(&self, window: &Window) {
        self.display.arrange(window.id(), WINDOW, 480, 360);
    }

    /// As it was opened.
    pub(crate) fn widen(&self, window: &Window) {
        self.display.arrange(window.id(), WINDOW, WIDTH, HEIGHT);
    }

    /// A picture of the window as it is, and one of the smallest window, in which everything must be within reach.
    pub(crate) async fn pictures(&self, window: &Window, name: &str) {
        self.picture(window, name).await;
        self.shrink(window);
        self.picture(window, &format!("{name}-small")).await;
        crate::first_start::assert_fits(window).await;
        self.widen(window);
    }

    pub(crate) fn file_manager(&self, folder: &Path, y: i32) -> FileManager {
        FileManager::open(&self.display, &self.bus, folder, Point { x: 10, y })
    }

    /// Drags everything in the file manager to the middle of the window and holds it there.
    pub(crate) fn carry_all(&self, from: &FileManager, to: &Window) {
        let source = from.select_all(&self.display);
        let target = self.display.geometry(to.id()).middle();
        self.display.carry(source, target);
    }

    pub(crate) fn drag_all(&self, from: &FileManager, to: &Window) {
        self.carry_all(from, to);
        self.display.let_go();
    }

    /// A picture of the window as it is now, and where it lies.
    pub(crate) async fn picture(&self, window: &Window, name: &str) -> PathBuf {
        // What was changed is drawn two frames later; fonts and transitions may still be on their way.
        let drawn = "const done = arguments[0];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))))";
        window.execute_async(drawn, Vec::new()).await;
        self.display.screenshot_of(window.id(), name)
    }

    /// A sandbox with the tutorial's account, seen from the test.
    pub(crate) async fn sandbox(&self, change: impl FnOnce(&mut Options)) -> Sandbox {
        let mut options = Options::new(self.folder("sandbox"));
        change(&mut options);
        Sandbox::start(options).await.expect("the sandbox starts")
    }

    /// The window, connected to this destination and signed in.
    pub(crate) async fn signed_in(&self, destination: &Destination) -> Window {
        let window = self.window().await;
        fill(&window, destination).await;
        window.click("connect-submit").await;
        window.find("end-session").await;
        window
    }
}

/// Nobody needs rights for this: `LOCPATH` says where it lies.
fn make_locale(folder: &Path) {
    let mut command = Command::new("localedef");
    command.args(["-i", "ja_JP", "-f", "UTF-8"]);
    let output = command.arg(folder.join("ja_JP.UTF-8")).output();
    let output = output.expect("localedef runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let is_made = fs::read_dir(folder.join("ja_JP.UTF-8")).is_ok();
    assert!(is_made, "{said}; the package `locales` has what it needs");
}

/// The sandbox's destination under this name.
pub(crate) fn destination(sandbox: &Sandbox, name: &str) -> Destination {
    let address = sandbox.address();
    let printed = json!({
        "role_arn": address.role_arn, "region": address.region, "bucket": address.bucket, "endpoint": address.endpoint,
        "access_key_id": address.access_key_id, "secret_access_key": address.secret_access_key,
    });
    Destination::of_sandbox(name, &printed)
}

/// Everything in the sandbox's bucket.
pub(crate) fn objects(sandbox: &Sandbox) -> Objects {
    let keys = sandbox.objects().expect("the sandbox knows its objects");
    let read = |key: String| {
        let bytes = sandbox
            .read_object(&key)
            .expect("the sandbox reads its objects");
        (key, bytes)
    };
    keys.into_iter().map(|object| read(object.key)).collect()
}

/// Types what a person knows of a destination into the form.
pub(crate) async fn fill(window: &Window, destination: &Destination) {
    fill_target(window, destination).await;
    window
        .type_into("field-keyId", &destination.access_key_id)
        .await;
    window
        .type_into("field-secret", &destination.secret_access_key)
        .await;
}

/// [`fill`], without the access key.
pub(crate) async fn fill_target(window: &Window, destination: &Destination) {
    window.find("connect-form").await;
    window.click("advanced").await;
    for (field, text) in [
        ("field-name", &destination.name),
        ("field-roleArn", &destination.role_arn),
        ("field-region", &destination.region),
        ("field-bucket", &destination.bucket),
        ("field-prefix", &destination.prefix),
        ("field-endpoint", &destination.endpoint),
        ("field-stsEndpoint", &destination.sts_endpoint),
    ] {
        if !text.is_empty() {
            window.type_into(field, text).await;
        }
    }
}

/// Waits until all of `files` are stored.
pub(crate) async fn wait_until_stored(window: &Window, files: usize, deadline: Duration) {
    let css = format!("[data-part=\"totals\"][data-stored=\"{files}\"][data-files=\"{files}\"]");
    window.wait_for(&css, deadline).await;
}

/// Waits for a row in this state.
pub(crate) async fn wait_for_row(window: &Window, state: &str) {
    let css = format!("[data-part=\"upload-row\"][data-state=\"{state}\"]");
    window.wait_for(&css, SOON).await;
}

/// Waits until the list shows this key.
pub(crate) async fn wait_for_listed(window: &Window, key: &str) {
    let css = format!("[data-part=\"listing-row\"][data-key=\"{key}\"]");
    window.wait_for(&css, SOON).await;
}
