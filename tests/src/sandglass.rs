//! The built command line, in a data folder of its own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::destination::Destination;
use crate::keyring::PrivateBus;
use crate::leash::Leash;
use crate::place::{built, fresh_folder};
use crate::wait::until;

/// For a command that must end by itself.
const DEADLINE: Duration = Duration::from_mins(2);

/// One person's Sandglass: data folder, keychain. Each command is a process of its own.
pub struct Sandglass {
    home: PathBuf,
    env: Vec<(String, String)>,
    /// Gone with this value, where no folder was named.
    _folder: Option<TempDir>,
}

impl Sandglass {
    /// With a fresh data folder, on this bus.
    pub fn on(bus: &PrivateBus) -> Self {
        let folder = fresh_folder();
        Self {
            home: folder.path().join("home"),
            env: bus.env(),
            _folder: Some(folder),
        }
    }

    /// With this data folder, on this bus.
    pub fn at(home: &Path, bus: &PrivateBus) -> Self {
        Self {
            home: home.to_owned(),
            env: bus.env(),
            _folder: None,
        }
    }

    /// `SANDGLASS_HOME`.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// For every command from now on.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Runs a command with `--json` to its end.
    pub fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Output {
        self.spawn(arguments).finish(DEADLINE)
    }

    /// [`Sandglass::run`], with text on its standard input: `connect --key-stdin`, `sign-in --mfa-code-stdin`.
    pub fn run_with_input(&self, arguments: &[impl AsRef<OsStr>], input: &str) -> Output {
        self.start(arguments, input).finish(DEADLINE)
    }

    /// Saves the destination and its key.
    pub fn connect(&self, destination: &Destination) -> Output {
        let arguments = [
            vec!["connect".to_owned(), "--key-stdin".to_owned()],
            destination.arguments(),
        ]
        .concat();
        self.run_with_input(&arguments, &destination.key_lines())
    }

    /// Starts a command with `--json` and leaves it running.
    pub fn spawn(&self, arguments: &[impl AsRef<OsStr>]) -> Running {
        self.start(arguments, "")
    }

    /// [`Sandglass::spawn`], with text on its standard input.
    pub fn spawn_with_input(&self, arguments: &[impl AsRef<OsStr>], input: &str) -> Running {
        self.start(arguments, input)
    }

    /// Starts `sandglass sandbox`; gives its destination under this name.
    pub fn sandbox(&self, name: &str, options: &[&str]) -> (Running, Destination) {
        let mut running = self.spawn(&[&["sandbox"], options].concat());
        let printed = running.wait_for("the sandbox prints its account", DEADLINE, |line| {
            line["endpoint"].is_string()
        });
        (running, Destination::of_sandbox(name, &printed))
    }

    /// To a program that calls the command line: this person's data folder and keychain, and nobody's AWS account.
    pub fn give_to(&self, command: &mut Command) {
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_"))
        {
            command.env_remove(name);
        }
        command
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .envs(self.env.iter().cloned());
        command.env("SANDGLASS_HOME", &self.home);
    }

    fn start(&self, arguments: &[impl AsRef<OsStr>], input: &str) -> Running {
        let mut command = Command::new(built("sandglass"));
        command.args(arguments).arg("--json");
        self.give_to(&mut command);
        Running::start(
            command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped()),
            input,
        )
    }
}

/// A command that runs; killed when this goes away.
pub struct Running {
    process: Leash,
    shown: String,
    lines: Receiver<String>,
    stderr: Option<JoinHandle<String>>,
    objects: Vec<Value>,
}

impl Running {
    fn start(command: &mut Command, input: &str) -> Self {
        let shown = command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join(" ");
        let mut process = Leash::start(command);
        let child = process.child();
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut stderr = child.stderr.take().expect("stderr is piped");
        // A command that reads nothing may have closed its end.
        let _ = stdin.write_all(input.as_bytes());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            BufReader::new(stdout)
                .lines()
                .map_while(Result::ok)
                .all(|line| sender.send(line).is_ok())
        });
        let stderr = std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = stderr.read_to_end(&mut said);
            String::from_utf8_lossy(&said).into_owned()
        });
        Self {
            process,
            shown,
            lines,
            stderr: Some(stderr),
            objects: Vec::new(),
        }
    }

    /// Waits for a printed object that `is_it`; those before it count too.
    #[track_caller]
    pub fn wait_for(
        &mut self,
        what: &str,
        deadline: Duration,
        is_it: impl Fn(&Value) -> bool,
    ) -> Value {
        let mut looked_at = 0;
        until(what, deadline, || {
            self.take_lines();
            let found = self.objects[looked_at..]
                .iter()
                .find(|object| is_it(object))
                .cloned();
            looked_at = self.objects.len();
            if found.is_none() {
                self.assert_runs(what);
            }
            found
        })
    }

    /// What it printed so far.
    pub fn objects(&mut self) -> &[Value] {
        self.take_lines();
        &self.objects
    }

    /// Its pid.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// It has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.process.ended().is_some()
    }

    /// As `kill -9`, in the middle of whatever it does.
    pub fn kill_9(mut self) {
        self.process.kill_9();
    }

    /// Waits for its own end.
    #[track_caller]
    pub fn finish(mut self, deadline: Duration) -> Output {
        let what = format!("`sandglass {}` ends", self.shown);
        let status = until(&what, deadline, || {
            self.take_lines();
            self.process.ended()
        });
        // The pipe outlives the process until its last line is taken.
        let rest: Vec<Value> = self.lines.iter().map(|line| parse(&line)).collect();
        self.objects.extend(rest);
        Output {
            shown: self.shown.clone(),
            code: status.code(),
            stderr: self.take_stderr(),
            objects: self.objects,
        }
    }

    #[track_caller]
    fn assert_runs(&mut self, what: &str) {
        if let Some(status) = self.process.ended() {
            let said = self.take_stderr();
            panic!(
                "{what}: but `sandglass {}` ended with {status}\n{:#?}\n{said}",
                self.shown, self.objects
            );
        }
    }

    fn take_lines(&mut self) {
        self.objects
            .extend(self.lines.try_iter().map(|line| parse(&line)));
    }

    fn take_stderr(&mut self) -> String {
        self.stderr
            .take()
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default()
    }
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line)
        .unwrap_or_else(|error| panic!("with --json this line was printed ({error}): {line}"))
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Output {
    /// The arguments.
    pub shown: String,
    /// Exit code; nothing when a signal ended it.
    pub code: Option<i32>,
    /// The objects on standard output, one a line.
    pub objects: Vec<Value>,
    /// Sentences for a person.
    pub stderr: String,
}

impl Output {
    /// Panics with everything that was said unless it exited with `code`.
    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "often the exit code is all that is asked"
    )]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "`sandglass {}`\n{:#?}\n{}",
            self.shown,
            self.objects,
            self.stderr
        );
        self
    }

    /// The row of this key.
    #[track_caller]
    pub fn row(&self, key: &str) -> &Value {
        let row = self.objects.iter().find(|row| row["key"] == key);
        row.unwrap_or_else(|| panic!("no row {key} in {:#?}", self.objects))
    }

    /// The keys of all rows in this state, sorted.
    pub fn keys_in(&self, state: &str) -> Vec<&str> {
        let rows = self.objects.iter().filter(|row| row["state"] == state);
        let mut keys: Vec<&str> = rows.filter_map(|row| row["key"].as_str()).collect();
        keys.sort_unstable();
        keys
    }

    /// The code of the failed command.
    pub fn failure_code(&self) -> Option<&str> {
        self.objects
            .iter()
            .find_map(|object| object["failure"]["code"].as_str())
    }
}
