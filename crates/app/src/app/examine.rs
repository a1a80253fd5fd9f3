//! The examination: what stands in the way of a destination's uploads, and what its role can do beyond them.
//!
//! Ordered checks, each told as it ends. It signs in by itself, as the whole role, since the role is what is examined; the
//! session is forgotten at the end, and the destination's own goes on untouched.

use std::sync::Arc;

use account::{Access, Cause, Check, Evidence, Silence, Target};
use session::{AccessKey, Error, Granted, Identity, MfaCode, Session, SignIn};

use super::signing_in::{Rights, request_for};
use super::{App, Inner, session_failure};
use crate::destination::{Destination, DestinationId};
use crate::failure::{of_name, of_unreached};
use crate::finding::Finding;
use crate::{Code, Failure, Verdict};

/// All that was found, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// One for each check.
    pub findings: Vec<Finding>,
}

impl Examination {
    /// What all findings come to.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings)
    }

    /// Is a right missing that a role's policies or its user's could give?
    pub(crate) fn lacks_a_right(&self) -> bool {
        self.findings.iter().any(Finding::is_repairable)
    }
}

/// Hands findings on as they come, and keeps them.
struct Telling<F> {
    destination: Destination,
    findings: Vec<Finding>,
    each: F,
}

impl<F: FnMut(&Finding)> Telling<F> {
    fn tell(&mut self, finding: Finding) {
        (self.each)(&finding);
        self.findings.push(finding);
    }

    fn found(&mut self, found: account::Finding) {
        let finding = Finding::of(found, &self.destination);
        self.tell(finding);
    }

    /// What STS's side found; `asked` was answered with a yes.
    fn found_by_sts(&mut self, check: Check, cause: Cause, asked: Option<&'static str>) {
        let evidence = asked.map(|asked| evidence(asked, "200"));
        self.found(account::Finding {
            check,
            cause,
            evidence: evidence.into_iter().collect(),
        });
    }

    /// `check` failed; those behind it are not examined.
    fn failed(&mut self, check: Check, failure: Failure, ground: Option<Evidence>) {
        self.tell(Finding::failed(check, failure, ground));
        for behind in account::after(check) {
            self.found(account::not_reached(behind, check));
        }
    }

    /// The first check that nothing is known of yet.
    fn next(&self) -> Check {
        let told = self.findings.len();
        let all = Check::ALL;
        all.get(told)
            .or(all.last())
            .copied()
            .unwrap_or(Check::Clock)
    }
}

impl App {
    /// Examines a destination; `each` gets every finding as its check ends. Nothing is stored, changed or deleted in the
    /// bucket, and the destination's session is left alone. What the examination learns of the bucket's region is kept.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::MfaMissing`], [`Code::BadMfaCode`], [`Code::SandboxFailed`], and those of the
    /// network's settings. Everything else is a finding.
    ///
    /// # Cancellation
    /// Safe: a session that STS made meanwhile is lost and ends by itself.
    pub async fn examine(
        &self,
        id: &DestinationId,
        mfa_code: Option<&str>,
        each: impl FnMut(&Finding),
    ) -> Result<Examination, Failure> {
        let code = mfa_code.map(MfaCode::new).transpose();
        let code = code.map_err(|error| of_name(&error))?;
        let mut destination = self.inner.fresh_destination(id)?;
        if destination.mfa_serial.is_some() && code.is_none() {
            let name = destination.name.as_str();
            return Err(Failure::new(Code::MfaMissing, name));
        }
        if destination.is_sandbox {
            destination = self.open_own_sandbox(destination).await?;
        }
        self.inner.renew_network().await?;
        let mut telling = Telling {
            destination,
            findings: Vec::new(),
            each,
        };
        if let Some(session) = self.inner.examine_sts(code, &mut telling).await {
            self.inner.examine_bucket(&session, &mut telling).await;
        }
        Ok(Examination {
            findings: telling.findings,
        })
    }
}

