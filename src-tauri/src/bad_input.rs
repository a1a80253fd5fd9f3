//! Every command is called as our page never calls it: without arguments, with arguments of another type, with huge ones,
//! with names of what is not there. Each call must be answered in time and change nothing, and nothing may panic.
//!
//! All commands are offered the same arguments by name, and are found to read some of them. So a new command is covered as
//! soon as it stands in `command_names.rs`, and the tests fail when an argument of a new name has no value here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, PoisonError, mpsc};
use std::time::Duration;

use app::{
    App, DestinationForm, Event, Home, KeySource, MemoryKeychain, Preferences, Surroundings,
    SystemClock,
};
use serde_json::{Map, Value, json};
use tauri::ipc::{CallbackFn, InvokeBody, InvokeError, InvokeResponse};
use tauri::test::{INVOKE_KEY, MockRuntime, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{Webview, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

use crate::page::Page;
use crate::{Opened, commands, window};

mod arguments;

use arguments::{arguments, exchanged, huge_instead, of_other_types};

include!("command_names.rs");

type Arguments = Map<String, Value>;

/// For one call, on a busy computer.
const DEADLINE: Duration = Duration::from_secs(30);

/// More than any field of the page takes.
const HUGE_BYTES: usize = 1024 * 1024;

/// A row, a drop, a view that nobody has.
const NOBODYS: u64 = 4_000_000_000;

/// Why a command is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// It opens a dialog of the system.
    Dialog,
    /// It opens the system's file manager.
    FileManager,
    /// It starts the sandbox and makes a destination of it.
    Sandbox,
    /// It ends the process.
    Quits,
    /// It does what it is for, which needs no session: a key or a destination is made or goes.
    Changes,
    /// From then on a drop has a place, so that the pickers would open and the person's clipboard would be read.
    GivesDropsAPlace,
    /// It asks AWS itself, as whoever the environment says.
    AsksAws,
}

/// They read no argument, so that there is no bad input for them.
const LEFT_OUT: &[(&str, Why)] = &[
    ("choose_key_file", Why::Dialog),
    ("try_sandbox", Why::Sandbox),
    ("open_drop_zone", Why::Dialog),
    ("show_samples", Why::FileManager),
    ("choose_ca_file", Why::Dialog),
    ("save_support_text", Why::Dialog),
    ("open_logs", Why::FileManager),
    ("quit_now", Why::Quits),
];

/// Besides those, where the destination is known: these have good input then.
const LEFT_OUT_WHEN_KNOWN: &[(&str, Why)] = &[
    ("remove_destination", Why::Changes),
    ("duplicate_destination", Why::Changes),
    ("forget_key", Why::Changes),
    ("save_drop_zone", Why::Dialog),
    ("save_receipts", Why::Dialog),
    ("download", Why::Dialog),
    ("show_folder", Why::GivesDropsAPlace),
    ("plan_repair", Why::AsksAws),
    ("repair", Why::AsksAws),
];

/// The app behind its IPC, in a home and with a keychain of its own, and no window.
struct Bench {
    app: App,
    keychain: Arc<MemoryKeychain>,
    home: TempDir,
    window: WebviewWindow<MockRuntime>,
    /// The window is its.
    _tauri: tauri::App<MockRuntime>,
}

impl Bench {
    fn open() -> Self {
        hear_panics();
        let home = tempfile::tempdir().expect("a folder");
        let keychain = Arc::new(MemoryKeychain::default());
        let around = Surroundings {
            home: Home::at(home.path()).expect("a home"),
            keychain: Arc::clone(&keychain) as Arc<dyn app::Keychain>,
            clock: Arc::new(SystemClock),
        };
        let app = tauri::async_runtime::block_on(async { App::open(around) }).expect("an app");
        // Now there is a file to compare with.
        app.set_preferences(Preferences::default()).expect("saved");
        let tauri = mock_builder()
            .manage(Opened(Ok(app.clone())))
            .manage(Page::default())
            .manage(commands::Copied::default())
            .invoke_handler(commands::handler())
            .build(mock_context(noop_assets()))
            .expect("a shell");
        let window = WebviewWindowBuilder::new(&tauri, window::LABEL, WebviewUrl::default());
        Self {
            app,
            keychain,
            home,
            window: window.build().expect("a window"),
            _tauri: tauri,
        }
    }

    /// Its server is a port where nobody listens.
    fn connect(&self) -> String {
        let form = DestinationForm {
            name: "Nowhere".to_owned(),
            role_arn: "arn:aws:iam::123456789012:role/nobody".to_owned(),
            region: "us-east-1".to_owned(),
            bucket: "nowhere".to_owned(),
            endpoint: "http://127.0.0.1:1".to_owned(),
            ..DestinationForm::default()
        };
        let key = KeySource::Typed {
            id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        };
        let connected = tauri::async_runtime::block_on(self.app.connect(&form, &key, None));
        connected.expect("a destination").id.as_str().to_owned()
    }

    /// The answer, or the refusal. A command that panics drops its answer's sender.
    fn call(&self, command: &str, arguments: &Arguments) -> Result<(), Value> {
        let (said, heard) = mpsc::channel();
        let webview: &Webview<MockRuntime> = self.window.as_ref();
        let webview = webview.clone();
        let request = request(command, arguments.clone());
        let asking = std::thread::Builder::new().name("ipc".to_owned());
        let asked = asking.spawn(move || {
            let runtime = tauri::async_runtime::handle();
            // As in the window's process, whose first thread is inside, too.
            let _inside = runtime.inner().enter();
            webview.on_message(
                request,
                Box::new(move |_, _, response, _, _| {
                    let _ = said.send(response);
                }),
            );
        });
        asked.expect("a thread");
        match heard.recv_timeout(DEADLINE) {
            Ok(InvokeResponse::Ok(_)) => Ok(()),
            Ok(InvokeResponse::Err(InvokeError(refusal))) => Err(refusal),
            Err(why) => panic!("{command} has not answered {}: {why}", brief(arguments)),
        }
    }

    /// Calls, and looks at how a refusal is said.
    fn try_out(&self, command: &str, arguments: &Arguments) {
        if let Err(refusal) = self.call(command, arguments) {
            let is_failure = refusal["code"].is_string() && refusal["remedy"].is_string();
            let is_tauris = refusal
                .as_str()
                .is_some_and(|said| said.starts_with("invalid "));
            assert!(
                is_failure || is_tauris,
                "{command} of {}: {refusal}",
                brief(arguments)
            );
        }
    }

    /// What of `all` the command reads, as its refusals tell it. Its last call here is one with all of them.
    fn read_by(&self, command: &str, all: &Arguments) -> Arguments {
        let mut offered: Arguments = all.keys().map(|name| (name.clone(), never())).collect();
        let mut read = Arguments::new();
        while let Err(refusal) = self.call(command, &offered) {
            let Some(name) = refused_argument(&refusal) else {
                break;
            };
            let value = all.get(name);
            let value = value.unwrap_or_else(|| panic!("`arguments` lacks {name} of {command}"));
            offered.insert(name.to_owned(), value.clone());
            let before = read.insert(name.to_owned(), value.clone());
            assert!(before.is_none(), "{command}: {refusal}");
        }
        read
    }

    /// Calls every command that is not left out with each variation of the arguments it reads.
    fn sweep(
        &self,
        destination: &str,
        left_out: &[(&str, Why)],
        vary: impl Fn(&Arguments) -> Vec<Arguments>,
    ) {
        let all = arguments(destination);
        let before = self.state();
        let is_called = |command: &&&str| !left_out.iter().any(|(name, _)| name == *command);
        for command in COMMANDS.iter().filter(is_called) {
            for varied in vary(&self.read_by(command, &all)) {
                self.try_out(command, &varied);
            }
            assert_eq!(before.changed_to(&self.state()), NOTHING, "{command}");
            assert_eq!(panics(), NOTHING, "{command}");
        }
    }

    fn state(&self) -> State {
        let shown = tauri::async_runtime::block_on(async {
            self.app.settle().await.expect("a ledger");
            self.app.watch().recv().await
        });
        let Some(Event::Snapshot(shown)) = shown else {
            panic!("no snapshot")
        };
        let mut files = BTreeMap::new();
        read_all(self.home.path(), &mut files);
        State {
            files,
            // Its entries' names; what they hold does not show.
            keychain: format!("{:?}", self.keychain),
            rows: shown.rows.len(),
            destinations: format!("{:?} {:?}", shown.destinations, shown.selected),
        }
    }
}

/// What must stay as it is.
struct State {
    files: BTreeMap<PathBuf, Vec<u8>>,
    keychain: String,
    rows: usize,
    destinations: String,
}

const NOTHING: [String; 0] = [];

impl State {
    /// By name only: the bytes would fill the screen.
    fn changed_to(&self, after: &Self) -> Vec<String> {
        let names: BTreeSet<_> = self.files.keys().chain(after.files.keys()).collect();
        let is_other = |name: &&&PathBuf| self.files.get(**name) != after.files.get(**name);
        let mut changed: Vec<String> = names
            .iter()
            .filter(is_other)
            .map(|name| name.display().to_string())
            .collect();
        let others = [
            ("keychain", self.keychain == after.keychain),
            ("rows", self.rows == after.rows),
            ("destinations", self.destinations == after.destinations),
        ];
        let others = others.iter().filter(|(_, is_same)| !is_same);
        changed.extend(others.map(|(what, _)| (*what).to_owned()));
        changed
    }
}

/// All files but SQLite's shared memory, where readers leave marks.
fn read_all(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, files);
        } else if !path.to_string_lossy().ends_with("-shm") {
            files.insert(path.clone(), std::fs::read(&path).expect("a file"));
        }
    }
}

