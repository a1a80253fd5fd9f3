//! Every operation of an upload meets every fault, over sockets: this table says how a `put` ends then.
//!
//! After each cell: the bytes are in the bucket or the row says why not, a file is stored at most once, no confirmed part is
//! sent twice, and what others stored is as it was. The cells of a server run side by side in one test; a failure names each
//! cell that is not as the table says.

mod cell;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use sandbox::Operation;
use testkit::fault_line::{Answer, Fault, FaultLine};
use testkit::sandglass::Sandglass;

use crate::person::Person;
use crate::server::{Server, Setup, Which};
use cell::{Cell, Stage};

use Operation as O;
use Outcome::{ByETag, Elsewhere, NotUnderstood, SignIn, Stored};
use Wrong as W;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// The server goes away for two seconds: its port refuses.
    Refused,
    ResetBefore,
    ResetDuring,
    ResetAfter,
    AnswerLost,
    InternalError,
    SlowDown,
    RequestTimeout,
    ExpiredToken,
    /// A 403 without a body, which comes when the session has ended.
    UnnamedAfterTheEnd,
    Skewed,
    Moved,
    /// 200, and an error in the body.
    ErrorInSuccess,
    Garbage,
    /// 200, and a portal's page.
    Page,
    /// 60 seconds without a byte, then a reset.
    Silence,
}

/// How a `put` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// In the same run, and the server told the checksum.
    Stored,
    /// In the same run; size and ETag in the listing show that the object is ours.
    ByETag,
    /// It waits for a sign-in; `resume` stores it.
    SignIn,
    /// As `Stored`; from then on, requests are signed for the region that the server named.
    Elsewhere,
    /// What was answered is not S3's: stored all the same, or failed as `answerNotUnderstood` and nothing is there.
    NotUnderstood,
}

/// The columns. A big file is looked for by ListObjectsV2 before it is sent; its upload is aborted when Complete finds a part
/// invalid, and the file starts again.
const OPERATIONS: [Operation; 6] = [
    O::ListObjectsV2,
    O::PutObject,
    O::CreateMultipartUpload,
    O::UploadPart,
    O::CompleteMultipartUpload,
    O::AbortMultipartUpload,
];

/// What goes wrong; how many requests in a row meet it; how a `put` ends when it meets that operation; how many requests at most
/// send the file's two parts when it meets UploadPart. (When it meets Abort it is four; else each part is sent once.)
#[rustfmt::skip]
const TABLE: [(Wrong, u64, [Outcome; 6], usize); 16] = [
    //                          List       Put            Create         Part           Complete       Abort
    (W::Refused,            1, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 4),
    (W::ResetBefore,        1, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 3),
    (W::ResetDuring,        1, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 3),
    (W::ResetAfter,         1, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 3),
    (W::AnswerLost,         1, [Stored,    ByETag,        Stored,        Stored,        ByETag,        Stored], 3),
    (W::InternalError,      3, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 5),
    (W::SlowDown,           3, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 5),
    (W::RequestTimeout,     3, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 5),
    (W::ExpiredToken,       1, [SignIn,    SignIn,        SignIn,        SignIn,        SignIn,        Stored], 3),
    (W::UnnamedAfterTheEnd, 1, [SignIn,    SignIn,        SignIn,        SignIn,        SignIn,        Stored], 3),
    (W::Skewed,             1, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 3),
    (W::Moved,              1, [Elsewhere, Elsewhere,     Elsewhere,     Elsewhere,     Elsewhere,     Stored], 3),
    (W::ErrorInSuccess,     1, [Stored,    NotUnderstood, NotUnderstood, NotUnderstood, Stored,        Stored], 3),
    (W::Garbage,            1, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 3),
    (W::Page,               1, [Stored,    NotUnderstood, NotUnderstood, NotUnderstood, NotUnderstood, Stored], 3),
    (W::Silence,            1, [Stored,    Stored,        Stored,        Stored,        Stored,        Stored], 3),
];

/// The cells that SeaweedFS tells too.
#[rustfmt::skip]
const ON_SEAWEEDFS: [(Operation, &[Wrong]); 6] = [
    (O::ListObjectsV2,           &[W::ResetBefore, W::AnswerLost, W::SlowDown, W::Page]),
    (O::PutObject,               &[W::Refused, W::ResetDuring, W::ResetAfter, W::AnswerLost, W::SlowDown, W::ExpiredToken, W::Page]),
    (O::CreateMultipartUpload,   &[W::ResetBefore, W::AnswerLost, W::InternalError, W::Moved]),
    (O::UploadPart,              &[W::Refused, W::ResetDuring, W::AnswerLost, W::RequestTimeout, W::ExpiredToken, W::Garbage]),
    (O::CompleteMultipartUpload, &[W::ResetBefore, W::AnswerLost, W::InternalError, W::ErrorInSuccess, W::Skewed]),
    (O::AbortMultipartUpload,    &[W::AnswerLost, W::SlowDown]),
];

/// What goes wrong with `sandglass ls`, once; its exit code; its failure.
#[rustfmt::skip]
const LISTINGS: [(Wrong, i32, Option<&str>); 14] = [
    // Whoever looks at a window wants to know soon.
    (W::Refused,        3, Some("offline")),
    (W::ResetBefore,    0, None),
    (W::ResetAfter,     0, None),
    (W::AnswerLost,     0, None),
    (W::InternalError,  0, None),
    (W::SlowDown,       0, None),
    (W::RequestTimeout, 0, None),
    (W::ExpiredToken,   3, Some("sessionEnded")),
    (W::UnnamedAfterTheEnd, 3, Some("sessionEnded")),
    (W::Skewed,         0, None),
    (W::Moved,          0, None),
    (W::ErrorInSuccess, 0, None),
    (W::Garbage,        0, None),
    (W::Page,           3, Some("answerNotUnderstood")),
];

