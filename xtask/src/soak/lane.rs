//! A lane: one destination behind one line, and the uploads that go there until nothing waits any more.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::chance::Chance;
use super::ground::{Account, Ground, look};
use super::line::Line;
use crate::run::{Result, Stop, answer};

const PAUSE: Duration = Duration::from_millis(300);
/// Names of keys that are kept for the report.
const NAMES_KEPT: usize = 20;

/// One destination, and everything that goes there.
pub(super) struct Lane {
    pub(super) name: &'static str,
    pub(super) account: Account,
    pub(super) line: Line,
    tally: Mutex<Tally>,
    running: Mutex<Option<Arc<Mutex<Child>>>>,
    /// Stuck: it goes on no more.
    is_given_up: AtomicBool,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) runs: u64,
    /// Runs that ended because the session did, or could not begin.
    pub(super) sessions_ended: u64,
    pub(super) killed: u64,
    pub(super) interrupted: u64,
    /// Runs that ended with 1.
    pub(super) with_failures: u64,
    /// Rows that said that they are stored; those of a killed process may not have come to it.
    pub(super) rows_stored: u64,
    /// Codes of failures, of rows and of runs.
    pub(super) codes: BTreeMap<String, u64>,
    pub(super) notes: BTreeMap<String, u64>,
    /// Compared byte by byte.
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) wrong: u64,
    pub(super) wrong_names: Vec<String>,
    pub(super) rounds: u64,
}

impl Lane {
    pub(super) fn new(name: &'static str, account: Account, line: Line) -> Self {
        Self {
            name,
            account,
            line,
            tally: Mutex::default(),
            running: Mutex::default(),
            is_given_up: AtomicBool::new(false),
        }
    }

    pub(super) fn tally(&self) -> Tally {
        self.told().clone()
    }

