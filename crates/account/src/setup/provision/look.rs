//! Looking at what is there, and what it would read like as it should. Nothing is changed.

use aws_sdk_iam::types::Tag;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_bucket::{HeadBucketError, HeadBucketOutput};
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, LifecycleRule, PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::{Value, json};

use super::policy::{decoded, is_same, read, statements, with_added, with_replaced};
use super::trust::without_gone;
use super::{Scope, Standing, Thing, Works};
use crate::setup::administrator::{No, ProvisionError, no};
use crate::setup::{DAYS_OF_INCOMPLETE, LIFECYCLE_RULE, ROLE_POLICY, TAG, USER_POLICY};

/// A thing as it was found.
pub(super) struct Look {
    pub(super) standing: Standing,
    /// Its document as it should read, with all of what stands there besides; null where it has none.
    pub(super) wanted: Value,
    /// This set-up's mark is on it. Parts carry none.
    pub(super) is_ours: bool,
}

/// A thing's document; none where there is no such thing.
type Found = Result<Option<Value>, ProvisionError>;

impl Works<'_> {
    /// `is_foreign`: what it is a part of was not made by this set-up.
    pub(super) async fn look(
        &self,
        thing: Thing,
        is_foreign: bool,
    ) -> Result<Look, ProvisionError> {
        if self.scope == Scope::Rights {
            return self.look_at_right(thing).await;
        }
        let (found, is_ours) = match thing {
            Thing::Bucket => self.bucket().await?,
            Thing::User => self.user().await?,
            Thing::Role => return self.look_at_role().await,
            Thing::PublicAccess => (self.public_access().await?, false),
            Thing::Ownership => (self.ownership().await?, false),
            Thing::Encryption => (self.encryption().await?, false),
            Thing::Lifecycle => (self.lifecycle().await?, false),
            Thing::BucketPolicy => (self.bucket_policy().await?, false),
            Thing::Permissions => (self.permissions().await?, false),
            Thing::UserPolicy => (self.user_policy().await?, false),
        };
        Ok(looked(found, is_ours, |is| {
            self.wanted(thing, is, is_foreign)
        }))
    }

    /// As it should read, with what may stand besides.
    pub(super) fn wanted(&self, thing: Thing, is: Option<&Value>, is_foreign: bool) -> Value {
        let documents = &self.documents;
        // What somebody else's user or role may do besides, it may do after.
        let beside = |is: &Value, ours: &Value| with_added(is, &statements(ours));
        match (thing, is) {
            (Thing::Permissions, Some(is)) if is_foreign => beside(is, &documents.permissions),
            (Thing::UserPolicy, Some(is)) if is_foreign => beside(is, &documents.user),
            (Thing::Bucket | Thing::User, _) => Value::Null,
            (Thing::PublicAccess, _) => shown_access(&all_blocked()),
            (Thing::Ownership, _) => json!({"ObjectOwnership": "BucketOwnerEnforced"}),
            // A key of the administrator's choice is more than S3's own.
            (Thing::Encryption, Some(is)) if is_kms(is) && self.setup.options.kms_key.is_none() => {
                is.clone()
            }
            (Thing::Encryption, _) => self.setup.encryption(),
            (Thing::Lifecycle, Some(is)) => with_rule(is, &documents.lifecycle),
            (Thing::Lifecycle, None) => documents.lifecycle.clone(),
            (Thing::BucketPolicy, Some(is)) => with_replaced(is, &statements(&documents.bucket)),
            (Thing::BucketPolicy, None) => documents.bucket.clone(),
            (Thing::Role, is) => {
                let longest = self.setup.longest_session_seconds;
                // Shorter sessions are the administrator's choice.
                let lasts = is.and_then(|is| is["MaxSessionDuration"].as_u64());
                let lasts = lasts.map_or(longest, |lasts| {
                    u32::try_from(lasts).unwrap_or(longest).min(longest)
                });
                shown_role(lasts, &documents.trust)
            }
            (Thing::Permissions, _) => documents.permissions.clone(),
            (Thing::UserPolicy, _) => documents.user.clone(),
        }
    }

    async fn bucket(&self) -> Result<(Option<Value>, bool), ProvisionError> {
        let (s3, bucket) = (&self.administrator.s3, &self.setup.bucket);
        // Another account's bucket may be open to this one, and must not be configured.
        let owner = &self.administrator.account;
        let asked = s3.head_bucket().bucket(bucket).expected_bucket_owner(owner);
        let answer = asked.send().await;
        if region_of(&answer).is_some_and(|region| region != self.setup.region) {
            return Err(ProvisionError::BucketElsewhere);
        }
        if let Err(error) = answer {
            return match no("HeadBucket", &error) {
                No::Missing(_) => Ok((None, false)),
                No::Other(ProvisionError::Denied { .. }) => Err(ProvisionError::BucketTaken),
                other => Err(other.into()),
            };
        }
        let tags = match s3.get_bucket_tagging().bucket(bucket).send().await {
            Ok(output) => output.tag_set,
            Err(error) => match no("GetBucketTagging", &error) {
                No::Missing(_) => Vec::new(),
                other => return Err(other.into()),
            },
        };
        let mark = self.setup.mark();
        let is_ours = tags.iter().any(|tag| tag.key == TAG && tag.value == mark);
        Ok((Some(Value::Null), is_ours))
    }

    async fn user(&self) -> Result<(Option<Value>, bool), ProvisionError> {
        let asked = self.administrator.iam.get_user();
        match asked.user_name(self.setup.user_name()).send().await {
            Ok(output) => {
                let tags = output.user.map(|user| user.tags.unwrap_or_default());
                let is_ours = self.is_marked(&tags.unwrap_or_default());
                Ok((Some(Value::Null), is_ours))
            }
            Err(error) => Ok((absent(no("GetUser", &error))?, false)),
        }
    }

    async fn look_at_role(&self) -> Result<Look, ProvisionError> {
        let Some(role) = self.found_role().await? else {
            let missing = |_: Option<&Value>| self.wanted(Thing::Role, None, false);
            return Ok(looked(None, false, missing));
        };
        let trust = decoded("GetRole", role.assume_role_policy_document())?;
        if !self.is_marked(role.tags()) {
            // Whom else somebody's role trusts, and how long its sessions last, is left as it is.
            let ours = statements(&self.documents.trust);
            let wanted = with_added(&without_gone(&trust), &ours);
            return Ok(looked(Some(trust), false, |_| wanted));
        }
        // An hour, where IAM says nothing ("Role", IAM API reference).
        let lasts = role.max_session_duration().unwrap_or(3600);
        let shown = shown_role(u32::try_from(lasts).unwrap_or_default(), &trust);
        Ok(looked(Some(shown), true, |is| {
            self.wanted(Thing::Role, is, false)
        }))
    }

    /// They carry a mark that this set-up made what has them.
    pub(super) fn is_marked(&self, tags: &[Tag]) -> bool {
        self.has_mark(TAG, tags)
    }

    /// They carry this set-up's mark under that name.
    pub(super) fn has_mark(&self, name: &str, tags: &[Tag]) -> bool {
        let mark = self.setup.mark();
        tags.iter().any(|tag| tag.key == name && tag.value == mark)
    }

    async fn public_access(&self) -> Found {
        let asked = self.administrator.s3.get_public_access_block();
        let asked = asked.bucket(&self.setup.bucket).send().await;
        match asked {
            Ok(output) => Ok(output
                .public_access_block_configuration
                .map(|found| shown_access(&found))),
            Err(error) => absent(no("GetPublicAccessBlock", &error)),
        }
    }

    async fn ownership(&self) -> Found {
        let asked = self.administrator.s3.get_bucket_ownership_controls();
        let output = match asked.bucket(&self.setup.bucket).send().await {
            Ok(output) => output,
            Err(error) => return absent(no("GetBucketOwnershipControls", &error)),
        };
        let rules = output.ownership_controls.map(|controls| controls.rules);
        let rule = rules.and_then(|rules| rules.into_iter().next());
        Ok(rule.map(|rule| json!({"ObjectOwnership": rule.object_ownership.as_str()})))
    }

    pub(super) async fn encryption(&self) -> Found {
        let asked = self.administrator.s3.get_bucket_encryption();
        let output = match asked.bucket(&self.setup.bucket).send().await {
            Ok(output) => output,
            Err(error) => return absent(no("GetBucketEncryption", &error)),
        };
        let rules = output
            .server_side_encryption_configuration
            .map(|found| found.rules);
        let rule = rules.and_then(|rules| rules.into_iter().next());
        let by_default = rule.and_then(|rule| rule.apply_server_side_encryption_by_default);
        Ok(by_default.as_ref().map(shown_encryption))
    }

    async fn lifecycle(&self) -> Found {
        let asked = self.administrator.s3.get_bucket_lifecycle_configuration();
        match asked.bucket(&self.setup.bucket).send().await {
            Ok(output) => {
                let rules: Vec<Value> = output.rules().iter().map(shown_rule).collect();
                Ok(Some(json!({"Rules": rules})))
            }
            Err(error) => absent(no("GetBucketLifecycleConfiguration", &error)),
        }
    }

    pub(super) async fn bucket_policy(&self) -> Found {
        let asked = self.administrator.s3.get_bucket_policy();
        match asked.bucket(&self.setup.bucket).send().await {
            Ok(output) => {
                let text = output.policy.unwrap_or_default();
                read("GetBucketPolicy", &text).map(Some)
            }
            Err(error) => absent(no("GetBucketPolicy", &error)),
        }
    }

    pub(super) async fn permissions(&self) -> Found {
        self.role_policy(ROLE_POLICY).await
    }

    pub(super) async fn user_policy(&self) -> Found {
        self.policy_of_user(USER_POLICY).await
    }

    /// An inline policy of the role's.
    pub(super) async fn role_policy(&self, name: &str) -> Found {
        let (iam, role, _) = self.names();
        let asked = iam.get_role_policy().role_name(role).policy_name(name);
        match asked.send().await {
            Ok(output) => decoded("GetRolePolicy", Some(&output.policy_document)).map(Some),
            Err(error) => absent(no("GetRolePolicy", &error)),
        }
    }

    /// An inline policy of the user's.
    pub(super) async fn policy_of_user(&self, name: &str) -> Found {
        let (iam, _, user) = self.names();
        let asked = iam.get_user_policy().user_name(user).policy_name(name);
        match asked.send().await {
            Ok(output) => decoded("GetUserPolicy", Some(&output.policy_document)).map(Some),
            Err(error) => absent(no("GetUserPolicy", &error)),
        }
    }
}