impl Inner {
    /// From the clock to the session's length. None: the rest was told as not examined.
    async fn examine_sts<F: FnMut(&Finding)>(
        &self,
        code: Option<MfaCode>,
        telling: &mut Telling<F>,
    ) -> Option<Session> {
        let destination = telling.destination.clone();
        let (request, key) = match self.key_for_examining(&destination, code).await {
            Ok(ready) => ready,
            Err(error) => {
                telling.found(account::not_reached(Check::Clock, Check::Key));
                telling.failed(Check::Key, session_failure(&error, &destination), None);
                return None;
            }
        };
        let clock = &*self.around.clock;
        let identity = session::identify(&request, &key, clock).await;
        let answer = session::sign_in(&request, &key, clock).await;
        let failing = answer.as_ref().err().map(failing_check);
        for check in [Check::Clock, Check::Key, Check::Sts, Check::Role] {
            if failing.is_some_and(|failing| failing <= check) {
                break;
            }
            let (cause, asked) = before(check, &identity, &answer);
            telling.found_by_sts(check, cause, asked);
        }
        match answer {
            Ok(granted) => {
                let length = match granted.longest {
                    Some(longest) => Cause::LengthLowered {
                        seconds: longest.seconds(),
                    },
                    None => Cause::LengthGranted {
                        seconds: request.length.seconds(),
                    },
                };
                telling.found_by_sts(Check::Length, length, Some(ASSUME_ROLE));
                Some(granted.session)
            }
            Err(error) => {
                let failure = session_failure(&error, &destination);
                telling.failed(failing_check(&error), failure, ground(&error));
                None
            }
        }
    }

    /// Reads the key, once.
    async fn key_for_examining(
        &self,
        destination: &Destination,
        code: Option<MfaCode>,
    ) -> Result<(SignIn, AccessKey), Error> {
        let keychain = Arc::clone(&self.around.keychain);
        let key = session::read(keychain, destination.id.0.clone()).await?;
        self.recognize(destination, &key)?;
        let mut request = request_for(destination, code, Rights::WholeRole)?;
        // What the role allows is a question of the examination, whatever was found out before; but with a one-time code there is
        // one try only.
        if request.mfa.is_none() {
            request.length = destination.session_length;
        }
        request.network = self.network();
        if let Some((serial, Some(code))) = &request.mfa {
            self.used_codes.take(serial, code, &*self.around.clock)?;
        }
        Ok((request, key))
    }

    /// Whose key a destination has, by ARN.
    ///
    /// # Errors
    /// The keychain's codes, and those of STS that are about the key.
    pub(super) async fn caller(&self, destination: &Destination) -> Result<String, Failure> {
        let (request, key) = self
            .key_for_examining(destination, None)
            .await
            .map_err(|error| session_failure(&error, destination))?;
        let identity = session::identify(&request, &key, &*self.around.clock).await;
        let caller = identity
            .caller
            .map_err(|error| session_failure(&error, destination))?;
        caller.ok_or_else(|| Failure::new(Code::AnswerNotUnderstood, destination.sts_host()))
    }

    async fn examine_bucket<F: FnMut(&Finding)>(
        &self,
        session: &Session,
        telling: &mut Telling<F>,
    ) {
        let destination = telling.destination.clone();
        let keys = session.keys();
        let access = Access {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
        };
        let target = target_of(&destination);
        let network = self.network();
        let examined = account::examine(&target, &access, network.as_ref(), |found| {
            if let Cause::BucketElsewhere { region } = &found.cause {
                self.correct_region(&destination.id, region);
            }
            telling.found(found);
        });
        if let Err(silence) = examined.await {
            let host = destination.s3_host();
            let failure = match silence {
                Silence::Because(why) => of_unreached(&why, &host),
                Silence::Untold => Failure::new(Code::Offline, host),
            };
            telling.failed(telling.next(), failure, None);
        }
    }
}

const ASSUME_ROLE: &str = "AssumeRole";

