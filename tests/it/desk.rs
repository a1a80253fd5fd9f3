//! The app without a window, before the sandbox: what the command line cannot ask for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::{
    App, DestinationForm, DestinationId, DropId, DropRequest, Event, Home, KeySource,
    MemoryKeychain, OnConflict, Row, Snapshot, Surroundings, SystemClock, Totals,
};
use sandbox::Address;
use secrecy::SecretString;
use tempfile::TempDir;
use testkit::files::{big_file, write};
use testkit::place::fresh_folder;
use testkit::wait::until;
use tokio::runtime::Runtime;

use crate::person::SOON;
use crate::server::Server;

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) id: DestinationId,
    around: Surroundings,
    folder: TempDir,
    runtime: Runtime,
}

impl Desk {
    /// Connected and signed in.
    pub(crate) fn before(server: &Server) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = fresh_folder();
        let around = Surroundings {
            home: Home::at(&folder.path().join("home")).expect("a home"),
            keychain: Arc::new(MemoryKeychain::default()),
            clock: Arc::new(SystemClock),
        };
        let (app, id) = runtime.block_on(async {
            let app = App::open(around.clone()).expect("an app");
            let id = connect(&app, server.as_sandbox().address()).await;
            app.sign_in(&id, None).await.expect("signed in");
            (app, id)
        });
        Self {
            app,
            id,
            around,
            folder,
            runtime,
        }
    }

    pub(crate) fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// The app is closed and opened; it takes over what the old one left, and signs in.
    pub(crate) fn reopen(&mut self) {
        self.wait(self.app.settle()).expect("written");
        self.app = self.runtime.block_on(async {
            let next = App::open(self.around.clone());
            next.expect("an app")
        });
        let open = self.wait(self.app.open_rows()).expect("readable").len();
        // What the old app's last tasks still hold is free a little later.
        until("the rows are taken over", SOON, || {
            self.app.adopt_rows(None);
            (self.rows().len() == open).then_some(())
        });
        self.wait(self.app.sign_in(&self.id, None))
            .expect("signed in");
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn small_file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder().join(name);
        write(&path, bytes);
        path
    }

    pub(crate) fn big_file(&self, name: &str, size_bytes: usize) -> PathBuf {
        big_file(&self.folder().join(name), size_bytes, 7)
    }

    pub(crate) fn add(&self, paths: &[impl AsRef<Path>], on_conflict: OnConflict) -> DropId {
        let paths = paths.iter().map(|path| path.as_ref().to_owned());
        let request = DropRequest {
            destination: self.id.clone(),
            folder: None,
            paths: paths.collect(),
            on_conflict,
            rules: None,
        };
        self.app.add_files(request).expect("added")
    }

    fn snapshot(&self) -> Snapshot {
        match self.wait(async { self.app.watch().recv().await }) {
            Some(Event::Snapshot(snapshot)) => *snapshot,
            other => panic!("no snapshot first: {other:?}"),
        }
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.snapshot().rows
    }

    pub(crate) fn totals(&self) -> Totals {
        let totals = self.snapshot().totals;
        totals.into_iter().next().expect("one destination").1
    }

    /// The row of the file of this name inside its drop.
    pub(crate) fn row(&self, name: &str) -> Option<Row> {
        self.rows().into_iter().find(|row| row.name == name)
    }

    #[track_caller]
    pub(crate) fn until_row(&self, name: &str, is_so: impl Fn(&Row) -> bool) -> Row {
        until(&format!("{name} is as it should be"), SOON, || {
            self.row(name).filter(|row| is_so(row))
        })
    }

    /// Waits until this many rows are there and each has ended.
    #[track_caller]
    pub(crate) fn until_all_end(&self, rows: usize) -> Vec<Row> {
        until("every row ends", SOON, || {
            let all = self.rows();
            let is_over = all.len() == rows && all.iter().all(|row| row.state.is_over());
            is_over.then_some(all)
        })
    }
}

pub(crate) async fn connect(app: &App, address: &Address) -> DestinationId {
    let form = DestinationForm {
        name: "Sandbox".to_owned(),
        role_arn: address.role_arn.clone(),
        region: address.region.clone(),
        bucket: address.bucket.clone(),
        endpoint: address.endpoint.clone(),
        ..DestinationForm::default()
    };
    let key = KeySource::Typed {
        id: address.access_key_id.clone(),
        secret: SecretString::from(address.secret_access_key.clone()),
    };
    app.connect(&form, &key, None).await.expect("connected").id
}
