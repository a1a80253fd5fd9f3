//! logind, as far as Sandglass asks it, on a private bus: who took an inhibitor lock and whether it is still held; and what a
//! session says of its screen and its person.
//!
//! <https://systemd.io/INHIBITOR_LOCKS>: `Inhibit` answers with a file descriptor; the lock is held until it is closed.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::OwnedFd;

use crate::keyring::PrivateBus;

/// One lock that was asked for.
#[derive(Clone, Debug)]
pub struct InhibitorLock {
    /// `idle`, `sleep` and the like.
    pub what: String,
    /// Who asked.
    pub who: String,
    /// What for, as a person would be told.
    pub why: String,
    /// `block` or `delay`.
    pub mode: String,
    is_held: Arc<AtomicBool>,
}

impl InhibitorLock {
    /// Not given back so far.
    pub fn is_held(&self) -> bool {
        self.is_held.load(Ordering::SeqCst)
    }
}

/// What a session says of its screen and of its person.
#[derive(Clone, Copy, Debug, Default)]
struct Hints {
    is_locked: bool,
    /// Microseconds of `CLOCK_MONOTONIC`; none while somebody is there.
    idle_since: Option<u64>,
}

/// Gone from the bus with this value.
pub struct Logind {
    _connection: Connection,
    hints: Arc<Mutex<Hints>>,
    locks: Arc<Mutex<Vec<InhibitorLock>>>,
}

impl Logind {
    /// A program finds it where `DBUS_SYSTEM_BUS_ADDRESS` names this bus.
    pub fn on(bus: &PrivateBus) -> Self {
        let locks = Arc::default();
        let hints = Arc::default();
        let session = Session1 {
            hints: Arc::clone(&hints),
        };
        let manager = Login1 {
            locks: Arc::clone(&locks),
        };
        let connection = Builder::address(bus.address())
            .and_then(|builder| builder.name("org.freedesktop.login1"))
            .and_then(|builder| builder.serve_at("/org/freedesktop/login1", manager))
            .and_then(|builder| builder.serve_at("/org/freedesktop/login1/session/auto", session))
            .and_then(Builder::build)
            .expect("a private bus takes the name");
        Self {
            _connection: connection,
            hints,
            locks,
        }
    }

    /// The person locks the screen, or comes back.
    pub fn lock_screen(&self, is_locked: bool) {
        self.hints().is_locked = is_locked;
    }

    /// Nobody has touched anything for so long, as the desktop tells logind.
    pub fn idle_for(&self, idle: Duration) {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let now = u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000;
        let idle = u64::try_from(idle.as_micros()).unwrap_or(u64::MAX);
        // A machine that was started just now has no such long past.
        self.hints().idle_since = Some(now.saturating_sub(idle));
    }

    fn hints(&self) -> MutexGuard<'_, Hints> {
        self.hints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that were asked for.
    pub fn locks(&self) -> Vec<InhibitorLock> {
        self.locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

struct Session1 {
    hints: Arc<Mutex<Hints>>,
}

impl Session1 {
    fn now(&self) -> Hints {
        *self.hints.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session1 {
    #[zbus(property(emits_changed_signal = "false"))]
    fn locked_hint(&self) -> bool {
        self.now().is_locked
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn idle_hint(&self) -> bool {
        self.now().idle_since.is_some()
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn idle_since_hint_monotonic(&self) -> u64 {
        self.now().idle_since.unwrap_or(0)
    }
}

struct Login1 {
    locks: Arc<Mutex<Vec<InhibitorLock>>>,
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Login1 {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
        let (mut ours, theirs) =
            std::io::pipe().map_err(|error| zbus::fdo::Error::IOError(error.to_string()))?;
        let lock = InhibitorLock {
            what: what.to_owned(),
            who: who.to_owned(),
            why: why.to_owned(),
            mode: mode.to_owned(),
            is_held: Arc::new(AtomicBool::new(true)),
        };
        let is_held = Arc::clone(&lock.is_held);
        std::thread::spawn(move || {
            // Ends when the last copy of the other end is closed.
            let _ = ours.read(&mut [0]);
            is_held.store(false, Ordering::SeqCst);
        });
        self.locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(lock);
        Ok(std::os::fd::OwnedFd::from(theirs).into())
    }
}