/// It is right where nothing would be changed.
pub(super) fn looked(
    found: Option<Value>,
    is_ours: bool,
    wanted: impl FnOnce(Option<&Value>) -> Value,
) -> Look {
    let wanted = wanted(found.as_ref());
    let standing = match found {
        None => Standing::Missing,
        Some(is) if is_same(&is, &wanted) => Standing::Right,
        Some(is) => Standing::Otherwise { is },
    };
    Look {
        standing,
        wanted,
        is_ours,
    }
}

pub(super) fn absent(no: No) -> Found {
    match no {
        No::Missing(_) => Ok(None),
        other => Err(other.into()),
    }
}

/// The header `x-amz-bucket-region` comes with most answers, also with a refusal ("HeadBucket", S3 API reference).
fn region_of(
    answer: &Result<HeadBucketOutput, SdkError<HeadBucketError, HttpResponse>>,
) -> Option<&str> {
    match answer {
        Ok(output) => output.bucket_region(),
        Err(error) => error
            .raw_response()
            .and_then(|response| response.headers().get("x-amz-bucket-region")),
    }
}

fn shown_role(lasts: u32, trust: &Value) -> Value {
    json!({"MaxSessionDuration": lasts, "AssumeRolePolicyDocument": trust})
}

pub(super) fn all_blocked() -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build()
}

