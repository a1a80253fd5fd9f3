//! The account: its user with an access key, its role, their policies, and the decision whether a caller may do something.

use crate::documents::{self, ACCOUNT};
use crate::error::Error;
use crate::keys::{Keys, SavedKeys};
use crate::policy::{Caller as Named, Policy, Question, Verdict};
use crate::random;
use crate::session::Session;
use crate::{Options, policy};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// What `account.json` holds, so that a destination set up with it works after a restart.
#[derive(Serialize, Deserialize)]
pub(crate) struct Saved {
    #[serde(flatten)]
    pub(crate) keys: SavedKeys,
    user_id: String,
    role_id: String,
    role_policy: Value,
    trust_policy: Value,
    user_policy: Value,
}

/// The account.
pub(crate) struct Account {
    pub(crate) keys: Keys,
    pub(crate) user_id: String,
    pub(crate) role_id: String,
    pub(crate) max_session_seconds: u64,
    role_policy: RwLock<Arc<Policy>>,
    trust_policy: Policy,
    user_policy: Policy,
    bucket_policy: Policy,
}

/// Who sent a request.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The user, with the access key.
    User,
    /// A session of the role.
    Session(Arc<Session>),
}

/// Why something is not allowed, in the words of AWS's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial {
    /// The caller's own policy does not allow it.
    NoIdentityPolicy,
    /// The session was narrowed when it was made.
    NoSessionPolicy,
    /// The caller's own policy denies it.
    IdentityPolicy,
    /// The session's policy denies it.
    SessionPolicy,
    /// The bucket's policy denies it.
    BucketPolicy,
    /// The role does not trust the caller. STS gives no reason for it.
    NotTrusted,
}

impl Account {
    /// Reads the account in `options.dir`, or makes it there. Policies in the options stand for this run only.
    pub(crate) fn open(options: &Options) -> Result<Self, Error> {
        let path = options.dir.join("account.json");
        let saved = read_or_make(&path)?;
        let read = |given: Option<&Value>, saved: &Value| Policy::read(given.unwrap_or(saved));
        Ok(Self {
            role_policy: RwLock::new(Arc::new(read(
                options.role_policy.as_ref(),
                &saved.role_policy,
            )?)),
            trust_policy: read(options.trust_policy.as_ref(), &saved.trust_policy)?,
            user_policy: read(options.user_policy.as_ref(), &saved.user_policy)?,
            bucket_policy: match &options.bucket_policy {
                Some(document) => Policy::read(document)?,
                None => Policy::default(),
            },
            max_session_seconds: options.max_session_seconds,
            user_id: saved.user_id.clone(),
            role_id: saved.role_id.clone(),
            keys: Keys::new(path, saved),
        })
    }

    /// Gives the role another permissions policy, for running sessions too. One that cannot be read allows nothing.
    pub(crate) fn set_role_policy(&self, document: &Value) {
        let policy = Policy::read(document).unwrap_or_else(|unreadable| {
            tracing::warn!(%unreadable, "the role's new policy allows nothing");
            Policy::default()
        });
        *self
            .role_policy
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }

