//! Rows run: they start, and they end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Ended, Task};
use crate::progress::Sent;
use crate::queue::lane::{MOST_BIG, is_big};
use crate::queue::state::{Held, Running};
use crate::queue::{Change, SignOut};
use crate::row::File;
use crate::upload::{Outcome, Tools, upload};
use crate::{Error, RowId, RowState};

impl Task {
    pub(super) fn start_uploads(&mut self) {
        let destinations: Vec<Arc<str>> = self.lanes.keys().cloned().collect();
        // One of each in turn: a destination with many files must not keep the others waiting.
        // Enough that every request permit finds a file, while as many wait for the ledger's commit.
        let most = 2 * self.budget.requests_at_once() + MOST_BIG;
        let mut has_started = true;
        while has_started {
            has_started = false;
            for destination in &destinations {
                has_started |= self.uploads.len() < most && self.start_one(destination);
            }
        }
    }

    /// False when nothing of this destination can start now.
    pub(super) fn start_one(&mut self, destination: &Arc<str>) -> bool {
        let may_be_big = self.running_big < MOST_BIG;
        let lane = self.lane(destination);
        if !lane.may_start(Instant::now()) {
            return false;
        }
        let Some(id) = lane.next(may_be_big) else {
            return false;
        };
        if !self.is_written(id) {
            return true;
        }
        let is_waiting = |held: &&mut Held| {
            matches!(
                held.row.state,
                RowState::Waiting | RowState::WaitingForNetwork
            )
        };
        let lanes = &mut self.lanes;
        let Some(held) = self.rows.get_mut(id).filter(is_waiting) else {
            return true;
        };
        // The file is taken last: a row never stays behind without it.
        let (Some(lane), Some(file)) = (lanes.get_mut(destination), &held.file) else {
            return true;
        };
        let (Some(session), Some(s3)) = (lane.session(), lane.s3(&file.bucket)) else {
            return false;
        };
        let Some(file) = held.file.take() else {
            return true;
        };
        let stop = CancellationToken::new();
        let sent = Sent::going_on(held.row.sent_bytes, held.row.note);
        held.upload = Some(Running {
            sent: sent.clone(),
            stop: stop.clone(),
        });
        lane.running += 1;
        self.running_big += usize::from(is_big(file.stamp.size_bytes));
        self.rows.set_state(id, RowState::Sending);
        let tools = Tools {
            s3,
            budget: self.budget.clone(),
            ledger: self.ledger.clone(),
            destination: Arc::clone(destination),
        };
        let was_big = is_big(file.stamp.size_bytes);
        self.uploads.spawn(async move {
            let spare = file.clone();
            let (file, outcome) = survive(Box::pin(upload(tools, file, sent, stop)), spare).await;
            Ended {
                file,
                outcome,
                session,
                was_big,
            }
        });
        true
    }

    pub(super) fn ended(&mut self, ended: Ended) {
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
        self.lane(&destination).running -= 1;
        self.rows.put_back(file);
        if self.forgotten.contains(&destination) {
            self.forget_row(id);
            return;
        }
        match outcome {
            Outcome::Stored(receipt) => {
                self.rows.set_state(id, RowState::Stored(Box::new(receipt)));
                self.finished.push_back(id);
            }
            _ if is_cancelled => self.take_back(id),
            Outcome::Conflict(conflict) => {
                self.rows.set_state(id, RowState::Conflict(conflict));
                self.choose_for_drop(id);
            }
            Outcome::Skipped => {
                self.abandon(id);
                self.leave(id, RowState::Skipped);
            }
            Outcome::Failed(Error::SessionEnded { by_server }) => {
                self.session_ended(&destination, session, by_server);
                self.wait_in_front(id, &destination);
            }
            Outcome::Failed(error) if error.is_network_gone() => {
                tracing::info!(
                    row = id.0,
                    error = &error as &dyn std::error::Error,
                    "no answer"
                );
                self.wait_for_network(id, &destination);
            }
            Outcome::Failed(Error::WrongRegion {
                region: Some(region),
            }) if self.lane(&destination).move_to(&region) => {
                self.say(Change::RegionFound {
                    destination: Arc::clone(&destination),
                    region,
                });
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

    /// Its destination has gone.
    fn forget_row(&mut self, id: RowId) {
        self.take_back(id);
        self.rows.remove(id);
        self.say(Change::Removed(vec![id]));
    }

    pub(super) fn wait_in_front(&mut self, id: RowId, destination: &Arc<str>) {
        let Some(held) = self.rows.get_mut(id) else {
            return;
        };
        let size_bytes = held.row.size_bytes;
        let is_paused = held.is_paused;
        let state = self.state_at_rest(destination, is_paused);
        self.rows.set_state(id, state);
        self.lane(destination).push_front(id, size_bytes);
    }

    /// The row goes on by itself when the server answers again.
    fn wait_for_network(&mut self, id: RowId, destination: &Arc<str>) {
        self.wait_in_front(id, destination);
        let waits = |held: &Held| matches!(held.row.state, RowState::Waiting);
        if !self.rows.get(id).is_some_and(waits) {
            return;
        }
        if self.lane(destination).lose(Instant::now()) {
            self.tell_hold(destination);
        }
        self.rows.set_state(id, RowState::WaitingForNetwork);
    }

    pub(super) fn look_for_lost_servers(&mut self) {
        let back: Vec<Arc<str>> = self
            .lanes
            .iter_mut()
            .filter_map(|(destination, lane)| lane.is_back().then(|| Arc::clone(destination)))
            .collect();
        for destination in back {
            self.tell_hold(&destination);
            let waits = |state: &RowState| matches!(state, RowState::WaitingForNetwork);
            for id in self.rows.ids_of(&destination, waits) {
                self.rows.set_state(id, RowState::Waiting);
            }
        }
    }

    pub(super) fn session_ended(&mut self, destination: &Arc<str>, session: u64, by_server: bool) {
        let lane = self.lane(destination);
        // Given up early, for want of time to try again: the session itself goes on.
        let goes_on = !by_server && !lane.time_left().is_zero();
        if goes_on || lane.session() != Some(session) {
            return;
        }
        self.sign_out(destination, SignOut::AtItsEnd);
        if by_server {
            self.say(Change::SessionRefused {
                destination: Arc::clone(destination),
                session,
            });
        }
    }
}

/// A defect in one upload fails one row, and not the queue with all the others.
async fn survive(
    upload: impl Future<Output = (File, Outcome)>,
    mut spare: File,
) -> (File, Outcome) {
    // What it leaves behind is its own: permits and requests, which are dropped with it, and counters.
    let ended = AssertUnwindSafe(upload).catch_unwind().await;
    ended.unwrap_or_else(|_| {
        spare.may_be_stored = true;
        (spare, Outcome::Failed(Error::Defect))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_defect_in_one_upload_fails_one_row_and_keeps_its_file() {
        let file = File::sample("take-017.wav");
        let path = file.path.to_path();
        let (file, outcome) = survive(async { panic!("a defect") }, file).await;
        assert_eq!(file.path.to_path(), path);
        assert!(file.may_be_stored, "nobody knows how far it came");
        assert!(matches!(outcome, Outcome::Failed(Error::Defect)));
    }
}
