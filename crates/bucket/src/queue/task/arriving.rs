//! Rows come: from a drop's walk, or from the ledger.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::{MOST_AT_ONCE, Task, Walked};
use crate::ledger::UnfinishedWalk;
use crate::ledger::{NewRow, Write};
use crate::plan::{Planned, PlannedFile, plan};
use crate::queue::{Change, Drop};
use crate::row::File;
use crate::shared::{FileName, FilePath};
use crate::{Conflict, DropId, OnConflict, OpenRow, Row, RowState};

/// Small files go in the order in which they came, so those that were on their way when their process died are among
/// the first. One question for each of 200,000 would cost more than sending a few again.
const MOST_LOOKED_FOR: usize = 300;

impl Task {
    pub(super) fn add(&mut self, drop: Drop) {
        self.rows.plan_began(&drop.destination);
        self.ledger.write(Write::WalkBegan(drop.clone()));
        let rest = plan(drop.paths.clone(), drop.folder.clone(), drop.rules.clone());
        self.walk_on(drop, rest, std::future::ready(()));
    }

    fn walk_on(
        &mut self,
        drop: Drop,
        mut rest: mpsc::Receiver<Planned>,
        is_written: impl Future<Output = ()> + Send + 'static,
    ) {
        self.walks.spawn(async move {
            is_written.await;
            let mut found = Vec::new();
            rest.recv_many(&mut found, MOST_AT_ONCE).await;
            Walked { drop, found, rest }
        });
    }

    pub(super) fn walked(&mut self, walked: Walked) {
        let Walked { drop, found, rest } = walked;
        let is_unwanted =
            self.forgotten.contains(&drop.destination) || self.called_off.contains(&drop.id);
        if found.is_empty() || is_unwanted {
            self.called_off.remove(&drop.id);
            self.ledger.write(Write::WalkEnded(drop.id));
            self.rows.plan_ended(&drop.destination);
            self.tell_changes();
            self.say(Change::Planned { drop: drop.id });
            if self.known.remove(&drop.id).is_some() {
                self.tell_adopted();
            }
            return;
        }
        let (mut added, mut written, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
        let mut asked = Vec::new();
        for planned in found {
            match planned {
                Planned::Skipped(path) => skipped.push(path),
                Planned::File(file) => {
                    let twin = file.twin.clone();
                    if let Some(new) = self.new_row(&drop, file) {
                        if twin.is_some() {
                            asked.push(new.file.id);
                        }
                        added.push(self.enqueue(&new, twin).id);
                        written.push(new);
                    }
                }
            }
        }
        // The walk goes on when the ledger has them: on a slow disk the rows to be written must not pile up.
        let is_written = self.write_new(written);
        for id in asked {
            // Answered beforehand, for the whole drop. That it replaces or skips what is in the bucket says nothing of
            // its own files.
            if drop.on_conflict == OnConflict::KeepBoth {
                self.resolve(id, OnConflict::KeepBoth);
            }
            self.choose_for_drop(id);
        }
        let added = added.iter().filter_map(|id| self.rows.get(*id));
        let added: Vec<Row> = added.map(|held| held.row.clone()).collect();
        if !added.is_empty() {
            self.say(Change::Added(added));
        }
        if !skipped.is_empty() {
            self.say(Change::Skipped(skipped));
        }
        self.walk_on(drop, rest, is_written);
    }

    /// A row whose key another file of the drop has is held until the person has chosen; others get into their lines when
    /// they are written.
    fn enqueue(&mut self, new: &NewRow, twin: Option<Conflict>) -> Row {
        let state = if let Some(conflict) = twin {
            RowState::Conflict(conflict)
        } else {
            self.state_at_rest(&new.destination, false)
        };
        let name = FileName::beside(&new.file.key, &new.name);
        self.rows
            .add(&new.destination, name, new.file.clone(), state, 0)
    }

    /// None when the same file is on its way to the same key already: it joins its row, which runs again if it had
    /// stopped.
    pub(super) fn new_row(&mut self, drop: &Drop, planned: PlannedFile) -> Option<NewRow> {
        let known = self.known.get(&drop.id);
        if known.is_some_and(|known| known.contains(&planned.path, &planned.name)) {
            return None;
        }
        let path = FilePath::beside(&planned.path, &mut self.last_folder);
        if let Some(id) = self
            .rows
            .open_row_of(&drop.destination, &path, &planned.key)
        {
            self.join(id, drop.on_conflict);
            return None;
        }
        let on_conflict = match (planned.twin, self.on_conflict_of(drop)) {
            (_, OnConflict::KeepBoth) => OnConflict::KeepBoth,
            // Neither may overwrite the other, nor be left out unasked: not after a restart either.
            (Some(Conflict::SameKey { .. }), _) => OnConflict::Ask,
            (_, choice) => choice,
        };
        let file = File {
            id: self.ledger.next_id(),
            drop: drop.id,
            added_at: jiff::Timestamp::now(),
            content: planned.content,
            may_be_stored: false,
            looks_first: true,
            bucket: drop.bucket.clone(),
            path,
            key: planned.key.into(),
            stamp: planned.stamp,
            on_conflict,
            begun: None,
        };
        Some(NewRow {
            destination: Arc::clone(&drop.destination),
            name: planned.name,
            is_paused: self.lane(&drop.destination).is_paused,
            file,
        })
    }

    pub(super) async fn adopt(&mut self, destination: Option<Arc<str>>) {
        let result = match self.ledger.adopt(destination.as_deref()).await {
            Ok(adopted) => {
                self.take_over(adopted.rows);
                for UnfinishedWalk { drop, known } in adopted.walks {
                    self.known.insert(drop.id, known);
                    self.add(drop);
                }
                Ok(())
            }
            Err(error) => Err(Arc::new(error)),
        };
        self.adopted.push(result);
        self.tell_adopted();
    }

    /// Adopting is done when the walks are, that a death had cut short.
    fn tell_adopted(&mut self) {
        if self.known.is_empty() {
            for result in std::mem::take(&mut self.adopted) {
                self.say(Change::Adopted(result));
            }
        }
    }

    pub(super) fn take_over(&mut self, rows: Vec<OpenRow>) {
        let mut added = Vec::with_capacity(rows.len());
        let mut small = 0;
        let mut names: HashMap<(DropId, Arc<str>), String> = HashMap::new();
        for OpenRow {
            destination,
            name,
            confirmed_bytes,
            is_paused,
            mut file,
        } in rows
        {
            if file.begun.is_none() {
                small += 1;
                file.looks_first = small <= MOST_LOOKED_FOR;
            }
            let (id, size_bytes) = (file.id, file.stamp.size_bytes);
            // Two of one drop under one key: the second is held again.
            let state = match names.entry((file.drop, file.key.clone())) {
                Entry::Occupied(first) => RowState::Conflict(Conflict::SameKey {
                    other: first.get().clone(),
                }),
                Entry::Vacant(free) => {
                    free.insert(name.clone());
                    self.lane(&destination).push_back(id, size_bytes);
                    self.state_at_rest(&destination, is_paused)
                }
            };
            let name = FileName::beside(&file.key, &name);
            added.push(
                self.rows
                    .add(&destination, name, file, state, confirmed_bytes),
            );
            if let Some(held) = self.rows.get_mut(id) {
                held.is_paused = is_paused;
            }
        }
        if !added.is_empty() {
            self.say(Change::Added(added));
        }
    }
}
