//! Is the person away? What the desktop says of its screen lock and of the last touch of keyboard or mouse.
//!
//! Linux: logind's session (`LockedHint`, `IdleHint`, `IdleSinceHintMonotonic`; org.freedesktop.login1(5)) on the system bus,
//! and GNOME's idle monitor, which counts from the first second, on the session bus. Elsewhere nothing is known, and the
//! settings are not offered.

use std::time::Duration;

/// Are the settings for idle and screen lock offered on this system?
pub const KNOWS_ABSENCE: bool = cfg!(target_os = "linux");

/// Asks the desktop, whenever it is asked.
#[derive(Debug, Default)]
pub(crate) struct Desktop {
    #[cfg(target_os = "linux")]
    watch: linux::Watch,
}

#[cfg(not(target_os = "linux"))]
impl Desktop {
    /// Not known here.
    #[expect(clippy::unused_self, reason = "Linux asks")]
    pub(crate) fn is_locked(&self) -> bool {
        false
    }

    /// Not known here.
    #[expect(clippy::unused_self, reason = "Linux asks")]
    pub(crate) fn idle(&self) -> Option<Duration> {
        None
    }
}

#[cfg(target_os = "linux")]
impl Desktop {
    /// Is the screen locked? No where nobody tells.
    pub(crate) fn is_locked(&self) -> bool {
        self.watch.seen().is_locked
    }

    /// Since when nobody has touched keyboard or mouse; none where nobody tells, or somebody just did.
    pub(crate) fn idle(&self) -> Option<Duration> {
        self.watch.seen().idle
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::{Arc, Mutex, OnceLock, PoisonError};
    use std::time::Duration;

    use zbus::blocking::{Connection, Proxy};

    /// How often the desktop is asked, once somebody wants to know. A local call; only while a session runs.
    const ASK: Duration = Duration::from_secs(2);

    /// What the desktop said last.
    #[derive(Clone, Copy, Debug, Default)]
    pub(super) struct Seen {
        pub(super) is_locked: bool,
        pub(super) idle: Option<Duration>,
    }

    /// A thread of its own asks, since a bus may be slow to answer. Begun when somebody first wants to know; ends with the
    /// last who does.
    #[derive(Debug, Default)]
    pub(super) struct Watch(OnceLock<Arc<Mutex<Seen>>>);

    impl Watch {
        pub(super) fn seen(&self) -> Seen {
            let seen = self.0.get_or_init(begin);
            *seen.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    fn begin() -> Arc<Mutex<Seen>> {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let told = Arc::downgrade(&seen);
        let begun = std::thread::Builder::new()
            .name("desktop".to_owned())
            .spawn(move || {
                let sources = Sources::find();
                while let Some(told) = told.upgrade() {
                    *told.lock().unwrap_or_else(PoisonError::into_inner) = sources.ask();
                    drop(told);
                    std::thread::sleep(ASK);
                }
            });
        if let Err(error) = begun {
            tracing::warn!(%error, "the desktop is not asked whether the person is away");
        }
        seen
    }

    /// Who can be asked; a source that is not there says nothing.
    struct Sources {
        logind: Option<Proxy<'static>>,
        gnome: Option<Proxy<'static>>,
    }

    impl Sources {
        fn find() -> Self {
            Self {
                logind: logind().inspect_err(not_there).ok(),
                gnome: gnome().inspect_err(not_there).ok(),
            }
        }

        fn ask(&self) -> Seen {
            let Some(logind) = &self.logind else {
                return Seen {
                    is_locked: false,
                    idle: self.idle(),
                };
            };
            Seen {
                is_locked: logind.get_property("LockedHint").unwrap_or(false),
                idle: self.idle().or_else(|| idle_by_hint(logind)),
            }
        }

        fn idle(&self) -> Option<Duration> {
            let millis: u64 = self.gnome.as_ref()?.call("GetIdletime", &()).ok()?;
            Some(Duration::from_millis(millis))
        }
    }

    fn not_there(error: &zbus::Error) {
        tracing::debug!(%error, "a source of the desktop's is not there");
    }

    /// The session that this process belongs to; a program that was not started in one has the user's display session.
    fn logind() -> zbus::Result<Proxy<'static>> {
        let bus = Connection::system()?;
        zbus::blocking::proxy::Builder::new(&bus)
            .destination("org.freedesktop.login1")?
            .path("/org/freedesktop/login1/session/auto")?
            .interface("org.freedesktop.login1.Session")?
            // Not every property tells of its changes.
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
    }

    fn gnome() -> zbus::Result<Proxy<'static>> {
        let bus = Connection::session()?;
        Proxy::new(
            &bus,
            "org.gnome.Mutter.IdleMonitor",
            "/org/gnome/Mutter/IdleMonitor/Core",
            "org.gnome.Mutter.IdleMonitor",
        )
    }

    /// What the desktop told logind, which it does some minutes after the last touch.
    fn idle_by_hint(logind: &Proxy<'_>) -> Option<Duration> {
        let is_idle: bool = logind.get_property("IdleHint").ok()?;
        if !is_idle {
            return None;
        }
        let since: u64 = logind.get_property("IdleSinceHintMonotonic").ok()?;
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let now = Duration::new(
            u64::try_from(now.tv_sec).unwrap_or(0),
            u32::try_from(now.tv_nsec).unwrap_or(0),
        );
        Some(now.saturating_sub(Duration::from_micros(since)))
    }
}
