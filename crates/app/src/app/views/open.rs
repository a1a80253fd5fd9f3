//! An open view, and all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bucket::{Folder, Held, Page};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::{View, ViewId};
use crate::Failure;
use crate::destination::DestinationId;

/// A page that was asked for. An answer to an older question is void.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    number: u64,
    is_first: bool,
    pub(super) next: Option<String>,
}

/// A view that somebody looks at. Sorting a million lines takes a second: then `held` is locked, and nothing else is.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) id: ViewId,
    pub(super) destination: DestinationId,
    pub(super) folder: Folder,
    pub(super) is_recursive: bool,
    held: Mutex<Held>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    edition: u64,
    loaded: u64,
    shown: u64,
    looked: u64,
    next: Option<String>,
    has_first: bool,
    /// Numbers the questions after the first page.
    asked: u64,
    looking: Looking,
    failure: Option<Failure>,
}

#[derive(Debug, Default)]
enum Looking {
    #[default]
    No,
    Begun,
    Yes(AbortHandle),
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Open {
    fn new(id: ViewId, destination: DestinationId, held: Held) -> Self {
        Self {
            id,
            destination,
            folder: held.folder().clone(),
            is_recursive: held.is_recursive(),
            held: Mutex::new(held),
            known: Mutex::default(),
        }
    }

    pub(super) fn view(&self) -> View {
        let known = locked(&self.known);
        View {
            id: self.id,
            edition: known.edition,
            loaded: known.loaded,
            shown: known.shown,
            looked: known.looked,
            has_more: known.next.is_some(),
            is_looking_through: !matches!(known.looking, Looking::No),
            failure: known.failure.clone(),
        }
    }

    /// Makes every answer on its way void.
    pub(super) fn ask_anew(&self) -> Asked {
        let mut known = locked(&self.known);
        known.asked += 1;
        known.failure = None;
        Asked {
            number: known.asked,
            is_first: true,
            next: None,
        }
    }

    /// None after the last page, and before the first.
    pub(super) fn ask_on(&self) -> Option<Asked> {
        let mut known = locked(&self.known);
        known.failure = None;
        let next = known.next.clone()?;
        Some(Asked {
            number: known.asked,
            is_first: false,
            next: Some(next),
        })
    }

    /// The first page or the next one, while the view is being looked through.
    pub(super) fn ask_for_more(&self) -> Option<Asked> {
        let known = locked(&self.known);
        let (is_looking, has_first) = (!matches!(known.looking, Looking::No), known.has_first);
        drop(known);
        match (is_looking, has_first) {
            (false, _) => None,
            (true, true) => self.ask_on(),
            (true, false) => Some(self.ask_anew()),
        }
    }

    /// Takes an answer, unless another one has come meanwhile.
    pub(super) async fn take(self: &Arc<Self>, asked: Asked, page: Page, more_follow: bool) {
        let open = Arc::clone(self);
        blocking(move || {
            let mut held = locked(&open.held);
            let known = locked(&open.known);
            let is_void =
                known.asked != asked.number || (!asked.is_first && known.next != asked.next);
            drop(known);
            if is_void {
                return;
            }
            if asked.is_first {
                held.begin(page);
            } else {
                held.go_on(page, more_follow);
            }
            locked(&open.known).has_first = true;
            open.note(&held);
        })
        .await;
    }

    /// Changes what is shown, off the runtime's own threads.
    pub(super) async fn change(self: &Arc<Self>, change: impl FnOnce(&mut Held) + Send + 'static) {
        let open = Arc::clone(self);
        blocking(move || {
            let mut held = locked(&open.held);
            change(&mut held);
            open.note(&held);
        })
        .await;
    }

    /// Blocks. True when something changed.
    pub(super) fn change_now(&self, change: impl Fn(&mut Held) -> bool) -> bool {
        let mut held = locked(&self.held);
        let has_changed = change(&mut held);
        if has_changed {
            self.note(&held);
        }
        has_changed
    }

    /// What `read` finds, and the edition in which it found it.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Held) -> T + Send + 'static,
    ) -> (u64, T) {
        let open = Arc::clone(self);
        blocking(move || {
            let held = locked(&open.held);
            let edition = locked(&open.known).edition;
            (edition, read(&held))
        })
        .await
    }

    /// `held` is locked by the caller, so that no edition names another one's lines.
    fn note(&self, held: &Held) {
        let mut known = locked(&self.known);
        known.edition += 1;
        known.loaded = held.len() as u64;
        known.shown = held.shown() as u64;
        known.looked = held.looked();
        known.next = held.next().map(str::to_owned);
    }

    /// False when it is being looked through already.
    pub(super) fn begin_to_look(&self) -> bool {
        let mut known = locked(&self.known);
        let is_new = matches!(known.looking, Looking::No);
        if is_new {
            known.looking = Looking::Begun;
        }
        is_new
    }

    /// The task may be over already.
    pub(super) fn stops_with(&self, task: AbortHandle) {
        let mut known = locked(&self.known);
        if matches!(known.looking, Looking::Begun) {
            known.looking = Looking::Yes(task);
        }
    }

    pub(super) fn stop(&self) {
        if let Looking::Yes(task) = std::mem::take(&mut locked(&self.known).looking) {
            task.abort();
        }
    }

    pub(super) fn end_looking(&self, failure: Option<Failure>) {
        let mut known = locked(&self.known);
        known.looking = Looking::No;
        known.failure = failure;
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

type Work = Box<dyn FnOnce() + Send>;

/// All that are open.
#[derive(Debug)]
pub(crate) struct Views {
    inside: Mutex<Inside>,
    work: mpsc::UnboundedSender<Work>,
}

#[derive(Debug, Default)]
struct Inside {
    last: u64,
    open: HashMap<ViewId, Arc<Open>>,
}

impl Views {
    /// Starts the task that brings what arrives into views, one thing after the other.
    pub(crate) fn start() -> Self {
        let (work, mut todo) = mpsc::unbounded_channel::<Work>();
        tokio::spawn(async move {
            while let Some(work) = todo.recv().await {
                blocking(work).await;
            }
        });
        Self {
            inside: Mutex::default(),
            work,
        }
    }

    pub(super) fn queue(&self, work: impl FnOnce() + Send + 'static) {
        // The task ends with the runtime: then nobody looks.
        let _ = self.work.send(Box::new(work));
    }

    pub(super) fn open(&self, destination: DestinationId, held: Held) -> ViewId {
        let mut inside = locked(&self.inside);
        inside.last += 1;
        let id = ViewId(inside.last);
        let open = Arc::new(Open::new(id, destination, held));
        inside.open.insert(id, open);
        id
    }

    pub(super) fn get(&self, id: ViewId) -> Option<Arc<Open>> {
        locked(&self.inside).open.get(&id).cloned()
    }

    pub(super) fn of(&self, destination: &DestinationId) -> Vec<Arc<Open>> {
        let inside = locked(&self.inside);
        let of = inside.open.values();
        of.filter(|open| open.destination == *destination)
            .cloned()
            .collect()
    }

    pub(super) fn close(&self, id: ViewId) {
        if let Some(open) = locked(&self.inside).open.remove(&id) {
            open.stop();
        }
    }

    pub(super) fn close_all(&self) {
        for (_, open) in std::mem::take(&mut locked(&self.inside).open) {
            open.stop();
        }
    }
}
