//! The app: every method is something a person can do.

mod sign_in;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bucket::{Command, Folder, Ledger, OnConflict, Page, Queue, RowId};
use session::{AccessKey, Clock, Keychain};
use tokio::sync::{Mutex as AsyncMutex, mpsc};

use crate::destination::{Destination, DestinationForm, DestinationId, KeySource};
use crate::event::{Event, Row};
use crate::failure::{Subject, of_bucket, of_session, of_target_name};
use crate::key_files::{KeyFile, KeyFiles};
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
    pub folder: Option<String>,
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
    drops: AtomicU64,
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
            drops: AtomicU64::new(0),
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

    // --- destinations

    /// All destinations.
    pub fn destinations(&self) -> Vec<Destination> {
        self.inner.state().destinations.all.clone()
    }

    /// The destination of this name, or the only one.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub fn destination_named(&self, name: Option<&str>) -> Result<Destination, Failure> {
        let state = self.inner.state();
        let all = &state.destinations.all;
        let found = match name {
            Some(name) => all.iter().find(|destination| destination.name == name),
            None if all.len() == 1 => all.first(),
            None => None,
        };
        found
            .cloned()
            .ok_or_else(|| Failure::new(Code::DestinationUnknown, name.unwrap_or_default()))
    }

    /// Reads the CSV file of the IAM console; its key waits for [`App::connect`].
    ///
    /// # Errors
    /// [`Code::BadKeyFile`], [`Code::FileUnreadable`].
    pub fn read_key_file(&self, path: &Path) -> Result<KeyFile, Failure> {
        self.inner
            .key_files
            .read(path)
            .map_err(|error| match error {
                session::Error::KeyFileUnreadable { file, .. } => {
                    Failure::new(Code::FileUnreadable, file)
                }
                session::Error::NotAKeyFile { file } => Failure::new(Code::BadKeyFile, file),
                _ => Failure::new(Code::BadAccessKey, ""),
            })
    }

    /// Checks the form, puts the key into the keychain, saves the destination and shows it. Nothing is saved when the
    /// keychain says no. With `replaces` an existing destination is changed: its rows stay, its session ends.
    ///
    /// # Errors
    /// One code for each wrong field, [`Code::NameTaken`], the keychain's, [`Code::SettingsFailed`].
    pub async fn connect(
        &self,
        form: &DestinationForm,
        key: &KeySource,
        replaces: Option<&DestinationId>,
    ) -> Result<Destination, Failure> {
        let old = replaces.map(|id| self.inner.destination(id)).transpose()?;
        let id = old
            .as_ref()
            .map_or_else(DestinationId::new, |old| old.id.clone());
        let mut destination = form.check(id, String::new())?;
        self.inner.state().destinations.check_name(&destination)?;
        destination.is_sandbox = old.as_ref().is_some_and(|old| old.is_sandbox);
        let key_of_form = self.key_of(key)?;
        destination.key_ends = match (&key_of_form, &old) {
            (Some(new), _) => new.ends().as_str().to_owned(),
            (None, Some(old)) => old.key_ends.clone(),
            (None, None) => return Err(Failure::new(Code::BadAccessKey, "")),
        };
        self.save(destination.clone(), key_of_form.as_ref()).await?;
        if let KeySource::File { ticket } = key {
            self.inner.key_files.forget(*ticket);
        }
        self.end_session(&destination.id);
        Ok(destination)
    }

    fn key_of(&self, source: &KeySource) -> Result<Option<AccessKey>, Failure> {
        match source {
            KeySource::Typed { id, secret } => AccessKey::new(id, secret)
                .map(Some)
                .map_err(|_| Failure::new(Code::BadAccessKey, "")),
            KeySource::File { ticket } => {
                let key = self.inner.key_files.get(*ticket);
                key.map(Some)
                    .ok_or_else(|| Failure::new(Code::KeyFileForgotten, ""))
            }
            KeySource::Kept => Ok(None),
        }
    }

    /// Keychain first, settings second: a destination never stands there without its key.
    pub(crate) async fn save(
        &self,
        destination: Destination,
        key: Option<&AccessKey>,
    ) -> Result<(), Failure> {
        if let Some(key) = key {
            let keychain = Arc::clone(&self.inner.around.keychain);
            session::keep(keychain, destination.id.0.clone(), key)
                .await
                .map_err(|error| session_failure(&error, &destination))?;
        }
        let is_new = self.inner.destination(&destination.id).is_err();
        let saved = destination.clone();
        match self
            .inner
            .settings
            .change(|destinations| destinations.put(saved))
        {
            Ok(destinations) => {
                self.inner.set_destinations(destinations);
                Ok(())
            }
            Err(failure) => {
                if is_new {
                    let keychain = Arc::clone(&self.inner.around.keychain);
                    let _ = session::forget(keychain, destination.id.0).await;
                }
                Err(failure)
            }
        }
    }

    /// Shows another destination. Sessions and uploads of the others go on.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::SettingsFailed`].
    pub fn select_destination(&self, id: &DestinationId) -> Result<(), Failure> {
        self.inner.destination(id)?;
        let destinations = self.inner.settings.change(|destinations| {
            destinations.selected = Some(id.clone());
            Ok(())
        })?;
        self.inner.set_destinations(destinations);
        Ok(())
    }

    /// Forgets a destination: its session, its rows, its entry in the keychain. Objects in the bucket stay.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], the keychain's, [`Code::SettingsFailed`].
    pub async fn remove_destination(&self, id: &DestinationId) -> Result<(), Failure> {
        let destination = self.inner.destination(id)?;
        let keychain = Arc::clone(&self.inner.around.keychain);
        session::forget(keychain, id.0.clone())
            .await
            .map_err(|error| session_failure(&error, &destination))?;
        let destinations = self.inner.settings.change(|destinations| {
            destinations.all.retain(|other| other.id != *id);
            if destinations.selected.as_ref() == Some(id) {
                destinations.selected = destinations.all.first().map(|first| first.id.clone());
            }
            Ok(())
        })?;
        self.inner.queue.tell(Command::Forget(id.as_str().into()));
        self.inner.state().sessions.remove(id);
        self.inner.set_destinations(destinations);
        Ok(())
    }

    // --- files

    /// Adds files and folders. They wait when nobody is signed in. The number names the drop in [`Event::Planned`].
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::BadPrefix`], [`Code::NotAPath`].
    pub fn add_files(&self, request: DropRequest) -> Result<u64, Failure> {
        let destination = self.inner.destination(&request.destination)?;
        let folder = match request.folder.as_deref() {
            Some(folder) => Folder::new(folder).map_err(|error| of_target_name(&error))?,
            None => destination.prefix.clone(),
        };
        if request.paths.iter().any(|path| !path.is_absolute()) {
            return Err(Failure::new(Code::NotAPath, ""));
        }
        let id = self.inner.drops.fetch_add(1, Ordering::Relaxed);
        self.inner.queue.tell(Command::Add(bucket::Drop {
            id,
            destination: destination.id.as_str().into(),
            bucket: destination.target.bucket.clone(),
            folder,
            paths: request.paths,
            on_conflict: request.on_conflict,
        }));
        Ok(id)
    }

    /// Takes over the rows that ended processes left open; of one destination, or of all. Ends with [`Event::Adopted`].
    pub fn adopt_rows(&self, destination: Option<&DestinationId>) {
        let destination = destination.map(|id| id.as_str().into());
        self.inner.queue.tell(Command::Adopt(destination));
    }

    /// Rows that some process has left open or works on, without taking them over.
    ///
    /// # Errors
    /// [`Code::LedgerFailed`].
    pub async fn open_rows(&self) -> Result<Vec<bucket::OpenRow>, Failure> {
        self.inner.ledger.open_rows().await.map_err(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the ledger cannot be read"
            );
            Failure::new(Code::LedgerFailed, "")
        })
    }

    /// Takes a row back.
    pub fn cancel_row(&self, row: RowId) {
        self.inner.queue.tell(Command::Cancel(row));
    }

    /// Runs a failed row again.
    pub fn retry_row(&self, row: RowId) {
        self.inner.queue.tell(Command::Retry(row));
    }

    /// Answers a row that stopped because its key is taken.
    pub fn resolve_conflict(&self, row: RowId, choice: OnConflict) {
        self.inner.queue.tell(Command::Resolve(row, choice));
    }

    /// Forgets stored, cancelled and skipped rows.
    pub fn clear_finished(&self, destination: &DestinationId) {
        self.inner
            .queue
            .tell(Command::ClearFinished(destination.as_str().into()));
    }

    // --- the bucket

    /// One page of a folder.
    ///
    /// # Errors
    /// [`Code::ListingDenied`] (no failure of uploads), [`Code::SignedOut`], [`Code::SessionEnded`],
    /// [`Code::Offline`] and the other codes of a request.
    pub async fn list(
        &self,
        id: &DestinationId,
        folder: &str,
        is_recursive: bool,
        next: Option<String>,
    ) -> Result<Page, Failure> {
        let destination = self.inner.destination(id)?;
        let folder = Folder::new(folder).map_err(|error| of_target_name(&error))?;
        let listing = self.inner.listing_of(&destination)?;
        listing
            .page(&folder, is_recursive, next)
            .await
            .map_err(|error| {
                if let bucket::Error::SessionEnded { by_server: true } = error {
                    self.inner.end_session(id, EndCause::Server);
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
            bucket::RowState::Conflict => {
                Some(Failure::new(Code::AlreadyInBucket, row.name.as_str()))
            }
            _ => None,
        };
        Row {
            id: row.id,
            destination,
            name: row.name,
            key: row.key,
            size_bytes: row.size_bytes,
            sent_bytes: row.sent_bytes,
            state: row.state,
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
