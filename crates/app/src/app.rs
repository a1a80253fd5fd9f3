//! The app: every method is something a person can do.

mod destinations;
mod downloads;
mod examine;
mod extras;
mod files;
mod imports;
mod keeping;
mod keys;
mod letter;
mod network;
mod new_key;
mod past;
mod preferences;
mod preview;
mod provision;
mod region;
mod rotation;
mod samples;
mod session_output;
mod session_watch;
mod sign_in;
mod signing_in;
mod support;
mod verify;
mod views;

pub use downloads::{Download, DownloadId, DownloadTo, Downloaded, Wanted, file_name_of};
pub use examine::Examination;
pub use extras::{Deleted, Extras, Link};
pub use keys::{KeyPresence, KeyState};
pub use letter::LetterAbout;
pub use past::OpenWork;
pub use preview::Preview;
pub use provision::SetUp;
pub use rotation::{OldKey, OtherKey, OtherKeyRole, Rotated, RotationOutlook};
pub use session_output::SessionOutput;
pub use signing_in::{Rights, SignedIn};
pub use verify::Verified;
pub use views::{View, ViewId};

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use account::SetupOptions;
use bucket::{Command, Folder, Ledger, OnConflict, Queue, WalkRules};
use session::{Clock, Keychain, UsedCodes};
use tokio::sync::{Mutex as AsyncMutex, Notify, mpsc};

use crate::awake::Awake;
use crate::destination::{Destination, DestinationId};
use crate::event::{Event, Row};
use crate::failure::{Subject, of_bucket, of_conflict, of_session};
use crate::key_files::KeyFiles;
use crate::lock::Desktop;
use crate::logs::log_in_detail;
use crate::pace::Pace;
use crate::sandbox_destination::OpenSandbox;
use crate::sessions::SessionState;
use crate::settings::{Content, Settings};
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
    /// How its folders are walked; none for the destination's own rules.
    pub rules: Option<WalkRules>,
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
    pub(crate) ledger: Ledger,
    key_files: KeyFiles,
    state: Mutex<State>,
    signing_in: signing_in::SigningIn,
    used_codes: UsedCodes,
    /// One who reads or changes the settings at a time.
    settings_turn: Mutex<()>,
    /// One who changes keychain entries of a rotation at a time.
    rotation: AsyncMutex<()>,
    /// Stops waiting for a new key.
    rotation_stop: Notify,
    pub(crate) sandbox: AsyncMutex<Option<OpenSandbox>>,
    /// How servers are reached, as it was at the last sign-in.
    network: Mutex<Option<::network::Client>>,
    /// Numbers sessions.
    sign_ins: AtomicU64,
    pub(crate) watchers: pump::Watchers,
    views: views::Views,
    pub(crate) awake: Awake,
    desktop: Desktop,
}

/// What is known now. Locked briefly, never across an await.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) content: Content,
    pub(crate) sessions: HashMap<DestinationId, SessionState>,
    /// How fast uploads went, as measured last.
    pub(crate) paces: HashMap<DestinationId, Pace>,
    /// Which destinations have rows that are not over.
    pub(crate) open: HashMap<DestinationId, bool>,
    previews: preview::Previews,
    /// What sessions were found to allow.
    extras: HashMap<DestinationId, extras::Found>,
    downloads: downloads::Downloads,
    /// Why the last sign-in was refused, for the letter to the administrator.
    refusals: HashMap<DestinationId, letter::LastRefusal>,
    /// Whose keys could not be rotated, where STS told it; for the same.
    own_keys_of: HashMap<DestinationId, Option<String>>,
}

impl App {
    /// Opens settings and ledger, and starts the queue on the current runtime.
    ///
    /// # Errors
    /// [`Code::SettingsFailed`], [`Code::LedgerFailed`].
    pub fn open(around: Surroundings) -> Result<Self, Failure> {
        let settings = Settings::at(around.home.settings());
        let content = settings.read()?;
        let limits = content.preferences.limits();
        log_in_detail(content.preferences.logs_in_detail);
        let state = State {
            content,
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
        queue.tell(Command::Limit(limits));
        let inner = Arc::new(Inner {
            around,
            settings,
            queue,
            ledger,
            key_files: KeyFiles::default(),
            state: Mutex::new(state),
            signing_in: signing_in::SigningIn::default(),
            used_codes: UsedCodes::default(),
            settings_turn: Mutex::new(()),
            rotation: AsyncMutex::default(),
            rotation_stop: Notify::new(),
            sandbox: AsyncMutex::default(),
            network: Mutex::default(),
            sign_ins: AtomicU64::new(0),
            watchers: pump::Watchers::default(),
            views: views::Views::start(),
            awake: Awake::default(),
            desktop: Desktop::default(),
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
            &options_of(&destination),
        ))
    }
}

impl Inner {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn destination(&self, id: &DestinationId) -> Result<Destination, Failure> {
        let state = self.state();
        let found = state.content.find(id).cloned();
        found.ok_or_else(|| Failure::new(Code::DestinationUnknown, id.as_str()))
    }

    /// Changes the settings, and tells what they say then.
    pub(crate) fn change_settings(
        &self,
        change: impl FnOnce(&mut Content) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // Who reads or writes the file first is heard first.
        let _turn = self.settings_turn.lock();
        self.set_content(self.settings.change(change)?);
        Ok(())
    }

    /// A destination as the settings have it now: another process may have changed it, or its key.
    pub(crate) fn fresh_destination(&self, id: &DestinationId) -> Result<Destination, Failure> {
        let turn = self.settings_turn.lock();
        self.set_content(self.settings.read()?);
        drop(turn);
        self.destination(id)
    }

    /// Takes what the settings say now, and tells it.
    fn set_content(&self, content: Content) {
        let destinations = Event::Destinations {
            destinations: content.all.clone(),
            selected: content.selected.clone(),
        };
        let preferences = content.preferences;
        let before = std::mem::replace(&mut self.state().content, content);
        self.watchers.tell(&destinations);
        if before.preferences != preferences {
            self.queue.tell(Command::Limit(preferences.limits()));
            log_in_detail(preferences.logs_in_detail);
            self.watchers.tell(&Event::Preferences(preferences));
        }
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

/// What a destination's uploads need of a role's policy besides storing.
fn options_of(destination: &Destination) -> SetupOptions {
    let traits = &destination.uploads.traits;
    SetupOptions {
        // A policy names a key by its ARN; an alias is the administrator's to look up.
        kms_key: traits.kms_key.clone().filter(|key| key.starts_with("arn:")),
        tags_objects: !traits.tags.is_empty(),
        ..SetupOptions::default()
    }
}

/// The chain goes to the log here, once; the failure holds none of it.
pub(crate) fn session_failure(error: &session::Error, destination: &Destination) -> Failure {
    tracing::warn!(error = error as &dyn std::error::Error, "no session");
    of_session(error, destination)
}
