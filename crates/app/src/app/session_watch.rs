//! A running session is watched: its end, the warnings before it, and the renewals that the person has asked for beforehand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use session::{Clock, Session};

use super::{App, Inner};
use crate::destination::DestinationId;
use crate::event::Event;
use crate::sessions::{EndCause, SessionState};
use crate::{Code, Failure};

/// How often the end is looked for: Tokio's timers stop in suspend, the session's clock does not.
const LOOK: Duration = Duration::from_secs(5);
/// How often watchers are told the time left, so that their countdown stays true.
const TELL: Duration = Duration::from_secs(30);
/// The clock that counts suspend is ahead of the one that does not by more than that: the computer slept.
const SLEPT: Duration = Duration::from_secs(2);
/// Warnings before the end; a session shorter than AWS's shortest is warned of in its last third and sixth.
const WARNINGS: [(Duration, u32); 2] = [(Duration::from_mins(5), 3), (Duration::from_mins(1), 6)];
/// A session that is kept up is renewed so long before its end, or in its last fifth if that is later.
const RENEW_BEFORE: Duration = Duration::from_mins(5);
const RENEW_PART: u32 = 5;

/// One session, from its beginning to its end.
struct Watched {
    app: Weak<Inner>,
    clock: Arc<dyn Clock>,
    id: DestinationId,
    number: u64,
    session: Arc<Session>,
    /// When watchers were told last, by both clocks.
    told: (Duration, Instant),
    /// How many warnings were given.
    warned: usize,
    renewal: Arc<Renewal>,
}

/// The renewal by the person's word beforehand.
#[derive(Default)]
struct Renewal {
    /// A question is on its way.
    is_asking: AtomicBool,
    /// The last one found no server.
    has_failed: AtomicBool,
}

/// Ends the session when its time is up. Ends itself with the app, or when the session is no longer the running one.
pub(super) fn watch(
    app: &Arc<Inner>,
    id: DestinationId,
    number: u64,
    session: Arc<Session>,
) -> impl Future<Output = ()> + use<> {
    let clock = Arc::clone(&app.around.clock);
    // Now, and not when the task first runs: a sleep may come between.
    let told = (clock.since_boot(), Instant::now());
    let app = Arc::downgrade(app);
    let mut watched = Watched {
        app,
        clock,
        id,
        number,
        session,
        told,
        warned: 0,
        renewal: Arc::default(),
    };
    async move {
        while let Some(pause) = watched.look() {
            tokio::time::sleep(pause).await;
        }
    }
}

impl Watched {
    /// When to look again; none when there is nothing to watch any more.
    fn look(&mut self) -> Option<Duration> {
        let inner = self.app.upgrade()?;
        if !inner.runs(&self.id, self.number) {
            return None;
        }
        let left = self.session.time_left(&*self.clock);
        if left.is_zero() {
            inner.end_that_session(&self.id, self.number, EndCause::Time);
            return None;
        }
        if let Some(cause) = inner.locked_by() {
            inner.end_that_session(&self.id, self.number, cause);
            return None;
        }
        self.tell(&inner);
        let is_kept_up = inner.keeps_renewing(&self.id) && inner.has_open_rows(&self.id);
        if left <= self.renewal_time() {
            if is_kept_up {
                inner.renew(&self.id, &self.renewal);
            } else {
                inner.set_keeps_renewing(&self.id, false);
            }
        }
        // What is renewed by itself does not end, as long as that works.
        if !is_kept_up || self.renewal.has_failed.load(Ordering::Relaxed) {
            self.warn(&inner, left);
        }
        Some(left.min(LOOK))
    }

    /// At once after a sleep: the page's own countdown stood still in it.
    fn tell(&mut self, inner: &Arc<Inner>) {
        let (since_boot, awake) = (
            self.clock.since_boot().saturating_sub(self.told.0),
            self.told.1.elapsed(),
        );
        if since_boot >= TELL || since_boot > awake + SLEPT {
            self.told = (self.clock.since_boot(), Instant::now());
            inner.tell_session(&self.id);
        }
    }

