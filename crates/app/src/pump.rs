//! Carries the queue's changes to the watchers, in the user's words.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use bucket::{Change, Entry, RowState};
use tokio::sync::mpsc;

use crate::app::Inner;
use crate::destination::DestinationId;
use crate::event::{Event, Row, SkippedPath, Snapshot};
use crate::failure::of_unusable;
use crate::sessions::EndCause;
use crate::{Code, Failure};

/// Those who get every event. A new one is announced first, and gets its place in the order with the queue's snapshot.
#[derive(Debug, Default)]
pub(crate) struct Watchers(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    last_request: u64,
    announced: HashMap<u64, mpsc::UnboundedSender<Event>>,
    watching: Vec<mpsc::UnboundedSender<Event>>,
}

impl Watchers {
    pub(crate) fn announce(&self) -> (u64, mpsc::UnboundedReceiver<Event>) {
        let (sender, events) = mpsc::unbounded_channel();
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inside.last_request += 1;
        let request = inside.last_request;
        inside.announced.insert(request, sender);
        (request, events)
    }

    /// Tells everyone; those who no longer listen are forgotten.
    pub(crate) fn tell(&self, event: &Event) {
        self.tell_what(|| event.clone());
    }

    /// Tells what `event` finds under the lock. The app's state is locked inside of this lock, never outside of it.
    pub(crate) fn tell_what(&self, event: impl FnOnce() -> Event) {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let event = event();
        inside
            .watching
            .retain(|watcher| watcher.send(event.clone()).is_ok());
    }

    /// The snapshot is made under the lock, so that no event falls between it and the first one told.
    /// `news` is what each new watcher must hear besides.
    fn begin(&self, request: u64, news: Vec<Failure>, snapshot: impl FnOnce() -> Snapshot) {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(watcher) = inside.announced.remove(&request) else {
            return;
        };
        if watcher.send(Event::Snapshot(Box::new(snapshot()))).is_ok() {
            for failure in news {
                let _ = watcher.send(Event::Failed {
                    destination: None,
                    failure,
                });
            }
            inside.watching.push(watcher);
        }
    }
}

/// Ends with the queue, or with the app.
pub(crate) async fn pump(app: Weak<Inner>, mut changes: mpsc::UnboundedReceiver<Change>) {
    while let Some(change) = changes.recv().await {
        let Some(inner) = app.upgrade() else { return };
        inner.carry(change);
    }
}

impl Inner {
    fn carry(self: &Arc<Self>, change: Change) {
        let event = match change {
            Change::Snapshot {
                request,
                rows,
                totals,
            } => {
                let rows = rows.into_iter().map(|row| self.row(row)).collect();
                let totals = totals.into_iter();
                let totals = totals
                    .map(|(id, totals)| (DestinationId(id.to_string()), totals))
                    .collect();
                let news = self.moved_aside().into_iter().chain(self.left_out());
                let news = news.collect();
                self.watchers
                    .begin(request, news, || self.snapshot(rows, totals));
                return;
            }
            Change::Added(rows) => Event::RowsAdded(self.rows(rows)),
            Change::Changed(rows) => {
                self.tell_arrived(&rows);
                Event::RowsChanged(self.rows(rows))
            }
            Change::Removed(rows) => Event::RowsRemoved(rows),
            Change::Totals(id, totals) => {
                let destination = DestinationId(id.to_string());
                let mut state = self.state();
                let pace = state.paces.entry(destination.clone()).or_default();
                pace.measure(&totals, Instant::now());
                drop(state);
                self.awake.sends(&destination, totals.files_sending > 0);
                self.stop_renewing_when_done(&destination, &totals);
                Event::Totals {
                    destination,
                    totals,
                }
            }
            Change::RegionFound {
                destination,
                region,
            } => {
                self.correct_region(&DestinationId(destination.to_string()), &region);
                return;
            }
            Change::Skipped(skipped) => {
                Event::Skipped(skipped.into_iter().map(skipped_path).collect())
            }
            Change::Planned { drop } => Event::Planned { drop },
            Change::Adopted(Ok(())) => Event::Adopted,
            Change::Adopted(Err(error)) => {
                tracing::error!(
                    error = &*error as &dyn std::error::Error,
                    "rows were not taken over"
                );
                self.watchers.tell(&Event::Failed {
                    destination: None,
                    failure: Failure::new(Code::LedgerFailed, ""),
                });
                Event::Adopted
            }
            Change::SessionRefused {
                destination,
                session,
            } => {
                let id = DestinationId(destination.to_string());
                self.end_that_session(&id, session, EndCause::Server);
                return;
            }
        };
        self.watchers.tell(&event);
    }

    /// *Keep renewing until this is done*: that is when rows were open and none is.
    fn stop_renewing_when_done(&self, destination: &DestinationId, totals: &bucket::Totals) {
        let over = totals.files_stored + totals.files_stopped;
        let is_open = totals.is_planning || totals.files > over;
        let was_open = self
            .state()
            .open
            .insert(destination.clone(), is_open)
            .unwrap_or(false);
        if was_open && !is_open {
            self.set_keeps_renewing(destination, false);
        }
    }

    fn rows(&self, rows: Vec<bucket::Row>) -> Vec<Row> {
        rows.into_iter().map(|row| self.row(row)).collect()
    }

    fn snapshot(&self, rows: Vec<Row>, totals: Vec<(DestinationId, bucket::Totals)>) -> Snapshot {
        let state = self.state();
        let sessions = state.sessions.iter();
        let sessions =
            sessions.map(|(id, session)| (id.clone(), session.view(&*self.around.clock)));
        Snapshot {
            destinations: state.content.all.clone(),
            selected: state.content.selected.clone(),
            sessions: sessions.collect(),
            rows,
            totals,
            preferences: state.content.preferences,
        }
    }

    /// What was just stored shows in the listing without asking the server.
    fn tell_arrived(self: &Arc<Self>, rows: &[bucket::Row]) {
        let mut arrived: HashMap<&str, Vec<Entry>> = HashMap::new();
        for row in rows {
            if let RowState::Stored(receipt) = &row.state {
                arrived
                    .entry(&row.destination)
                    .or_default()
                    .push(Entry::Object {
                        key: receipt.key.clone(),
                        size_bytes: receipt.size_bytes,
                        modified: Some(receipt.stored_at),
                        storage_class: None,
                        etag: Some(receipt.etag.clone()),
                    });
            }
        }
        for (destination, entries) in arrived {
            self.show_arrived(&DestinationId(destination.to_owned()), entries);
        }
    }
}

fn skipped_path(path: bucket::Skipped) -> SkippedPath {
    SkippedPath {
        failure: of_unusable(path.reason, &path.name),
        name: path.name,
    }
}
