//! The queue's task.

mod arriving;
mod running;
mod wishes;
mod writing;

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::lane::Lane;
use super::state::Rows;
use super::{Change, Command, Drop, SignOut};
use crate::budget::Budget;
use crate::ledger::{Known, Ledger};
use crate::plan::Planned;
use crate::progress::TICK;
use crate::row::File;
use crate::upload::Outcome;
use crate::{DropId, Error, OnConflict, RowId, RowState};
use writing::{Place, Written};

/// Findings of a walk that become rows together.
const MOST_AT_ONCE: usize = 1024;

/// Stored rows that stay in memory. Older ones have their receipts in the ledger, and their place in the sums.
const MOST_FINISHED: usize = 10_000;

/// An upload that ended.
struct Ended {
    file: File,
    outcome: Outcome,
    session: u64,
    was_big: bool,
}

/// A step of a drop's walk. The receiver comes back, to be asked again.
struct Walked {
    drop: Drop,
    found: Vec<Planned>,
    rest: mpsc::Receiver<Planned>,
}

pub(super) struct Task {
    rows: Rows,
    lanes: HashMap<Arc<str>, Lane>,
    /// Running uploads. Dropping the task drops them.
    uploads: JoinSet<Ended>,
    running_big: usize,
    walks: JoinSet<Walked>,
    writing: JoinSet<Written>,
    /// New rows that the ledger does not have yet, and where in their lines they go then.
    unwritten: HashMap<RowId, Place>,
    /// New rows that it could not take.
    refused: HashSet<RowId>,
    /// Destinations that have gone while their folders were walked or their files sent.
    forgotten: HashSet<Arc<str>>,
    /// Drops that were taken back while their folders were walked.
    called_off: HashSet<DropId>,
    /// Stored rows, in the order in which they were stored.
    finished: VecDeque<RowId>,
    /// Walks that a death had cut short, and the files that had become rows by then.
    known: HashMap<DropId, Known>,
    /// Answers that wait for the end of these walks.
    adopted: Vec<Result<(), Arc<Error>>>,
    /// Of the file that was planned last.
    last_folder: Option<Arc<Path>>,
    /// Choices for all conflicts of a drop, those to come among them.
    choices: HashMap<DropId, OnConflict>,
    ledger: Ledger,
    budget: Budget,
    tell: mpsc::UnboundedSender<Change>,
}

