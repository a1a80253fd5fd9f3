//! Making and changing one thing. Each call may come again: what it makes may be there from a run that broke off.

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::types as s3;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::look::all_blocked;
use super::{Item, PATIENCE, PAUSE, Scope, Standing, Thing, Works};
use crate::setup::administrator::{No, ProvisionError, no};
use crate::setup::{DAYS_OF_INCOMPLETE, LIFECYCLE_RULE, RIGHT_TAG, ROLE_POLICY, TAG, USER_POLICY};

type Done = Result<(), ProvisionError>;

/// What is there already is as good as made; it is read back in any case.
fn done<T, E>(action: &'static str, asked: Result<T, SdkError<E, HttpResponse>>) -> Done
where
    E: aws_sdk_s3::error::ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match asked.map_err(|error| no(action, &error)) {
        Ok(_) | Err(No::Exists(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// A request that cannot be built was built wrongly here.
fn built<T>(
    built: Result<T, aws_smithy_types::error::operation::BuildError>,
) -> Result<T, ProvisionError> {
    built.map_err(|error| ProvisionError::Refused {
        action: "request",
        code: error.to_string(),
    })
}

impl Works<'_> {
    pub(super) async fn make(&self, item: &Item, is_there: bool) -> Done {
        match item.thing {
            Thing::Bucket => self.make_bucket().await,
            Thing::PublicAccess => self.block_public_access().await,
            Thing::Ownership => self.own_objects().await,
            Thing::Encryption => self.encrypt().await,
            Thing::Lifecycle => self.remove_incomplete().await,
            Thing::BucketPolicy => self.put_bucket_policy().await,
            Thing::User => self.make_user().await,
            Thing::Role => self.make_role(is_there).await,
            Thing::Permissions | Thing::UserPolicy => self.put_right(item).await,
        }
    }

    async fn make_bucket(&self) -> Done {
        let (s3, setup) = (&self.administrator.s3, &self.setup);
        let tag = built(s3::Tag::builder().key(TAG).value(setup.mark()).build())?;
        // With its mark from the first moment: a run that breaks off here must know it again.
        let with = s3::CreateBucketConfiguration::builder().tags(tag.clone());
        // Only us-east-1 takes no location ("CreateBucket", S3 API reference).
        let with = match setup.region.as_str() {
            "us-east-1" => with,
            region => with.location_constraint(region.into()),
        };
        let asked = s3
            .create_bucket()
            .bucket(&setup.bucket)
            .create_bucket_configuration(with.build());
        if let Err(error) = asked.send().await {
            return match no("CreateBucket", &error) {
                // Somebody else in this account made it meanwhile: it gets no mark of ours.
                No::Exists(_) => Ok(()),
                other => Err(other.into()),
            };
        }
        if self.look(Thing::Bucket, false).await?.is_ours {
            return Ok(());
        }
        // A server that took no tags with it.
        let tagging = built(s3::Tagging::builder().tag_set(tag).build())?;
        let asked = s3
            .put_bucket_tagging()
            .bucket(&setup.bucket)
            .tagging(tagging);
        done("PutBucketTagging", asked.send().await)
    }

    async fn block_public_access(&self) -> Done {
        let asked = self.administrator.s3.put_public_access_block();
        let asked = asked
            .bucket(&self.setup.bucket)
            .public_access_block_configuration(all_blocked());
        done("PutPublicAccessBlock", asked.send().await)
    }

    async fn own_objects(&self) -> Done {
        let rule = s3::OwnershipControlsRule::builder()
            .object_ownership(s3::ObjectOwnership::BucketOwnerEnforced);
        let controls = built(
            s3::OwnershipControls::builder()
                .rules(built(rule.build())?)
                .build(),
        )?;
        let asked = self.administrator.s3.put_bucket_ownership_controls();
        let asked = asked
            .bucket(&self.setup.bucket)
            .ownership_controls(controls);
        done("PutBucketOwnershipControls", asked.send().await)
    }

    async fn encrypt(&self) -> Done {
        let by_default = s3::ServerSideEncryptionByDefault::builder();
        let by_default = match &self.setup.options.kms_key {
            Some(key) => by_default
                .sse_algorithm(s3::ServerSideEncryption::AwsKms)
                .kms_master_key_id(key),
            None => by_default.sse_algorithm(s3::ServerSideEncryption::Aes256),
        };
        let rule = s3::ServerSideEncryptionRule::builder()
            // Fewer requests to KMS, at no cost ("Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
            .bucket_key_enabled(self.setup.options.kms_key.is_some())
            .apply_server_side_encryption_by_default(built(by_default.build())?);
        let rules = s3::ServerSideEncryptionConfiguration::builder().rules(rule.build());
        let asked = self.administrator.s3.put_bucket_encryption();
        let asked = asked
            .bucket(&self.setup.bucket)
            .server_side_encryption_configuration(built(rules.build())?);
        done("PutBucketEncryption", asked.send().await)
    }

    /// Beside the rules that are there: the call takes all of them at once.
    async fn remove_incomplete(&self) -> Done {
        let client = &self.administrator.s3;
        let asked = client
            .get_bucket_lifecycle_configuration()
            .bucket(&self.setup.bucket);
        let (mut rules, least_size) = match asked.send().await {
            Ok(output) => (
                output.rules.unwrap_or_default(),
                output.transition_default_minimum_object_size,
            ),
            Err(error) => match no("GetBucketLifecycleConfiguration", &error) {
                No::Missing(_) => (Vec::new(), None),
                other => return Err(other.into()),
            },
        };
        let days = i32::try_from(DAYS_OF_INCOMPLETE).unwrap_or(i32::MAX);
        let rule = s3::LifecycleRule::builder()
            .id(LIFECYCLE_RULE)
            .status(s3::ExpirationStatus::Enabled)
            .filter(s3::LifecycleRuleFilter::builder().prefix("").build())
            .abort_incomplete_multipart_upload(
                s3::AbortIncompleteMultipartUpload::builder()
                    .days_after_initiation(days)
                    .build(),
            );
        rules.retain(|rule| rule.id() != Some(LIFECYCLE_RULE));
        rules.push(built(rule.build())?);
        let all = s3::BucketLifecycleConfiguration::builder().set_rules(Some(rules));
        let asked = client.put_bucket_lifecycle_configuration();
        let asked = asked
            .bucket(&self.setup.bucket)
            .set_transition_default_minimum_object_size(least_size)
            .lifecycle_configuration(built(all.build())?);
        done("PutBucketLifecycleConfiguration", asked.send().await)
    }

    async fn put_bucket_policy(&self) -> Done {
        let is = self.bucket_policy().await?;
        let policy = self.wanted(Thing::BucketPolicy, is.as_ref(), false);
        let asked = self.administrator.s3.put_bucket_policy();
        let asked = asked.bucket(&self.setup.bucket).policy(policy.to_string());
        done("PutBucketPolicy", asked.send().await)
    }

    /// This set-up's mark under that name.
    fn tag(&self, name: &str) -> Result<aws_sdk_iam::types::Tag, ProvisionError> {
        let tag = aws_sdk_iam::types::Tag::builder().key(name);
        built(tag.value(self.setup.mark()).build())
    }

    async fn make_user(&self) -> Done {
        let asked = self.administrator.iam.create_user();
        let asked = asked.user_name(self.setup.user_name()).tags(self.tag(TAG)?);
        done("CreateUser", asked.send().await)
    }

    async fn make_role(&self, is_there: bool) -> Done {
        let made = async {
            loop {
                match self.put_role(is_there).await {
                    // A trust policy that names a user whom IAM does not know everywhere yet: only one that was made just now.
                    Err(ProvisionError::Refused { code, .. })
                        if code.starts_with("MalformedPolicyDocument")
                            && self.scope == Scope::Everything =>
                    {
                        tokio::time::sleep(PAUSE).await;
                    }
                    other => return other,
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, made).await;
        in_time.unwrap_or(Err(ProvisionError::NotInTime {
            action: "CreateRole",
        }))
    }

    async fn put_role(&self, is_there: bool) -> Done {
        if is_there {
            return self.change_role().await;
        }
        let lasts = i32::try_from(self.setup.longest_session_seconds).unwrap_or(i32::MAX);
        let asked = self.administrator.iam.create_role();
        let asked = asked
            .role_name(self.setup.role_name())
            .assume_role_policy_document(self.documents.trust.to_string())
            .set_path(self.setup.role_path())
            .max_session_duration(lasts)
            .tags(self.tag(TAG)?);
        done("CreateRole", asked.send().await)
    }

    /// Looked at once more right before: what somebody added since the plan stays where it may.
    async fn change_role(&self) -> Done {
        let (iam, role) = (&self.administrator.iam, self.setup.role_name());
        let look = self.look(Thing::Role, false).await?;
        let Standing::Otherwise { is } = look.standing else {
            // Mended meanwhile; or gone, which reading back will say.
            return Ok(());
        };
        // Of somebody else's role, the trust is all that is looked at.
        let (trust, lasts) = match look.wanted.get("AssumeRolePolicyDocument") {
            None => (look.wanted.clone(), None),
            Some(trust) => {
                let lasts = &look.wanted["MaxSessionDuration"];
                let is_longer = is["MaxSessionDuration"] != *lasts;
                (trust.clone(), lasts.as_i64().filter(|_| is_longer))
            }
        };
        if let Some(lasts) = lasts {
            let lasts = i32::try_from(lasts).unwrap_or(i32::MAX);
            let asked = iam
                .update_role()
                .role_name(role)
                .max_session_duration(lasts);
            done("UpdateRole", asked.send().await)?;
        }
        let asked = iam.update_assume_role_policy().role_name(role);
        let asked = asked.policy_document(trust.to_string());
        done("UpdateAssumeRolePolicy", asked.send().await)
    }

    /// The role's permissions or the user's policy. Looked at once more right before: what became right, or came to be withheld, is
    /// not written.
    async fn put_right(&self, item: &Item) -> Done {
        let look = self.look(item.thing, item.is_foreign).await?;
        if !matches!(
            look.standing,
            Standing::Missing | Standing::Otherwise { .. }
        ) {
            return Ok(());
        }
        let document = look.wanted.to_string();
        let (iam, role, user) = self.names();
        if item.thing == Thing::Permissions {
            let asked = iam.put_role_policy().role_name(role);
            let asked = asked.policy_name(ROLE_POLICY).policy_document(document);
            done("PutRolePolicy", asked.send().await)?;
        } else {
            let asked = iam.put_user_policy().user_name(user);
            let asked = asked.policy_name(USER_POLICY).policy_document(document);
            done("PutUserPolicy", asked.send().await)?;
        }
        if item.is_foreign && self.scope == Scope::Everything {
            self.mark_right(item.thing).await?;
        }
        Ok(())
    }

    /// So that the set-up that is taken back finds what it gave to somebody else's user or role.
    async fn mark_right(&self, right: Thing) -> Done {
        let (iam, role, user) = self.names();
        let tag = self.tag(RIGHT_TAG)?;
        if right == Thing::Permissions {
            let asked = iam.tag_role().role_name(role).tags(tag);
            done("TagRole", asked.send().await)
        } else {
            let asked = iam.tag_user().user_name(user).tags(tag);
            done("TagUser", asked.send().await)
        }
    }
}
