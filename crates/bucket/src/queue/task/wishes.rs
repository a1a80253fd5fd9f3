//! What the person says of a row.

use std::sync::Arc;

use super::Task;
use crate::ledger::Write;
use crate::queue::Change;
use crate::queue::state::Held;
use crate::upload::abandon;
use crate::{OnConflict, RowId, RowState};

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

    pub(super) fn take_back(&mut self, id: RowId) {
        self.abandon(id);
        self.leave(id, RowState::Cancelled);
    }

    pub(super) fn skip(&mut self, id: RowId) {
        let is_conflict = |held: &Held| matches!(held.row.state, RowState::Conflict(_));
        if self.rows.get(id).is_some_and(is_conflict) {
            self.abandon(id);
            self.leave(id, RowState::Skipped);
        }
    }

    pub(super) fn leave(&mut self, id: RowId, state: RowState) {
        self.ledger.write(Write::Remove(id));
        self.rows.set_state(id, state);
    }

    pub(super) fn abandon(&mut self, id: RowId) {
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
    pub(super) fn retry(&mut self, id: RowId, choice: Option<OnConflict>) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        let may_run = match held.row.state {
            RowState::Failed(_) => true,
            RowState::Conflict(_) => choice.is_some(),
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

    pub(super) fn clear(&mut self, destination: &str, wanted: impl Fn(&RowState) -> bool) {
        let ids = self.rows.ids_of(destination, wanted);
        for id in &ids {
            self.rows.remove(*id);
        }
        if !ids.is_empty() {
            self.say(Change::Removed(ids));
        }
    }
}
