//! Replacing a key is interrupted before and after every single thing it does with the keychain: nothing is lost, and the
//! next try comes to the same end.

mod desk;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::{App, Code, Destination, Keychain, MemoryKeychain, OtherKeyRole};
use desk::{Desk, soon};
use secrecy::{ExposeSecret, SecretString};
use session::Error;

/// A keychain whose chosen call never comes back, as for a process that dies in it.
#[derive(Default)]
struct Deadly {
    kept: MemoryKeychain,
    /// Calls until then; 0 is never.
    left: AtomicUsize,
    dies_after: std::sync::atomic::AtomicBool,
    deaths: AtomicUsize,
}

impl Deadly {
    fn die_at(&self, call: usize, after: bool) {
        self.dies_after.store(after, Ordering::SeqCst);
        self.left.store(call, Ordering::SeqCst);
    }

    fn call<T>(&self, what: impl FnOnce() -> T) -> T {
        let update = |left: usize| left.checked_sub(1);
        let left = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, update);
        if left != Ok(1) {
            return what();
        }
        if self.dies_after.load(Ordering::SeqCst) {
            what();
        }
        self.deaths.fetch_add(1, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }
}

impl Keychain for Deadly {
    fn get(&self, entry: &str) -> Result<SecretString, Error> {
        self.call(|| self.kept.get(entry))
    }

    fn set(&self, entry: &str, value: &SecretString) -> Result<(), Error> {
        self.call(|| self.kept.set(entry, value))
    }

    fn remove(&self, entry: &str) -> Result<(), Error> {
        self.call(|| self.kept.remove(entry))
    }
}

/// True when it died, false when it came to its end before.
async fn rotate_and_die(app: &App, keychain: &Deadly, destination: &Destination) -> bool {
    let deaths = keychain.deaths.load(Ordering::SeqCst);
    let died = async {
        while keychain.deaths.load(Ordering::SeqCst) == deaths {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        rotated = app.rotate_key(&destination.id, None) => {
            rotated.expect("replaced");
            false
        }
        () = died => true,
    }
}

/// As a person does it: the same button again, and a yes to a key that nobody has the secret of.
async fn rotate_again(app: &App, destination: &Destination) {
    let id = &destination.id;
    match app.rotate_key(id, None).await {
        Ok(_) => {}
        Err(failure) => {
            assert_eq!(failure.code, Code::RotationTwoKeys);
            let outlook = app.rotation_outlook(id).await.expect("told");
            let spare = outlook.other.expect("the other key");
            assert_eq!(spare.role, OtherKeyRole::Spare);
            let rotated = app.rotate_key(id, Some(&spare.ends)).await;
            rotated.expect("replaced");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_that_dies_anywhere_loses_nothing_and_the_next_one_ends_it() {
    let mut deaths = 0;
    for call in 1.. {
        let mut has_died = false;
        for after in [false, true] {
            has_died |= Box::pin(soon("a life", one_life(call, after))).await;
        }
        if !has_died {
            break;
        }
        deaths += 1;
    }
    // Six things are written; more are read.
    assert!(deaths > 6, "{deaths}");
}

/// Dies at this call, starts anew, and ends. False when there were fewer calls.
async fn one_life(call: usize, after: bool) -> bool {
    let keychain = Arc::new(Deadly::default());
    let desk = Desk::around(Arc::clone(&keychain) as Arc<dyn Keychain>, |_| {}).await;
    let destination = desk.connect(|_| {}).await;
    let twin = desk.app.duplicate_destination(&destination.id).await;
    let both = [destination, twin.expect("made")];
    let destination = &both[0];
    keychain.die_at(call, after);
    let has_died = rotate_and_die(&desk.app, &keychain, destination).await;
    keychain.die_at(0, false);

    let app = desk.again();
    for each in &both {
        let signed_in = app.sign_in(&each.id, None).await;
        assert!(signed_in.is_ok(), "call {call}, {after}: {signed_in:?}");
    }
    if has_died {
        rotate_again(&app, destination).await;
    }
    app.delete_old_key(&destination.id).await.expect("deleted");
    let keys = desk.sandbox.user_keys();
    assert_eq!(keys.len(), 1, "call {call}, {after}: {keys:?}");
    for each in &both {
        let entry = keychain.get(each.id.as_str()).expect("a key");
        assert!(entry.expose_secret().starts_with(&keys[0].0));
        app.sign_in(&each.id, None).await.expect("signed in");
        for left in ["next", "old"] {
            let left = keychain.get(&format!("{}.{left}", each.id.as_str()));
            assert!(left.is_err(), "call {call}, {after}: left behind");
        }
    }
    has_died
}
