//! A set-up is looked at, made, and taken back. Every step is looked at first and read back after; whatever interrupts, the
//! next run goes on with what is missing.

#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod keys;
mod look;
mod make;
mod others;
mod plan;
mod policy;
mod rights;
mod simulate;
mod trust;
mod undo;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use keys::NewKey;
pub use plan::{Item, Outcome, Plan, Scope, Standing, Thing, Withheld};
pub use undo::{Kept, undo};

use super::administrator::{Administrator, ProvisionError};
use super::{Documents, Setup};

/// How long IAM may take to know everywhere what was made; seconds are usual ("IAM eventual consistency").
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(500);

/// A set-up in somebody's account.
#[derive(Debug)]
pub(super) struct Works<'a> {
    administrator: &'a Administrator,
    setup: Setup,
    scope: Scope,
    documents: Documents,
    /// What the bucket encrypts with, be it that somebody else chose it.
    kms_key: Option<String>,
    /// Until IAM does not do it.
    is_simulated: AtomicBool,
}

impl<'a> Works<'a> {
    fn new(administrator: &'a Administrator, setup: &Setup, scope: Scope) -> Self {
        Self {
            administrator,
            setup: setup.clone(),
            scope,
            documents: Documents::of(setup, &administrator.account),
            kms_key: setup.options.kms_key.clone(),
            is_simulated: AtomicBool::new(true),
        }
    }

    /// As [`Works::new`]; where the bucket encrypts with a KMS key already, the role gets the right to use it.
    async fn begun(
        administrator: &'a Administrator,
        setup: &Setup,
        scope: Scope,
    ) -> Result<Self, ProvisionError> {
        let works = Self::new(administrator, setup, scope);
        if setup.options.kms_key.is_some() {
            return Ok(works);
        }
        let encryption = match works.encryption().await {
            Ok(found) => found.unwrap_or_default(),
            // The look at the bucket says it better, and a repair can do without.
            Err(ProvisionError::Denied { .. } | ProvisionError::Refused { .. }) => {
                return Ok(works);
            }
            Err(other) => return Err(other),
        };
        let Some(key) = encryption["KMSMasterKeyID"].as_str() else {
            return Ok(works);
        };
        let kms_key = key_arn(key, setup, &administrator.account);
        let mut with_key = setup.clone();
        with_key.options.kms_key.clone_from(&kms_key);
        Ok(Self {
            documents: Documents::of(&with_key, &administrator.account),
            kms_key,
            ..works
        })
    }
}

/// A policy names a key by its ARN; an alias is the administrator's to look up ("KeyId", KMS API reference).
fn key_arn(key: &str, setup: &Setup, account: &str) -> Option<String> {
    match key {
        arn if arn.starts_with("arn:") => arn.contains(":key/").then(|| arn.to_owned()),
        alias if alias.starts_with("alias/") => None,
        id => Some(format!(
            "arn:{}:kms:{}:{account}:key/{id}",
            setup.partition, setup.region
        )),
    }
}

/// Looks at everything, and changes nothing.
///
/// # Errors
/// All of [`ProvisionError`].
pub async fn plan(
    administrator: &Administrator,
    setup: &Setup,
    scope: Scope,
) -> Result<Plan, ProvisionError> {
    let works = Works::begun(administrator, setup, scope).await?;
    works.plan().await
}

/// A plan that somebody looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whose rights it was made with, by ARN.
    pub administrator: String,
    /// [`Plan::seal`].
    pub seal: String,
}

/// Makes what is missing; `touches_existing` is the person's yes to changing what is there and otherwise, be it that somebody
/// changed it since, and to adding to what this set-up did not make. With `seen`, only what was looked at is done. Each thing is
/// told as it is done.
///
/// # Errors
/// All of [`ProvisionError`]; what was made until then stays, and the next run goes on from there.
/// [`ProvisionError::SeenOtherwise`], where nothing is made.
///
/// # Cancellation
/// As an error.
pub async fn apply(
    administrator: &Administrator,
    setup: &Setup,
    scope: Scope,
    touches_existing: bool,
    seen: Option<&Seen>,
    mut tell: impl FnMut(Thing, Outcome),
) -> Result<(), ProvisionError> {
    let works = Works::begun(administrator, setup, scope).await?;
    let plan = works.plan().await?;
    if let Some(seen) = seen
        && !(administrator.is_who(&seen.administrator) && seen.seal == plan.seal())
    {
        return Err(ProvisionError::SeenOtherwise);
    }
    for item in plan.items {
        let outcome = match &item.standing {
            Standing::Right => Outcome::Unchanged,
            Standing::Missing if touches_existing || !item.is_foreign => Outcome::Made,
            Standing::Otherwise { .. } if touches_existing => Outcome::Changed,
            Standing::Missing | Standing::Otherwise { .. } | Standing::Withheld { .. } => {
                Outcome::Left
            }
        };
        if matches!(outcome, Outcome::Made | Outcome::Changed) {
            works.make(&item, outcome == Outcome::Changed).await?;
            works.wait_until_right(&item).await?;
        }
        tell(item.thing, outcome);
    }
    Ok(())
}