fn request(command: &str, arguments: Arguments) -> InvokeRequest {
    let page = if cfg!(windows) {
        "http://tauri.localhost"
    } else {
        "tauri://localhost"
    };
    InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: page.parse().expect("a url"),
        body: InvokeBody::Json(Value::Object(arguments)),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    }
}

/// The name of the argument that Tauri did not take.
fn refused_argument(refusal: &Value) -> Option<&str> {
    let said = refusal.as_str()?.strip_prefix("invalid args `")?;
    said.split('`').next()
}

/// No argument of any command has this type.
fn never() -> Value {
    json!([[]])
}

fn brief(arguments: &Arguments) -> String {
    let mut brief = String::new();
    for (name, value) in arguments {
        let value: String = value.to_string().chars().take(60).collect();
        let _ = write!(brief, "{name}: {value} ");
    }
    brief
}

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn panics() -> Vec<String> {
    PANICS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// A panic of a task that nobody waits for is told by no answer.
fn hear_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            usual(panic);
            // A test that fails beside this one is named by its thread.
            let thread = std::thread::current();
            let is_a_test = thread
                .name()
                .is_some_and(|name| name == "main" || name.contains("::"));
            if !is_a_test {
                let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
                panics.push(panic.to_string());
            }
        }));
    });
}

