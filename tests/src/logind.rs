//! logind's part that hands out inhibitor locks, on a private bus: who took one, and whether it is still held.
//!
//! <https://systemd.io/INHIBITOR_LOCKS>: `Inhibit` answers with a file descriptor; the lock is held until it is closed.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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

/// Gone from the bus with this value.
pub struct Logind {
    _connection: Connection,
    locks: Arc<Mutex<Vec<InhibitorLock>>>,
}

impl Logind {
    /// A program finds it where `DBUS_SYSTEM_BUS_ADDRESS` names this bus.
    pub fn on(bus: &PrivateBus) -> Self {
        let locks = Arc::default();
        let manager = Login1 {
            locks: Arc::clone(&locks),
        };
        let connection = Builder::address(bus.address())
            .and_then(|builder| builder.name("org.freedesktop.login1"))
            .and_then(|builder| builder.serve_at("/org/freedesktop/login1", manager))
            .and_then(Builder::build)
            .expect("a private bus takes the name");
        Self {
            _connection: connection,
            locks,
        }
    }

    /// All that were asked for.
    pub fn locks(&self) -> Vec<InhibitorLock> {
        self.locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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
