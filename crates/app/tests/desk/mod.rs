//! The app on the sandbox, with a clock that is turned by hand.

#![allow(dead_code, reason = "each story takes what it needs")]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::{
    App, Clock, Destination, DestinationForm, DestinationId, Event, Home, KeySource, Keychain,
    MemoryKeychain, Surroundings,
};
use jiff::{SignedDuration, Timestamp};
use sandbox::{Operation, Options, Sandbox};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;

/// Stands still until it is turned.
#[derive(Debug)]
pub(crate) struct HandClock(Mutex<(Duration, Timestamp)>);

impl HandClock {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((Duration::from_secs(1000), Timestamp::now())))
    }

    /// Somebody sets the wall clock; nothing else moves.
    pub(crate) fn set_wall(&self, by: SignedDuration) {
        self.0.lock().expect("no panic under the lock").1 += by;
    }

    pub(crate) fn turn(&self, by: Duration) {
        let mut now = self.0.lock().expect("no panic under the lock");
        now.0 += by;
        now.1 += SignedDuration::try_from(by).expect("short");
    }
}

impl Clock for HandClock {
    fn since_boot(&self) -> Duration {
        self.0.lock().expect("no panic under the lock").0
    }

    fn wall(&self) -> Timestamp {
        self.0.lock().expect("no panic under the lock").1
    }
}

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) keychain: Arc<dyn Keychain>,
    folder: TempDir,
}

impl Desk {
    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        Self::around(Arc::new(MemoryKeychain::default()), change).await
    }

    /// With this keychain.
    pub(crate) async fn around(
        keychain: Arc<dyn Keychain>,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = Options::new(folder.path().join("sandbox"));
        change(&mut options);
        let clock = Arc::new(HandClock::new());
        Self {
            app: open(folder.path(), &keychain, &clock),
            sandbox: Sandbox::start(options).await.expect("a sandbox"),
            clock,
            keychain,
            folder,
        }
    }

    /// Another start of the app, on the same folder and keychain.
    pub(crate) fn again(&self) -> App {
        open(self.folder.path(), &self.keychain, &self.clock)
    }

    pub(crate) async fn connect(&self, change: impl FnOnce(&mut DestinationForm)) -> Destination {
        self.save(change, None).await
    }

    /// The same destination, with its key entered once more.
    pub(crate) async fn connect_again(&self, id: &DestinationId) -> Destination {
        self.save(|_| {}, Some(id)).await
    }

    /// Another session length, and the key that is kept.
    pub(crate) async fn edit(&self, id: &DestinationId) -> Destination {
        let longer = |form: &mut DestinationForm| "7200".clone_into(&mut form.session_seconds);
        self.save_with(longer, &KeySource::Kept, Some(id)).await
    }

    async fn save(
        &self,
        change: impl FnOnce(&mut DestinationForm),
        replaces: Option<&DestinationId>,
    ) -> Destination {
        let address = self.sandbox.address();
        let key = KeySource::Typed {
            id: address.access_key_id.clone(),
            secret: SecretString::from(address.secret_access_key.clone()),
        };
        self.save_with(change, &key, replaces).await
    }

    async fn save_with(
        &self,
        change: impl FnOnce(&mut DestinationForm),
        key: &KeySource,
        replaces: Option<&DestinationId>,
    ) -> Destination {
        let address = self.sandbox.address();
        let mut form = DestinationForm {
            name: "Sandbox".to_owned(),
            role_arn: address.role_arn.clone(),
            region: address.region.clone(),
            bucket: address.bucket.clone(),
            endpoint: address.endpoint.clone(),
            ..DestinationForm::default()
        };
        change(&mut form);
        self.app
            .connect(&form, key, replaces)
            .await
            .expect("connected")
    }

    /// The events from now on: what has happened before is in the snapshot, and comes as no event of its own.
    pub(crate) async fn watching(&self) -> UnboundedReceiver<Event> {
        let mut events = self.app.watch();
        let first = soon("the snapshot", events.recv()).await;
        assert!(matches!(first, Some(Event::Snapshot(_))), "{first:?}");
        events
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn asked(&self) -> u64 {
        self.sandbox.counts().requests_of(Operation::AssumeRole)
    }
}

fn open(folder: &Path, keychain: &Arc<dyn Keychain>, clock: &Arc<HandClock>) -> App {
    let app = App::open(Surroundings {
        home: Home::at(&folder.join("home")).expect("a home"),
        keychain: Arc::clone(keychain),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
    });
    app.expect("an app")
}

/// For whatever must happen by itself.
pub(crate) async fn soon<T>(what: &str, happens: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), happens)
        .await
        .unwrap_or_else(|_| panic!("not in a minute: {what}"))
}
