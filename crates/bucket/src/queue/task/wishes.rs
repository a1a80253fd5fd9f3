//! What the person says of rows.

use std::sync::Arc;

use tokio::time::Instant;

use super::Task;
use super::writing::Place;
use crate::key::next_numbered;
use crate::ledger::Write;
use crate::queue::{Change, Drop};
use crate::row::File;
use crate::upload::abort;
use crate::{Conflict, DropId, OnConflict, RowId, RowState};

/// Nothing but its turn, the network or a sign-in keeps the row.
fn waits(state: &RowState) -> bool {
    matches!(
        state,
        RowState::Waiting | RowState::WaitingForNetwork | RowState::WaitingForSignIn
    )
}

impl Task {
    pub(super) fn cancel(&mut self, id: RowId) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        match held.row.state {
            RowState::Sending => {
                held.is_cancelled = true;
                self.stop(id);
            }
            RowState::Waiting
            | RowState::Paused
            | RowState::WaitingForNetwork
            | RowState::WaitingForSignIn
            | RowState::Conflict(_)
            | RowState::Failed(_) => {
                self.take_back(id);
            }
            RowState::Stored(_) | RowState::Cancelled | RowState::Skipped => {}
        }
    }

    pub(super) fn cancel_drop(&mut self, drop: DropId) {
        // A walk that goes on ends with what it finds next, and none begins anew after a restart.
        self.called_off.insert(drop);
        self.ledger.write(Write::WalkEnded(drop));
        for id in self.rows.ids_of_drop(drop) {
            self.cancel(id);
        }
    }

    pub(super) fn take_back(&mut self, id: RowId) {
        self.abandon(id);
        self.leave(id, RowState::Cancelled);
    }

    pub(super) fn leave(&mut self, id: RowId, state: RowState) {
        self.ledger.write(Write::Remove(id));
        self.rows.set_state(id, state);
    }

    pub(super) fn abandon(&mut self, id: RowId) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        let destination = Arc::clone(&held.row.destination);
        let Some(file) = held.file.as_mut() else {
            return;
        };
        let bucket = file.bucket.clone();
        let Some(abandoned) = file.abandon(&destination) else {
            return;
        };
        self.ledger.write(Write::Abandon(abandoned.clone()));
        if let Some(s3) = self.lane(&destination).s3(&bucket) {
            abort(s3.now(), self.ledger.clone(), abandoned);
        }
    }

    /// Runs a failed row again; one that waits for the network, at once.
    pub(super) fn retry(&mut self, id: RowId) {
        let Some(held) = self.rows.get(id) else {
            return;
        };
        match held.row.state {
            RowState::Failed(_) => self.run_again(id),
            RowState::WaitingForNetwork => {
                let destination = Arc::clone(&held.row.destination);
                self.lane(&destination).try_now(Instant::now());
            }
            _ => {}
        }
    }

    pub(super) fn retry_all(&mut self, destination: &Arc<str>) {
        let has_failed = |state: &RowState| matches!(state, RowState::Failed(_));
        for id in self.rows.ids_of(destination, has_failed) {
            self.run_again(id);
        }
        self.lane(destination).try_now(Instant::now());
    }

    /// The same file was dropped again.
    pub(super) fn join(&mut self, id: RowId, choice: OnConflict) {
        let Some(held) = self.rows.get(id) else {
            return;
        };
        match (&held.row.state, choice) {
            (RowState::Failed(_) | RowState::Conflict(Conflict::Taken), OnConflict::Ask) => {
                self.run_again(id);
            }
            (RowState::Failed(_), _) => {
                self.choose(id, choice);
                self.run_again(id);
            }
            (RowState::Conflict(_), _) => self.resolve(id, choice),
            (RowState::Paused, _) => self.resume(id),
            _ => {}
        }
    }

    fn run_again(&mut self, id: RowId) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        if held.file.is_none() {
            return;
        }
        // It may have ended while it was being paused: that wish is over.
        let was_paused = std::mem::take(&mut held.is_paused);
        let (size_bytes, destination) = (held.row.size_bytes, Arc::clone(&held.row.destination));
        if was_paused {
            self.let_go(id, &destination);
        }
        let state = self.state_at_rest(&destination, false);
        self.rows.set_state(id, state);
        self.lane(&destination).push_back(id, size_bytes);
        self.write_refused(id);
    }

    fn choose(&mut self, id: RowId, choice: OnConflict) {
        if let Some(file) = self.rows.get_mut(id).and_then(|held| held.file.as_mut()) {
            file.on_conflict = choice;
            self.ledger.write(Write::Choose(id, choice));
        }
    }

    /// Answers a conflict; a choice that this kind of conflict does not offer changes nothing.
    pub(super) fn resolve(&mut self, id: RowId, choice: OnConflict) {
        let Some(held) = self.rows.get(id) else {
            return;
        };
        let RowState::Conflict(conflict) = &held.row.state else {
            return;
        };
        let is_twin = matches!(
            conflict,
            Conflict::SameKey { .. } | Conflict::CaseTwin { .. }
        );
        match (conflict, choice) {
            (_, OnConflict::Skip) => {
                self.abandon(id);
                self.leave(id, RowState::Skipped);
                return;
            }
            // Under one key, one of the two files would be lost.
            (Conflict::SameKey { .. }, OnConflict::Replace | OnConflict::Ask)
            | (Conflict::Taken | Conflict::MaybeStored, OnConflict::Ask) => return,
            (_, OnConflict::KeepBoth) if is_twin => self.rename(id),
            _ => {}
        }
        self.change_file(id, |file| {
            // The person has decided about the object that is there.
            file.may_be_stored = false;
        });
        self.choose(id, choice);
        self.run_again(id);
    }

    fn rename(&mut self, id: RowId) {
        self.change_file(id, |file| {
            if let Some(key) = next_numbered(&file.key) {
                file.key = key.into();
            }
        });
        if let Some(file) = self.rows.get(id).and_then(|held| held.file.clone()) {
            self.ledger.write(Write::Restart(file));
        }
    }

    fn change_file(&mut self, id: RowId, change: impl FnOnce(&mut File)) {
        if let Some(mut file) = self.rows.get_mut(id).and_then(|held| held.file.take()) {
            change(&mut file);
            self.rows.put_back(file);
        }
    }

    /// The same choice for every row of this row's drop, now and later.
    pub(super) fn resolve_drop(&mut self, id: RowId, choice: OnConflict) {
        let Some(drop) = self.rows.get(id).map(|held| held.row.drop) else {
            return;
        };
        self.choices.insert(drop, choice);
        let ids = self.rows.ids_of_drop(drop);
        for id in &ids {
            self.resolve(*id, choice);
        }
        // *Ask* sends twins anyway, and says nothing of what is in the bucket.
        if choice != OnConflict::Ask {
            let held = ids.into_iter().filter(|id| self.is_held_as_same_key(*id));
            let held = held.collect();
            self.ledger
                .write(Write::ChooseForDrop { drop, choice, held });
        }
    }

    /// No choice about objects in the bucket is one about two files of a drop.
    fn is_held_as_same_key(&self, id: RowId) -> bool {
        self.rows.get(id).is_some_and(|held| {
            matches!(held.row.state, RowState::Conflict(Conflict::SameKey { .. }))
        })
    }

    /// What the files of a drop do about objects in the bucket: as it was said with the drop, or chosen for it since.
    pub(super) fn on_conflict_of(&self, drop: &Drop) -> OnConflict {
        match self.choices.get(&drop.id) {
            None | Some(OnConflict::Ask) => drop.on_conflict,
            Some(chosen) => *chosen,
        }
    }

    pub(super) fn choose_for_drop(&mut self, id: RowId) {
        let drop = self.rows.get(id).map(|held| held.row.drop);
        if let Some(choice) = drop.and_then(|drop| self.choices.get(&drop)).copied() {
            self.resolve(id, choice);
        }
    }

    pub(super) fn pause(&mut self, id: RowId) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        match held.row.state {
            RowState::Sending => {
                held.is_paused = true;
                self.stop(id);
            }
            _ if waits(&held.row.state) => {
                held.is_paused = true;
                self.rows.set_state(id, RowState::Paused);
            }
            _ => return,
        }
        self.ledger.write(Write::Pause(id, true));
    }

    pub(super) fn resume(&mut self, id: RowId) {
        if self.rows.get(id).is_some_and(|held| held.is_paused) {
            self.let_go_on(id);
        }
    }

    fn let_go_on(&mut self, id: RowId) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        let was_paused = std::mem::take(&mut held.is_paused);
        let destination = Arc::clone(&held.row.destination);
        // Else it is being stopped, and rests as what it is then.
        let rests = matches!(held.row.state, RowState::Paused);
        if was_paused {
            self.let_go(id, &destination);
        }
        if rests {
            self.wait_in_front(id, &destination);
        }
    }

    /// The row itself is not held back any more; all rows may be.
    fn let_go(&mut self, id: RowId, destination: &Arc<str>) {
        let are_all_paused = self.lane(destination).is_paused;
        self.ledger.write(Write::Pause(id, are_all_paused));
    }

    /// Requests on their way are dropped: the person wants the line now. What S3 has confirmed stays.
    pub(super) fn pause_all(&mut self, destination: &Arc<str>, is_paused: bool) {
        self.lane(destination).is_paused = is_paused;
        self.ledger
            .write(Write::PauseAll(Arc::clone(destination), is_paused));
        self.tell_hold(destination);
        if !is_paused {
            return;
        }
        let is_sending = |state: &RowState| matches!(state, RowState::Sending);
        for id in self.rows.ids_of(destination, is_sending) {
            self.stop(id);
        }
        for id in self.rows.ids_of(destination, waits) {
            self.rows.set_state(id, RowState::Paused);
        }
    }

    pub(super) fn resume_all(&mut self, destination: &Arc<str>) {
        self.pause_all(destination, false);
        // A row that is just being stopped still sends, and goes on, too.
        let may_be_held = |state: &RowState| matches!(state, RowState::Paused | RowState::Sending);
        for id in self.rows.ids_of(destination, may_be_held) {
            let Some(held) = self.rows.get(id) else {
                continue;
            };
            if held.is_paused {
                self.let_go_on(id);
            } else if matches!(held.row.state, RowState::Paused) {
                // Its place in its line is still there.
                let state = self.state_at_rest(destination, false);
                self.rows.set_state(id, state);
            }
        }
    }

    pub(super) fn move_to_front(&mut self, id: RowId) {
        let Some(held) = self.rows.get(id) else {
            return;
        };
        if waits(&held.row.state) || matches!(held.row.state, RowState::Paused) {
            let (size_bytes, destination) =
                (held.row.size_bytes, Arc::clone(&held.row.destination));
            self.lane(&destination).push_front(id, size_bytes);
            // What is taken out of its line before it is written gets into it anew.
            if let Some(place) = self.unwritten.get_mut(&id) {
                *place = Place::InFront;
            }
        }
    }

    pub(super) fn clear(&mut self, destination: &str, wanted: impl Fn(&RowState) -> bool) {
        // Each is told how it ended before it goes.
        self.tell_changes();
        let ids = self.rows.ids_of(destination, wanted);
        for id in &ids {
            self.rows.remove(*id);
        }
        if !ids.is_empty() {
            self.say(Change::Removed(ids));
        }
    }
}
