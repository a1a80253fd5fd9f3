//! The user's access key. IAM shows its secret once, and whoever asked puts it into the keychain at once.

use aws_config::retry::RetryConfig;
use aws_sdk_iam::types::Tag;
use secrecy::SecretString;

use super::Works;
use crate::setup::administrator::{No, ProvisionError, no};

/// On a user, from before its key is made until its secret is kept.
const PENDING_KEY: &str = "sandglass-key";

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// Starts with AKIA.
    pub id: String,
    /// Told this once.
    pub secret: SecretString,
}

impl Works<'_> {
    pub(super) async fn key_ids(&self) -> Result<Vec<String>, ProvisionError> {
        let asked = self.administrator.iam.list_access_keys();
        match asked.user_name(self.setup.user_name()).send().await {
            Ok(output) => {
                let keys = output.access_key_metadata.into_iter();
                Ok(keys.filter_map(|key| key.access_key_id).collect())
            }
            Err(error) => match no("ListAccessKeys", &error) {
                No::Missing(_) => Ok(Vec::new()),
                other => Err(other.into()),
            },
        }
    }

    /// A key stands in the way, but for the one that a run of ours made whose secret was never kept: then the user is marked, and
    /// that key is the only one and was never used.
    /// `kept_here` are the last characters of keys that this computer has: none of those is left over.
    pub(super) async fn make_key(&self, kept_here: &[String]) -> Result<NewKey, ProvisionError> {
        match self.key_ids().await?.as_slice() {
            [] => {}
            [id] if kept_here.iter().any(|ends| id.ends_with(ends)) => {
                return Err(ProvisionError::KeyInUse);
            }
            [id] if self.is_key_pending().await? && !self.was_used(id).await? => {
                self.delete_key(id).await?;
            }
            _ => return Err(ProvisionError::KeyInUse),
        }
        self.mark_key().await?;
        // Asked again after a lost answer, IAM would make a second key.
        let once = aws_sdk_iam::Config::builder().retry_config(RetryConfig::disabled());
        let asked = self.administrator.iam.create_access_key();
        let asked = asked.user_name(self.setup.user_name()).customize();
        let asked = asked.config_override(once).send().await;
        let output = asked.map_err(|error| no("CreateAccessKey", &error))?;
        let key = output.access_key.ok_or(ProvisionError::Refused {
            action: "CreateAccessKey",
            code: "no key".to_owned(),
        })?;
        Ok(NewKey {
            id: key.access_key_id,
            secret: SecretString::from(key.secret_access_key),
        })
    }

    async fn is_key_pending(&self) -> Result<bool, ProvisionError> {
        let asked = self.administrator.iam.list_user_tags();
        let asked = asked.user_name(self.setup.user_name()).send().await;
        let tags = asked.map_err(|error| no("ListUserTags", &error))?.tags;
        Ok(self.is_marked(&tags) && tags.iter().any(|tag| tag.key == PENDING_KEY))
    }

    async fn mark_key(&self) -> Result<(), ProvisionError> {
        let tag = Tag::builder().key(PENDING_KEY).value("pending").build();
        let tag = tag.map_err(|error| ProvisionError::Refused {
            action: "TagUser",
            code: error.to_string(),
        })?;
        let asked = self.administrator.iam.tag_user();
        let asked = asked
            .user_name(self.setup.user_name())
            .tags(tag)
            .send()
            .await;
        asked.map_err(|error| no("TagUser", &error))?;
        Ok(())
    }

    pub(super) async fn unmark_key(&self) -> Result<(), ProvisionError> {
        let asked = self.administrator.iam.untag_user();
        let asked = asked
            .user_name(self.setup.user_name())
            .tag_keys(PENDING_KEY);
        asked
            .send()
            .await
            .map_err(|error| no("UntagUser", &error))?;
        Ok(())
    }

    async fn was_used(&self, id: &str) -> Result<bool, ProvisionError> {
        let asked = self
            .administrator
            .iam
            .get_access_key_last_used()
            .access_key_id(id);
        let output = asked
            .send()
            .await
            .map_err(|error| no("GetAccessKeyLastUsed", &error))?;
        let used = output.access_key_last_used;
        Ok(used.is_some_and(|used| used.last_used_date.is_some()))
    }

    pub(super) async fn delete_key(&self, id: &str) -> Result<(), ProvisionError> {
        let asked = self.administrator.iam.delete_access_key();
        let asked = asked
            .user_name(self.setup.user_name())
            .access_key_id(id)
            .send()
            .await;
        match asked.map_err(|error| no("DeleteAccessKey", &error)) {
            Ok(_) | Err(No::Missing(_)) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}
