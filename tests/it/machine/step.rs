//! One command, thrown.

use std::time::Duration;

use app::{Limits, OnConflict, RowId};
use sandbox::{Fault, Operation};
use testkit::dice::Dice;

use super::world::World;

/// What the person, the server or the line does.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// New files.
    Drop {
        files: u64,
        choice: OnConflict,
    },
    /// A file that was dropped before, by its place.
    DropAgain {
        file: usize,
        choice: OnConflict,
    },
    Pause(RowId),
    Resume(RowId),
    PauseAll,
    ResumeAll,
    Cancel(RowId),
    Retry(RowId),
    RetryAll,
    Resolve(RowId, OnConflict),
    ResolveDrop(RowId, OnConflict),
    MoveToFront(RowId),
    EndSession,
    SignIn,
    /// The server ends every session before its time.
    ServerEndsSessions,
    /// An hour goes by.
    TimePasses,
    GoesWrong {
        operation: Operation,
        times: u64,
        fault: Fault,
    },
    NetworkIsBack,
    ClearFinished,
    Limit(Limits),
    /// The app is closed and opened.
    Restart,
}

const CHOICES: [OnConflict; 4] = [
    OnConflict::Ask,
    OnConflict::Skip,
    OnConflict::Replace,
    OnConflict::KeepBoth,
];

const OPERATIONS: [Operation; 7] = [
    Operation::PutObject,
    Operation::CreateMultipartUpload,
    Operation::UploadPart,
    Operation::CompleteMultipartUpload,
    Operation::AbortMultipartUpload,
    Operation::ListObjectsV2,
    Operation::Any,
];

impl Step {
    pub(super) fn throw(world: &World, dice: &mut Dice) -> Self {
        let rows = world.witness.ids();
        let choice = *dice.pick(&CHOICES).expect("four");
        let row = dice.pick(&rows).copied();
        let Some(row) = row.filter(|_| dice.chance(60)) else {
            return Self::of_all(world, choice, dice);
        };
        match dice.below(16) {
            0..=2 => Self::Pause(row),
            3..=5 => Self::Resume(row),
            6 => Self::Cancel(row),
            7 | 8 => Self::Retry(row),
            9..=11 => Self::Resolve(row, choice),
            12 => Self::ResolveDrop(row, choice),
            13 => Self::MoveToFront(row),
            _ => Self::SignIn,
        }
    }

    fn of_all(world: &World, choice: OnConflict, dice: &mut Dice) -> Self {
        let files = world.files.len();
        match dice.below(24) {
            0..=5 => Self::Drop {
                files: 1 + dice.below(4),
                choice,
            },
            6 | 7 if files > 0 => Self::DropAgain {
                file: usize::try_from(dice.below(files as u64)).expect("small"),
                choice,
            },
            8 => Self::PauseAll,
            9 | 10 => Self::ResumeAll,
            11 => Self::RetryAll,
            12 => Self::EndSession,
            13 => Self::ServerEndsSessions,
            14 => Self::TimePasses,
            15 => Self::ClearFinished,
            16 => Self::Limit(Limits {
                most_requests: dice
                    .chance(50)
                    .then_some(1 + 3 * u32::from(dice.chance(50))),
                bytes_per_second: dice.chance(30).then_some(2_000_000),
            }),
            17 => Self::NetworkIsBack,
            18 => Self::Restart,
            19..=22 => Self::goes_wrong(dice),
            _ => Self::SignIn,
        }
    }

    /// A row that stops and goes on between two tellings is not seen to have stopped, nor what was on its way then.
    pub(super) fn lets_rows_go_on(&self) -> bool {
        matches!(
            self,
            Self::SignIn | Self::Resume(_) | Self::ResumeAll | Self::Retry(_) | Self::RetryAll
        )
    }

    fn goes_wrong(dice: &mut Dice) -> Self {
        let fault = match dice.below(12) {
            0 => Fault::fail(500, "InternalError"),
            1 => Fault::fail(503, "SlowDown"),
            2 => Fault::fail(403, "AccessDenied"),
            3 => Fault::fail(404, "NoSuchUpload"),
            4 => Fault::fail(400, "ExpiredToken"),
            5 => Fault::fail(400, "InvalidRequest"),
            6 => Fault::Html { status: 200 },
            7 => Fault::Delay(Duration::from_millis(100)),
            8 => Fault::Cut {
                after_bytes: dice.below(2000),
            },
            _ => Fault::LoseAnswer,
        };
        Self::GoesWrong {
            operation: *dice.pick(&OPERATIONS).expect("seven"),
            times: 1 + dice.below(4),
            fault,
        }
    }
}
