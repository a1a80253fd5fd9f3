//! A day of short sessions: each ends under way, on a line where things go wrong, and somebody drops the next files as soon as the last
//! ones are gone.
//!
//! The sandbox's sessions tell a minute and end after a second, so that a day of them passes within an hour. So it is the server who
//! ends them, under way; whoever sits there signs in again each time, as `put` and `resume` do.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sandbox::{Fault, Operation};
use testkit::dice::Dice;
use testkit::files::{big_file, expected, write};

use crate::person::{MIB, PART, Person, put};
use crate::server::Server;

/// A session, in the seconds that it tells; so many of them pass within one.
const SESSION: u64 = 60;
const PACE: u32 = 60;
/// A day has so many of them.
const DAY: u64 = 24 * 60 * 60 / SESSION;
/// Bytes a second: a big file takes some sessions.
const LINE: u64 = 6_000_000;

struct Day {
    server: Server,
    person: Person,
    dice: Dice,
    sessions: u64,
    /// Of these, those that ended before everything was through.
    cut_short: u64,
    dropped: Vec<PathBuf>,
}

impl Day {
    fn begin(dice: Dice) -> Self {
        let server = Server::sandbox_with(|options| {
            options.session_seconds = Some(SESSION);
            options.session_pace = PACE;
        });
        let person = Person::connected_to(&server.destination());
        Self {
            server,
            person,
            dice,
            sessions: 0,
            cut_short: 0,
            dropped: Vec::new(),
        }
    }

    /// The next files to drop; in every eighth folder a big one.
    fn next_folder(&mut self, small: usize) -> PathBuf {
        let number = self.dropped.len();
        let folder = self.person.folder().join(format!("{number:04}"));
        for grain in 0..small {
            let path = folder.join(format!("{grain:03} 砂.txt"));
            write(&path, format!("{number}, {grain}").as_bytes());
        }
        if number.is_multiple_of(8) {
            big_file(&folder.join("dunes.raw"), 2 * PART + MIB, number as u64);
        }
        self.dropped.push(folder.clone());
        folder
    }

    /// What goes wrong within the next session, each once.
    fn change_weather(&mut self) {
        let wrong = [
            Fault::LoseAnswer,
            Fault::fail(503, "SlowDown"),
            Fault::fail(500, "InternalError"),
            Fault::Cut { after_bytes: 3 },
            Fault::Delay(Duration::from_millis(200)),
        ];
        let faults = self.server.faults();
        faults.clear();
        faults.set_bandwidth(Some(LINE));
        for (operation, requests) in [
            (Operation::PutObject, 200),
            (Operation::UploadPart, 6),
            (Operation::CompleteMultipartUpload, 2),
            (Operation::ListObjectsV2, 4),
        ] {
            let after = self.dice.below(requests);
            if let Some(fault) = self.dice.pick(&wrong) {
                faults.next_after(operation, after, 1, fault.clone());
            }
        }
    }

    /// One sign-in, and what is sent until its session ends. True: nothing is left.
    fn session(&mut self, words: &[String]) -> bool {
        self.change_weather();
        self.sessions += 1;
        let output = self.person.sandglass.run(words);
        match output.code {
            Some(0) => true,
            Some(3) => {
                self.cut_short += 1;
                false
            }
            // Neither through nor waiting for a sign-in.
            _ => panic!(
                "session {}: {:?} {}",
                self.sessions, output.code, output.stderr
            ),
        }
    }

    /// A session that brings files, and as many after it as these take. Taking over some ten thousand rows that wait needs longer than
    /// such a session has, so nobody drops more before they are gone.
    fn pass(&mut self, folders: usize, small: usize) {
        for _ in 0..folders {
            let folder = self.next_folder(small);
            self.session(&put(&[], &[&folder]));
            while !self.session(&resume()) {}
        }
    }

    fn assert_all_is_there(&self) {
        let wanted = expected(&self.dropped, "");
        assert_eq!(self.server.keys().len(), wanted.len(), "one object a file");
        for (key, bytes) in &wanted {
            assert!(self.server.object(key) == *bytes, "{key} is another");
        }
        self.server.assert_no_part_was_sent_again();
    }
}

fn resume() -> Vec<String> {
    vec!["resume".to_owned()]
}

#[test]
fn session_after_session_that_ends_under_way_loses_nothing() {
    let mut day = Day::begin(Dice::fresh());
    day.pass(6, 300);
    assert!(day.cut_short >= 3, "{} of {}", day.cut_short, day.sessions);
    day.assert_all_is_there();
}

/// Run by `cargo xtask soak --day`; what it printed stands in `docs/performance.md`.
#[test]
#[ignore = "takes up to an hour"]
fn a_day_of_sessions_of_a_minute_loses_none_of_two_hundred_thousand_files() {
    let mut day = Day::begin(Dice::fresh());
    let begun = Instant::now();
    let folders = usize::try_from(DAY / 2).expect("small");
    day.pass(folders, 280);
    let took = begun.elapsed().as_secs();
    let files = day.server.keys().len();
    println!(
        "{files} files in {} sessions of a minute, {} of them cut short, {took} s",
        day.sessions, day.cut_short
    );
    day.assert_all_is_there();
    assert!(files >= 200_000 && day.sessions >= DAY, "that was a day");
    assert!(day.cut_short >= DAY / 4, "{} were cut short", day.cut_short);
}
