//! The computer does not fall into idle sleep while files are being sent.
//!
//! A person may still send it to sleep, and a closed lid does; then the rows wait for the network and go on by themselves.
//! Linux: logind's inhibitor lock "idle" (systemd, Inhibitor Locks), where there is logind. macOS and Windows: the power
//! assertions of the `keepawake` crate, which were not seen at work so far.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use keepawake::KeepAwake;

use crate::destination::DestinationId;

/// No computer falls asleep sooner, and most drops are through by then.
const SOON: Duration = Duration::from_secs(5);

/// Which destinations are being sent to.
#[derive(Debug, Default)]
pub(crate) struct Awake(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    sending: HashSet<DestinationId>,
    /// To the thread that holds the lock; begun when it is first needed.
    wanted: Option<Sender<bool>>,
}

impl Awake {
    /// Files are being sent there, or no longer.
    pub(crate) fn sends(&self, destination: &DestinationId, is_sending: bool) {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was_wanted = !inside.sending.is_empty();
        if is_sending {
            inside.sending.insert(destination.clone());
        } else {
            inside.sending.remove(destination);
        }
        let is_wanted = !inside.sending.is_empty();
        if was_wanted != is_wanted {
            let thread = inside.wanted.get_or_insert_with(begin);
            // A thread that did not begin holds nothing: there is nothing to tell it.
            let _ = thread.send(is_wanted);
        }
    }
}

/// A thread of its own: asking the system waits for its answer.
fn begin() -> Sender<bool> {
    let (sender, wanted) = channel();
    let begun = std::thread::Builder::new()
        .name("awake".to_owned())
        .spawn(move || keep(&wanted));
    if let Err(error) = begun {
        tracing::warn!(%error, "the computer may fall asleep while files are sent");
    }
    sender
}

/// Hears yes and no in turn, until nobody can want it any more.
fn keep(wanted: &Receiver<bool>) {
    while wanted.recv().is_ok() {
        if wanted.recv_timeout(SOON) == Err(RecvTimeoutError::Timeout) {
            // The system gets it back when it is dropped, and when the process ends.
            let _held = ask_the_system();
            let _ = wanted.recv();
        }
    }
}

fn ask_the_system() -> Option<KeepAwake> {
    let asked = keepawake::Builder::default()
        .idle(true)
        .reason("Uploads run")
        .app_name("Sandglass")
        .app_reverse_domain("app.sandglass")
        .create();
    asked
        // A computer without logind: it has no idle sleep to hold back, or another way that is not known here.
        .inspect_err(|error| tracing::info!(%error, "idle sleep is not held back"))
        .ok()
}