#[test]
fn what_is_left_out_is_a_command_and_stands_there_once() {
    let mut names = BTreeSet::new();
    for (name, why) in LEFT_OUT.iter().chain(LEFT_OUT_WHEN_KNOWN) {
        assert!(COMMANDS.contains(name), "{name} is no command");
        assert!(names.insert(name), "{name} stands there twice, for {why:?}");
    }
}

/// One that gets an argument one day has bad input, too.
#[test]
fn what_is_left_out_is_asked_for_without_an_argument() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/ipc/backend.ts");
    let page = std::fs::read_to_string(page).expect("the page's calls");
    for (name, _) in LEFT_OUT {
        assert!(page.contains(&format!("invoke('{name}')")), "{name}");
    }
}

#[test]
fn a_call_without_arguments_is_answered_and_changes_nothing() {
    let bench = Bench::open();
    bench.sweep("?", LEFT_OUT, |_| vec![Arguments::new()]);
}

#[test]
fn arguments_of_another_type_are_refused_and_change_nothing() {
    let bench = Bench::open();
    bench.sweep("?", LEFT_OUT, |read| exchanged(read, of_other_types));
}

#[test]
fn huge_strings_are_answered_and_change_nothing() {
    let bench = Bench::open();
    bench.sweep("?", LEFT_OUT, |read| exchanged(read, huge_instead));
}

#[test]
fn names_of_what_is_not_there_are_answered_and_change_nothing() {
    let bench = Bench::open();
    bench.sweep("?", LEFT_OUT, |read| {
        exchanged(read, |now| match now {
            Value::Number(_) => vec![json!(0), json!(1), json!(u64::MAX)],
            Value::String(_) => vec![json!(""), json!("/"), json!("../../x"), json!("\0\n")],
            _ => Vec::new(),
        })
    });
}

/// Where no dialog can be had, the sweeps would not notice one that is asked for.
#[test]
fn for_a_destination_that_is_not_there_no_dialog_opens_and_aws_is_not_asked() {
    let bench = Bench::open();
    for command in [
        "show_folder",
        "choose_files",
        "choose_folder",
        "save_drop_zone",
        "save_receipts",
        "download",
        "plan_repair",
        "repair",
    ] {
        let refusal = bench.call(command, &arguments("?")).expect_err(command);
        assert_eq!(refusal["code"], "destinationUnknown", "{command}");
    }
}

#[test]
fn before_a_sign_in_a_destination_answers_huge_strings_and_stays_as_it_is() {
    let bench = Bench::open();
    let destination = bench.connect();
    let left_out = [LEFT_OUT, LEFT_OUT_WHEN_KNOWN].concat();
    bench.sweep(&destination, &left_out, |read| {
        exchanged(read, |now| {
            if *now == json!(destination) {
                return Vec::new();
            }
            huge_instead(now)
        })
    });
}
