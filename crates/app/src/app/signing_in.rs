//! Asking for a session: one question at a time for each destination, whose answer all share who asked meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use account::Needs;
use session::{AccessKey, Error, Granted, MfaCode, SessionLength, SessionName, SignIn};
use tokio::sync::{Notify, OnceCell};

use super::letter::LastRefusal;
use super::new_key::{Patience, is_key_new};
use super::{App, Inner, session_failure};
use crate::destination::{Destination, DestinationId};
use crate::event::{Event, News};
use crate::failure::of_name;
use crate::sessions::{SessionState, SessionView};
use crate::{Code, Failure};

/// What the session may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rights {
    /// What the destination says: by default only what its uploads need.
    #[default]
    Destination,
    /// All that the role may, whatever the destination says: for another folder than the destination's.
    WholeRole,
}

/// A sign-in that succeeded.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: SessionView,
    /// What of the wish the server did not give.
    pub news: Vec<News>,
}

/// A question that is on its way, and how to stop it.
#[derive(Clone, Default)]
struct Question {
    answer: Arc<OnceCell<Result<SignedIn, Failure>>>,
    stop: Arc<Notify>,
}

/// The questions that are on their way.
#[derive(Default)]
pub(super) struct SigningIn(Mutex<HashMap<DestinationId, Question>>);

impl SigningIn {
    fn join(&self, id: &DestinationId) -> Question {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(id.clone()).or_default().clone()
    }

    /// The next one asks anew. Another question may have taken its place already.
    fn leave(&self, id: &DestinationId, question: &Question) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all
            .get(id)
            .is_some_and(|now| Arc::ptr_eq(&now.answer, &question.answer))
        {
            all.remove(id);
        }
    }

    fn of(&self, id: &DestinationId) -> Option<Question> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id).cloned()
    }
}

impl App {
    /// Signs in: the key from the keychain, one AssumeRole. Rows that wait go on. Ask again for a new session; running
    /// requests keep the old one. Who asks while the question is on its way gets the same answer, so that one
    /// one-time code suffices.
    ///
    /// # Errors
    /// The keychain's codes, STS's codes, [`Code::DestinationUnknown`], [`Code::SandboxFailed`], [`Code::SignInStopped`].
    ///
    /// # Cancellation
    /// Safe: the state goes back to what it was when the next sign-in is asked for.
    pub async fn sign_in(
        &self,
        id: &DestinationId,
        mfa_code: Option<&str>,
    ) -> Result<SessionView, Failure> {
        let signed_in = self.sign_in_with(id, mfa_code, Rights::Destination).await?;
        Ok(signed_in.session)
    }

    /// [`App::sign_in`], with other rights than the destination's.
    ///
    /// # Errors
    /// As [`App::sign_in`].
    pub async fn sign_in_with(
        &self,
        id: &DestinationId,
        mfa_code: Option<&str>,
        rights: Rights,
    ) -> Result<SignedIn, Failure> {
        let code = mfa_code
            .map(MfaCode::new)
            .transpose()
            .map_err(|error| of_name(&error))?;
        let question = self.inner.signing_in.join(id);
        let answer = question.answer.get_or_init(async || {
            tokio::select! {
                answer = self.ask(id, code, rights) => answer,
                () = question.stop.notified() => {
                    self.inner.stop_signing_in(id);
                    Err(Failure::new(Code::SignInStopped, ""))
                }
            }
        });
        let answer = answer.await.clone();
        self.inner.signing_in.leave(id, &question);
        answer
    }

    /// Stops a sign-in that is on its way; the session is what it was before.
    pub fn cancel_sign_in(&self, id: &DestinationId) {
        if let Some(question) = self.inner.signing_in.of(id) {
            // Only who waits now: a word that nobody hears must not stop the next sign-in.
            question.stop.notify_waiters();
        }
    }

