//! Taking a set-up back: exactly what carries its mark, and never an object.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{Scope, Standing, Thing, Works};
use crate::setup::administrator::{Administrator, No, ProvisionError, no};
use crate::setup::{RIGHT_TAG, ROLE_POLICY, Setup, USER_POLICY};

/// Why a thing was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It does not carry the set-up's mark.
    NotOurs,
    /// Objects are in it.
    HoldsObjects,
    /// Somebody gave it something else.
    HoldsMore,
}

/// Removes the user with its keys and its policy, the role with its policy, and the bucket if nothing is in it. Each of the three
/// is told: removed, or why not. What is not there is not told. Of a user or a role that is somebody else's, the right that was
/// given to it with a yes goes, where it reads as it was given; a bucket of somebody else's keeps what protects it.
///
/// # Errors
/// All of [`ProvisionError`]; the next run goes on from there.
///
/// # Cancellation
/// As an error.
pub async fn undo(
    administrator: &Administrator,
    setup: &Setup,
    mut tell: impl FnMut(Thing, Result<(), Kept>),
) -> Result<(), ProvisionError> {
    let works = Works::begun(administrator, setup, Scope::Everything).await?;
    for thing in [Thing::User, Thing::Role, Thing::Bucket] {
        let look = works.look(thing, false).await?;
        match look.standing {
            Standing::Missing => {}
            _ if look.is_ours => tell(thing, works.remove(thing).await?),
            _ => {
                if let Some(right) = works.take_right(thing).await? {
                    tell(right, Ok(()));
                }
                tell(thing, Err(Kept::NotOurs));
            }
        }
    }
    Ok(())
}

type Removed = Result<Result<(), Kept>, ProvisionError>;

