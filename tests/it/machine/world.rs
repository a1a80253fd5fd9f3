//! The app, its server, the files and what strangers stored.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use app::{
    App, Clock, DestinationId, DropId, DropRequest, Home, Limits, MemoryKeychain, OnConflict,
    RowState, Surroundings, SystemClock,
};
use sandbox::{Options, Sandbox, documents};
use serde_json::json;
use tempfile::TempDir;
use testkit::dice::Dice;
use testkit::files::{Objects, big_file, write};
use testkit::place::fresh_folder;

use super::step::Step;
use super::witness::Witness;
use crate::desk::connect;
use crate::person::{MIB, PART};

/// For what must happen by itself; the longest pauses between tries are shorter.
const LONGEST: Duration = Duration::from_secs(30);
/// Milliseconds; changes are told ten times a second.
const TOLD_WITHIN: u64 = 150;

/// The computer's clock, and what was turned by hand.
struct TurnedClock(AtomicU64);

impl Clock for TurnedClock {
    fn since_boot(&self) -> Duration {
        SystemClock.since_boot() + Duration::from_secs(self.0.load(Ordering::Relaxed))
    }

    fn wall(&self) -> jiff::Timestamp {
        SystemClock.wall()
    }
}

/// A file that was dropped. Its name on disk is its own; its bytes, too.
pub(super) struct Dropped {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) bytes: Vec<u8>,
    /// *Replace* was said of it, for the row or the drop.
    pub(super) may_replace: bool,
    pub(super) drops: Vec<DropId>,
}

pub(super) struct World {
    pub(super) app: App,
    pub(super) server: Arc<Sandbox>,
    pub(super) id: DestinationId,
    pub(super) witness: Witness,
    pub(super) files: Vec<Dropped>,
    /// What strangers stored before the file of this key was dropped.
    pub(super) strangers: Objects,
    /// Answers that make a row of a drop replace what it meets.
    replacing_drops: HashSet<DropId>,
    around: Surroundings,
    clock: Arc<TurnedClock>,
    /// For a failure: what was done, in order.
    pub(super) done: Vec<String>,
    folder: TempDir,
}

/// What the role may do besides the tutorial's.
fn policy(dice: &mut Dice) -> Option<serde_json::Value> {
    let bucket = documents::BUCKET;
    match dice.below(4) {
        0 => Some(documents::published_role_policy()),
        1 => Some(json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
             "Resource": format!("arn:aws:s3:::{bucket}/*")},
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": format!("arn:aws:s3:::{bucket}")}]})),
        _ => None,
    }
}

impl World {
    pub(super) async fn new(dice: &mut Dice) -> Self {
        let folder = fresh_folder();
        let options = Options {
            role_policy: policy(dice),
            ..Options::new(folder.path().join("sandbox"))
        };
        let server = Arc::new(Sandbox::start(options).await.expect("a sandbox"));
        let clock = Arc::new(TurnedClock(AtomicU64::new(0)));
        let around = Surroundings {
            home: Home::at(&folder.path().join("home")).expect("a home"),
            keychain: Arc::new(MemoryKeychain::default()),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        };
        let app = App::open(around.clone()).expect("an app");
        let id = connect(&app, server.address()).await;
        app.sign_in(&id, None).await.expect("signed in");
        let witness = Witness::default();
        witness.listen(&app, &server);
        slow(&server);
        Self {
            app,
            server,
            id,
            witness,
            files: Vec::new(),
            strangers: Objects::new(),
            replacing_drops: HashSet::new(),
            around,
            clock,
            done: Vec::new(),
            folder,
        }
    }