    async fn ask(
        &self,
        id: &DestinationId,
        code: Option<MfaCode>,
        rights: Rights,
    ) -> Result<SignedIn, Failure> {
        let mut destination = self.inner.fresh_destination(id)?;
        if destination.is_sandbox {
            destination = self.open_own_sandbox(destination).await?;
        }
        self.inner.renew_network().await?;
        self.inner.begin_signing_in(id);
        let rights = self.inner.rights_for(&destination, rights).await;
        match self.inner.assume_role(&destination, code, rights).await {
            Ok(granted) => {
                let news = self.inner.learn(&destination, &granted);
                let session = self.inner.begin_session(&destination, granted.session)?;
                Ok(SignedIn { session, news })
            }
            Err(error) => {
                self.inner.learn_from(&destination, &error);
                self.inner.stop_signing_in(id);
                Err(session_failure(&error, &destination))
            }
        }
    }
}

impl Inner {
    /// Reads the key, once, and asks with it; it is gone when this returns.
    async fn assume_role(
        &self,
        destination: &Destination,
        code: Option<MfaCode>,
        rights: Rights,
    ) -> Result<Granted, Error> {
        if destination.mfa_serial.is_some() && code.is_none() {
            return Err(Error::MfaMissing);
        }
        let keychain = Arc::clone(&self.around.keychain);
        let key = session::read(keychain, destination.id.0.clone()).await?;
        let is_new = self.recognize(destination, &key)?;
        let mut request = request_for(destination, code, rights)?;
        request.network = self.network();
        // Not before: a code that a locked keychain kept from being sent is as good as new.
        if let Some((serial, Some(code))) = &request.mfa {
            self.used_codes.take(serial, code, &*self.around.clock)?;
        }
        if request.mfa.is_none() && is_new {
            return self.ask_until_known(&request, &key, destination).await;
        }
        session::sign_in(&request, &key, &*self.around.clock).await
    }

    /// Open rows that lie elsewhere, from before the destination was changed or from a drop to another folder, need more
    /// than the destination's own rights.
    async fn rights_for(&self, destination: &Destination, wanted: Rights) -> Rights {
        let outside = self.ledger.has_open_outside(
            destination.id.as_str(),
            destination.target.bucket.as_str(),
            destination.prefix.as_str(),
        );
        match outside.await {
            Ok(false) => wanted,
            // A ledger that cannot be read is said where its rows are.
            Ok(true) | Err(_) => Rights::WholeRole,
        }
    }

    /// Is the entry's key the destination's, and is it a new one?
    pub(super) fn recognize(
        &self,
        destination: &Destination,
        key: &AccessKey,
    ) -> Result<bool, Error> {
        if destination.key.may_be(key) {
            return Ok(is_key_new(&destination.key, &*self.around.clock));
        }
        match &destination.next_key {
            Some(next) if next.may_be(key) => {
                self.take_next_key(std::slice::from_ref(&destination.id));
                Ok(is_key_new(next, &*self.around.clock))
            }
            _ => Err(Error::AccessKeyChanged),
        }
    }

    /// A key that AWS does not know yet looks like a mistyped one, and its user's rights like missing ones.
    async fn ask_until_known(
        &self,
        request: &SignIn,
        key: &AccessKey,
        destination: &Destination,
    ) -> Result<Granted, Error> {
        let clock = &*self.around.clock;
        let patience = Patience::begins(clock);
        loop {
            let answer = session::sign_in(request, key, clock).await;
            let may_pass = matches!(
                answer,
                Err(Error::AccessKeyUnknown | Error::RoleRefused { .. })
            );
            if !may_pass || !patience.lasts() {
                return answer;
            }
            self.wait_for_new_key(&destination.id);
            patience.pause().await;
        }
    }

    fn wait_for_new_key(&self, id: &DestinationId) {
        if let Some(SessionState::SigningIn {
            waits_for_new_key, ..
        }) = self.state().sessions.get_mut(id)
        {
            *waits_for_new_key = true;
        }
        self.tell_session(id);
    }

    /// Writes down what the server did not give, so that the next sign-in does not ask for it again; says it once.
    fn learn(&self, destination: &Destination, granted: &Granted) -> Vec<News> {
        self.state().refusals.remove(&destination.id);
        let mut all = Vec::new();
        if let Some(to) = granted.longest {
            self.remember(&destination.id, |saved| saved.longest_session = Some(to));
            all.push(News::LengthLowered { to });
        }
        if granted.is_policy_refused {
            self.remember(&destination.id, |saved| saved.refuses_policy = true);
            all.push(News::NarrowingOff);
        }
        for news in &all {
            self.watchers.tell(&Event::News {
                destination: destination.id.clone(),
                news: *news,
            });
        }
        all
    }