    /// May `caller` do `action` on `resource`?
    pub(crate) fn decide(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Result<(), Denial> {
        let question = Question {
            action,
            resource,
            context,
            caller: None,
        };
        let identity = self.identity_verdict(caller, &question);
        let session = match caller {
            Caller::Session(session) => session
                .policy
                .as_ref()
                .map(|policy| policy.verdict(&question)),
            Caller::User => None,
        };
        match (identity, session) {
            (Verdict::Denied, _) => Err(Denial::IdentityPolicy),
            (_, Some(Verdict::Denied)) => Err(Denial::SessionPolicy),
            (Verdict::Silent | Verdict::AllowedForAccount, _) => Err(Denial::NoIdentityPolicy),
            (Verdict::Allowed, Some(Verdict::Silent | Verdict::AllowedForAccount)) => {
                Err(Denial::NoSessionPolicy)
            }
            (Verdict::Allowed, None | Some(Verdict::Allowed)) => Ok(()),
        }
    }

    /// As [`Account::decide`], where the bucket's own policy denies nothing.
    pub(crate) fn decide_in_bucket(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Result<(), Denial> {
        let (arn, role) = (caller.arn(), documents::role_arn());
        let question = Question {
            action,
            resource,
            context,
            caller: Some(named(caller, &arn, &role)),
        };
        match self.bucket_policy.verdict(&question) {
            Verdict::Denied => Err(Denial::BucketPolicy),
            _ => self.decide(caller, action, resource, context),
        }
    }

    /// May `caller` assume the role? A trust policy that names the caller suffices; one that names the account leaves it to
    /// the caller's own policy.
    pub(crate) fn decide_assume_role(
        &self,
        caller: &Caller,
        action: &str,
        context: &[(&str, &str)],
    ) -> Result<(), Denial> {
        let (arn, role) = (caller.arn(), documents::role_arn());
        let question = Question {
            action,
            resource: &role,
            context,
            caller: Some(named(caller, &arn, &role)),
        };
        match self.trust_policy.verdict(&question) {
            Verdict::Denied | Verdict::Silent => Err(Denial::NotTrusted),
            Verdict::AllowedForAccount => self.decide(caller, action, &role, context),
            Verdict::Allowed => match self.decide(caller, action, &role, context) {
                Err(denial @ (Denial::IdentityPolicy | Denial::SessionPolicy)) => Err(denial),
                _ => Ok(()),
            },
        }
    }

    fn identity_verdict(&self, caller: &Caller, question: &Question<'_>) -> Verdict {
        match caller {
            Caller::User => self.user_policy.verdict(question),
            Caller::Session(_) => {
                let policy = Arc::clone(
                    &self
                        .role_policy
                        .read()
                        .unwrap_or_else(PoisonError::into_inner),
                );
                policy.verdict(question)
            }
        }
    }
}

/// The caller as a policy's principals name them.
fn named<'a>(caller: &Caller, arn: &'a str, role: &'a str) -> Named<'a> {
    Named {
        account: ACCOUNT,
        arn,
        role_arn: matches!(caller, Caller::Session(_)).then_some(role),
    }
}

impl Caller {
    /// The ARN that messages and GetCallerIdentity show.
    pub(crate) fn arn(&self) -> String {
        match self {
            Self::User => documents::user_arn(),
            Self::Session(session) => session.arn(),
        }
    }
}

impl Denial {
    /// AWS's sentence.
    pub(crate) fn message(self, caller: &Caller, action: &str, resource: &str) -> String {
        let arn = caller.arn();
        let head = format!("User: {arn} is not authorized to perform: {action} on resource: ");
        match self {
            Self::NoIdentityPolicy => {
                format!(
                    "{head}\"{resource}\" because no identity-based policy allows the {action} action"
                )
            }
            Self::NoSessionPolicy => {
                format!("{head}\"{resource}\" because no session policy allows the {action} action")
            }
            Self::IdentityPolicy => {
                format!("{head}\"{resource}\" with an explicit deny in an identity-based policy")
            }
            Self::SessionPolicy => {
                format!("{head}\"{resource}\" with an explicit deny in a session policy")
            }
            Self::BucketPolicy => {
                format!("{head}\"{resource}\" with an explicit deny in a resource-based policy")
            }
            Self::NotTrusted => format!("{head}{resource}"),
        }
    }
}

fn read_or_make(path: &Path) -> Result<Saved, Error> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|source| Error::Account {
            path: path.to_owned(),
            source,
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let saved = Saved::new();
            let bytes = serde_json::to_vec_pretty(&saved).map_err(|source| Error::Account {
                path: path.to_owned(),
                source,
            })?;
            write_private(path, &bytes).map_err(Error::folder(path))?;
            Ok(saved)
        }
        Err(error) => Err(Error::folder(path)(error)),
    }
}

impl Saved {
    fn new() -> Self {
        Self {
            keys: SavedKeys::new(),
            user_id: random::id("AIDA"),
            role_id: random::id("AROA"),
            role_policy: documents::role_policy(),
            trust_policy: documents::trust_policy(),
            user_policy: documents::user_policy_with_own_keys(),
        }
    }
}

/// The key opens nothing but this sandbox; still, others on the machine have no business in it.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path)?.write_all(bytes)
}