/// Where a moved bucket is.
const OTHER_REGION: &str = "eu-central-1";
/// How long the sessions of the server for [`Wrong::UnnamedAfterTheEnd`] last, in seconds: longer than a busy machine takes to
/// upload two parts.
const SHORT_SESSION: u32 = 20;
/// Two processors compute checksums in debug builds; more cells at a time would only wait for each other.
const AT_A_TIME: usize = 6;

impl Wrong {
    fn fault(self) -> Fault {
        let session = Duration::from_secs(SHORT_SESSION.into());
        match self {
            Self::Refused => Fault::RefuseFor(Duration::from_secs(2)),
            Self::ResetBefore => Fault::ResetBefore,
            Self::ResetDuring => Fault::ResetDuring { after_bytes: 5_000 },
            Self::ResetAfter => Fault::ResetAfter,
            Self::AnswerLost => Fault::LoseAnswer,
            Self::InternalError => Fault::error(500, "InternalError"),
            Self::SlowDown => Fault::error(503, "SlowDown"),
            Self::RequestTimeout => Fault::error(400, "RequestTimeout"),
            Self::ExpiredToken => Fault::error(400, "ExpiredToken"),
            Self::UnnamedAfterTheEnd => Fault::LateAnswer(session, Answer::unnamed(403)),
            Self::Skewed => Fault::error(403, "RequestTimeTooSkewed"),
            Self::Moved => Fault::Answer(Answer::moved_to(OTHER_REGION)),
            Self::ErrorInSuccess => Fault::Answer(Answer::error_in_success("InternalError")),
            Self::Garbage => Fault::Garbage,
            Self::Page => Fault::Answer(Answer::page()),
            Self::Silence => Fault::Silence(Duration::from_mins(1)),
        }
    }

    /// Waits, and computes nothing: all such cells run side by side.
    fn is_slow(self) -> bool {
        matches!(self, Self::UnnamedAfterTheEnd | Self::Silence)
    }
}

on_both_servers! {
    each_operation_ends_as_the_table_says_whatever_goes_wrong
}

fn each_operation_ends_as_the_table_says_whatever_goes_wrong(which: Which) {
    let is_told = |cell: &Cell| match which {
        Which::Sandbox => true,
        Which::SeaweedFs => {
            let mut told = ON_SEAWEEDFS.iter();
            told.any(|(operation, wrong)| {
                *operation == cell.operation && wrong.contains(&cell.wrong)
            })
        }
    };
    let cells: Vec<Cell> = all_cells().into_iter().filter(is_told).collect();
    let stage = Stage::set(which);
    let (slow, quick): (Vec<Cell>, Vec<Cell>) =
        cells.into_iter().partition(|cell| cell.wrong.is_slow());
    let quick = Mutex::new(quick);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for cell in slow {
            let (stage, wrong) = (&stage, &wrong);
            scope.spawn(move || keep(wrong, cell.told_on(stage)));
        }
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(cell) = next(&quick) {
                    keep(&wrong, cell.told_on(&stage));
                }
            });
        }
    });
    stage.assert_nothing_of_others_changed();
    let wrong = wrong.into_inner().expect("no cell panics");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_list_ends_as_the_table_says_whatever_goes_wrong() {
    let server = Server::start_with(
        Which::Sandbox,
        Setup {
            session_seconds: Some(SHORT_SESSION),
            takes_any_region: true,
            ..Setup::default()
        },
    );
    server.store("grain.txt", b"sand");
    let person = Person::new();
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (what, exit, failure) in LISTINGS {
            let (line, destination) = server.behind_a_fault_line();
            let (person, wrong) = (&person, &wrong);
            scope.spawn(move || {
                let sandglass = Sandglass::on(&person.bus);
                sandglass.connect(&destination).expect_code(0);
                keep(wrong, list(&sandglass, &line, what, exit, failure));
            });
        }
    });
    let wrong = wrong.into_inner().expect("no listing panics");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn list(
    sandglass: &Sandglass,
    line: &FaultLine,
    what: Wrong,
    exit: i32,
    failure: Option<&str>,
) -> Result<(), String> {
    line.next(O::ListObjectsV2, 1, what.fault());
    let begun = Instant::now();
    let said = sandglass.run(&["ls"]);
    let is_shown = said.objects.iter().any(|entry| entry["key"] == "grain.txt");
    let is_right = said.code == Some(exit)
        && said.failure_code() == failure
        && is_shown == failure.is_none()
        && line.met() == 1;
    is_right.then_some(()).ok_or_else(|| {
        format!(
            "ls, {what:?}: {:?} {:?} after {:?}, met {} times",
            said.code,
            said.failure_code(),
            begun.elapsed(),
            line.met()
        )
    })
}

fn all_cells() -> Vec<Cell> {
    let row = |&(wrong, times, outcomes, parts): &(Wrong, u64, [Outcome; 6], usize)| {
        OPERATIONS
            .into_iter()
            .zip(outcomes)
            .map(move |(operation, outcome)| Cell {
                wrong,
                times,
                operation,
                outcome,
                most_part_requests: match operation {
                    O::PutObject => 0,
                    O::UploadPart => parts,
                    O::AbortMultipartUpload => 4,
                    _ => 2,
                },
            })
            .collect::<Vec<_>>()
    };
    TABLE.iter().flat_map(row).collect()
}

fn next(cells: &Mutex<Vec<Cell>>) -> Option<Cell> {
    cells.lock().expect("no cell panics").pop()
}

fn keep(wrong: &Mutex<Vec<String>>, told: Result<(), String>) {
    if let Err(what) = told {
        wrong.lock().expect("no cell panics").push(what);
    }
}
