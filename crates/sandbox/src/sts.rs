//! STS: AssumeRole and GetCallerIdentity.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::State;
use crate::account::{Caller, Denial, read_session_policy};
use crate::documents::{ACCOUNT, ROLE, role_arn};
use crate::policy::Policy;
use crate::query::{Failure, Form, Service, escaped};
use crate::session::Session;

const LONGEST_SESSION: u64 = 43_200;
const DEFAULT_SESSION: u64 = 3_600;
/// AWS's shortest session. Shorter ones exist only here.
const AWS_SHORTEST: u64 = 900;

struct Sts<'a>(&'a State);

pub(crate) async fn answer(
    state: &State,
    caller: &Caller,
    action: &str,
    form: &Form,
) -> Result<String, Failure> {
    let sts = Sts(state);
    match action {
        "AssumeRole" => sts.assume_role(caller, form).await,
        "GetCallerIdentity" => Ok(sts.caller_identity(caller)),
        _ => Err(Failure::unknown_action(Service::Sts, action)),
    }
}

impl Sts<'_> {
    fn caller_identity(&self, caller: &Caller) -> String {
        let user_id = match caller {
            Caller::User => self.0.account.user_id.clone(),
            Caller::Session(session) => format!("{}:{}", self.0.account.role_id, session.name),
        };
        let arn = caller.arn();
        Service::Sts.xml(
            "GetCallerIdentity",
            Some(&format!(
                "<Arn>{}</Arn><UserId>{}</UserId><Account>{ACCOUNT}</Account>",
                escaped(&arn),
                escaped(&user_id)
            )),
        )
    }

    async fn assume_role(&self, caller: &Caller, form: &Form) -> Result<String, Failure> {
        if self.0.sts.is_inactive {
            let message = format!(
                "STS is not activated in this region for account:{ACCOUNT}. Your account administrator can activate STS in \
                 this region using the IAM Console."
            );
            return Err(Failure::new(403, "RegionDisabledException", message));
        }
        let name = session_name(form)?;
        let requested = requested_seconds(form)?;
        let policy = session_policy(form, self.0.sts.longest_policy)?;
        let wanted = form.get("RoleArn").map(String::as_str).unwrap_or_default();
        self.allow(caller, wanted, form)?;
        if requested > self.0.account.max_session_seconds {
            let message =
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
            return Err(Failure::new(400, "ValidationError", message));
        }
        let seconds = self.0.session_seconds.unwrap_or(requested);
        let (length, pace) = (Duration::from_secs(seconds), self.0.session_pace);
        let session = self.0.sessions.begin(name.to_owned(), policy, length, pace);
        let id = session.access_key_id.clone();
        let remembered = self.0.store.run(move |store| store.remember_key(&id)).await;
        remembered.map_err(|_| {
            Failure::new(
                500,
                "InternalFailure",
                "The sandbox cannot write to its folder.",
            )
        })?;
        Ok(self.session_xml(&session, seconds))
    }

    /// A role that does not exist is refused in the same words as one that does not trust the caller, as AWS does.
    fn allow(&self, caller: &Caller, wanted: &str, form: &Form) -> Result<(), Failure> {
        let mut context = Vec::new();
        if let Some(external_id) = form.get("ExternalId") {
            context.push(("sts:ExternalId", external_id.as_str()));
        }
        if second_factor(form, &self.0.codes)? {
            context.push(("aws:MultiFactorAuthPresent", "true"));
        }
        let mut actions = vec!["sts:AssumeRole"];
        if form.keys().any(|name| name.starts_with("Tags.member.")) {
            actions.push("sts:TagSession");
        }
        if form.contains_key("SourceIdentity") {
            actions.push("sts:SetSourceIdentity");
        }
        for action in actions {
            let decision = if wanted == role_arn() {
                self.0.account.decide_assume_role(caller, action, &context)
            } else {
                Err(Denial::NotTrusted)
            };
            decision.map_err(|denial| self.denied(denial, caller, action, wanted))?;
        }
        Ok(())
    }

    fn denied(&self, denial: Denial, caller: &Caller, action: &str, wanted: &str) -> Failure {
        let told = self.0.sts;
        let message = match denial {
            _ if told.tells_nothing => Denial::NotTrusted.message(caller, action, wanted),
            Denial::NotTrusted if told.tells_trust => format!(
                "{} because no resource-based policy allows the {action} action",
                denial.message(caller, action, wanted)
            ),
            denial => denial.message(caller, action, wanted),
        };
        Failure::new(403, "AccessDenied", message)
    }

    fn session_xml(&self, session: &Session, seconds: u64) -> String {
        let (role_id, name) = (&self.0.account.role_id, escaped(&session.name));
        Service::Sts.xml(
            "AssumeRole",
            Some(&format!(
                "<AssumedRoleUser><AssumedRoleId>{role_id}:{name}</AssumedRoleId>\
                 <Arn>arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/{name}</Arn></AssumedRoleUser>\
                 <Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
                 <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>",
                session.access_key_id,
                escaped(&session.secret_access_key),
                escaped(&session.token),
                expiration(session, seconds)
            )),
        )
    }
}