impl Works<'_> {
    /// What IAM's requests need: who is asked, and the role and the user as they are named there.
    fn names(&self) -> (&aws_sdk_iam::Client, &str, &str) {
        let iam = &self.administrator.iam;
        (iam, self.setup.role_name(), self.setup.user_name())
    }

    async fn plan(&self) -> Result<Plan, ProvisionError> {
        let mut items: Vec<Item> = Vec::new();
        let is_wanted = |thing: &Thing| self.scope.holds(*thing, &self.setup);
        for thing in Thing::ALL.iter().copied().filter(is_wanted) {
            let owner = items.iter().find(|item| item.thing == thing.owner());
            let of_foreign = owner.map(|owner| owner.is_foreign || self.scope == Scope::Rights);
            let look = self.look(thing, of_foreign.unwrap_or(false)).await?;
            let is_foreign = match of_foreign {
                _ if self.scope == Scope::Rights => true,
                Some(of_foreign) => of_foreign,
                None => look.standing != Standing::Missing && !look.is_ours,
            };
            items.push(Item {
                thing,
                standing: look.standing,
                wanted: look.wanted,
                is_foreign,
            });
        }
        Ok(Plan {
            items,
            is_simulated: self.is_simulated.load(Ordering::Relaxed),
        })
    }

    /// Reads back what was made.
    async fn wait_until_right(&self, item: &Item) -> Result<(), ProvisionError> {
        let seen = async {
            while self.look(item.thing, item.is_foreign).await?.standing != Standing::Right {
                tokio::time::sleep(PAUSE).await;
            }
            Ok(())
        };
        let in_time = tokio::time::timeout(PATIENCE, seen).await;
        in_time.unwrap_or(Err(ProvisionError::NotInTime {
            action: item.thing.as_str(),
        }))
    }
}

/// A user's new access key, ready for the keychain; [`key_is_kept`] says that it is there. The user is marked meanwhile, so that a
/// run that breaks off in between is known by the next one, which removes the key whose secret nobody has. `kept_here` are the last
/// characters of the keys that this computer has.
///
/// # Errors
/// All of [`ProvisionError`]; [`ProvisionError::KeyInUse`] where the user has a key already that is no such leftover.
pub async fn make_key(
    administrator: &Administrator,
    setup: &Setup,
    kept_here: &[String],
) -> Result<NewKey, ProvisionError> {
    Works::new(administrator, setup, Scope::Everything)
        .make_key(kept_here)
        .await
}

/// The secret of a key that [`make_key`] made is in the keychain.
///
/// # Errors
/// All of [`ProvisionError`]. The key is good all the same.
pub async fn key_is_kept(
    administrator: &Administrator,
    setup: &Setup,
) -> Result<(), ProvisionError> {
    Works::new(administrator, setup, Scope::Everything)
        .unmark_key()
        .await
}

/// Removes a key that [`make_key`] made, and that could not be kept.
///
/// # Errors
/// All of [`ProvisionError`].
pub async fn drop_key(
    administrator: &Administrator,
    setup: &Setup,
    id: &str,
) -> Result<(), ProvisionError> {
    let works = Works::new(administrator, setup, Scope::Everything);
    works.delete_key(id).await?;
    works.unmark_key().await
}

/// The ids of the user's access keys; none where there is no such user.
///
/// # Errors
/// All of [`ProvisionError`].
pub async fn key_ids(
    administrator: &Administrator,
    setup: &Setup,
) -> Result<Vec<String>, ProvisionError> {
    Works::new(administrator, setup, Scope::Everything)
        .key_ids()
        .await
}
