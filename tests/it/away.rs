//! The screen is locked, or nobody is at the computer: sessions end where the settings say so, and nowhere else.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::logind::Logind;
use testkit::sandglass::Running;

use crate::person::{Person, SOON, put};
use crate::server::Server;

/// A person whose settings say this, and a slow `put` of a big file in whose middle something happens.
struct Away {
    server: Server,
    person: Person,
    logind: Logind,
    putting: Running,
}

impl Away {
    fn with(absence: &Value) -> Self {
        let server = Server::sandbox();
        let mut person = Person::connected_to(&server.destination());
        let logind = Logind::on(&person.bus);
        let bus = person.bus.address().to_owned();
        person.sandglass.set_env("DBUS_SYSTEM_BUS_ADDRESS", &bus);
        set_absence(&person, absence);
        let file = person.big_file("dunes.raw");
        let mut putting = person.sandglass.spawn(&put(&["--limit", "1M"], &[&file]));
        // The rows are known, so the session runs.
        testkit::wait::until("the file is being sent", SOON, || {
            let parts = server.counts().parts;
            (!parts.is_empty()).then_some(())
        });
        assert!(!putting.has_ended());
        Self {
            server,
            person,
            logind,
            putting,
        }
    }

    /// The row waits for a sign-in, and goes on after it.
    fn assert_ended(self) {
        let ended = self.putting.finish(SOON).expect_code(3);
        assert_eq!(ended.row("dunes.raw")["state"], "waiting_for_sign_in");
        self.person.sandglass.run(&["resume"]).expect_code(0);
        assert_eq!(self.server.keys(), ["dunes.raw"]);
    }
}

fn set_absence(person: &Person, absence: &Value) {
    let path = person.sandglass.home().join("settings.json");
    let text = std::fs::read_to_string(&path).expect("settings");
    let mut settings: Value = serde_json::from_str(&text).expect("json");
    settings["absence"] = absence.clone();
    std::fs::write(&path, settings.to_string()).expect("written");
}

#[test]
fn a_locked_screen_ends_the_session_and_the_file_waits() {
    let away = Away::with(&json!({"ends_on_lock": true}));
    away.logind.lock_screen(true);
    away.assert_ended();
}

#[test]
fn a_person_who_is_away_for_too_long_ends_the_session() {
    let away = Away::with(&json!({"idle_minutes": 1}));
    away.logind.idle_for(Duration::from_mins(2));
    away.assert_ended();
}

#[test]
fn by_default_neither_ends_anything() {
    let mut away = Away::with(&json!({}));
    away.logind.lock_screen(true);
    away.logind.idle_for(Duration::from_hours(1));
    // Longer than the desktop and the session are looked at.
    std::thread::sleep(Duration::from_secs(8));
    assert!(!away.putting.has_ended());
}
