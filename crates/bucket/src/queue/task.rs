//! The queue's task.

mod arriving;
mod running;
mod wishes;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::lane::Lane;
use super::state::Rows;
use super::{Change, Command, Drop, SignOut};
use crate::budget::Budget;
use crate::ledger::Ledger;
use crate::plan::Planned;
use crate::progress::TICK;
use crate::row::File;
use crate::upload::Outcome;
use crate::{Access, OnConflict, RowId, RowState, Target};

/// Findings of a walk that become rows together.
const MOST_AT_ONCE: usize = 256;

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
    /// Destinations that have gone while their folders were walked or their files sent.
    forgotten: HashSet<Arc<str>>,
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
            forgotten: HashSet::new(),
            ledger,
            budget: Budget::new(),
            tell,
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                Some(walked) = self.walks.join_next() => {
                    self.walked(walked.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
                }
                Some(ended) = self.uploads.join_next() => {
                    self.ended(ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
                }
                _ = tick.tick(), if !self.uploads.is_empty() => self.tell_changes(),
            }
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
                traits: _,
                access,
                session,
            } => {
                self.sign_in(&destination, target, access, session);
            }
            Command::SignOut { destination, how } => self.sign_out(&destination, how),
            Command::Cancel(id) => self.cancel(id),
            Command::Retry(id) => self.retry(id, None),
            Command::RetryAll(_)
            | Command::ResolveDrop(..)
            | Command::Pause(_)
            | Command::Resume(_)
            | Command::PauseAll(_)
            | Command::ResumeAll(_)
            | Command::MoveToFront(_)
            | Command::Limit(_) => {}
            Command::Resolve(id, OnConflict::Skip) => self.skip(id),
            Command::Resolve(id, choice) => self.retry(id, Some(choice)),
            Command::ClearFinished(destination) => self.clear(&destination, |state| {
                matches!(
                    state,
                    RowState::Stored(_) | RowState::Cancelled | RowState::Skipped
                )
            }),
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
    }

    fn lane(&mut self, destination: &Arc<str>) -> &mut Lane {
        self.lanes.entry(Arc::clone(destination)).or_default()
    }

    fn state_at_rest(&self, destination: &Arc<str>) -> RowState {
        match self.lanes.get(destination) {
            Some(lane) if lane.is_signed_in() => RowState::Waiting,
            _ => RowState::WaitingForSignIn,
        }
    }

    fn sign_in(&mut self, destination: &Arc<str>, target: Target, access: Access, session: u64) {
        self.lane(destination).sign_in(target, access, session);
        let waiting = |state: &RowState| matches!(state, RowState::WaitingForSignIn);
        for id in self.rows.ids_of(destination, waiting) {
            self.rows.set_state(id, RowState::Waiting);
        }
    }

    fn sign_out(&mut self, destination: &Arc<str>, how: SignOut) {
        self.lane(destination).sign_out();
        for id in self
            .rows
            .ids_of(destination, |state| matches!(state, RowState::Waiting))
        {
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

    fn stop(&mut self, id: RowId) {
        if let Some(stop) = self.rows.get(id).and_then(|held| held.stop.as_ref()) {
            stop.cancel();
        }
    }
}
