//! What must hold, whatever was done.

use std::collections::{BTreeSet, HashMap};

use app::{Event, Row, RowState, Totals};
use testkit::files::Objects;

use super::world::{Dropped, World};

impl World {
    /// The witness hears a moment later than things happen: what is wrong must stay wrong.
    pub(super) async fn assert_truth(&self) {
        let mut wrong = Vec::new();
        for _ in 0..20 {
            wrong = self.what_is_wrong().await;
            if wrong.is_empty() {
                return;
            }
            self.rest(50).await;
        }
        panic!("{}\n{}", wrong.join("\n"), self.story());
    }

    async fn what_is_wrong(&self) -> Vec<String> {
        let wrong = [
            self.rows_that_are_lost(),
            self.objects_that_are_wrong(),
            self.parts_that_came_again(),
            self.sums_that_differ(),
            self.events_that_are_missing().await,
        ];
        wrong.into_iter().flatten().collect()
    }

    pub(super) async fn assert_all_is_stored_or_taken_back(&self) {
        let is_well = |row: &Row| {
            matches!(
                row.state,
                RowState::Stored(_) | RowState::Cancelled | RowState::Skipped
            )
        };
        let all_well = self.witness.heard().rows.values().all(is_well);
        assert!(all_well, "{}", self.story());
        let open = self.app.open_rows().await.expect("readable");
        assert!(
            open.is_empty(),
            "the ledger keeps {open:?}\n{}",
            self.story()
        );
    }

    /// A dropped file has a row, or joins the one that is open: also that of a later drop, whose walk may come first.
    fn rows_that_are_lost(&self) -> Vec<String> {
        let heard = self.witness.heard();
        let mut wrong = Vec::new();
        for file in &self.files {
            if heard.ever.values().all(|row| row.name != file.name) {
                wrong.push(format!("no row: {} of {:?}", file.name, file.drops));
            }
        }
        for row in heard.rows.values() {
            let needs_reason = matches!(row.state, RowState::Conflict(_) | RowState::Failed(_));
            if !row.state.is_over() || (needs_reason && row.failure.is_none()) {
                wrong.push(format!("no end or no reason: {row:?}"));
            }
        }
        wrong
    }

    fn objects_that_are_wrong(&self) -> Vec<String> {
        let objects = self.objects();
        let mut wrong = Vec::new();
        for (key, bytes) in &objects {
            if self.strangers.get(key) == Some(bytes) {
                continue;
            }
            match self.files.iter().find(|file| file.bytes == *bytes) {
                None => wrong.push(format!("nobody's bytes: {key}")),
                Some(file) if !is_key_of(key, file) => {
                    wrong.push(format!("{} lies under {key}", file.name));
                }
                Some(file) if self.strangers.contains_key(key) && !file.may_replace => {
                    wrong.push(format!("{} has overwritten a stranger's {key}", file.name));
                }
                Some(_) => {}
            }
        }
        for key in self
            .strangers
            .keys()
            .filter(|key| !objects.contains_key(*key))
        {
            wrong.push(format!("a stranger's {key} is gone"));
        }
        wrong.extend(self.stored_rows_that_are_wrong(&objects));
        wrong
    }

    /// Of the files that were stored under one key, all but the first had to replace.
    fn stored_rows_that_are_wrong(&self, objects: &Objects) -> Vec<String> {
        let heard = self.witness.heard();
        let mut wrong = Vec::new();
        let stored = |row: &Row| match &row.state {
            RowState::Stored(receipt) => Some((receipt.key.clone(), row.name.clone())),
            _ => None,
        };
        let stored: BTreeSet<(String, String)> = heard.ever.values().filter_map(stored).collect();
        for (key, name) in &stored {
            let others: Vec<&Dropped> = stored
                .iter()
                .filter(|(other, _)| other == key)
                .filter_map(|(_, name)| self.files.iter().find(|file| file.name == *name))
                .collect();
            let could_not_replace = others.iter().filter(|file| !file.may_replace).count();
            if could_not_replace > 1 {
                wrong.push(format!("{name} and others were stored as {key}"));
            }
            let is_there = objects
                .get(key)
                .is_some_and(|bytes| others.iter().any(|file| file.bytes == *bytes));
            // One that was taken back may have been on its way to replace it.
            let is_replaced = self.files.iter().any(|file| {
                file.may_replace && objects.get(key).is_some_and(|bytes| *bytes == file.bytes)
            });
            if !is_there && !is_replaced {
                wrong.push(format!("{name} is not stored as {key}"));
            }
        }
        wrong
    }

