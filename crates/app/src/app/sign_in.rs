//! Sessions: they begin with a person's word, and end by time, by the server, or by a person's word.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use bucket::{Access, Command, Listing, SignOut};
use secrecy::ExposeSecret;
use session::{Clock, MfaCode, Session, SignIn};
use tokio::sync::Mutex as AsyncMutex;

use super::{App, Inner, session_failure};
use crate::destination::{Destination, DestinationId};
use crate::event::Event;
use crate::failure::of_name;
use crate::sessions::{EndCause, Running, SessionState, SessionView};
use crate::{Code, Failure};

/// How often the end is looked for: Tokio's timers stop in suspend, the session's clock does not.
const LOOK: Duration = Duration::from_secs(5);
/// How often watchers are told the time left, so that their countdown stays true.
const TELL: Duration = Duration::from_secs(30);

impl App {
    /// Signs in: the key from the keychain, one AssumeRole. Rows that wait go on. Ask again for a new session; running
    /// requests keep the old one.
    ///
    /// # Errors
    /// The keychain's codes, STS's codes, [`Code::DestinationUnknown`], [`Code::SandboxFailed`].
    ///
    /// # Cancellation
    /// Safe: the state goes back to what it was when the next sign-in is asked for.
    pub async fn sign_in(
        &self,
        id: &DestinationId,
        mfa_code: Option<&str>,
    ) -> Result<SessionView, Failure> {
        let code = mfa_code
            .map(MfaCode::new)
            .transpose()
            .map_err(|error| of_name(&error))?;
        let alone = self.inner.signing_in_to(id);
        let _alone = alone.lock().await;
        let mut destination = self.inner.destination(id)?;
        if destination.is_sandbox {
            destination = self.open_own_sandbox(destination).await?;
        }
        self.inner.begin_signing_in(id);
        match self.inner.assume_role(&destination, code).await {
            Ok(session) => self.inner.begin_session(&destination, session),
            Err(error) => {
                self.inner.stop_signing_in(id);
                Err(session_failure(&error, &destination))
            }
        }
    }

    /// Forgets the session at once. Rows wait; what S3 has confirmed stays confirmed.
    pub fn end_session(&self, id: &DestinationId) {
        self.inner.end_session(id, EndCause::User);
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
    async fn assume_role(
        &self,
        destination: &Destination,
        code: Option<MfaCode>,
    ) -> Result<Session, session::Error> {
        let keychain = Arc::clone(&self.around.keychain);
        let key = session::read(keychain, destination.id.0.clone()).await?;
        if key.ends().as_str() != destination.key_ends {
            return Err(session::Error::AccessKeyChanged);
        }
        let request = SignIn {
            role_arn: destination.role_arn.clone(),
            region: session::Region::new(&destination.target.region)
                .map_err(|_| session::Error::NotSts)?,
            endpoint: destination.sts_endpoint.clone(),
            length: destination.session_length,
            external_id: destination.external_id.clone(),
            mfa: destination.mfa_serial.clone().map(|serial| (serial, code)),
            session_name: session_name(),
        };
        session::sign_in(&request, &key, &*self.around.clock).await
    }

    fn signing_in_to(&self, id: &DestinationId) -> Arc<AsyncMutex<()>> {
        let mut all = self
            .signing_in
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(id.clone()).or_default())
    }

    fn begin_signing_in(&self, id: &DestinationId) {
        let mut state = self.state();
        let before = state.sessions.remove(id).unwrap_or_default();
        let before = match before {
            // A sign-in that was dropped half-way.
            SessionState::SigningIn(before) => before,
            other => Box::new(other),
        };
        state
            .sessions
            .insert(id.clone(), SessionState::SigningIn(before));
        drop(state);
        self.tell_session(id);
    }

    fn stop_signing_in(&self, id: &DestinationId) {
        let mut state = self.state();
        if let Some(SessionState::SigningIn(before)) = state.sessions.remove(id) {
            state.sessions.insert(id.clone(), *before);
        }
        drop(state);
        self.tell_session(id);
    }

