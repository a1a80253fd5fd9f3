//! The rows and their sums: every change of a row goes through here, so that sums and rows never differ.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::progress::{AllSums, Sent, Sums};
use crate::row::File;
use crate::shared::{FileName, FilePath};
use crate::{DropId, Row, RowId, RowState, Totals};

/// A row and all that the queue knows of it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) row: Row,
    /// Away with its upload while the row runs.
    pub(super) file: Option<File>,
    /// Its upload, while there is one.
    pub(super) upload: Option<Running>,
    /// What the person wanted while the upload was being stopped.
    pub(super) is_cancelled: bool,
    /// The person holds it back.
    pub(super) is_paused: bool,
    path_hash: u64,
}

/// What the queue holds of an upload.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) sent: Sent,
    /// Stops it.
    pub(super) stop: CancellationToken,
}

#[derive(Debug, Default)]
pub(super) struct Rows {
    by_id: HashMap<RowId, Box<Held>>,
    sums: AllSums,
    running: HashSet<RowId>,
    dirty: HashSet<RowId>,
    dirty_sums: HashSet<Arc<str>>,
    /// Open rows by the hash of their path, to find a file that is dropped twice.
    by_path: HashMap<u64, RowId>,
    hasher: RandomState,
}

impl Rows {
    pub(super) fn add(
        &mut self,
        destination: &Arc<str>,
        name: FileName,
        file: File,
        state: RowState,
        sent_bytes: u64,
    ) -> Row {
        let row = Row {
            id: file.id,
            destination: Arc::clone(destination),
            drop: file.drop,
            note: None,
            name,
            key: Arc::clone(&file.key),
            size_bytes: file.stamp.size_bytes,
            sent_bytes,
            state,
        };
        let path_hash = self.hash(destination, &file.path, &file.key);
        self.by_path.insert(path_hash, row.id);
        self.count(&row, true);
        let held = Held {
            row: row.clone(),
            file: Some(file),
            upload: None,
            is_cancelled: false,
            is_paused: false,
            path_hash,
        };
        self.by_id.insert(row.id, Box::new(held));
        row
    }

    /// The open row of this file, if it is on its way to this key already.
    pub(super) fn open_row_of(
        &self,
        destination: &Arc<str>,
        path: &FilePath,
        key: &str,
    ) -> Option<RowId> {
        let id = *self.by_path.get(&self.hash(destination, path, key))?;
        let held = self.by_id.get(&id)?;
        let is_same = *held.row.key == *key
            && held.file.as_ref().is_none_or(|file| file.path == *path)
            && held.row.destination == *destination;
        let is_open = !matches!(
            held.row.state,
            RowState::Stored(_) | RowState::Cancelled | RowState::Skipped
        );
        (is_same && is_open).then_some(id)
    }

    fn hash(&self, destination: &str, path: &FilePath, key: &str) -> u64 {
        self.hasher.hash_one((destination, path, key))
    }

    pub(super) fn get(&self, id: RowId) -> Option<&Held> {
        self.by_id.get(&id).map(Box::as_ref)
    }

    pub(super) fn get_mut(&mut self, id: RowId) -> Option<&mut Held> {
        self.by_id.get_mut(&id).map(Box::as_mut)
    }

