//! What a screen reader is told: the tree of names and roles on the accessibility bus (AT-SPI2).

use std::collections::HashSet;

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::keyring::PrivateBus;

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
/// No window has more; a tree that leads back into itself would have no end.
const MOST: usize = 5000;

/// A thing on the screen: where it is on the bus.
type Place = (String, OwnedObjectPath);

/// A thing as it is read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is, as a number: WebKit has no word for it (2.50).
    pub role: u32,
    /// What it is called; empty where it has no name.
    pub name: String,
}

/// Looks at the programs of one session bus.
pub struct ScreenReader {
    bus: Connection,
}

impl ScreenReader {
    /// Starts the accessibility bus, if nobody has.
    pub fn on(bus: &PrivateBus) -> Self {
        let session = Builder::address(bus.address()).and_then(Builder::build);
        let session = session.expect("a private bus answers");
        let at = Some("org.a11y.Bus");
        // As a screen reader does that starts; programs tell nothing to nobody.
        let properties = Some("org.freedesktop.DBus.Properties");
        for wish in ["IsEnabled", "ScreenReaderEnabled"] {
            let wish = ("org.a11y.Status", wish, Value::from(true));
            session
                .call_method(at, "/org/a11y/bus", properties, "Set", &wish)
                .expect("the accessibility bus takes a reader");
        }
        let address = session.call_method(at, "/org/a11y/bus", at, "GetAddress", &());
        let address: String = address
            .and_then(|reply| reply.body().deserialize())
            .expect("at-spi2-core is installed");
        let bus = Builder::address(address.as_str()).and_then(Builder::build);
        Self {
            bus: bus.expect("the accessibility bus answers"),
        }
    }

    /// Everything that the programs tell of.
    pub fn all(&self) -> Vec<Told> {
        let root = OwnedObjectPath::try_from("/org/a11y/atspi/accessible/root");
        let root = root.expect("a path");
        let mut open = vec![("org.a11y.atspi.Registry".to_owned(), root)];
        let mut seen = HashSet::new();
        let mut told = Vec::new();
        while let Some(place) = open.pop() {
            if seen.len() == MOST || !seen.insert(place.clone()) {
                continue;
            }
            // What goes while it is looked at tells nothing.
            told.extend(self.told(&place));
            open.extend(self.inside(&place).unwrap_or_default());
        }
        told
    }

    fn inside(&self, (program, path): &Place) -> Option<Vec<Place>> {
        let program = Some(program.as_str());
        let reply = self
            .bus
            .call_method(program, path, Some(ACCESSIBLE), "GetChildren", &());
        let inside: Vec<Place> = reply.ok()?.body().deserialize().ok()?;
        if !inside.is_empty() {
            return Some(inside);
        }
        // What another program draws into a window, as WebKit's does, is told only by its place (at-spi2-core 2.46).
        let first = self.bus.call_method(
            program,
            path,
            Some(ACCESSIBLE),
            "GetChildAtIndex",
            &(0_i32,),
        );
        Some(vec![first.ok()?.body().deserialize().ok()?])
    }

    fn told(&self, (program, path): &Place) -> Option<Told> {
        let program = Some(program.as_str());
        let role = self
            .bus
            .call_method(program, path, Some(ACCESSIBLE), "GetRole", &());
        let properties = Some("org.freedesktop.DBus.Properties");
        let name = self
            .bus
            .call_method(program, path, properties, "Get", &(ACCESSIBLE, "Name"));
        let name: OwnedValue = name.ok()?.body().deserialize().ok()?;
        Some(Told {
            role: role.ok()?.body().deserialize().ok()?,
            name: String::try_from(name).ok()?,
        })
    }
}