    /// # Errors
    /// The destination was changed or removed while STS was being asked.
    fn begin_session(
        self: &Arc<Self>,
        destination: &Destination,
        session: Session,
    ) -> Result<SessionView, Failure> {
        let id = &destination.id;
        let session = Arc::new(session);
        let number = self.sign_ins.fetch_add(1, Ordering::Relaxed);
        let access = access_of(&session, Arc::clone(&self.around.clock));
        let mut state = self.state();
        let now = state.content.find(id).cloned();
        let Some(now) = now.filter(|now| now.signs_in_like(destination)) else {
            drop(state);
            self.stop_signing_in(id);
            return Err(Failure::new(Code::SignedOut, destination.name.as_str()));
        };
        let running = SessionState::Running(Box::new(Running {
            number,
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
        tokio::spawn(watch_the_end(
            Arc::downgrade(self),
            id.clone(),
            number,
            session,
        ));
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
            Some(SessionState::SigningIn(before)) if ends(before) => {
                **before = SessionState::Ended(cause);
            }
            _ => return,
        }
        let how = match cause {
            EndCause::Time | EndCause::Server => SignOut::AtItsEnd,
            EndCause::User => SignOut::AtOnce,
        };
        self.queue.tell(Command::SignOut {
            destination: id.as_str().into(),
            how,
        });
        drop(state);
        self.tell_session(id);
    }

    /// Reads and tells in one step, so that the last thing told is the last thing that happened.
    fn tell_session(&self, id: &DestinationId) {
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
            Some(SessionState::SigningIn(before)) => match &**before {
                SessionState::Running(running) => Ok((**running).clone()),
                _ => Err(signed_out()),
            },
            Some(SessionState::Ended(_)) => Err(Failure::new(Code::SessionEnded, "")),
            Some(SessionState::None) | None => Err(signed_out()),
        }
    }

    fn runs(&self, id: &DestinationId, number: u64) -> bool {
        let is_it = |state: &SessionState| matches!(state, SessionState::Running(running) if running.number == number);
        match self.state().sessions.get(id) {
            Some(SessionState::SigningIn(before)) => is_it(before),
            Some(state) => is_it(state),
            None => false,
        }
    }
}

/// Ends the session when its time is up. Ends itself with the app, or when the session is no longer the running one.
async fn watch_the_end(app: Weak<Inner>, id: DestinationId, number: u64, session: Arc<Session>) {
    let Some(clock) = app.upgrade().map(|inner| Arc::clone(&inner.around.clock)) else {
        return;
    };
    let mut told = clock.since_boot();
    loop {
        let left = session.time_left(&*clock);
        let Some(inner) = app.upgrade().filter(|inner| inner.runs(&id, number)) else {
            return;
        };
        if left.is_zero() {
            inner.end_that_session(&id, number, EndCause::Time);
            return;
        }
        if clock.since_boot().saturating_sub(told) >= TELL {
            told = clock.since_boot();
            inner.tell_session(&id);
        }
        drop(inner);
        tokio::time::sleep(left.min(LOOK)).await;
    }
}

fn access_of(session: &Arc<Session>, clock: Arc<dyn Clock>) -> Access {
    let keys = session.keys();
    let ending = Arc::clone(session);
    Access::new(
        keys.access_key_id.expose_secret().to_owned(),
        keys.secret_access_key.expose_secret().to_owned(),
        keys.session_token.expose_secret().to_owned(),
        move || ending.time_left(&*clock),
    )
}

/// `user@host`, in the 2 to 64 characters that STS takes: the administrator reads it in AWS's logs. Stable, since a
/// bucket's owner may tie rights on begun uploads to it.
fn session_name() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    let host = gethostname::gethostname();
    let name = format!(
        "{}@{}",
        user.as_deref().unwrap_or("sandglass"),
        host.to_string_lossy()
    );
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    name.chars()
        .map(|c| if is_allowed(c) { c } else { '-' })
        .take(64)
        .collect()
}
