//! Fifty times `kill -9`, each at a random moment of a `put` or a `resume`: no file is lost, none is stored twice, and no
//! part is sent again that the ledger knows.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sandbox::{Operation, ReceivedPart};
use serde_json::Value;
use testkit::dice::Dice;
use testkit::files::{Objects, assert_same, big_file, expected, write};
use testkit::sandglass::Running;
use testkit::wait::until;

use crate::person::{MIB, PART, Person, SOON, put};
use crate::server::Server;

const KILLS: u64 = 50;
/// Side by side.
const PERSONS: u64 = 5;
const SMALL_FILES: u32 = 200;
const PARTS: usize = 3;
/// A trip takes two or three seconds by itself.
const BYTES_PER_SECOND: u64 = 12 * MIB as u64;
const LATEST_KILL_MS: u64 = 2500;
/// Kills of one trip before it may come to its end.
const MOST_KILLS_OF_A_TRIP: u64 = 5;

#[test]
fn fifty_kills_at_random_moments_lose_nothing_and_send_nothing_known_again() {
    let dice = Dice::fresh();
    std::thread::scope(|scope| {
        let persons: Vec<_> = (0..PERSONS)
            .map(|number| {
                let dice = dice.beside(number);
                scope.spawn(move || travel(dice, KILLS / PERSONS))
            })
            .collect();
        for person in persons {
            person.join().expect("every trip arrives");
        }
    });
}

/// One person's trips, until this many kills have met a living process.
fn travel(mut dice: Dice, kills: u64) {
    let server = Server::sandbox();
    server.faults().set_bandwidth(Some(BYTES_PER_SECOND));
    let person = Person::connected_to(&server.destination());
    let mut left = kills;
    let mut everything = Objects::new();
    for number in 0.. {
        if left == 0 {
            break;
        }
        let mut trip = Trip::prepare(&server, &person, number);
        let planned = left.min(1 + dice.below(MOST_KILLS_OF_A_TRIP));
        left -= trip.kill(&mut dice, planned);
        trip.arrive();
        everything.extend(expected(&[&trip.folder], ""));
    }
    assert_same(&server.objects(), &everything);
}

/// A folder on its way.
struct Trip<'a> {
    server: &'a Server,
    person: &'a Person,
    number: usize,
    folder: PathBuf,
    /// The ledger has the drop: from now on `resume` goes on.
    is_known: bool,
    /// Of the big file, as the ledger has them since the last kill.
    known_parts: usize,
    /// Requests with parts of the big file that had come by then.
    seen_parts: usize,
}

impl<'a> Trip<'a> {
    fn prepare(server: &'a Server, person: &'a Person, number: usize) -> Self {
        let folder = person.folder().join(format!("trip {number}"));
        for file in 0..SMALL_FILES {
            let path = folder.join(format!("day {}/note {file}.txt", file % 7));
            write(&path, format!("note {file} of trip {number}\n").as_bytes());
        }
        big_file(&folder.join("dunes.raw"), PARTS * PART, number as u64);
        Self {
            server,
            person,
            number,
            folder,
            is_known: false,
            known_parts: 0,
            seen_parts: 0,
        }
    }

    fn big_key(&self) -> String {
        format!("trip {}/dunes.raw", self.number)
    }

    fn begin(&self) -> Running {
        let sandglass = &self.person.sandglass;
        if self.is_known {
            sandglass.spawn(&["resume"])
        } else {
            sandglass.spawn(&put(&[], &[&self.folder]))
        }
    }

    /// How many of the kills met a living process.
    fn kill(&mut self, dice: &mut Dice, kills: u64) -> u64 {
        for kill in 0..kills {
            let mut running = self.begin();
            // The random moment itself, and no wait for anything.
            std::thread::sleep(Duration::from_millis(dice.below(LATEST_KILL_MS)));
            if running.has_ended() {
                self.assert_ended_well(running);
                return kill;
            }
            running.kill_9();
            self.look_at_the_ledger();
        }
        kills
    }

    fn assert_ended_well(&mut self, running: Running) {
        running.finish(SOON).expect_code(0);
        self.is_known = true;
        self.assert_nothing_known_came_again();
    }

    fn look_at_the_ledger(&mut self) {
        if !self.is_known {
            let drops = self.person.sandglass.run(&["drops"]).expect_code(0);
            self.is_known = drops.objects.len() > self.number;
        }
        let row = self.person.waiting_row(&self.big_key());
        self.assert_nothing_known_came_again();
        let bytes = row.map_or(0, |row| row["sent_bytes"].as_u64().expect("bytes"));
        let known = usize::try_from(bytes).expect("bytes of a file") / PART;
        let is_stored = self.server.keys().contains(&self.big_key());
        assert!(
            known >= self.known_parts || is_stored,
            "what was known is forgotten"
        );
        self.known_parts = known.max(self.known_parts);
        self.seen_parts = self.parts().len();
    }

