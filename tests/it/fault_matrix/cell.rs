//! One cell of the table: a person of its own, a line of its own, a folder of its own in a bucket that all share.

use std::path::PathBuf;
use std::time::Instant;

use sandbox::Operation;
use testkit::fault_line::{Fault, FaultLine, Received};
use testkit::files::big_file;
use testkit::sandglass::{Output, Sandglass};

use super::{OTHER_REGION, Outcome, SHORT_SESSION, Wrong};
use crate::person::{PART, Person};
use crate::server::{Server, Setup, Which};

/// One PUT, with a body that does not go out in one piece.
const SMALL: usize = 300_000;
/// Two parts.
const BIG: usize = PART + 100_000;
const OTHERS: (&str, &[u8]) = ("others/grain.txt", b"somebody else's");

pub(super) struct Cell {
    pub(super) wrong: Wrong,
    pub(super) times: u64,
    pub(super) operation: Operation,
    pub(super) outcome: Outcome,
    pub(super) most_part_requests: usize,
}

/// What the cells share.
pub(super) struct Stage {
    server: Server,
    /// Its sessions end soon. SeaweedFS tells no cell that needs it.
    soon_ending: Option<Server>,
    /// With the keychain and the two files.
    person: Person,
    small: PathBuf,
    big: PathBuf,
}

impl Stage {
    pub(super) fn set(which: Which) -> Self {
        let anywhere = Setup {
            takes_any_region: true,
            ..Setup::default()
        };
        let server = Server::start_with(which, anywhere);
        server.store(OTHERS.0, OTHERS.1);
        let soon_ending = (which == Which::Sandbox).then(|| {
            let setup = Setup {
                session_seconds: Some(SHORT_SESSION),
                ..anywhere
            };
            Server::start_with(which, setup)
        });
        let person = Person::new();
        Self {
            server,
            soon_ending,
            small: big_file(&person.folder().join("grain.raw"), SMALL, 3),
            big: big_file(&person.folder().join("dunes.raw"), BIG, 7),
            person,
        }
    }

    fn server_for(&self, wrong: Wrong) -> &Server {
        match &self.soon_ending {
            Some(server) if wrong == Wrong::UnnamedAfterTheEnd => server,
            _ => &self.server,
        }
    }

    pub(super) fn assert_nothing_of_others_changed(&self) {
        assert_eq!(self.server.object(OTHERS.0), OTHERS.1);
    }
}

impl Cell {
    fn name(&self) -> String {
        format!("{:?}-{:?}", self.operation, self.wrong)
    }

    /// What is not as the table says.
    pub(super) fn told_on(&self, stage: &Stage) -> Result<(), String> {
        let begun = Instant::now();
        let trial = Trial::prepare(self, stage);
        let said = trial.put();
        let told = trial.judge(&said).and_then(|()| trial.look_at_requests());
        told.map_err(|what| {
            let row = said.objects.iter().find(|row| row["key"] == *trial.key);
            let shown = row.map_or_else(String::new, |row| {
                format!(
                    ": {} {} proof {}",
                    row["state"], row["failure"]["code"], row["proof"]
                )
            });
            format!(
                "{}: {:?} wanted, but {what}; exit {:?}{shown}, after {:.1} s",
                self.name(),
                self.outcome,
                said.code,
                begun.elapsed().as_secs_f32()
            )
        })
    }
}

struct Trial<'a> {
    cell: &'a Cell,
    server: &'a Server,
    line: FaultLine,
    sandglass: Sandglass,
    dropped: &'a PathBuf,
    key: String,
}

impl<'a> Trial<'a> {
    fn prepare(cell: &'a Cell, stage: &'a Stage) -> Self {
        let server = stage.server_for(cell.wrong);
        let (line, destination) = server.behind_a_fault_line();
        let sandglass = Sandglass::on(&stage.person.bus);
        sandglass.connect(&destination).expect_code(0);
        line.next(cell.operation, cell.times, cell.wrong.fault());
        if cell.operation == Operation::AbortMultipartUpload {
            let invalid = Fault::error(400, "InvalidPart");
            line.next(Operation::CompleteMultipartUpload, 1, invalid);
        }
        let (dropped, name) = if cell.operation == Operation::PutObject {
            (&stage.small, "grain.raw")
        } else {
            (&stage.big, "dunes.raw")
        };
        Self {
            cell,
            server,
            line,
            sandglass,
            dropped,
            key: format!("{}/{name}", cell.name()),
        }
    }

    fn put(&self) -> Output {
        let folder = self.cell.name();
        let dropped = self.dropped.display().to_string();
        self.sandglass.run(&["put", "--to", &folder, &dropped])
    }

    fn judge(&self, said: &Output) -> Result<(), String> {
        match self.cell.outcome {
            Outcome::Stored => self.is_stored(said, "checksum"),
            Outcome::ByETag => self.is_stored(said, "etag"),
            Outcome::SignIn => {
                self.row_is(said, 3, "waiting_for_sign_in")?;
                let resumed = self.sandglass.run(&["resume"]);
                self.is_stored(&resumed, "checksum")
                    .map_err(|what| format!("after `resume` {what}"))
            }
            Outcome::Elsewhere => {
                self.is_stored(said, "checksum")?;
                self.goes_on_in_the_other_region()
            }
            Outcome::NotUnderstood if said.code == Some(0) => self.is_stored(said, "checksum"),
            Outcome::NotUnderstood => {
                self.row_is(said, 1, "failed")?;
                let row = said.row(&self.key);
                right(
                    row["failure"]["code"] == "answerNotUnderstood",
                    "another failure",
                )?;
                right(!self.is_there(), "the object is there")
            }
        }
    }

    fn row_is(&self, said: &Output, exit: i32, state: &str) -> Result<(), String> {
        right(said.code == Some(exit), &format!("exit is not {exit}"))?;
        let is_in_state = said.keys_in(state) == [self.key.as_str()];
        right(is_in_state, &format!("not {state}"))
    }

    fn is_stored(&self, said: &Output, proof: &str) -> Result<(), String> {
        self.row_is(said, 0, "stored")?;
        right(self.is_there(), "the object is not there")?;
        let read = std::fs::read(self.dropped).expect("a test reads its file");
        right(
            self.server.object(&self.key) == read,
            "other bytes are there",
        )?;
        right(said.row(&self.key)["proof"] == proof, "by another proof")
    }

    fn is_there(&self) -> bool {
        self.server.keys().contains(&self.key)
    }

    fn goes_on_in_the_other_region(&self) -> Result<(), String> {
        let received = self.line.received();
        let last = received.last().and_then(|last| last.region.as_deref());
        right(last == Some(OTHER_REGION), "the region stayed")
    }

    /// The invariants of every cell.
    fn look_at_requests(&self) -> Result<(), String> {
        let received = self.line.received();
        right(self.line.met() > 0, "the fault was not met")?;
        let is_storing = |request: &&Received| {
            let operations = [Operation::PutObject, Operation::CompleteMultipartUpload];
            operations.contains(&request.operation) && request.status == Some(200)
        };
        let stored = received.iter().filter(is_storing).count();
        right(stored <= 1, &format!("it was stored {stored} times"))?;
        let again = self.line.parts_sent_again();
        right(
            again.is_empty(),
            &format!("confirmed parts came again: {again:?}"),
        )?;
        let parts = self.line.requests_of(Operation::UploadPart);
        right(
            parts <= self.cell.most_part_requests,
            &format!("{parts} requests sent parts"),
        )
    }
}

fn right(is_right: bool, what: &str) -> Result<(), String> {
    is_right.then_some(()).ok_or_else(|| what.to_owned())
}
