//! Hears every event, and keeps what they say together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::{App, Event, Row, RowId, RowState, Totals};
use sandbox::Sandbox;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::person::PART;

/// What was heard.
#[derive(Default)]
pub(super) struct Heard {
    /// The rows as a window would show them.
    pub(super) rows: BTreeMap<RowId, Row>,
    pub(super) totals: Option<Totals>,
    /// Every row that ever was, as it was told last.
    pub(super) ever: BTreeMap<RowId, Row>,
    /// Which app is listened to; those that were closed count no more.
    app: u32,
    /// What no event may say.
    pub(super) wrong: Vec<String>,
    /// By upload: how many parts were on their way when it was stopped. They may have arrived, unheard of.
    pub(super) unheard: HashMap<String, usize>,
}

/// Listens until its app goes.
#[derive(Clone, Default)]
pub(super) struct Witness(Arc<Mutex<Heard>>);

impl Witness {
    pub(super) fn listen(&self, app: &App, server: &Arc<Sandbox>) {
        let mut heard = self.heard();
        heard.rows.clear();
        heard.totals = None;
        heard.app += 1;
        let which = heard.app;
        drop(heard);
        let events = app.watch();
        tokio::spawn(self.clone().hear(events, Arc::clone(server), which));
    }

    pub(super) fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ids(&self) -> Vec<RowId> {
        self.heard().rows.keys().copied().collect()
    }

    async fn hear(self, mut events: UnboundedReceiver<Event>, server: Arc<Sandbox>, which: u32) {
        while let Some(event) = events.recv().await {
            let mut heard = self.heard();
            if heard.app != which {
                return;
            }
            match event {
                Event::Snapshot(snapshot) => {
                    heard.see(snapshot.rows, &server);
                    heard.totals = snapshot.totals.into_iter().next().map(|(_, totals)| totals);
                }
                Event::RowsAdded(rows) => {
                    heard.doubt(&rows, "is added twice", |rows, row| {
                        rows.contains_key(&row.id)
                    });
                    heard.see(rows, &server);
                }
                Event::RowsChanged(rows) => {
                    heard.doubt(&rows, "was never added", |rows, row| {
                        !rows.contains_key(&row.id)
                    });
                    heard.see(rows, &server);
                }
                Event::RowsRemoved(ids) => {
                    let gone = ids.iter().filter_map(|id| heard.rows.remove(id));
                    let gone: Vec<Row> = gone.collect();
                    heard.doubt(&gone, "goes while it is open", |_, row| {
                        !row.state.is_over()
                    });
                }
                Event::Totals { totals, .. } => heard.totals = Some(totals),
                _ => {}
            }
        }
    }
}

impl Heard {
    fn doubt(
        &mut self,
        rows: &[Row],
        what: &str,
        is_so: impl Fn(&BTreeMap<RowId, Row>, &Row) -> bool,
    ) {
        for row in rows {
            if is_so(&self.rows, row) {
                self.wrong.push(format!("a row {what}: {row:?}"));
            }
        }
    }

    fn see(&mut self, rows: Vec<Row>, server: &Sandbox) {
        for row in rows {
            self.compare_parts(&row, server);
            self.ever.insert(row.id, row.clone());
            self.rows.insert(row.id, row);
        }
    }

    /// A row at rest tells the bytes that the queue knows to be confirmed. More may have arrived: the answers of what was
    /// on its way are not heard any more.
    fn compare_parts(&mut self, row: &Row, server: &Sandbox) {
        let is_at_rest = !matches!(row.state, RowState::Sending | RowState::Stored(_));
        let before = self.rows.get(&row.id).map(|row| &row.state);
        let has_stopped = matches!(before, None | Some(RowState::Sending));
        if !is_at_rest || !has_stopped || row.size_bytes < PART as u64 {
            return;
        }
        let parts = server.counts().parts;
        let of_row = || parts.iter().filter(|part| part.key == row.key);
        let Some(upload_id) = of_row().next_back().map(|part| &part.upload_id) else {
            return;
        };
        let begun: BTreeSet<u32> = of_row()
            .filter(|part| part.upload_id == *upload_id)
            .map(|part| part.part_number)
            .collect();
        // The files here have two parts.
        let known = row.sent_bytes.div_ceil(PART as u64);
        let known = usize::try_from(known).expect("few parts");
        *self.unheard.entry(upload_id.clone()).or_default() += begun.len().saturating_sub(known);
    }
}