/// Reads the session policy of an AssumeRole request.
pub(crate) fn read_session_policy(text: &str) -> Option<Result<Policy, policy::Unreadable>> {
    serde_json::from_str::<Value>(text)
        .ok()
        .map(|document| Policy::read(&document))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LIST: (&str, &str) = ("s3:ListBucket", "arn:aws:s3:::s3-fs-example-bucket");
    const PUT: (&str, &str) = ("s3:PutObject", "arn:aws:s3:::s3-fs-example-bucket/a");

    fn account(change: impl FnOnce(&mut Options)) -> Account {
        let dir = tempfile::tempdir().unwrap();
        let mut options = Options::new(dir.path());
        change(&mut options);
        Account::open(&options).unwrap()
    }

    fn session(policy: Option<Value>) -> Caller {
        Caller::Session(Arc::new(Session::for_tests(
            policy.map(|policy| Policy::read(&policy).unwrap()),
        )))
    }

    #[test]
    fn only_the_session_has_rights_in_the_bucket() {
        let account = account(|_| ());
        assert_eq!(account.decide(&session(None), PUT.0, PUT.1, &[]), Ok(()));
        assert_eq!(account.decide(&session(None), LIST.0, LIST.1, &[]), Ok(()));
        assert_eq!(
            account.decide(&Caller::User, PUT.0, PUT.1, &[]),
            Err(Denial::NoIdentityPolicy)
        );
    }

    #[test]
    fn the_published_policy_uploads_but_does_not_list() {
        let account =
            account(|options| options.role_policy = Some(documents::published_role_policy()));
        assert_eq!(account.decide(&session(None), PUT.0, PUT.1, &[]), Ok(()));
        let denial = account
            .decide(&session(None), LIST.0, LIST.1, &[])
            .unwrap_err();
        assert_eq!(
            denial.message(&session(None), LIST.0, LIST.1),
            "User: arn:aws:sts::123456789012:assumed-role/sts-s3-example-role/test is not authorized to perform: \
             s3:ListBucket on resource: \"arn:aws:s3:::s3-fs-example-bucket\" because no identity-based policy allows the \
             s3:ListBucket action"
        );
    }

    #[test]
    fn a_session_policy_narrows_and_never_widens() {
        let account = account(|_| ());
        let all = json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
        let put_only =
            json!({"Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}});
        let no_put = json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]});
        let get = ("s3:GetObject", PUT.1);
        let cases = [
            (&all, PUT, Ok(())),
            (&all, get, Err(Denial::NoIdentityPolicy)),
            (&put_only, PUT, Ok(())),
            (&put_only, LIST, Err(Denial::NoSessionPolicy)),
            (&no_put, PUT, Err(Denial::SessionPolicy)),
        ];
        for (policy, (action, resource), expected) in cases {
            assert_eq!(
                account.decide(&session(Some(policy.clone())), action, resource, &[]),
                expected,
                "{policy}"
            );
        }
    }

    #[test]
    fn within_an_account_the_trust_or_the_users_policy_suffices() {
        let deny =
            json!({"Statement": {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}});
        let other = json!({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::123456789012:user/other"}}});
        let (by_name, by_account) = (
            documents::trust_policy(),
            documents::trust_policy_for_account(),
        );
        let (allow, nothing) = (documents::user_policy(), documents::empty_policy());
        let cases = [
            (&by_name, &allow, Ok(())),
            (&by_name, &nothing, Ok(())),
            (&by_name, &deny, Err(Denial::IdentityPolicy)),
            (&by_account, &allow, Ok(())),
            (&by_account, &nothing, Err(Denial::NoIdentityPolicy)),
            (&other, &allow, Err(Denial::NotTrusted)),
        ];
        for (trust, user, expected) in cases {
            let account = account(|options| {
                options.trust_policy = Some(trust.clone());
                options.user_policy = Some(user.clone());
            });
            assert_eq!(
                account.decide_assume_role(&Caller::User, "sts:AssumeRole", &[]),
                expected,
                "{trust} {user}"
            );
        }
    }

    #[test]
    fn the_access_key_survives_a_restart_and_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let options = Options::new(dir.path());
        let (first, second) = (
            Account::open(&options).unwrap(),
            Account::open(&options).unwrap(),
        );
        let (first, second) = (first.keys.first(), second.keys.first());
        assert_eq!(first.id, second.id);
        assert_eq!((first.id.len(), first.secret.len()), (20, 40));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = dir
                .path()
                .join("account.json")
                .metadata()
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