    fn warn(&mut self, inner: &Arc<Inner>, left: Duration) {
        let length = self.session.length();
        let due = WARNINGS
            .iter()
            .filter(|(before, part)| left <= (*before).min(length / *part))
            .count();
        if due > self.warned {
            self.warned = due;
            inner.watchers.tell(&Event::EndsSoon {
                destination: self.id.clone(),
                left,
            });
        }
    }

    fn renewal_time(&self) -> Duration {
        RENEW_BEFORE.min(self.session.length() / RENEW_PART)
    }
}

impl App {
    /// The person's word beforehand: this destination's session is renewed by itself until all its rows are over. It holds
    /// until then, until a renewal is refused, or until the session ends; not beyond this process.
    ///
    /// # Errors
    /// [`Code::MfaMissing`] where a renewal would need a one-time code, [`Code::SignedOut`], [`Code::SessionEnded`],
    /// [`Code::DestinationUnknown`].
    pub fn keep_renewing(&self, id: &DestinationId, keeps: bool) -> Result<(), Failure> {
        let destination = self.inner.destination(id)?;
        if keeps && destination.mfa_serial.is_some() {
            return Err(Failure::new(Code::MfaMissing, destination.name));
        }
        if keeps {
            self.inner.running(&destination)?;
        }
        self.inner.set_keeps_renewing(id, keeps);
        Ok(())
    }
}

impl Inner {
    fn keeps_renewing(&self, id: &DestinationId) -> bool {
        match self.state().sessions.get(id) {
            Some(SessionState::Running(running)) => running.keeps_renewing,
            _ => false,
        }
    }

    fn has_open_rows(&self, id: &DestinationId) -> bool {
        self.state().open.get(id).copied().unwrap_or(false)
    }

    pub(crate) fn set_keeps_renewing(&self, id: &DestinationId, keeps: bool) {
        let mut state = self.state();
        let session = state.sessions.get_mut(id);
        let Some(running) = session.and_then(SessionState::running_mut) else {
            return;
        };
        if running.keeps_renewing == keeps {
            return;
        }
        running.keeps_renewing = keeps;
        drop(state);
        self.tell_session(id);
    }

    /// Asks on a task of its own; the watch of the new session takes over from this one's. A server that is not reached is
    /// asked again at the next look, until the session ends.
    fn renew(self: &Arc<Self>, id: &DestinationId, renewal: &Arc<Renewal>) {
        if renewal.is_asking.swap(true, Ordering::Relaxed) {
            return;
        }
        let app = App {
            inner: Arc::clone(self),
        };
        let (id, renewal) = (id.clone(), Arc::clone(renewal));
        tokio::spawn(async move {
            if let Err(failure) = app.sign_in(&id, None).await {
                if !may_pass(failure.code) {
                    // The session that runs goes on to its end; then the person signs in.
                    app.inner.set_keeps_renewing(&id, false);
                }
                // Told once: it is asked for again and again.
                let was_told = renewal.has_failed.swap(true, Ordering::Relaxed);
                if !was_told || !may_pass(failure.code) {
                    app.inner.watchers.tell(&Event::Failed {
                        destination: Some(id.clone()),
                        failure,
                    });
                }
            }
            renewal.is_asking.store(false, Ordering::Relaxed);
        });
    }

    /// Why sessions end now although they have time left, if the person's settings say so.
    fn locked_by(&self) -> Option<EndCause> {
        let preferences = self.state().content.preferences;
        if preferences.ends_on_lock && self.desktop.is_locked() {
            return Some(EndCause::ScreenLocked);
        }
        let most = Duration::from_secs(u64::from(preferences.idle_minutes?) * 60);
        (self.desktop.idle()? >= most).then_some(EndCause::Idle)
    }
}

/// Nobody refused anything: the next question may be answered.
fn may_pass(code: Code) -> bool {
    matches!(
        code,
        Code::Offline | Code::HostUnknown | Code::ProxyUnreachable
    )
}
