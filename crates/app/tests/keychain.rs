//! The access key is read where it is signed with, once, and for nothing else.

mod desk;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::{DropRequest, Event, Folder, Keychain, MemoryKeychain, OnConflict, RowState};
use desk::{Desk, soon};
use secrecy::SecretString;

/// Counts what is read.
#[derive(Default)]
struct Counting {
    inner: MemoryKeychain,
    read: AtomicUsize,
}

impl Keychain for Counting {
    fn get(&self, entry: &str) -> Result<SecretString, session::Error> {
        self.read.fetch_add(1, Ordering::SeqCst);
        self.inner.get(entry)
    }

    fn set(&self, entry: &str, value: &SecretString) -> Result<(), session::Error> {
        self.inner.set(entry, value)
    }

    fn remove(&self, entry: &str) -> Result<(), session::Error> {
        self.inner.remove(entry)
    }
}

impl Counting {
    fn read(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_reads_the_key_once_and_so_does_one_that_lowers_the_length() {
    let keychain = Arc::new(Counting::default());
    let around = Arc::clone(&keychain) as Arc<dyn Keychain>;
    let desk = Desk::around(around, |options| options.max_session_seconds = 3600).await;
    let destination = desk
        .connect(|form| "43200".clone_into(&mut form.session_seconds))
        .await;
    assert_eq!(keychain.read(), 0, "what is kept need not be read");
    desk.app.sign_in(&destination.id, None).await.expect("in");
    assert!(desk.asked() > 1, "a shorter session was asked for");
    assert_eq!(keychain.read(), 1);
    let asked = desk.asked();
    desk.app.sign_in(&destination.id, None).await.expect("in");
    assert_eq!((desk.asked(), keychain.read()), (asked + 1, 2));
    let (one, other) = tokio::join!(
        desk.app.sign_in(&destination.id, None),
        desk.app.sign_in(&destination.id, None),
    );
    assert_eq!(one.expect("in"), other.expect("the same answer"));
    assert_eq!((desk.asked(), keychain.read()), (asked + 2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_and_listings_read_nothing_out_of_the_keychain() {
    let keychain = Arc::new(Counting::default());
    let around = Arc::clone(&keychain) as Arc<dyn Keychain>;
    let desk = Desk::around(around, |_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let id = &destination.id;
    desk.app.sign_in(id, None).await.expect("in");
    assert_eq!(keychain.read(), 1);
    let paths = [("grain.txt", 4), ("dunes.raw", 20 * 1024 * 1024)].map(|(name, size)| {
        let path = desk.folder().join(name);
        std::fs::write(&path, vec![7; size]).expect("write");
        path
    });
    let mut events = desk.app.watch();
    let dropped = DropRequest {
        destination: id.clone(),
        folder: None,
        paths: paths.to_vec(),
        on_conflict: OnConflict::Ask,
        rules: None,
    };
    desk.app.add_files(dropped).expect("added");
    soon("both files are stored", async {
        let mut stored = BTreeSet::new();
        while stored.len() < paths.len() {
            if let Some(Event::RowsChanged(rows)) = events.recv().await {
                let rows = rows.iter();
                let done = rows.filter(|row| matches!(row.state, RowState::Stored(_)));
                stored.extend(done.map(|row| row.key.clone()));
            }
        }
    })
    .await;
    let top = Folder::new("").expect("a folder");
    desk.app.list(id, &top, false, None).await.expect("listed");
    assert_eq!(keychain.read(), 1);
}
