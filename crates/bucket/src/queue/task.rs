//! The queue's task.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::lane::{Lane, MOST_BIG, MOST_RUNNING, is_big};
use super::state::Rows;
use super::{Change, Command, Drop, SignOut};
use crate::budget::Budget;
use crate::ledger::{Ledger, NewRow, Write};
use crate::plan::{Planned, PlannedFile, plan};
use crate::progress::TICK;
use crate::row::File;
use crate::upload::{Outcome, Tools, abandon, upload};
use crate::{Access, Error, OnConflict, OpenRow, RowId, RowState, Target};

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
                access,
            } => {
                self.sign_in(&destination, target, access);
            }
            Command::SignOut { destination, how } => self.sign_out(&destination, how),
            Command::Cancel(id) => self.cancel(id),
            Command::Retry(id) => self.retry(id, None),
            Command::Resolve(id, OnConflict::Skip) => self.skip(id),
            Command::Resolve(id, choice) => self.retry(id, Some(choice)),
            Command::ClearFinished(destination) => self.clear(&destination, |state| {
                matches!(
                    state,
                    RowState::Stored(_) | RowState::Cancelled | RowState::Skipped
                )
            }),
            Command::Forget(destination) => {
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

    // --- rows come

    fn add(&mut self, drop: Drop) {
        self.rows.plan_began(&drop.destination);
        let rest = plan(drop.paths.clone(), drop.folder.clone());
        self.walk_on(drop, rest);
    }

    fn walk_on(&mut self, drop: Drop, mut rest: mpsc::Receiver<Planned>) {
        self.walks.spawn(async move {
            let mut found = Vec::new();
            rest.recv_many(&mut found, MOST_AT_ONCE).await;
            Walked { drop, found, rest }
        });
    }

    fn walked(&mut self, walked: Walked) {
        let Walked { drop, found, rest } = walked;
        if found.is_empty() {
            self.rows.plan_ended(&drop.destination);
            self.tell_changes();
            self.say(Change::Planned { drop: drop.id });
            return;
        }
        let (mut added, mut written, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
        for planned in found {
            match planned {
                Planned::Skipped(path) => skipped.push(path),
                Planned::File(file) => {
                    if let Some(new) = self.new_row(&drop, file) {
                        let state = self.state_at_rest(&drop.destination);
                        added.push(self.rows.add(
                            &drop.destination,
                            new.name.clone(),
                            new.file.clone(),
                            state,
                            0,
                        ));
                        self.lane(&drop.destination)
                            .push_back(new.file.id, new.file.stamp.size_bytes);
                        written.push(new);
                    }
                }
            }
        }
        if !written.is_empty() {
            self.ledger.write(Write::Add(written));
            self.say(Change::Added(added));
        }
        if !skipped.is_empty() {
            self.say(Change::Skipped(skipped));
        }
        self.walk_on(drop, rest);
    }

    /// None when the same file is on its way to the same key already: it joins its row, which runs again if it had
    /// stopped.
    fn new_row(&mut self, drop: &Drop, planned: PlannedFile) -> Option<NewRow> {
        if let Some(id) = self
            .rows
            .open_row_of(&drop.destination, &planned.path, &planned.key)
        {
            self.retry(id, None);
            return None;
        }
        let file = File {
            id: self.ledger.next_id(),
            bucket: drop.bucket.clone(),
            path: planned.path,
            key: planned.key,
            stamp: planned.stamp,
            on_conflict: drop.on_conflict,
            begun: None,
        };
        Some(NewRow {
            destination: Arc::clone(&drop.destination),
            name: planned.name,
            file,
        })
    }

    async fn adopt(&mut self, destination: Option<Arc<str>>) {
        let result = match self.ledger.adopt(destination.as_deref()).await {
            Ok(rows) => {
                self.take_over(rows);
                Ok(())
            }
            Err(error) => Err(Arc::new(error)),
        };
        self.say(Change::Adopted(result));
    }

    fn take_over(&mut self, rows: Vec<OpenRow>) {
        let mut added = Vec::with_capacity(rows.len());
        for OpenRow {
            destination,
            name,
            confirmed_bytes,
            file,
        } in rows
        {
            let state = self.state_at_rest(&destination);
            let (id, size_bytes) = (file.id, file.stamp.size_bytes);
            added.push(
                self.rows
                    .add(&destination, name, file, state, confirmed_bytes),
            );
            self.lane(&destination).push_back(id, size_bytes);
        }
        if !added.is_empty() {
            self.say(Change::Added(added));
        }
    }

    // --- sessions come and go

    fn lane(&mut self, destination: &Arc<str>) -> &mut Lane {
        self.lanes.entry(Arc::clone(destination)).or_default()
    }

    fn state_at_rest(&self, destination: &Arc<str>) -> RowState {
        match self.lanes.get(destination) {
            Some(lane) if lane.is_signed_in() => RowState::Waiting,
            _ => RowState::WaitingForSignIn,
        }
    }

    fn sign_in(&mut self, destination: &Arc<str>, target: Target, access: Access) {
        self.lane(destination).sign_in(target, access);
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

    // --- rows run

    fn start_uploads(&mut self) {
        let destinations: Vec<Arc<str>> = self.lanes.keys().cloned().collect();
        for destination in destinations {
            while self.uploads.len() < MOST_RUNNING && self.start_one(&destination) {}
        }
    }

    /// False when nothing of this destination can start now.
    fn start_one(&mut self, destination: &Arc<str>) -> bool {
        let may_be_big = self.running_big < MOST_BIG;
        let lane = self.lane(destination);
        if !lane.is_signed_in() {
            return false;
        }
        let Some(id) = lane.next(may_be_big) else {
            return false;
        };
        let Some(held) = self.rows.get_mut(id) else {
            return true;
        };
        let Some(file) = held.file.take() else {
            return true;
        };
        let stop = CancellationToken::new();
        held.stop = Some(stop.clone());
        let sent = held.sent.clone();
        let lane = self.lane(destination);
        let session = lane.sign_ins();
        let Some(s3) = lane.s3(&file.bucket) else {
            return false;
        };
        self.running_big += usize::from(is_big(file.stamp.size_bytes));
        self.rows.set_state(id, RowState::Sending);
        let tools = Tools {
            s3,
            budget: self.budget.clone(),
            ledger: self.ledger.clone(),
        };
        let was_big = is_big(file.stamp.size_bytes);
        self.uploads.spawn(async move {
            let (file, outcome) = Box::pin(upload(tools, file, sent, stop)).await;
            Ended {
                file,
                outcome,
                session,
                was_big,
            }
        });
        true
    }

    fn ended(&mut self, ended: Ended) {
        let Ended {
            file,
            outcome,
            session,
            was_big,
        } = ended;
        let id = file.id;
        self.running_big -= usize::from(was_big);
        let Some(held) = self.rows.get(id) else {
            return;
        };
        let destination = Arc::clone(&held.row.destination);
        let is_cancelled = held.is_cancelled;
        self.rows.put_back(file);
        match outcome {
            Outcome::Stored(receipt) => self.rows.set_state(id, RowState::Stored(receipt)),
            _ if is_cancelled => self.take_back(id),
            Outcome::Conflict => self.rows.set_state(id, RowState::Conflict),
            Outcome::Skipped => self.leave(id, RowState::Skipped),
            Outcome::Failed(Error::SessionEnded { by_server }) => {
                self.session_ended(&destination, session, by_server);
                self.wait_in_front(id, &destination);
            }
            Outcome::Failed(error) => {
                tracing::warn!(
                    row = id.0,
                    error = &error as &dyn std::error::Error,
                    "a row failed"
                );
                self.rows.set_state(id, RowState::Failed(Arc::new(error)));
            }
            Outcome::Stopped => self.wait_in_front(id, &destination),
        }
    }

    fn wait_in_front(&mut self, id: RowId, destination: &Arc<str>) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        let size_bytes = held.row.size_bytes;
        if let Some(file) = &held.file {
            held.sent.set(file.confirmed_bytes());
        }
        let state = self.state_at_rest(destination);
        self.rows.set_state(id, state);
        self.lane(destination).push_front(id, size_bytes);
    }

    fn session_ended(&mut self, destination: &Arc<str>, session: u64, by_server: bool) {
        let lane = self.lane(destination);
        if lane.sign_ins() != session || !lane.is_signed_in() {
            return;
        }
        self.sign_out(destination, SignOut::AtItsEnd);
        if by_server {
            self.say(Change::SessionRefused {
                destination: Arc::clone(destination),
            });
        }
    }

    // --- what the person says of a row

    fn cancel(&mut self, id: RowId) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        match held.row.state {
            RowState::Sending => {
                held.is_cancelled = true;
                self.stop(id);
            }
            RowState::Waiting
            | RowState::WaitingForSignIn
            | RowState::Conflict
            | RowState::Failed(_) => {
                self.take_back(id);
            }
            RowState::Stored(_) | RowState::Cancelled | RowState::Skipped => {}
        }
    }

    fn take_back(&mut self, id: RowId) {
        self.abandon(id);
        self.leave(id, RowState::Cancelled);
    }

    fn skip(&mut self, id: RowId) {
        let is_conflict = |held: &super::state::Held| matches!(held.row.state, RowState::Conflict);
        if self.rows.get(id).is_some_and(is_conflict) {
            self.abandon(id);
            self.leave(id, RowState::Skipped);
        }
    }

    fn leave(&mut self, id: RowId, state: RowState) {
        if let Some(held) = self.rows.get(id) {
            let destination = Arc::clone(&held.row.destination);
            self.lane(&destination).remove(id);
        }
        self.ledger.write(Write::Remove(id));
        self.rows.set_state(id, state);
    }

    fn abandon(&mut self, id: RowId) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        let Some(file) = held.file.as_mut() else {
            return;
        };
        let Some(begun) = file.begun.take() else {
            return;
        };
        let (bucket, key, destination) = (
            file.bucket.clone(),
            file.key.clone(),
            Arc::clone(&held.row.destination),
        );
        if let Some(s3) = self.lane(&destination).s3(&bucket) {
            abandon(s3, key, begun.upload_id);
        }
    }

    /// Runs a stopped row again; with a choice when it had stopped at a conflict.
    fn retry(&mut self, id: RowId, choice: Option<OnConflict>) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        let may_run = match held.row.state {
            RowState::Failed(_) => true,
            RowState::Conflict => choice.is_some(),
            _ => false,
        };
        let Some(file) = held.file.as_mut().filter(|_| may_run) else {
            return;
        };
        if let Some(choice) = choice {
            file.on_conflict = choice;
            self.ledger.write(Write::Choose(id, choice));
        }
        held.sent.set(file.confirmed_bytes());
        let (size_bytes, destination) = (held.row.size_bytes, Arc::clone(&held.row.destination));
        let state = self.state_at_rest(&destination);
        self.rows.set_state(id, state);
        self.lane(&destination).push_back(id, size_bytes);
    }

    fn clear(&mut self, destination: &str, wanted: impl Fn(&RowState) -> bool) {
        let ids = self.rows.ids_of(destination, wanted);
        for id in &ids {
            self.rows.remove(*id);
        }
        if !ids.is_empty() {
            self.say(Change::Removed(ids));
        }
    }
}