    pub(super) async fn rest(&self, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    pub(super) async fn take(&mut self, step: Step, dice: &mut Dice) {
        self.done.push(format!("{step:?}"));
        if step.lets_rows_go_on() {
            self.rest(TOLD_WITHIN).await;
        }
        let app = self.app.clone();
        match step {
            Step::Drop { files, choice } => self.drop_new(files, choice, dice),
            Step::DropAgain { file, choice } => self.add(&[file], choice),
            Step::Pause(row) => app.pause_row(row),
            Step::Resume(row) => app.resume_row(row),
            Step::PauseAll => app.pause_all(&self.id),
            Step::ResumeAll => app.resume_all(&self.id),
            Step::Cancel(row) => app.cancel_row(row),
            Step::Retry(row) => app.retry_row(row),
            Step::RetryAll => app.retry_all(&self.id),
            Step::Resolve(row, choice) => {
                let name = self.witness.heard().rows[&row].name.clone();
                self.note_choice(choice, |file| file.name == name);
                app.resolve_conflict(row, choice);
            }
            Step::ResolveDrop(row, choice) => {
                let drop = self.witness.heard().rows[&row].drop;
                if choice == OnConflict::Replace {
                    self.replacing_drops.insert(drop);
                }
                self.note_choice(choice, |file| file.drops.contains(&drop));
                app.resolve_drop(row, choice);
            }
            Step::MoveToFront(row) => app.move_to_front(row),
            Step::EndSession => app.end_session(&self.id),
            // A fault may meet it; then nobody is signed in.
            Step::SignIn => drop(app.sign_in(&self.id, None).await),
            Step::ServerEndsSessions => self.server.end_all_sessions(),
            Step::TimePasses => drop(self.clock.0.fetch_add(3601, Ordering::Relaxed)),
            Step::GoesWrong {
                operation,
                times,
                fault,
            } => self.server.faults().next(operation, times, fault),
            Step::NetworkIsBack => app.network_is_back(&self.id),
            Step::ClearFinished => app.clear_finished(&self.id),
            Step::Limit(limits) => app.limit(limits),
            Step::Restart => {
                drop(app);
                self.restart().await;
            }
        }
    }

    fn note_choice(&mut self, choice: OnConflict, is_meant: impl Fn(&Dropped) -> bool) {
        if choice == OnConflict::Replace {
            for file in self.files.iter_mut().filter(|file| is_meant(file)) {
                file.may_replace = true;
            }
        }
    }

    fn drop_new(&mut self, files: u64, choice: OnConflict, dice: &mut Dice) {
        let first = self.files.len();
        for _ in 0..files {
            self.make_file(dice);
        }
        let made: Vec<usize> = (first..self.files.len()).collect();
        self.add(&made, choice);
    }

    /// A small file, seldom a big one; sometimes a stranger has its key, or the one before it is its twin.
    fn make_file(&mut self, dice: &mut Dice) {
        let number = self.files.len();
        let (name, key) = match dice.below(10) {
            // Composed, and the same decomposed: one key.
            0 => (format!("caf\u{e9} {number}"), format!("caf\u{e9} {number}")),
            1 => match self
                .files
                .last()
                .filter(|file| file.name.contains('\u{e9}'))
            {
                Some(last) => (last.name.replace('\u{e9}', "e\u{301}"), last.key.clone()),
                None => (format!("Sand {number}"), format!("Sand {number}")),
            },
            _ => (format!("note {number}.txt"), format!("note {number}.txt")),
        };
        let path = self.folder.path().join("files").join(&name);
        let bytes = if dice.chance(12) {
            let size = PART + 200_000 + usize::try_from(dice.below(PART as u64)).expect("small");
            write(&path, b"");
            big_file(&path, size, number as u64);
            std::fs::read(&path).expect("just written")
        } else {
            let bytes = format!("{name:?} {number}\n")
                .repeat(1 + number * 7)
                .into_bytes();
            write(&path, &bytes);
            bytes
        };
        let is_first = self.files.iter().all(|file| file.key != key);
        if is_first && dice.chance(20) {
            let theirs = format!("somebody else's {number}").into_bytes();
            self.server.put_object(&key, &theirs).expect("stored");
            self.strangers.insert(key.clone(), theirs);
        }
        self.files.push(Dropped {
            name,
            key,
            bytes,
            may_replace: false,
            drops: Vec::new(),
        });
    }

    fn add(&mut self, files: &[usize], on_conflict: OnConflict) {
        let folder = self.folder.path().join("files");
        let paths = files
            .iter()
            .map(|file| folder.join(&self.files[*file].name));
        let drop = self
            .app
            .add_files(DropRequest {
                destination: self.id.clone(),
                folder: None,
                paths: paths.collect(),
                on_conflict,
                rules: None,
            })
            .expect("added");
        for file in files {
            let file = &mut self.files[*file];
            file.drops.push(drop);
            file.may_replace |=
                on_conflict == OnConflict::Replace || self.replacing_drops.contains(&drop);
        }
    }

    async fn restart(&mut self) {
        self.app.settle().await.expect("written");
        let next = App::open(self.around.clone()).expect("an app");
        // The rows are free when the last of the old app has gone.
        self.app = next;
        self.witness.listen(&self.app, &self.server);
        self.adopt_all().await;
        self.app.limit(Limits::default());
    }

    /// What the old app's last tasks still held is taken over a little later.
    async fn adopt_all(&self) {
        self.until("all open rows are taken over", async || {
            self.app.adopt_rows(None);
            let open = self.app.open_rows().await.expect("readable");
            let is_open = |row: &&app::Row| {
                !matches!(
                    row.state,
                    RowState::Stored(_) | RowState::Cancelled | RowState::Skipped
                )
            };
            let heard = self.witness.heard();
            heard.rows.values().filter(is_open).count() >= open.len()
        })
        .await;
    }

    /// From now on nothing is in the way.
    pub(super) async fn heal(&mut self) {
        self.done.push("heal".to_owned());
        self.server.faults().clear();
        self.app.limit(Limits::default());
        self.app.sign_in(&self.id, None).await.expect("signed in");
        // The walks, too, that an earlier app was in the middle of.
        self.app.adopt_rows(None);
        self.app.resume_all(&self.id);
        self.app.network_is_back(&self.id);
        self.settle().await;
    }

    /// Asks once more for all that stopped.
    pub(super) async fn finish(&mut self) {
        self.done.push("finish".to_owned());
        // A choice may lead to another question, and a retry to a conflict.
        for _ in 0..3 {
            self.app.retry_all(&self.id);
            let rows: BTreeMap<_, _> = self.witness.heard().rows.clone();
            for row in rows.values() {
                if matches!(row.state, RowState::Conflict(_)) {
                    self.app.resolve_conflict(row.id, OnConflict::KeepBoth);
                }
            }
            self.settle().await;
        }
    }

    async fn settle(&self) {
        self.until("every row ends", async || {
            self.app.settle().await.expect("written");
            let heard = self.witness.heard();
            let is_planning = heard
                .totals
                .as_ref()
                .is_some_and(|totals| totals.is_planning);
            !is_planning && heard.rows.values().all(|row| row.state.is_over())
        })
        .await;
    }

    async fn until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let begun = Instant::now();
        while !is_so().await {
            assert!(begun.elapsed() < LONGEST, "{what}: never\n{}", self.story());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What was done, and how the rows are.
    pub(super) fn story(&self) -> String {
        let heard = self.witness.heard();
        let rows = heard.rows.values().map(|row| format!("{row:?}\n"));
        format!(
            "{:#?}\n{}\n{:?}",
            self.done,
            rows.collect::<String>(),
            heard.totals
        )
    }
}

/// So slow that commands meet rows on their way.
fn slow(server: &Sandbox) {
    server.faults().set_bandwidth(Some(12 * MIB as u64));
    server.faults().set_delay(Duration::from_millis(15));
}