impl Works<'_> {
    async fn remove(&self, thing: Thing) -> Removed {
        match thing.owner() {
            Thing::User => self.remove_user().await,
            Thing::Role => self.remove_role().await,
            _ => {
                let asked = self.administrator.s3.delete_bucket();
                gone(
                    "DeleteBucket",
                    asked.bucket(&self.setup.bucket).send().await,
                )
            }
        }
    }

    /// A right that this set-up gave, by the mark on whom it was given to, and that reads as it was given.
    async fn take_right(&self, owner: Thing) -> Result<Option<Thing>, ProvisionError> {
        let right = match owner {
            Thing::User => Thing::UserPolicy,
            Thing::Role => Thing::Permissions,
            _ => return Ok(None),
        };
        let is_given = self.is_right_given(right).await?;
        if !is_given || self.look(right, false).await?.standing != Standing::Right {
            return Ok(None);
        }
        let (iam, role, user) = self.names();
        let removed = if right == Thing::UserPolicy {
            let removed = self.delete_user_policy().await?;
            let asked = iam.untag_user().user_name(user).tag_keys(RIGHT_TAG);
            let asked = asked.send().await;
            asked.map_err(|error| no("UntagUser", &error))?;
            removed
        } else {
            let removed = self.delete_role_policy().await?;
            let asked = iam.untag_role().role_name(role).tag_keys(RIGHT_TAG);
            let asked = asked.send().await;
            asked.map_err(|error| no("UntagRole", &error))?;
            removed
        };
        Ok(removed.is_ok().then_some(right))
    }

    async fn is_right_given(&self, right: Thing) -> Result<bool, ProvisionError> {
        let (iam, role, user) = self.names();
        let tags = if right == Thing::UserPolicy {
            let asked = iam.list_user_tags().user_name(user).send().await;
            asked.map_err(|error| no("ListUserTags", &error))?.tags
        } else {
            let asked = iam.list_role_tags().role_name(role).send().await;
            asked.map_err(|error| no("ListRoleTags", &error))?.tags
        };
        Ok(self.has_mark(RIGHT_TAG, &tags))
    }

    async fn delete_user_policy(&self) -> Removed {
        let asked = self.administrator.iam.delete_user_policy();
        let asked = asked
            .user_name(self.setup.user_name())
            .policy_name(USER_POLICY);
        gone("DeleteUserPolicy", asked.send().await)
    }

    async fn delete_role_policy(&self) -> Removed {
        let asked = self.administrator.iam.delete_role_policy();
        let asked = asked
            .role_name(self.setup.role_name())
            .policy_name(ROLE_POLICY);
        gone("DeleteRolePolicy", asked.send().await)
    }

    /// Nothing of a user is touched that cannot be removed as a whole.
    async fn remove_user(&self) -> Removed {
        let (iam, user) = (&self.administrator.iam, self.setup.user_name());
        if self.user_holds_more().await? {
            return Ok(Err(Kept::HoldsMore));
        }
        for id in self.key_ids().await? {
            self.delete_key(&id).await?;
        }
        if let Err(kept) = self.delete_user_policy().await? {
            return Ok(Err(kept));
        }
        gone("DeleteUser", iam.delete_user().user_name(user).send().await)
    }

    /// Policies, groups, a way to sign in, other kinds of keys: what this set-up gives no user.
    async fn user_holds_more(&self) -> Result<bool, ProvisionError> {
        let (iam, user) = (&self.administrator.iam, self.setup.user_name());
        let attached = iam
            .list_attached_user_policies()
            .user_name(user)
            .send()
            .await;
        let attached = attached.map_err(|error| no("ListAttachedUserPolicies", &error))?;
        let inline = iam.list_user_policies().user_name(user).send().await;
        let inline = inline.map_err(|error| no("ListUserPolicies", &error))?;
        let groups = iam.list_groups_for_user().user_name(user).send().await;
        let groups = groups.map_err(|error| no("ListGroupsForUser", &error))?;
        let devices = iam.list_mfa_devices().user_name(user).send().await;
        let devices = devices.map_err(|error| no("ListMFADevices", &error))?;
        let password = iam.get_login_profile().user_name(user).send().await;
        let has_password = match password.map_err(|error| no("GetLoginProfile", &error)) {
            Ok(_) => true,
            Err(No::Missing(_)) => false,
            Err(other) => return Err(other.into()),
        };
        Ok(has_password
            || self.user_holds_other_keys().await?
            || !attached.attached_policies().is_empty()
            || inline.policy_names().iter().any(|name| name != USER_POLICY)
            || !groups.groups().is_empty()
            || !devices.mfa_devices().is_empty())
    }

    /// IAM removes no user that has one ("DeleteUser", IAM API reference).
    async fn user_holds_other_keys(&self) -> Result<bool, ProvisionError> {
        let (iam, user) = (&self.administrator.iam, self.setup.user_name());
        let certificates = iam.list_signing_certificates().user_name(user).send().await;
        let certificates = certificates.map_err(|error| no("ListSigningCertificates", &error))?;
        let ssh = iam.list_ssh_public_keys().user_name(user).send().await;
        let ssh = ssh.map_err(|error| no("ListSSHPublicKeys", &error))?;
        let asked = iam.list_service_specific_credentials().user_name(user);
        let passwords = asked.send().await;
        let passwords = passwords.map_err(|error| no("ListServiceSpecificCredentials", &error))?;
        let passwords = passwords.service_specific_credentials.unwrap_or_default();
        Ok(!certificates.certificates().is_empty()
            || !ssh.ssh_public_keys().is_empty()
            || !passwords.is_empty())
    }

    async fn remove_role(&self) -> Removed {
        let (iam, role) = (&self.administrator.iam, self.setup.role_name());
        if self.role_holds_more().await? {
            return Ok(Err(Kept::HoldsMore));
        }
        if let Err(kept) = self.delete_role_policy().await? {
            return Ok(Err(kept));
        }
        gone("DeleteRole", iam.delete_role().role_name(role).send().await)
    }

    async fn role_holds_more(&self) -> Result<bool, ProvisionError> {
        let (iam, role) = (&self.administrator.iam, self.setup.role_name());
        let attached = iam
            .list_attached_role_policies()
            .role_name(role)
            .send()
            .await;
        let attached = attached.map_err(|error| no("ListAttachedRolePolicies", &error))?;
        let inline = iam.list_role_policies().role_name(role).send().await;
        let inline = inline.map_err(|error| no("ListRolePolicies", &error))?;
        let profiles = iam
            .list_instance_profiles_for_role()
            .role_name(role)
            .send()
            .await;
        let profiles = profiles.map_err(|error| no("ListInstanceProfilesForRole", &error))?;
        Ok(!attached.attached_policies().is_empty()
            || inline.policy_names().iter().any(|name| name != ROLE_POLICY)
            || !profiles.instance_profiles().is_empty())
    }
}

fn gone<T, E>(action: &'static str, asked: Result<T, SdkError<E, HttpResponse>>) -> Removed
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match asked.map_err(|error| no(action, &error)) {
        Ok(_) | Err(No::Missing(_)) => Ok(Ok(())),
        Err(No::Other(ProvisionError::Refused { code, .. })) if code == "BucketNotEmpty" => {
            Ok(Err(Kept::HoldsObjects))
        }
        Err(No::Other(ProvisionError::Refused { code, .. }))
            if code.starts_with("DeleteConflict") =>
        {
            Ok(Err(Kept::HoldsMore))
        }
        Err(other) => Err(other.into()),
    }
}