    fn objects(&self) -> Objects {
        let all = self.server.objects().expect("the sandbox has its list");
        all.into_iter()
            .map(|object| {
                let bytes = self.server.read_object(&object.key);
                (object.key, bytes.expect("the sandbox has its bytes"))
            })
            .collect()
    }

    fn parts_that_came_again(&self) -> Vec<String> {
        let counts = self.server.counts();
        let mut again: HashMap<&str, usize> = HashMap::new();
        // One that was unheard of may need several tries to come again.
        for part in counts
            .parts_sent_again()
            .iter()
            .filter(|part| part.accepted)
        {
            *again.entry(&part.upload_id).or_default() += 1;
        }
        let heard = self.witness.heard();
        again
            .into_iter()
            .filter(|(upload, times)| heard.unheard.get(*upload).is_none_or(|most| times > most))
            .map(|(upload, times)| {
                let parts = counts.parts.iter().filter(|part| part.upload_id == upload);
                let parts: Vec<_> = parts
                    .map(|part| (&part.key, part.part_number, part.accepted, part.answered))
                    .collect();
                let most = heard.unheard.get(upload);
                format!("{times} parts of {upload} came again, {most:?} unheard of: {parts:?}")
            })
            .collect()
    }

    fn sums_that_differ(&self) -> Vec<String> {
        let heard = self.witness.heard();
        let Some(told) = heard.totals.clone() else {
            return Vec::new();
        };
        let counts = |row: &&Row| !matches!(row.state, RowState::Cancelled | RowState::Skipped);
        let rows: Vec<&Row> = heard.rows.values().filter(counts).collect();
        let are =
            |is: fn(&RowState) -> bool| rows.iter().filter(|row| is(&row.state)).count() as u64;
        let sums = Totals {
            files: rows.len() as u64,
            files_stored: are(|state| matches!(state, RowState::Stored(_))),
            files_stopped: are(|s| matches!(s, RowState::Conflict(_) | RowState::Failed(_))),
            bytes: rows.iter().map(|row| row.size_bytes).sum(),
            bytes_sent: rows.iter().map(|row| row.sent_bytes).sum(),
            // Nothing runs and nothing is held back.
            time_left: told.time_left,
            ..Totals::default()
        };
        if sums == told {
            return Vec::new();
        }
        vec![format!("told {told:?}\nare {sums:?}")]
    }

    async fn events_that_are_missing(&self) -> Vec<String> {
        let Some(Event::Snapshot(snapshot)) = self.app.watch().recv().await else {
            return vec!["no snapshot".to_owned()];
        };
        let heard = self.witness.heard();
        let told: Vec<String> = heard.rows.values().map(|row| format!("{row:?}")).collect();
        let shown: Vec<String> = snapshot.rows.iter().map(|row| format!("{row:?}")).collect();
        let mut wrong = heard.wrong.clone();
        if told != shown {
            wrong.push(format!("told {told:#?}\nshown {shown:#?}"));
        }
        let totals = snapshot.totals.into_iter().next().map(|(_, totals)| totals);
        if heard.totals != totals {
            wrong.push(format!("told {:?}\nshown {totals:?}", heard.totals));
        }
        wrong
    }
}

/// Its own, or a numbered one beside it.
fn is_key_of(key: &str, file: &Dropped) -> bool {
    let (stem, ending) = file.key.rsplit_once('.').unwrap_or((&file.key, ""));
    key == file.key || (key.starts_with(&format!("{stem} (")) && key.ends_with(ending))
}
