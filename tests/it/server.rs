//! The server under a story: the sandbox in this process, or SeaweedFS.

use std::net::SocketAddr;

use sandbox::{Counts, Faults, Options, Sandbox, documents};
use tempfile::TempDir;
use testkit::destination::Destination;
use testkit::fault_line::FaultLine;
use testkit::files::Objects;
use testkit::line::Line;
use testkit::place::fresh_folder;
use testkit::short_sessions::ShortSessions;
use testkit::weed::{Policy, Weed};
use tokio::runtime::Runtime;

/// Tells each story on both servers.
macro_rules! on_both_servers {
    ($($story:ident)*) => {
        mod on_the_sandbox {
            $(#[test] fn $story() { super::$story(crate::server::Which::Sandbox); })*
        }
        mod on_seaweedfs {
            $(#[test] fn $story() { super::$story(crate::server::Which::SeaweedFs); })*
        }
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Sandbox,
    SeaweedFs,
}

/// How it differs from the tutorial as it should be.
#[derive(Clone, Copy, Default)]
pub(crate) struct Setup {
    /// The role's policy as it was published: every listing is denied.
    pub(crate) is_as_published: bool,
    /// Sessions of seconds.
    pub(crate) session_seconds: Option<u32>,
    /// The sandbox takes signatures for any region, as SeaweedFS does.
    pub(crate) takes_any_region: bool,
}

/// A running server, stopped when it goes away.
pub(crate) struct Server {
    kind: Kind,
    /// Under the sandbox and the onlooker; goes last.
    runtime: Runtime,
}

enum Kind {
    Sandbox(
        Sandbox,
        #[expect(dead_code, reason = "held for its Drop")] TempDir,
    ),
    Weed(Weed, ShortSessions),
}

impl Server {
    pub(crate) fn start(which: Which) -> Self {
        Self::start_with(which, Setup::default())
    }

    pub(crate) fn sandbox() -> Self {
        Self::start(Which::Sandbox)
    }

    /// A sandbox that is set up otherwise.
    pub(crate) fn sandbox_with(change: impl FnOnce(&mut Options)) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = fresh_folder();
        let mut options = Options::new(folder.path());
        change(&mut options);
        let sandbox = runtime.block_on(Sandbox::start(options));
        let kind = Kind::Sandbox(sandbox.expect("the sandbox starts"), folder);
        Self { kind, runtime }
    }

    pub(crate) fn start_with(which: Which, setup: Setup) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let kind = match which {
            Which::Sandbox => {
                let folder = fresh_folder();
                let options = Options {
                    session_seconds: setup.session_seconds.map(u64::from),
                    role_policy: setup.is_as_published.then(documents::published_role_policy),
                    takes_any_region: setup.takes_any_region,
                    ..Options::new(folder.path())
                };
                let sandbox = runtime.block_on(Sandbox::start(options));
                Kind::Sandbox(sandbox.expect("the sandbox starts"), folder)
            }
            Which::SeaweedFs => {
                let policy = if setup.is_as_published {
                    Policy::Published
                } else {
                    Policy::Corrected
                };
                let weed = runtime.block_on(Weed::start(policy));
                let door = ShortSessions::before(&weed, setup.session_seconds.unwrap_or(0));
                Kind::Weed(weed, door)
            }
        };
        Self { kind, runtime }
    }

    /// The tutorial's destination.
    pub(crate) fn destination(&self) -> Destination {
        match &self.kind {
            Kind::Sandbox(sandbox, _) => {
                let address = sandbox.address();
                Destination {
                    name: "Field recordings".to_owned(),
                    role_arn: address.role_arn.clone(),
                    region: address.region.clone(),
                    bucket: address.bucket.clone(),
                    prefix: String::new(),
                    endpoint: address.endpoint.clone(),
                    sts_endpoint: address.endpoint.clone(),
                    session_seconds: None,
                    access_key_id: address.access_key_id.clone(),
                    secret_access_key: address.secret_access_key.clone(),
                }
            }
            Kind::Weed(weed, door) => Destination {
                sts_endpoint: door.endpoint(),
                ..weed.destination("Field recordings")
            },
        }
    }

    /// The same, its S3 behind a line.
    pub(crate) fn behind_a_line(&self) -> (Line, Destination) {
        let line = Line::to(self.address());
        let destination = Destination {
            endpoint: line.endpoint(),
            ..self.destination()
        };
        (line, destination)
    }

    /// The same, its S3 behind a line on which chosen requests go wrong.
    pub(crate) fn behind_a_fault_line(&self) -> (FaultLine, Destination) {
        let line = FaultLine::to(self.address());
        let destination = Destination {
            endpoint: line.endpoint(),
            ..self.destination()
        };
        (line, destination)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match &self.kind {
            Kind::Sandbox(sandbox, _) => {
                let address = sandbox.address().endpoint.trim_start_matches("http://");
                address.parse().expect("the sandbox listens on an address")
            }
            Kind::Weed(weed, _) => weed.address(),
        }
    }

    /// Every object with its bytes, seen past the role.
    pub(crate) fn objects(&self) -> Objects {
        match &self.kind {
            Kind::Sandbox(sandbox, _) => {
                let objects = sandbox.objects().expect("the sandbox has its list");
                let read = |key: &str| sandbox.read_object(key).expect("the sandbox has its bytes");
                objects
                    .into_iter()
                    .map(|object| (object.key.clone(), read(&object.key)))
                    .collect()
            }
            Kind::Weed(weed, _) => self.runtime.block_on(weed.onlooker().objects()),
        }
    }

    /// The keys of all objects, sorted.
    pub(crate) fn keys(&self) -> Vec<String> {
        match &self.kind {
            Kind::Sandbox(sandbox, _) => {
                let objects = sandbox.objects().expect("the sandbox has its list");
                objects.into_iter().map(|object| object.key).collect()
            }
            Kind::Weed(weed, _) => self.runtime.block_on(weed.onlooker().keys()),
        }
    }

    /// The bytes of an object that is there.
    pub(crate) fn object(&self, key: &str) -> Vec<u8> {
        match &self.kind {
            Kind::Sandbox(sandbox, _) => {
                sandbox.read_object(key).expect("the sandbox has its bytes")
            }
            Kind::Weed(weed, _) => self.runtime.block_on(weed.onlooker().read(key)),
        }
    }

    /// Somebody else's object.
    pub(crate) fn store(&self, key: &str, bytes: &[u8]) {
        match &self.kind {
            Kind::Sandbox(sandbox, _) => sandbox
                .put_object(key, bytes)
                .expect("the sandbox takes an object"),
            Kind::Weed(weed, _) => self.runtime.block_on(weed.onlooker().store(key, bytes)),
        }
    }

    /// From now, sessions last as long as the server likes. The sandbox's cannot be changed once it runs.
    pub(crate) fn give_long_sessions(&self) {
        if let Kind::Weed(_, door) = &self.kind {
            door.last_as_issued();
        }
    }

    /// Before a session begins: the server will end it before the time that it tells. SeaweedFS does so after `seconds`,
    /// the sandbox when it [`Server::ends_sessions_now`].
    pub(crate) fn will_end_sessions_early(&self, seconds: u32) {
        if let Kind::Weed(_, door) = &self.kind {
            door.last_seconds(seconds);
            door.end_untold();
        }
    }

    pub(crate) fn ends_sessions_now(&self) {
        if let Kind::Sandbox(sandbox, _) = &self.kind {
            sandbox.end_all_sessions();
        }
    }

    /// What goes wrong next; the sandbox only.
    pub(crate) fn faults(&self) -> &Faults {
        self.as_sandbox().faults()
    }

    /// What was received; the sandbox only.
    pub(crate) fn counts(&self) -> Counts {
        self.as_sandbox().counts()
    }

    pub(crate) fn as_sandbox(&self) -> &Sandbox {
        match &self.kind {
            Kind::Sandbox(sandbox, _) => sandbox,
            Kind::Weed(..) => panic!("SeaweedFS neither counts nor fails on request"),
        }
    }

    /// By the server's own count where it counts: no part came again after it was confirmed.
    #[track_caller]
    pub(crate) fn assert_no_part_was_sent_again(&self) {
        if let Kind::Sandbox(sandbox, _) = &self.kind {
            let counts = sandbox.counts();
            assert_eq!(counts.parts_sent_again(), [] as [&sandbox::ReceivedPart; 0]);
        }
    }
}
