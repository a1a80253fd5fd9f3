//! What lets a key in and store, in an account that somebody else set up: what is missing is told, and what stands in the way.

use aws_sdk_iam::types::{ContextKeyTypeEnum, Role};
use serde_json::Value;

use super::look::{Look, looked};
use super::others::Holder;
use super::policy::{decoded, list, statements, with_added};
use super::simulate::{Question, Simulated};
use super::trust::{Caller, Trusts, trusts};
use super::{Standing, Thing, Withheld, Works};
use crate::setup::administrator::{No, ProvisionError, no};

impl Works<'_> {
    pub(super) async fn look_at_right(&self, thing: Thing) -> Result<Look, ProvisionError> {
        match thing {
            Thing::Permissions => self.look_at_permissions().await,
            Thing::UserPolicy => self.look_at_user_policy().await,
            // A scope of rights holds no other thing.
            _ => self.look_at_trust().await,
        }
    }

    pub(super) async fn trust(&self) -> Result<Option<Value>, ProvisionError> {
        let role = self.found_role().await?;
        role.map(|role| decoded("GetRole", role.assume_role_policy_document()))
            .transpose()
    }

    /// The role that the destination means: IAM's requests name a role without its path.
    pub(super) async fn found_role(&self) -> Result<Option<Role>, ProvisionError> {
        let asked = self.administrator.iam.get_role();
        let role = match asked.role_name(self.setup.role_name()).send().await {
            Ok(output) => output.role,
            Err(error) => match no("GetRole", &error) {
                No::Missing(_) => None,
                other => return Err(other.into()),
            },
        };
        let wanted = self.setup.role_arn(&self.administrator.account);
        match role {
            Some(role) if role.arn() != wanted => Err(ProvisionError::RoleNamedOtherwise {
                arn: role.arn().to_owned(),
            }),
            role => Ok(role),
        }
    }

    async fn look_at_trust(&self) -> Result<Look, ProvisionError> {
        let Some(is) = self.trust().await? else {
            return Ok(looked(None, false, |_| self.documents.trust.clone()));
        };
        let (standing, wanted) = match self.trusts(&is) {
            Trusts::LetsIn { .. } => (Standing::Right, is),
            Trusts::Lacks(wanted) => (Standing::Otherwise { is }, wanted),
            Trusts::Withheld(why) => (Standing::Withheld { is, why }, Value::Null),
        };
        Ok(Look {
            standing,
            wanted,
            is_ours: false,
        })
    }

    fn trusts(&self, trust: &Value) -> Trusts {
        let setup = &self.setup;
        let arn = setup.user_arn(&self.administrator.account);
        let account = self.user_account();
        let caller = Caller {
            account: [
                format!("arn:{}:iam::{account}:root", setup.partition),
                account.to_owned(),
            ],
            arn,
            has_mfa: setup.options.needs_mfa,
            external_id: setup.options.external_id.clone(),
        };
        let ours = statements(&self.documents.trust);
        trusts(trust, &caller, &ours[0])
    }

    fn user_account(&self) -> &str {
        let other = self.setup.user_account.as_deref();
        other.unwrap_or(&self.administrator.account)
    }

    /// Whatever policy of the role's it is that allows its job: only what IAM does not simulate is read from the one policy that
    /// is written here.
    async fn look_at_permissions(&self) -> Result<Look, ProvisionError> {
        let role = self.setup.role_arn(&self.administrator.account);
        let job = self.job();
        let simulated = self.simulate(&role, &job).await?;
        let is = self.permissions().await?;
        let ours = statements(&self.documents.permissions);
        self.judged(Holder::Role, simulated, &job, is, &ours).await
    }

    /// What the destination will ask of S3.
    fn job(&self) -> Vec<Question> {
        let (setup, bucket) = (&self.setup, self.setup.bucket_arn());
        let mut stores = vec!["s3:PutObject".to_owned()];
        if setup.options.tags_objects {
            stores.push("s3:PutObjectTagging".to_owned());
        }
        let mut all = vec![
            Question {
                actions: stores,
                resource: format!("{bucket}/{}grain.txt", setup.prefix),
                context: Vec::new(),
            },
            Question {
                actions: vec!["s3:ListBucket".to_owned()],
                resource: bucket,
                context: vec![(
                    "s3:prefix",
                    ContextKeyTypeEnum::String,
                    setup.prefix.clone(),
                )],
            },
        ];
        if let Some(key) = &self.kms_key {
            all.push(Question {
                actions: vec!["kms:GenerateDataKey".to_owned(), "kms:Decrypt".to_owned()],
                resource: key.clone(),
                context: Vec::new(),
            });
        }
        all
    }

    /// Within one account a trust policy that names the user is enough ("Cross-account policy evaluation logic", IAM user guide).
    async fn look_at_user_policy(&self) -> Result<Look, ProvisionError> {
        let ours = statements(&self.documents.user);
        if self.setup.user_account.is_some() {
            let why = Withheld::OtherAccount;
            let is = Value::Null;
            return Ok(Look {
                standing: Standing::Withheld { is, why },
                wanted: self.documents.user.clone(),
                is_ours: false,
            });
        }
        let user = self.setup.user_arn(&self.administrator.account);
        let asking = self.asking();
        let simulated = self.simulate(&user, &asking).await?;
        let is_named = match self.trust().await? {
            // It is named once the trust is mended, too.
            Some(trust) => self.trusts(&trust) != Trusts::LetsIn { by_name: false },
            None => true,
        };
        let is = self.user_policy().await?;
        let is_kept_out = matches!(simulated, Simulated::Denied | Simulated::NotInOrganization);
        if is_named && !is_kept_out {
            return Ok(looked(Some(Value::Null), false, |_| Value::Null));
        }
        self.judged(Holder::User, simulated, &asking, is, &ours)
            .await
    }

    fn asking(&self) -> Vec<Question> {
        let setup = &self.setup;
        let actions = list(&statements(&self.documents.user)[0]["Action"]);
        let text = |action: &Value| action.as_str().unwrap_or_default().to_owned();
        // A long-lived key that brings no code has no such key at all.
        let mfa = (
            "aws:MultiFactorAuthPresent",
            ContextKeyTypeEnum::Boolean,
            "true".to_owned(),
        );
        vec![Question {
            actions: actions.iter().map(text).collect(),
            resource: setup.role_arn(&self.administrator.account),
            context: setup.options.needs_mfa.then_some(mfa).into_iter().collect(),
        }]
    }
}

impl Works<'_> {
    /// `is` is the policy that is written here; nothing is added to what somebody reserved.
    async fn judged(
        &self,
        holder: Holder,
        simulated: Simulated,
        questions: &[Question],
        is: Option<Value>,
        ours: &[Value],
    ) -> Result<Look, ProvisionError> {
        let why = match simulated {
            Simulated::Allowed => {
                return Ok(looked(Some(Value::Null), false, |_| Value::Null));
            }
            Simulated::OutOfBounds | Simulated::NotInOrganization => Some(Withheld::Above),
            Simulated::Denied => {
                let reserved = self.reserved(holder, questions).await?;
                Some(reserved.unwrap_or(Withheld::Deny))
            }
            Simulated::NotAllowed | Simulated::NotRun => self.reserved(holder, questions).await?,
        };
        let added = |is: Option<&Value>| with_added(is.unwrap_or(&Value::Null), ours);
        Ok(match why {
            Some(why) => Look {
                standing: Standing::Withheld {
                    is: is.unwrap_or_default(),
                    why,
                },
                wanted: Value::Null,
                is_ours: false,
            },
            None => looked(is, false, added),
        })
    }
}
