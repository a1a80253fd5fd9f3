//! Sessions: they begin with a person's word, and end by time, by the server, or by a person's word.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bucket::{Access, Command, Listing, SignOut};
use secrecy::ExposeSecret;
use session::{Clock, Session};

use super::{App, Inner, session_watch};
use crate::destination::{Destination, DestinationId};
use crate::event::Event;
use crate::sessions::{EndCause, Running, SessionState, SessionView};
use crate::{Code, Failure};

impl App {
    /// Forgets the session at once. Rows wait; what S3 has confirmed stays confirmed.
    pub fn end_session(&self, id: &DestinationId) {
        self.inner.end_session(id, EndCause::User);
    }

    /// Time left in the session that runs.
    pub fn time_left(&self, id: &DestinationId) -> Option<Duration> {
        let destination = self.inner.destination(id).ok()?;
        let running = self.inner.running(&destination).ok()?;
        Some(running.session.time_left(&*self.inner.around.clock))
    }

    /// The assumed role's ARN, while a session runs.
    pub fn assumed_role(&self, id: &DestinationId) -> Option<String> {
        match self.inner.state().sessions.get(id) {
            Some(SessionState::Running(running)) => Some(running.session.assumed_role().to_owned()),
            _ => None,
        }
    }
}

impl Inner {
    pub(super) fn begin_signing_in(&self, id: &DestinationId) {
        let mut state = self.state();
        let before = state.sessions.remove(id).unwrap_or_default();
        let before = match before {
            // A sign-in that was dropped half-way.
            SessionState::SigningIn { before, .. } => before,
            other => Box::new(other),
        };
        let signing_in = SessionState::SigningIn {
            before,
            waits_for_new_key: false,
        };
        state.sessions.insert(id.clone(), signing_in);
        drop(state);
        self.tell_session(id);
    }

    pub(super) fn stop_signing_in(&self, id: &DestinationId) {
        let mut state = self.state();
        match state.sessions.remove(id) {
            Some(SessionState::SigningIn { before, .. }) => {
                state.sessions.insert(id.clone(), *before);
            }
            Some(other) => {
                state.sessions.insert(id.clone(), other);
            }
            None => {}
        }
        drop(state);
        self.tell_session(id);
    }

    /// # Errors
    /// The destination was changed or removed while STS was being asked.
    pub(super) fn begin_session(
        self: &Arc<Self>,
        destination: &Destination,
        session: Session,
    ) -> Result<SessionView, Failure> {
        let id = &destination.id;
        let session = Arc::new(session);
        let number = self.sign_ins.fetch_add(1, Ordering::Relaxed);
        let access = access_of(&session, Arc::clone(&self.around.clock)).through(self.network());
        let mut state = self.state();
        let now = state.content.find(id).cloned();
        let Some(now) = now.filter(|now| now.signs_in_like(destination)) else {
            drop(state);
            self.stop_signing_in(id);
            return Err(Failure::new(Code::SignedOut, destination.name.as_str()));
        };
        // A renewal does not take the person's word back.
        let keeps_renewing = match state.sessions.get(id) {
            Some(SessionState::SigningIn { before, .. }) => match &**before {
                SessionState::Running(running) => running.keeps_renewing,
                _ => false,
            },
            _ => false,
        };
        let running = SessionState::Running(Box::new(Running {
            number,
            keeps_renewing,
            session: Arc::clone(&session),
            access: access.clone(),
            listing: Listing::new(&now.target, access.clone()),
        }));
        let view = running.view(&*self.around.clock);
        state.sessions.insert(id.clone(), running);
        // Told under the lock: an end that comes a moment later must reach the queue later, too.
        self.queue.tell(Command::SignIn {
            destination: id.as_str().into(),
            target: now.target.clone(),
            traits: now.uploads.traits.clone(),
            access,
            session: number,
        });
        drop(state);
        self.tell_session(id);
        tokio::spawn(session_watch::watch(self, id.clone(), number, session));
        Ok(view)
    }

    /// Ends the session that runs now, whichever it is.
    pub(crate) fn end_session(&self, id: &DestinationId, cause: EndCause) {
        self.end_if(id, |_| true, cause);
    }

    /// Ends that session, and none that has taken its place.
    pub(crate) fn end_that_session(&self, id: &DestinationId, number: u64, cause: EndCause) {
        self.end_if(id, |running| running.number == number, cause);
    }

    fn end_if(&self, id: &DestinationId, is_it: impl Fn(&Running) -> bool, cause: EndCause) {
        let mut state = self.state();
        let ends = |session: &SessionState| matches!(session, SessionState::Running(running) if is_it(running));
        match state.sessions.get_mut(id) {
            Some(session) if ends(session) => *session = SessionState::Ended(cause),
            // The new session is being asked for; the old one is forgotten all the same.
            Some(SessionState::SigningIn { before, .. }) if ends(before) => {
                **before = SessionState::Ended(cause);
            }
            _ => return,
        }
        let how = match cause {
            EndCause::Time | EndCause::Server => SignOut::AtItsEnd,
            EndCause::User | EndCause::Idle | EndCause::ScreenLocked => SignOut::AtOnce,
        };
        self.queue.tell(Command::SignOut {
            destination: id.as_str().into(),
            how,
        });
        drop(state);
        self.tell_session(id);
    }

    /// Reads and tells in one step, so that the last thing told is the last thing that happened.
    pub(super) fn tell_session(&self, id: &DestinationId) {
        self.watchers.tell_what(|| {
            let view = self
                .state()
                .sessions
                .get(id)
                .map(|state| state.view(&*self.around.clock));
            Event::Session {
                destination: id.clone(),
                session: view.unwrap_or(SessionView::None),
            }
        });
    }

    pub(crate) fn running(&self, destination: &Destination) -> Result<Running, Failure> {
        let signed_out = || Failure::new(Code::SignedOut, destination.name.as_str());
        match self.state().sessions.get(&destination.id) {
            Some(SessionState::Running(running)) => Ok((**running).clone()),
            Some(SessionState::SigningIn { before, .. }) => match &**before {
                SessionState::Running(running) => Ok((**running).clone()),
                _ => Err(signed_out()),
            },
            Some(SessionState::Ended(_)) => Err(Failure::new(Code::SessionEnded, "")),
            Some(SessionState::None) | None => Err(signed_out()),
        }
    }

    pub(super) fn runs(&self, id: &DestinationId, number: u64) -> bool {
        let is_it = |state: &SessionState| matches!(state, SessionState::Running(running) if running.number == number);
        match self.state().sessions.get(id) {
            Some(SessionState::SigningIn { before, .. }) => is_it(before),
            Some(state) => is_it(state),
            None => false,
        }
    }
}

fn access_of(session: &Arc<Session>, clock: Arc<dyn Clock>) -> Access {
    let keys = session.keys();
    let ending = Arc::clone(session);
    Access::new(
        keys.access_key_id.expose_secret().to_owned(),
        keys.secret_access_key.clone(),
        keys.session_token.clone(),
        move || ending.time_left(&*clock),
    )
}