impl Task {
    pub(super) fn new(ledger: Ledger, tell: mpsc::UnboundedSender<Change>) -> Self {
        Self {
            rows: Rows::default(),
            lanes: HashMap::new(),
            uploads: JoinSet::new(),
            running_big: 0,
            walks: JoinSet::new(),
            writing: JoinSet::new(),
            unwritten: HashMap::new(),
            refused: HashSet::new(),
            forgotten: HashSet::new(),
            called_off: HashSet::new(),
            choices: HashMap::new(),
            last_folder: None,
            finished: VecDeque::new(),
            known: HashMap::new(),
            adopted: Vec::new(),
            ledger,
            budget: Budget::new(),
            tell,
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let next_try = next_try(self.next_try());
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                Some(walked) = self.walks.join_next() => {
                    self.walked(walked.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
                }
                Some(written) = self.writing.join_next() => {
                    self.written(written.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
                }
                Some(ended) = self.uploads.join_next() => {
                    self.ended(ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
                }
                _ = tick.tick(), if !self.uploads.is_empty() => self.tell_changes(),
                () = next_try => {}
            }
            self.look_for_lost_servers();
            self.start_uploads();
            if self.uploads.is_empty() {
                self.tell_changes();
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Add(drop) => self.add(drop),
            Command::Adopt(destination) => self.adopt(destination).await,
            Command::SignIn {
                destination,
                target,
                traits,
                access,
                session,
            } => {
                let lane = self.lane(&destination);
                lane.sign_in(target, traits, access, session);
                self.signed_in(&destination);
            }
            Command::SignOut { destination, how } => self.sign_out(&destination, how),
            Command::Cancel(id) => self.cancel(id),
            Command::CancelDrop(drop) => self.cancel_drop(drop),
            Command::Retry(id) => self.retry(id),
            Command::RetryAll(destination) => self.retry_all(&destination),
            Command::Resolve(id, choice) => self.resolve(id, choice),
            Command::ResolveDrop(id, choice) => self.resolve_drop(id, choice),
            Command::Pause(id) => self.pause(id),
            Command::Resume(id) => self.resume(id),
            Command::PauseAll(destination) => self.pause_all(&destination, true),
            Command::ResumeAll(destination) => self.resume_all(&destination),
            Command::MoveToFront(id) => self.move_to_front(id),
            Command::NetworkIsBack(destination) => {
                self.lane(&destination).try_now(Instant::now());
            }
            Command::Limit(limits) => self.budget.limit(limits),
            Command::ClearFinished(destination) => {
                self.clear(&destination, |state| {
                    matches!(
                        state,
                        RowState::Stored(_) | RowState::Cancelled | RowState::Skipped
                    )
                });
                self.rows.forget_retired(&destination);
            }
            Command::Forget(destination) => {
                self.forgotten.insert(Arc::clone(&destination));
                for id in self.rows.ids_of(&destination, |_| true) {
                    self.cancel(id);
                }
                self.sign_out(&destination, SignOut::AtOnce);
                self.clear(&destination, |state| !matches!(state, RowState::Sending));
            }
            Command::Show(request) => {
                self.tell_changes();
                let (rows, totals) = self.rows.all();
                self.say(Change::Snapshot {
                    request,
                    rows,
                    totals,
                });
            }
        }
    }

    fn say(&self, change: Change) {
        // Nobody listens any more only when the process ends.
        let _ = self.tell.send(change);
    }

    fn tell_changes(&mut self) {
        let (rows, totals) = self.rows.take_changes(Instant::now());
        if !rows.is_empty() {
            self.say(Change::Changed(rows));
        }
        for (destination, totals) in totals {
            self.say(Change::Totals(destination, totals));
        }
        self.retire();
    }

    /// Memory does not grow with what is done. Only after it was told that they are stored.
    fn retire(&mut self) {
        let too_many = self.finished.len().saturating_sub(MOST_FINISHED);
        let retired: Vec<RowId> = self
            .finished
            .drain(..too_many)
            .filter(|id| self.rows.retire(*id))
            .collect();
        if !retired.is_empty() {
            self.say(Change::Removed(retired));
        }
    }

    fn lane(&mut self, destination: &Arc<str>) -> &mut Lane {
        self.lanes.entry(Arc::clone(destination)).or_default()
    }

    fn state_at_rest(&self, destination: &Arc<str>, is_paused: bool) -> RowState {
        match self.lanes.get(destination) {
            _ if is_paused => RowState::Paused,
            Some(lane) if lane.is_paused => RowState::Paused,
            Some(lane) if lane.is_signed_in() => RowState::Waiting,
            _ => RowState::WaitingForSignIn,
        }
    }

    fn signed_in(&mut self, destination: &Arc<str>) {
        self.tell_hold(destination);
        let state = self.state_at_rest(destination, false);
        let waiting = |state: &RowState| matches!(state, RowState::WaitingForSignIn);
        for id in self.rows.ids_of(destination, waiting) {
            self.rows.set_state(id, state.clone());
        }
    }

    fn sign_out(&mut self, destination: &Arc<str>, how: SignOut) {
        self.lane(destination).sign_out();
        self.tell_hold(destination);
        let waiting =
            |state: &RowState| matches!(state, RowState::Waiting | RowState::WaitingForNetwork);
        for id in self.rows.ids_of(destination, waiting) {
            self.rows.set_state(id, RowState::WaitingForSignIn);
        }
        if how == SignOut::AtOnce {
            for id in self
                .rows
                .ids_of(destination, |state| matches!(state, RowState::Sending))
            {
                self.stop(id);
            }
        }
    }

    /// When an unreachable server is tried next, of whichever destination.
    fn next_try(&self) -> Option<Instant> {
        self.lanes.values().filter_map(Lane::next_try).min()
    }

    /// Says what holds a destination's rows back.
    fn tell_hold(&mut self, destination: &Arc<str>) {
        let lane = self.lane(destination);
        let (is_paused, is_offline) = (lane.is_paused, lane.is_lost());
        self.rows.set_hold(destination, is_paused, is_offline);
    }

    fn stop(&mut self, id: RowId) {
        if let Some(upload) = self.rows.get(id).and_then(|held| held.upload.as_ref()) {
            upload.stop.cancel();
        }
    }
}

async fn next_try(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