fn shown_access(found: &PublicAccessBlockConfiguration) -> Value {
    json!({
        "BlockPublicAcls": found.block_public_acls().unwrap_or_default(),
        "IgnorePublicAcls": found.ignore_public_acls().unwrap_or_default(),
        "BlockPublicPolicy": found.block_public_policy().unwrap_or_default(),
        "RestrictPublicBuckets": found.restrict_public_buckets().unwrap_or_default(),
    })
}

fn is_kms(encryption: &Value) -> bool {
    let algorithm = encryption["SSEAlgorithm"].as_str();
    algorithm.is_some_and(|name| name.starts_with("aws:kms"))
}

fn shown_encryption(found: &ServerSideEncryptionByDefault) -> Value {
    let mut shown = json!({"SSEAlgorithm": found.sse_algorithm().as_str()});
    if let Some(key) = found.kms_master_key_id() {
        shown["KMSMasterKeyID"] = json!(key);
    }
    shown
}

/// Enough of a rule to know it again: others than ours are never written from this.
fn shown_rule(rule: &LifecycleRule) -> Value {
    let mut shown = json!({"ID": rule.id(), "Status": rule.status().as_str()});
    if covers_all(rule) {
        shown["Filter"] = json!({"Prefix": ""});
    } else {
        shown["Filter"] = json!("…");
    }
    let days = rule
        .abort_incomplete_multipart_upload()
        .and_then(AbortIncompleteMultipartUpload::days_after_initiation);
    if let Some(days) = days {
        shown["AbortIncompleteMultipartUpload"] = json!({"DaysAfterInitiation": days});
    }
    shown
}

/// An older rule has its prefix beside the filter's place ("LifecycleRule", S3 API reference).
fn covers_all(rule: &LifecycleRule) -> bool {
    #[expect(deprecated, reason = "buckets have such rules")]
    let prefix = rule.prefix().unwrap_or_default();
    prefix.is_empty()
        && rule.filter().is_none_or(|filter| {
            filter.prefix().unwrap_or_default().is_empty()
                && filter.tag().is_none()
                && filter.and().is_none()
                && filter.object_size_greater_than().is_none()
                && filter.object_size_less_than().is_none()
        })
}

/// Other rules stand beside ours, and may do what it does.
fn with_rule(is: &Value, ours: &Value) -> Value {
    let mut rules = is["Rules"].as_array().cloned().unwrap_or_default();
    let does_it = |rule: &Value| {
        let days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"].as_u64();
        rule["Status"] == "Enabled"
            && rule["Filter"] == json!({"Prefix": ""})
            && days.is_some_and(|days| days <= u64::from(DAYS_OF_INCOMPLETE))
    };
    if rules.iter().any(does_it) {
        return is.clone();
    }
    rules.retain(|rule| rule["ID"] != LIFECYCLE_RULE);
    rules.extend(ours["Rules"].as_array().cloned().unwrap_or_default());
    json!({"Rules": rules})
}