    pub(super) fn ids_of(
        &self,
        destination: &str,
        wanted: impl Fn(&RowState) -> bool,
    ) -> Vec<RowId> {
        let mut ids: Vec<RowId> = self
            .by_id
            .values()
            .filter(|held| &*held.row.destination == destination && wanted(&held.row.state))
            .map(|held| held.row.id)
            .collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn ids_of_drop(&self, drop: DropId) -> Vec<RowId> {
        let of_drop = self.by_id.values().filter(|held| held.row.drop == drop);
        let mut ids: Vec<RowId> = of_drop.map(|held| held.row.id).collect();
        ids.sort_unstable();
        ids
    }

    /// Takes over what an upload learnt of its file.
    pub(super) fn put_back(&mut self, file: File) {
        let id = file.id;
        self.recount(id, |held| {
            held.row.key = Arc::clone(&file.key);
            held.row.size_bytes = file.stamp.size_bytes;
            held.row.sent_bytes = file.confirmed_bytes();
            if let Some(upload) = held.upload.take() {
                held.row.note = upload.sent.note();
            }
            held.file = Some(file);
        });
    }

    pub(super) fn set_state(&mut self, id: RowId, state: RowState) {
        self.recount(id, |held| {
            if let RowState::Stored(_) = state {
                held.row.sent_bytes = held.row.size_bytes;
                // Its path is not needed any more; 200,000 of them are.
                held.file = None;
            }
            held.row.state = state;
        });
    }

    fn recount(&mut self, id: RowId, change: impl FnOnce(&mut Held)) {
        let Some(mut held) = self.by_id.remove(&id) else {
            return;
        };
        self.count(&held.row, false);
        change(&mut held);
        self.count(&held.row, true);
        if matches!(held.row.state, RowState::Sending) {
            self.running.insert(id);
        } else {
            self.running.remove(&id);
        }
        self.dirty.insert(id);
        self.by_id.insert(id, held);
    }

    pub(super) fn remove(&mut self, id: RowId) {
        if let Some(held) = self.by_id.remove(&id) {
            self.count(&held.row, false);
            self.running.remove(&id);
            self.dirty.remove(&id);
            if self.by_path.get(&held.path_hash) == Some(&id) {
                self.by_path.remove(&held.path_hash);
            }
        }
    }

    /// A stored row leaves memory; its sums stay. False when it has gone already.
    pub(super) fn retire(&mut self, id: RowId) -> bool {
        let Some(held) = self.by_id.get(&id) else {
            return false;
        };
        if !matches!(held.row.state, RowState::Stored(_)) {
            return false;
        }
        let (destination, size_bytes) = (Arc::clone(&held.row.destination), held.row.size_bytes);
        self.remove(id);
        if let Some(sums) = self.sums.get_mut(&destination) {
            sums.retire(size_bytes);
        }
        true
    }

    /// The person clears what is finished.
    pub(super) fn forget_retired(&mut self, destination: &Arc<str>) {
        if let Some(sums) = self.sums.get_mut(destination) {
            sums.forget_retired();
            self.dirty_sums.insert(Arc::clone(destination));
        }
    }

    /// Adds a row to the sums, or takes it out of them.
    fn count(&mut self, row: &Row, is_in: bool) {
        if matches!(row.state, RowState::Cancelled | RowState::Skipped) {
            return;
        }
        // A running row's bytes are read from its counter at every tick.
        let at_rest = if matches!(row.state, RowState::Sending) {
            0
        } else {
            row.sent_bytes
        };
        let sums = self
            .sums
            .entry(Arc::clone(&row.destination))
            .or_insert_with(Sums::new);
        let by = |total: &mut u64, amount: u64| {
            *total = if is_in {
                *total + amount
            } else {
                total.saturating_sub(amount)
            };
        };
        by(&mut sums.totals.files, 1);
        match row.state {
            RowState::Stored(_) => by(&mut sums.totals.files_stored, 1),
            RowState::Conflict(_) | RowState::Failed(_) => by(&mut sums.totals.files_stopped, 1),
            RowState::Paused => by(&mut sums.totals.files_paused, 1),
            RowState::WaitingForNetwork => by(&mut sums.totals.files_waiting_for_network, 1),
            RowState::Sending => by(&mut sums.totals.files_sending, 1),
            RowState::Waiting
            | RowState::WaitingForSignIn
            | RowState::Cancelled
            | RowState::Skipped => {}
        }
        by(&mut sums.totals.bytes, row.size_bytes);
        by(&mut sums.bytes_at_rest, at_rest);
        self.dirty_sums.insert(Arc::clone(&row.destination));
    }

    pub(super) fn plan_began(&mut self, destination: &Arc<str>) {
        self.sums
            .entry(Arc::clone(destination))
            .or_insert_with(Sums::new)
            .plans += 1;
        self.dirty_sums.insert(Arc::clone(destination));
    }

    pub(super) fn plan_ended(&mut self, destination: &Arc<str>) {
        if let Some(sums) = self.sums.get_mut(destination) {
            sums.plans = sums.plans.saturating_sub(1);
        }
        self.dirty_sums.insert(Arc::clone(destination));
    }

    /// What holds all rows of a destination back.
    pub(super) fn set_hold(&mut self, destination: &Arc<str>, is_paused: bool, is_offline: bool) {
        let sums = self
            .sums
            .entry(Arc::clone(destination))
            .or_insert_with(Sums::new);
        sums.totals.is_paused = is_paused;
        sums.totals.is_offline = is_offline;
        self.dirty_sums.insert(Arc::clone(destination));
    }

    /// Reads the counters of the running rows, and hands out what changed since the last call.
    pub(super) fn take_changes(&mut self, now: Instant) -> (Vec<Row>, Vec<(Arc<str>, Totals)>) {
        let mut bytes_running: HashMap<Arc<str>, u64> = HashMap::new();
        for id in &self.running {
            let Some(held) = self.by_id.get_mut(id) else {
                continue;
            };
            let Some(Running { sent, .. }) = &held.upload else {
                continue;
            };
            let (sent_bytes, note) = (sent.get(), sent.note());
            if sent_bytes != held.row.sent_bytes || note != held.row.note {
                held.row.sent_bytes = sent_bytes;
                held.row.note = note;
                self.dirty.insert(*id);
            }
            *bytes_running
                .entry(Arc::clone(&held.row.destination))
                .or_default() += sent_bytes;
        }
        self.dirty_sums.extend(bytes_running.keys().cloned());
        let mut changed: Vec<Row> = self
            .dirty
            .drain()
            .filter_map(|id| self.by_id.get(&id))
            .map(|held| held.row.clone())
            .collect();
        changed.sort_unstable_by_key(|row| row.id);
        let mut totals = Vec::new();
        for destination in self.dirty_sums.drain() {
            if let Some(sums) = self.sums.get_mut(&destination) {
                sums.refresh(bytes_running.get(&destination).copied(), now);
                totals.push((destination, sums.totals.clone()));
            }
        }
        (changed, totals)
    }

    pub(super) fn all(&self) -> (Vec<Row>, Vec<(Arc<str>, Totals)>) {
        let mut rows: Vec<Row> = self.by_id.values().map(|held| held.row.clone()).collect();
        rows.sort_unstable_by_key(|row| row.id);
        let totals = self.sums.iter();
        let totals =
            totals.map(|(destination, sums)| (Arc::clone(destination), sums.totals.clone()));
        (rows, totals.collect())
    }
}