    fn told(&self) -> MutexGuard<'_, Tally> {
        lock(&self.tally)
    }

    /// The process that runs now.
    pub(super) fn pid(&self) -> Option<u32> {
        lock(&self.running).as_ref().map(|child| lock(child).id())
    }

    /// As Ctrl-C does.
    pub(super) fn interrupt(&self) -> Result {
        let Some(child) = lock(&self.running).clone() else {
            return Ok(());
        };
        let mut child = lock(&child);
        if matches!(child.try_wait(), Ok(None)) {
            let pid = child.id().to_string();
            let status = Command::new("kill").args(["-INT", &pid]).status();
            status.map(drop).map_err(Stop::because("kill"))?;
        }
        Ok(())
    }

    /// Ends what runs and starts nothing more.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::SeqCst);
        if let Some(child) = &*lock(&self.running) {
            let _ = lock(child).kill();
        }
    }

    /// Drops the folder and comes back when every row has ended.
    pub(super) fn upload(
        &self,
        ground: &Ground,
        folder: &Path,
        limit: Option<u64>,
        chance: &mut Chance,
        is_killed_at_times: bool,
    ) -> Result {
        let before = self.drops(ground)?;
        let mut exit = None;
        // Without a session no drop begins.
        while self.drops(ground)? == before {
            let mut put = ground.sandglass(&["--json", "put", "-d", self.name]);
            if let Some(limit) = limit {
                put.args(["--limit", &limit.to_string()]);
            }
            exit = self.run(
                put.arg(folder),
                ground,
                killed_after(chance, is_killed_at_times),
            )?;
            thread::sleep(PAUSE);
        }
        while !matches!(exit, Some(0 | 1)) || self.waits(ground)? {
            let mut resume = ground.sandglass(&["--json", "resume", "-d", self.name]);
            exit = self.run(
                &mut resume,
                ground,
                killed_after(chance, is_killed_at_times),
            )?;
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Compares what is stored under the folder's name with its files, and says so in the tally.
    pub(super) fn compare(&self, folder: &Path, forgets: bool) -> Result {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!("{name}/");
        let bucket = &self.account.folder;
        let told = look(&[Path::new("compare"), bucket, folder, Path::new(&prefix)])?;
        if self.count_compared(&told, &prefix) > 0 {
            // It stays to be looked at.
            return Ok(());
        }
        if forgets {
            look(&[Path::new("forget"), bucket, Path::new(&prefix)])?;
            fs::remove_dir_all(folder).map_err(Stop::because(folder.display()))?;
        }
        Ok(())
    }

    /// How many were wrong.
    fn count_compared(&self, told: &Value, prefix: &str) -> u64 {
        let number = |name: &str| told[name].as_u64().unwrap_or_default();
        let mut wrong = Vec::new();
        for what in ["missing", "differing"] {
            let keys = told[what].as_array().map_or(&[][..], Vec::as_slice);
            wrong.extend(keys.iter().map(|key| format!("{what}: {key}")));
        }
        let differing = wrong.len() as u64;
        if number("objects") > number("files") + differing {
            wrong.push(format!("more objects than files: {prefix}"));
        }
        let mut tally = self.told();
        tally.rounds += 1;
        tally.files += number("files");
        tally.bytes += number("bytes");
        let count = wrong.len() as u64;
        tally.wrong += count;
        let room = NAMES_KEPT.saturating_sub(tally.wrong_names.len());
        tally.wrong_names.extend(wrong.into_iter().take(room));
        count
    }

    fn drops(&self, ground: &Ground) -> Result<usize> {
        let mut command = ground.sandglass(&["--json", "drops", "-d", self.name]);
        let missing = || Stop("sandglass drops failed".to_owned());
        answer(&mut command)
            .ok_or_else(missing)
            .map(|told| told.lines().count())
    }

    fn waits(&self, ground: &Ground) -> Result<bool> {
        let told = answer(&mut ground.sandglass(&["--json", "status"]))
            .ok_or_else(|| Stop("sandglass status failed".to_owned()))?;
        let own = told
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|object| object["kind"] == "destination" && object["name"] == self.name);
        Ok(own.is_none_or(|own| own["waiting_rows"] != 0))
    }

    /// To its end; its exit code, or none when it was killed.
    fn run(
        &self,
        command: &mut Command,
        ground: &Ground,
        killed_after: Option<Duration>,
    ) -> Result<Option<i32>> {
        if self.is_given_up.load(Ordering::SeqCst) {
            return Err(Stop(format!("{} is stuck", self.name)));
        }
        let errors = File::options()
            .create(true)
            .append(true)
            .open(ground.folder().join(format!("{}.log", self.name)))
            .map_err(Stop::because(self.name))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(Stop::because("sandglass"))?;
        let stdout = child.stdout.take();
        let child = Arc::new(Mutex::new(child));
        *lock(&self.running) = Some(Arc::clone(&child));
        if let Some(long) = killed_after {
            kill_after(Arc::clone(&child), long);
        }
        if let Some(stdout) = stdout {
            for line in BufReader::new(stdout)
                .lines()
                .map_while(std::result::Result::ok)
            {
                self.hear(&line);
            }
        }
        let status = lock(&child).wait().map_err(Stop::because("sandglass"))?;
        *lock(&self.running) = None;
        self.count(status.code())?;
        Ok(status.code())
    }

    fn count(&self, exit: Option<i32>) -> Result {
        let mut tally = self.told();
        tally.runs += 1;
        match exit {
            None => tally.killed += 1,
            Some(0) => {}
            Some(1) => tally.with_failures += 1,
            Some(3) => tally.sessions_ended += 1,
            Some(130) => tally.interrupted += 1,
            Some(other) => return Err(Stop(format!("sandglass ended with {other}"))),
        }
        Ok(())
    }

    fn hear(&self, line: &str) {
        let Ok(told) = serde_json::from_str::<Value>(line) else {
            return;
        };
        let mut tally = self.told();
        if told["state"] == "stored" {
            tally.rows_stored += 1;
        }
        if let Some(code) = told["failure"]["code"].as_str() {
            *tally.codes.entry(code.to_owned()).or_default() += 1;
        }
        if let Some(note) = told["note"].as_str() {
            *tally.notes.entry(note.to_owned()).or_default() += 1;
        }
    }
}

/// One run in four is killed.
fn killed_after(chance: &mut Chance, is_killed_at_times: bool) -> Option<Duration> {
    (is_killed_at_times && chance.one_in(4)).then(|| chance.millis(50, 8_000))
}

/// With SIGKILL, in the middle of whatever it does then.
fn kill_after(child: Arc<Mutex<Child>>, long: Duration) {
    thread::spawn(move || {
        thread::sleep(long);
        // One that has ended was waited for, and is not signalled.
        let _ = lock(&child).kill();
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
