//! A person whose every command is looked at, and who must not have left a secret anywhere.

use sandbox::Options;
use testkit::destination::Destination;
use testkit::keyring::PrivateBus;
use testkit::line::Line;
use testkit::sandglass::Output;
use testkit::traces::{found, found_below, seen_of};
use testkit::wait::until;

use crate::person::{Person, SOON};
use crate::secrets::below;
use crate::server::Server;

/// Nobody's; signs that an encoding would change are in both halves.
pub(crate) const PLANTED: &str = "Planted/Here+0000000/and+There0000000001";

/// A person whose every command is looked at while it runs, and whose log says all that it can.
pub(crate) struct Watched {
    pub(crate) person: Person,
    pub(crate) secrets: Vec<String>,
    pub(crate) outputs: Vec<Output>,
    seen: Vec<u8>,
}

impl Watched {
    pub(crate) fn new(bus: PrivateBus) -> Self {
        let mut person = Person::on(bus);
        person.sandglass.set_env("SANDGLASS_LOG", "trace");
        Self {
            person,
            secrets: vec![PLANTED.to_owned()],
            outputs: Vec::new(),
            seen: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, words: &[&str], input: &str) -> &Output {
        let mut running = self.person.sandglass.spawn_with_input(words, input);
        until("the command ends", SOON, || {
            self.seen.extend(seen_of(running.id()));
            running.has_ended().then_some(())
        });
        self.outputs.push(running.finish(SOON));
        self.outputs.last().expect("it was just put there")
    }

    /// Runs what must go wrong, or right where there is no code.
    #[track_caller]
    pub(crate) fn ends(&mut self, words: &[&str], input: &str, code: Option<&str>) {
        let output = self.run(words, input);
        assert_eq!(output.failure_code(), code, "{words:?}");
        assert_eq!(output.code == Some(0), code.is_none(), "{words:?}");
    }

    /// With the console's file, as most people do.
    #[track_caller]
    pub(crate) fn connect(&mut self, destination: &Destination, options: &[&str]) {
        self.is_secret(&destination.secret_access_key);
        let csv = format!(
            "\u{feff}Access key ID,Secret access key\r\n{},{}\r\n",
            destination.access_key_id, destination.secret_access_key
        );
        let csv = self.person.small_file("accessKeys.csv", csv.as_bytes());
        let csv = csv.display().to_string();
        let words = [
            vec!["connect".to_owned(), "--key-csv".to_owned(), csv],
            destination.arguments(),
        ]
        .concat();
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        words.extend(options);
        self.ends(&words, "", None);
    }

    pub(crate) fn is_secret(&mut self, secret: &str) {
        if !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_owned());
        }
    }

    /// What STS gave out on this line is secret from now on.
    pub(crate) fn hear(&mut self, line: &Line) {
        for secret in line.session_secrets() {
            self.is_secret(&secret);
        }
    }

    #[track_caller]
    pub(crate) fn assert_left_none(self) {
        let home = self.person.sandglass.home();
        let says_all = below(home).iter().any(|path| {
            let text = std::fs::read(path).unwrap_or_default();
            String::from_utf8_lossy(&text).contains("TRACE")
        });
        assert!(says_all, "the log says all that it can");
        assert_eq!(found_below(home, &self.secrets), None);
        for output in &self.outputs {
            let said = format!("{:?}\n{}", output.objects, output.stderr);
            assert_eq!(found(&self.secrets, "what was said", said.as_bytes()), None);
        }
        let place = "what others see of a process";
        assert_eq!(found(&self.secrets, place, &self.seen), None);
        let seen = String::from_utf8_lossy(&self.seen);
        assert!(seen.contains("SANDGLASS_LOG=trace"), "it was looked at");
    }
}

/// A server that is set up so, behind a line that hears what it says.
pub(crate) fn heard(change: impl FnOnce(&mut Options)) -> (Server, Line, Destination) {
    let server = Server::sandbox_with(change);
    let line = Line::to(server.address());
    let destination = Destination {
        endpoint: line.endpoint(),
        sts_endpoint: line.endpoint(),
        ..server.destination()
    };
    (server, line, destination)
}