/// AWS tells whole seconds. A session of a few seconds would lose a good part of itself to that, so it tells its true end.
fn expiration(session: &Session, seconds: u64) -> String {
    let end = jiff::Timestamp::try_from(session.told_end).unwrap_or(jiff::Timestamp::MAX);
    if seconds >= AWS_SHORTEST {
        format!("{end:.0}")
    } else {
        format!("{end:.3}")
    }
}

fn session_name(form: &Form) -> Result<&str, Failure> {
    let name = form
        .get("RoleSessionName")
        .map(String::as_str)
        .unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if (2..=64).contains(&name.len()) && name.chars().all(allowed) {
        return Ok(name);
    }
    Err(Failure::constraint(
        "roleSessionName",
        name,
        "satisfy regular expression pattern: [\\w+=,.@-]*",
    ))
}

fn requested_seconds(form: &Form) -> Result<u64, Failure> {
    let Some(text) = form.get("DurationSeconds") else {
        return Ok(DEFAULT_SESSION);
    };
    match text.parse() {
        Ok(seconds) if (1..=LONGEST_SESSION).contains(&seconds) => Ok(seconds),
        Ok(0) | Err(_) => Err(Failure::constraint(
            "durationSeconds",
            text,
            "have value greater than or equal to 1",
        )),
        Ok(_) => Err(Failure::constraint(
            "durationSeconds",
            text,
            "have value less than or equal to 43200",
        )),
    }
}

fn session_policy(form: &Form, longest: Option<usize>) -> Result<Option<Policy>, Failure> {
    let Some(text) = form.get("Policy") else {
        return Ok(None);
    };
    if text.chars().count() > 2048 {
        return Err(Failure::constraint(
            "policy",
            text,
            "have length less than or equal to 2048",
        ));
    }
    if longest.is_some_and(|longest| text.chars().count() > longest) {
        let message = "Packed policy consumes 131% of allotted space, please use smaller policy.";
        return Err(Failure::new(400, "PackedPolicyTooLarge", message));
    }
    match read_session_policy(text) {
        Some(Ok(policy)) => Ok(Some(policy)),
        Some(Err(unreadable)) => Err(Failure::new(
            400,
            "MalformedPolicyDocument",
            unreadable.to_string(),
        )),
        None => Err(Failure::new(
            400,
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        )),
    }
}

/// One-time codes that were taken: each is good once.
#[derive(Debug, Default)]
pub(crate) struct UsedCodes(Mutex<HashSet<String>>);

impl UsedCodes {
    /// False when it was taken before.
    fn take(&self, code: &str) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(code.to_owned())
    }
}

/// Any six digits are the right ones, except 000000, and except those that were used.
fn second_factor(form: &Form, used: &UsedCodes) -> Result<bool, Failure> {
    let (serial, code) = match (form.get("SerialNumber"), form.get("TokenCode")) {
        (None, None) => return Ok(false),
        (Some(serial), Some(code)) => (serial, code),
        _ => {
            let message =
                "Both the MFA serial number and the MFA one time pass code must be given.";
            return Err(Failure::new(400, "ValidationError", message));
        }
    };
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Failure::constraint(
            "tokenCode",
            code,
            "satisfy regular expression pattern: [\\d]*",
        ));
    }
    let message = if !serial.starts_with(&format!("arn:aws:iam::{ACCOUNT}:mfa/")) {
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and \
         associated with this user."
    } else if code == "000000" || !used.take(code) {
        "MultiFactorAuthentication failed with invalid MFA one time pass code."
    } else {
        return Ok(true);
    };
    Err(Failure::new(403, "AccessDenied", message))
}