    fn learn_from(&self, destination: &Destination, error: &Error) {
        match error {
            Error::SessionTooLong => {
                let hour = Some(SessionLength::default());
                self.remember(&destination.id, |saved| saved.longest_session = hour);
            }
            Error::PolicyRefused => {
                self.remember(&destination.id, |saved| saved.refuses_policy = true);
            }
            _ => {}
        }
        if let Some(refusal) = LastRefusal::of(error) {
            let mut state = self.state();
            state.refusals.insert(destination.id.clone(), refusal);
        }
    }

    pub(super) fn remember(&self, id: &DestinationId, what: impl Fn(&mut Destination)) {
        let changed = self.change_settings(|content| {
            let all = content.all.iter_mut();
            all.filter(|saved| saved.id == *id).for_each(&what);
            Ok(())
        });
        if let Err(failure) = changed {
            tracing::info!(
                code = failure.code.as_str(),
                "found out again at the next sign-in"
            );
        }
    }
}

pub(super) fn request_for(
    destination: &Destination,
    code: Option<MfaCode>,
    rights: Rights,
) -> Result<SignIn, Error> {
    let is_narrowed = rights == Rights::Destination
        && !destination.asks.is_whole_role
        && !destination.refuses_policy;
    let wanted = destination.session_length;
    Ok(SignIn {
        role_arn: destination.role_arn.clone(),
        region: session::Region::new(&destination.target.region).map_err(|_| Error::NotSts)?,
        endpoint: destination.sts_endpoint.clone(),
        is_fips: destination.target.addressing.is_fips,
        is_dual_stack: destination.target.addressing.is_dual_stack,
        network: None,
        length: destination
            .longest_session
            .map_or(wanted, |longest| longest.min(wanted)),
        external_id: destination.external_id.clone(),
        mfa: destination.mfa_serial.clone().map(|serial| (serial, code)),
        session_name: destination.asks.name.clone().unwrap_or_else(session_name),
        policy: is_narrowed.then(|| account::session_policy(&needs_of(destination))),
        tags: destination.asks.tags.clone(),
        source_identity: destination.asks.source_identity.clone(),
    })
}

fn needs_of(destination: &Destination) -> Needs<'_> {
    let traits = &destination.uploads.traits;
    let is_aws = destination.target.endpoint.is_none();
    Needs {
        partition: destination.partition(),
        bucket: destination.target.bucket.as_str(),
        prefix: destination.prefix.as_str(),
        kms_region: (is_aws || traits.kms_key.is_some())
            .then_some(destination.target.region.as_str()),
        tags_objects: !traits.tags.is_empty(),
    }
}

/// `user@host`, in the 2 to 64 characters that STS takes: the administrator reads it in AWS's logs. Stable, since a
/// bucket's owner may tie rights on begun uploads to it.
fn session_name() -> SessionName {
    let user = std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    let host = gethostname::gethostname();
    made_safe(
        user.as_deref().unwrap_or("sandglass"),
        &host.to_string_lossy(),
    )
}

fn made_safe(user: &str, host: &str) -> SessionName {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let name: String = format!("{user}@{host}")
        .chars()
        .map(|c| if is_allowed(c) { c } else { '-' })
        .take(64)
        .collect();
    // It has an `@` in it, and with nothing around it is too short.
    SessionName::new(&name)
        .or_else(|_| SessionName::new("sandglass"))
        .unwrap_or_else(|_| unreachable!("the name has the form"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sits_at_whatever_computer_has_a_session_name_that_sts_takes() {
        for (user, host, expected) in [
            ("mira", "studio.local", "mira@studio.local"),
            ("美羅", "録音室", "--@---"),
            ("Mira K", "m's mac", "Mira-K@m-s-mac"),
            ("", "", "sandglass"),
            ("a", "", "a@"),
        ] {
            assert_eq!(made_safe(user, host).as_str(), expected);
        }
        let long = made_safe(&"u".repeat(80), "host");
        assert_eq!(long.as_str(), "u".repeat(64));
        assert_eq!(made_safe("mira", "studio"), made_safe("mira", "studio"));
    }
}
