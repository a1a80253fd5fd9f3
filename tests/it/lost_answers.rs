//! Stored or not? An answer that never came is decided by evidence, and a stranger's object is never called ours.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use sandbox::Operation;
use testkit::destination::Destination;
use testkit::fault_line::{Fault, FaultLine, Silent};
use testkit::files::{Objects, assert_same, big_file, expected};
use testkit::sandglass::Output;
use testkit::wait::until;

use crate::person::{PART, Person, SOON, put};
use crate::server::{Server, Setup, Which};

on_both_servers! {
    where_listing_is_denied_the_person_is_asked
    where_encryption_hides_the_etag_the_person_is_asked
    a_strangers_object_of_the_same_size_is_never_called_ours
    the_same_bytes_that_were_there_before_stay_a_conflict
    after_kill_9_between_the_store_and_its_answer_nothing_is_sent_again
    what_the_server_does_not_tell_is_said_in_the_receipt
}

/// The request that makes the object, of a small file and of one in two parts.
const STORING: [(Size, Operation); 2] = [
    (Size::Small, Operation::PutObject),
    (Size::Big, Operation::CompleteMultipartUpload),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Small,
    Big,
}

const KEY: &str = "dunes.raw";

struct Trial {
    person: Person,
    line: FaultLine,
    server: Server,
    dropped: PathBuf,
}

impl Trial {
    fn of(size: Size, which: Which) -> Self {
        Self::with(size, which, Setup::default())
    }

    fn with(size: Size, which: Which, setup: Setup) -> Self {
        let server = Server::start_with(which, setup);
        let (line, destination): (FaultLine, Destination) = server.behind_a_fault_line();
        let person = Person::connected_to(&destination);
        let bytes = match size {
            Size::Small => 300_000,
            Size::Big => PART + 100_000,
        };
        let dropped = big_file(&person.folder().join(KEY), bytes, 7);
        Self {
            person,
            line,
            server,
            dropped,
        }
    }

    fn put(&self) -> Output {
        self.person.sandglass.run(&put(&[], &[&self.dropped]))
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.dropped).expect("a test reads its file")
    }

    #[track_caller]
    fn assert_arrived(&self) {
        assert_same(&self.server.objects(), &expected(&[&self.dropped], ""));
    }

    #[track_caller]
    fn assert_conflict(said: &Output) {
        let row = said.row(KEY);
        assert_eq!(row["state"], "conflict", "{row}");
    }

    #[track_caller]
    fn assert_asks(said: &Output, code: &str) {
        Self::assert_conflict(said);
        let row = said.row(KEY);
        assert_eq!(row["failure"]["code"], code, "{row}");
    }
}

fn where_listing_is_denied_the_person_is_asked(which: Which) {
    let setup = Setup {
        is_as_published: true,
        ..Setup::default()
    };
    for (size, operation) in STORING {
        let trial = Trial::with(size, which, setup);
        trial.line.next(operation, 1, Fault::LoseAnswer);
        let said = trial.put().expect_code(1);
        Trial::assert_asks(&said, "maybeStored");
        trial.assert_arrived();
        let replace = put(&["--on-conflict", "replace"], &[&trial.dropped]);
        trial.person.sandglass.run(&replace).expect_code(0);
        trial.assert_arrived();
    }
}

/// With an ETag that nobody can compute, our own object looks like a stranger's of the same size.
fn where_encryption_hides_the_etag_the_person_is_asked(which: Which) {
    for (size, operation) in STORING {
        let trial = Trial::of(size, which);
        trial.line.keep(Silent::OnListedEtags);
        trial.line.next(operation, 1, Fault::LoseAnswer);
        let said = trial.put().expect_code(1);
        Trial::assert_conflict(&said);
        trial.assert_arrived();
    }
}

/// Somebody stores other bytes under the key while the server is away and our own request never came to it.
fn a_strangers_object_of_the_same_size_is_never_called_ours(which: Which) {
    for (size, operation) in STORING {
        let trial = Trial::of(size, which);
        trial
            .line
            .next(operation, 1, Fault::RefuseFor(Duration::MAX));
        let putting = trial.person.sandglass.spawn(&put(&[], &[&trial.dropped]));
        until("our request is lost", SOON, || {
            (trial.line.met() == 1).then_some(())
        });
        let mut theirs = trial.bytes();
        theirs[0] ^= 1;
        trial.server.store(KEY, &theirs);
        trial.line.refuse_connections(false);
        let said = putting.finish(SOON).expect_code(1);
        Trial::assert_conflict(&said);
        let only_theirs = Objects::from([(KEY.to_owned(), theirs)]);
        assert_same(&trial.server.objects(), &only_theirs);
    }
}

/// Who dropped the file expects it to be new there. A lost refusal changes nothing about that.
fn the_same_bytes_that_were_there_before_stay_a_conflict(which: Which) {
    let trial = Trial::of(Size::Small, which);
    trial.server.store(KEY, &trial.bytes());
    let stored_at = SystemTime::now();
    // Listings tell whole seconds.
    until("the object is older than the drop", SOON, || {
        let age = stored_at.elapsed().unwrap_or_default();
        (age > Duration::from_secs(3)).then_some(())
    });
    let said = trial.put().expect_code(1);
    Trial::assert_asks(&said, "alreadyInBucket");
    let lost = Fault::LoseAnswer;
    trial.line.next(Operation::PutObject, 1, lost);
    let said = trial.put().expect_code(1);
    Trial::assert_conflict(&said);
    trial.assert_arrived();
}

fn after_kill_9_between_the_store_and_its_answer_nothing_is_sent_again(which: Which) {
    for (size, operation) in STORING {
        let trial = Trial::of(size, which);
        let held = Fault::HoldAnswer(Duration::MAX);
        trial.line.next(operation, 1, held);
        let putting = trial.person.sandglass.spawn(&put(&[], &[&trial.dropped]));
        until("it is stored and nobody knows", SOON, || {
            (trial.line.held() == 1).then_some(())
        });
        let what = "the ledger knows the row";
        until(what, SOON, || trial.person.waiting_row(KEY));
        let sent = |line: &FaultLine| {
            line.requests_of(Operation::PutObject) + line.requests_of(Operation::UploadPart)
        };
        let before = sent(&trial.line);
        putting.kill_9();
        trial.assert_arrived();
        let resumed = trial.person.sandglass.run(&["resume"]).expect_code(0);
        let row = resumed.row(KEY);
        assert_eq!(row["state"], "stored", "{row}");
        assert_eq!(row["proof"], "etag", "{row}");
        assert_eq!(sent(&trial.line), before, "nothing is sent again");
        trial.assert_arrived();
    }
}

fn what_the_server_does_not_tell_is_said_in_the_receipt(which: Which) {
    for (size, _) in STORING {
        let trial = Trial::of(size, which);
        trial.line.keep(Silent::OnChecksums);
        if size == Size::Big {
            trial.line.keep(Silent::OnCompletedEtags);
        }
        let said = trial.put().expect_code(0);
        let row = said.row(KEY);
        assert_eq!(row["state"], "stored", "{row}");
        let proof = row["proof"].as_str();
        assert!(matches!(proof, Some("etag" | "notReported")), "{row}");
        trial.assert_arrived();
    }
}
