//! The app: every method is something a person can do.

mod destinations;
mod files;
mod sign_in;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bucket::{Command, Folder, Ledger, OnConflict, Page, Queue};
use session::{Clock, Keychain};
use tokio::sync::{Mutex as AsyncMutex, mpsc};

use crate::destination::{Destination, DestinationId};
use crate::event::{Event, Row};
use crate::failure::{Subject, of_bucket, of_conflict, of_session};
use crate::key_files::KeyFiles;
use crate::sandbox_destination::OpenSandbox;
use crate::sessions::{EndCause, SessionState};
use crate::settings::{Destinations, Settings};
use crate::{Advice, Code, Failure, Home, pump};

/// What the app stands on; a test brings its own.
#[derive(Clone)]
pub struct Surroundings {
    /// Settings, ledger, logs.
    pub home: Home,
    /// Access keys.
    pub keychain: Arc<dyn Keychain>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Files to add, as the window or the command line says it.
#[derive(Clone, Debug)]
pub struct DropRequest {
    /// Where to.
    pub destination: DestinationId,
    /// The folder shown; none for the destination's own.
    pub folder: Option<Folder>,
    /// Absolute paths.
    pub paths: Vec<PathBuf>,
    /// For all its files.
    pub on_conflict: OnConflict,
}

/// The one handle for the window and the command line; clones share everything. Uploads run until the last clone and
/// the process end.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) around: Surroundings,
    pub(crate) settings: Settings,
    pub(crate) queue: Queue,
    ledger: Ledger,
    key_files: KeyFiles,
    state: Mutex<State>,
    /// One sign-in at a time: two clicks share one answer.
    signing_in: AsyncMutex<()>,
    pub(crate) sandbox: AsyncMutex<Option<OpenSandbox>>,
    /// Numbers sessions.
    sign_ins: AtomicU64,
    pub(crate) watchers: pump::Watchers,
}

/// What is known now. Locked briefly, never across an await.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) destinations: Destinations,
    pub(crate) sessions: HashMap<DestinationId, SessionState>,
}

impl App {
    /// Opens settings and ledger, and starts the queue on the current runtime.
    ///
    /// # Errors
    /// [`Code::SettingsFailed`], [`Code::LedgerFailed`].
    pub fn open(around: Surroundings) -> Result<Self, Failure> {
        let settings = Settings::at(around.home.settings());
        let state = State {
            destinations: settings.read()?,
            ..State::default()
        };
        let ledger = Ledger::open(around.home.folder()).map_err(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the ledger cannot be opened"
            );
            Failure::new(Code::LedgerFailed, "")
        })?;
        let (queue, changes) = Queue::start(ledger.clone());
        let inner = Arc::new(Inner {
            around,
            settings,
            queue,
            ledger,
            key_files: KeyFiles::default(),
            state: Mutex::new(state),
            signing_in: AsyncMutex::default(),
            sandbox: AsyncMutex::default(),
            sign_ins: AtomicU64::new(0),
            watchers: pump::Watchers::default(),
        });
        tokio::spawn(pump::pump(Arc::downgrade(&inner), changes));
        Ok(Self { inner })
    }

    /// Everything from now on: a snapshot first, then events in the order in which they happen.
    pub fn watch(&self) -> mpsc::UnboundedReceiver<Event> {
        let (request, events) = self.inner.watchers.announce();
        self.inner.queue.tell(Command::Show(request));
        events
    }

    /// One page of a folder.
    ///
    /// # Errors
    /// [`Code::ListingDenied`] (no failure of uploads), [`Code::SignedOut`], [`Code::SessionEnded`],
    /// [`Code::Offline`] and the other codes of a request.
    pub async fn list(
        &self,
        id: &DestinationId,
        folder: &Folder,
        is_recursive: bool,
        next: Option<String>,
    ) -> Result<Page, Failure> {
        let destination = self.inner.destination(id)?;
        let running = self.inner.running(&destination)?;
        running
            .listing
            .page(folder, is_recursive, next)
            .await
            .map_err(|error| {
                if let bucket::Error::SessionEnded { by_server: true } = error {
                    self.inner
                        .end_that_session(id, running.number, EndCause::Server);
                }
                tracing::warn!(error = &error as &dyn std::error::Error, "a listing failed");
                let host = destination.s3_host();
                of_bucket(
                    &error,
                    Subject {
                        thing: folder.as_str(),
                        bucket: destination.target.bucket.as_str(),
                        server: &host,
                        is_listing: true,
                    },
                )
            })
    }

    /// What to tell the administrator of a role that may not list.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub fn policy_advice(&self, id: &DestinationId) -> Result<Advice, Failure> {
        let destination = self.inner.destination(id)?;
        Ok(account::advice(
            destination.partition(),
            destination.target.bucket.as_str(),
            destination.prefix.as_str(),
        ))
    }
}

impl Inner {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn destination(&self, id: &DestinationId) -> Result<Destination, Failure> {
        let state = self.state();
        let found = state.destinations.find(id).cloned();
        found.ok_or_else(|| Failure::new(Code::DestinationUnknown, id.as_str()))
    }

    pub(crate) fn set_destinations(&self, destinations: Destinations) {
        let event = Event::Destinations {
            destinations: destinations.all.clone(),
            selected: destinations.selected.clone(),
        };
        self.state().destinations = destinations;
        self.watchers.tell(&event);
    }

    /// A queue's row in the user's words.
    pub(crate) fn row(&self, row: bucket::Row) -> Row {
        let destination = DestinationId(row.destination.to_string());
        let failure = match &row.state {
            bucket::RowState::Failed(error) => Some(self.row_failure(error, &row)),
            bucket::RowState::Conflict(conflict) => Some(of_conflict(conflict, &row.name)),
            bucket::RowState::Waiting
            | bucket::RowState::Sending
            | bucket::RowState::Paused
            | bucket::RowState::WaitingForNetwork
            | bucket::RowState::WaitingForSignIn
            | bucket::RowState::Stored(_)
            | bucket::RowState::Cancelled
            | bucket::RowState::Skipped => None,
        };
        Row {
            id: row.id,
            destination,
            drop: row.drop,
            name: row.name.to_string(),
            key: row.key.to_string(),
            size_bytes: row.size_bytes,
            sent_bytes: row.sent_bytes,
            state: row.state,
            note: row.note,
            failure,
        }
    }

    fn row_failure(&self, error: &bucket::Error, row: &bucket::Row) -> Failure {
        let destination = self
            .destination(&DestinationId(row.destination.to_string()))
            .ok();
        let host = destination
            .as_ref()
            .map(Destination::s3_host)
            .unwrap_or_default();
        let bucket = destination
            .as_ref()
            .map_or("", |known| known.target.bucket.as_str());
        of_bucket(
            error,
            Subject {
                thing: &row.name,
                bucket,
                server: &host,
                is_listing: false,
            },
        )
    }
}

/// The chain goes to the log here, once; the failure holds none of it.
pub(crate) fn session_failure(error: &session::Error, destination: &Destination) -> Failure {
    tracing::warn!(error = error as &dyn std::error::Error, "no session");
    of_session(error, destination)
}
