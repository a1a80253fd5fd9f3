//! Rows come: from a drop's walk, or from the ledger.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{MOST_AT_ONCE, Task, Walked};
use crate::OpenRow;
use crate::ledger::{NewRow, Write};
use crate::plan::{Planned, PlannedFile, plan};
use crate::queue::{Change, Drop};
use crate::row::File;

impl Task {
    pub(super) fn add(&mut self, drop: Drop) {
        self.rows.plan_began(&drop.destination);
        let rest = plan(drop.paths.clone(), drop.folder.clone(), drop.rules.clone());
        self.walk_on(drop, rest);
    }

    pub(super) fn walk_on(&mut self, drop: Drop, mut rest: mpsc::Receiver<Planned>) {
        self.walks.spawn(async move {
            let mut found = Vec::new();
            rest.recv_many(&mut found, MOST_AT_ONCE).await;
            Walked { drop, found, rest }
        });
    }

    pub(super) fn walked(&mut self, walked: Walked) {
        let Walked { drop, found, rest } = walked;
        if found.is_empty() || self.forgotten.contains(&drop.destination) {
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
    pub(super) fn new_row(&mut self, drop: &Drop, planned: PlannedFile) -> Option<NewRow> {
        if let Some(id) = self
            .rows
            .open_row_of(&drop.destination, &planned.path, &planned.key)
        {
            self.retry(id, Some(drop.on_conflict));
            return None;
        }
        let file = File {
            id: self.ledger.next_id(),
            drop: drop.id,
            added_at: jiff::Timestamp::now(),
            content: planned.content,
            may_be_stored: false,
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

    pub(super) async fn adopt(&mut self, destination: Option<Arc<str>>) {
        let result = match self.ledger.adopt(destination.as_deref()).await {
            Ok(adopted) => {
                self.take_over(adopted.rows);
                Ok(())
            }
            Err(error) => Err(Arc::new(error)),
        };
        self.say(Change::Adopted(result));
    }

    pub(super) fn take_over(&mut self, rows: Vec<OpenRow>) {
        let mut added = Vec::with_capacity(rows.len());
        for OpenRow {
            destination,
            name,
            confirmed_bytes,
            is_paused: _,
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
}
