//! The desktop's notifications on a private bus: what a person would have read (Desktop Notifications Specification 1.2).

#![expect(
    clippy::used_underscore_binding,
    reason = "zbus hands on what the interface has and a test does not look at"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::OwnedValue;

use crate::keyring::PrivateBus;

/// One notification: its title and its words.
pub type Shown = (String, String);

/// Gone from the bus with this value.
pub struct Notifications {
    _connection: Connection,
    shown: Arc<Mutex<Vec<Shown>>>,
}

impl Notifications {
    /// The desktop of programs on this bus.
    pub fn on(bus: &PrivateBus) -> Self {
        let shown = Arc::default();
        let server = Server {
            shown: Arc::clone(&shown),
        };
        let connection = Builder::address(bus.address())
            .and_then(|builder| builder.name("org.freedesktop.Notifications"))
            .and_then(|builder| builder.serve_at("/org/freedesktop/Notifications", server))
            .and_then(Builder::build)
            .expect("a private bus takes the name");
        Self {
            _connection: connection,
            shown,
        }
    }

    /// All that were shown.
    pub fn shown(&self) -> Vec<Shown> {
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

struct Server {
    shown: Arc<Mutex<Vec<Shown>>>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[expect(clippy::too_many_arguments, reason = "the interface's")]
    fn notify(
        &self,
        _program: &str,
        replaces: u32,
        _icon: &str,
        title: String,
        words: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _millis: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push((title, words));
        replaces.max(1)
    }

    #[expect(clippy::unused_self, reason = "the interface's")]
    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    #[expect(clippy::unused_self, reason = "the interface's")]
    fn get_server_information(&self) -> (String, String, String, String) {
        let [name, vendor, version, spec] = ["desk", "testkit", "1", "1.2"].map(str::to_owned);
        (name, vendor, version, spec)
    }
}