/// What is known of a check in front of the one that failed, or of all when none did; and what was asked for it.
fn before(
    check: Check,
    identity: &Identity,
    answer: &Result<Granted, Error>,
) -> (Cause, Option<&'static str>) {
    match (check, answer) {
        (Check::Clock, _) => match identity.server_ahead_seconds {
            Some(seconds) => (Cause::ClockAgrees { seconds }, None),
            None => (Cause::ClockUntold, None),
        },
        (Check::Key, _) => match (&identity.caller, answer) {
            (Ok(caller), _) => {
                let caller = caller.clone();
                (Cause::KeyKnown { caller }, Some("GetCallerIdentity"))
            }
            // A server may know the key and not that request.
            (Err(_), Ok(_)) => (Cause::KeyKnown { caller: None }, Some(ASSUME_ROLE)),
            (Err(_), Err(error)) => (not_before(error), None),
        },
        (Check::Role, Ok(granted)) => {
            let session = granted.session.assumed_role().to_owned();
            (Cause::RoleAssumed { session }, Some(ASSUME_ROLE))
        }
        // Which of the two it looks at first, the length or the role, STS does not say.
        (Check::Role, Err(error)) => (not_before(error), None),
        (_, Ok(_)) => (Cause::StsActive, Some(ASSUME_ROLE)),
        (_, Err(_)) => (Cause::StsUntold, None),
    }
}

fn not_before(error: &Error) -> Cause {
    Cause::NotReached {
        after: failing_check(error),
    }
}

fn evidence(asked: &'static str, answer: &str) -> Evidence {
    Evidence {
        asked,
        answer: answer.to_owned(),
    }
}

/// STS's code, where the error stands for one.
fn ground(error: &Error) -> Option<Evidence> {
    let code = match error {
        Error::AccessKeyUnknown => "InvalidClientTokenId",
        Error::SecretWrong | Error::ClockOff { .. } => "SignatureDoesNotMatch",
        Error::RoleRefused { .. } | Error::MfaCodeWrong | Error::MfaDeviceUnknown => "AccessDenied",
        Error::RegionDisabled => "RegionDisabledException",
        Error::SessionTooLong => "ValidationError",
        Error::Refused { code } => code,
        _ => return None,
    };
    Some(evidence(ASSUME_ROLE, code))
}

/// Which check an error of STS's side belongs to.
fn failing_check(error: &Error) -> Check {
    use Error as E;
    match error {
        E::ClockOff { .. } => Check::Clock,
        E::KeychainMissing(_)
        | E::KeychainLocked(_)
        | E::KeychainDismissed(_)
        | E::KeychainRefused(_)
        | E::AccessKeyMissing
        | E::AccessKeyChanged
        | E::NotAnAccessKey
        | E::KeyFileUnreadable { .. }
        | E::NotAKeyFile { .. }
        | E::AccessKeyUnknown
        | E::SecretWrong
        | E::OwnKeysDenied
        | E::TooManyKeys
        | E::KeyGone
        | E::IamRefused { .. } => Check::Key,
        E::RegionDisabled
        | E::RegionNotEnabled
        | E::Offline(_)
        | E::Unreached { .. }
        | E::NotSts => Check::Sts,
        E::RoleRefused { .. }
        | E::MfaCodeWrong
        | E::MfaCodeUsed
        | E::MfaDeviceUnknown
        | E::MfaMissing
        | E::PolicyRefused
        | E::Refused { .. } => Check::Role,
        E::SessionTooLong => Check::Length,
    }
}

fn target_of(destination: &Destination) -> Target {
    let target = &destination.target;
    let traits = &destination.uploads.traits;
    Target {
        bucket: target.bucket.to_string(),
        prefix: destination.prefix.to_string(),
        region: target.region.clone(),
        endpoint: target.endpoint.clone(),
        is_path_style: target.is_path_style(),
        is_fips: target.addressing.is_fips,
        is_dual_stack: target.addressing.is_dual_stack,
        kms_key: traits.kms_key.clone(),
        storage_class: traits.storage_class.clone(),
        tagging: traits.tagging(),
        reads: destination.asks.is_whole_role,
    }
}