    fn parts(&self) -> Vec<ReceivedPart> {
        let mut parts = self.server.counts().parts;
        parts.retain(|part| part.key == self.big_key());
        parts
    }

    /// Since the last kill only those parts came that the ledger did not have then.
    fn assert_nothing_known_came_again(&self) {
        let parts = self.parts();
        let came = parts.len() - self.seen_parts;
        let missing = PARTS - self.known_parts;
        assert!(
            came <= missing,
            "{came} came, {missing} were missing: {parts:?}"
        );
        assert!(
            parts
                .iter()
                .all(|part| part.upload_id == parts[0].upload_id),
            "it started again: {parts:?}"
        );
    }

    fn arrive(&mut self) {
        let running = self.begin();
        self.assert_ended_well(running);
        let prefix = format!("trip {}/", self.number);
        let keys = self.server.keys();
        let mine = keys.into_iter().filter(|key| key.starts_with(&prefix));
        let objects: Objects = mine
            .map(|key| (key.clone(), self.server.object(&key)))
            .collect();
        let dropped = expected(&[&self.folder], "");
        assert_same(&objects, &dropped);
        let status = self.person.sandglass.run(&["status"]).expect_code(0);
        assert_eq!(status.objects.len(), 1, "something is left: {status:?}");
        assert_eq!(status.objects[0]["waiting_rows"], 0);
        let receipts = receipts(self.person);
        let mut receipts: Vec<&str> = receipts
            .iter()
            .filter_map(|receipt| receipt["key"].as_str())
            .filter(|key| key.starts_with(&prefix))
            .collect();
        receipts.sort_unstable();
        let once: Vec<&str> = dropped.keys().map(String::as_str).collect();
        assert_eq!(receipts, once, "one receipt for each file");
    }
}

fn receipts(person: &Person) -> Vec<Value> {
    let file = person.folder().join("receipts.json");
    let path = file.display().to_string();
    let arguments = ["receipts", "--format", "json", "--output", &path];
    person.sandglass.run(&arguments).expect_code(0);
    let text = fs::read_to_string(&file).expect("the receipts are written");
    serde_json::from_str(&text).expect("an array")
}

/// Enough that a walk takes longer than its first requests.
const FILES_OF_A_WALK: usize = 3000;

#[test]
fn a_kill_in_the_middle_of_a_walk_loses_no_file() {
    let mut dice = Dice::fresh();
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = person.folder().join("many");
    for file in 0..FILES_OF_A_WALK {
        write(&folder.join(format!("{}/{file}", file % 30)), b"");
    }
    let drop_once =
        |number: u64, dice: &mut Dice| kill_in_a_walk(&server, &person, &folder, number, dice);
    let number = (0..20)
        .find(|number| drop_once(*number, &mut dice))
        .expect("one of twenty kills meets the walk");
    person.sandglass.run(&["resume"]).expect_code(0);
    let keys = server.keys();
    let prefix = format!("{number}/");
    let stored = keys.iter().filter(|key| key.starts_with(&prefix)).count();
    assert_eq!(stored, FILES_OF_A_WALK);
    let status = person.sandglass.run(&["status"]).expect_code(0);
    assert_eq!(status.objects[0]["waiting_rows"], 0);
}

/// True when some of its files were rows by then, and not all.
fn kill_in_a_walk(
    server: &Server,
    person: &Person,
    folder: &Path,
    number: u64,
    dice: &mut Dice,
) -> bool {
    let sign_ins = |server: &Server| server.counts().requests_of(Operation::AssumeRole);
    let before = sign_ins(server);
    let to = number.to_string();
    let putting = person.sandglass.spawn(&put(&["--to", &to], &[folder]));
    until("it signs in", SOON, || {
        (sign_ins(server) > before).then_some(())
    });
    std::thread::sleep(Duration::from_millis(dice.below(150)));
    putting.kill_9();
    let drops = person.sandglass.run(&["drops"]).expect_code(0);
    let drop = drops
        .objects
        .iter()
        .find(|drop| drop["folder"] == format!("{number}/"));
    let files = drop.and_then(|drop| drop["files"].as_u64()).unwrap_or(0);
    (1..FILES_OF_A_WALK as u64).contains(&files)
}
