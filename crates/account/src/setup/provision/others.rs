//! What other policies of a role or a user say about a request: what somebody bound to a condition is not given without it.

use serde_json::Value;

use super::Works;
use super::plan::Withheld;
use super::policy::{conditions, covers_action, covers_resource, decoded, statements};
use super::simulate::Question;
use crate::setup::administrator::{ProvisionError, no};

/// Condition keys of a listing.
const SAYS_WHERE: &[&str] = &["s3:prefix", "s3:delimiter", "s3:max-keys"];

/// Whose policies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holder {
    Role,
    User,
}

type Documents = Result<Vec<Value>, ProvisionError>;

impl Works<'_> {
    /// Why a right must not simply be added: somebody gave it under a condition, or denies it.
    pub(super) async fn reserved(
        &self,
        holder: Holder,
        questions: &[Question],
    ) -> Result<Option<Withheld>, ProvisionError> {
        let mut documents = self.inline(holder).await?;
        documents.extend(self.attached(holder).await?);
        let all: Vec<Value> = documents.iter().flat_map(statements).collect();
        let concerning = |one: &&Value| questions.iter().any(|asked| concerns(one, asked));
        Ok(all.iter().filter(concerning).find_map(why))
    }

    async fn inline(&self, holder: Holder) -> Documents {
        let (iam, role, user) = self.names();
        let names = match holder {
            Holder::Role => {
                let asked = iam.list_role_policies().role_name(role).send().await;
                let listed = asked.map_err(|error| no("ListRolePolicies", &error))?;
                listed.policy_names
            }
            Holder::User => {
                let asked = iam.list_user_policies().user_name(user).send().await;
                let listed = asked.map_err(|error| no("ListUserPolicies", &error))?;
                listed.policy_names
            }
        };
        let mut documents = Vec::new();
        for name in names {
            let document = match holder {
                Holder::Role => self.role_policy(&name).await?,
                Holder::User => self.policy_of_user(&name).await?,
            };
            // One that was removed meanwhile says nothing.
            documents.extend(document);
        }
        Ok(documents)
    }

    async fn attached(&self, holder: Holder) -> Documents {
        let (iam, role, user) = self.names();
        let attached = match holder {
            Holder::Role => {
                let asked = iam.list_attached_role_policies().role_name(role);
                let listed = asked.send().await;
                let listed = listed.map_err(|error| no("ListAttachedRolePolicies", &error))?;
                listed.attached_policies
            }
            Holder::User => {
                let asked = iam.list_attached_user_policies().user_name(user);
                let listed = asked.send().await;
                let listed = listed.map_err(|error| no("ListAttachedUserPolicies", &error))?;
                listed.attached_policies
            }
        };
        let arns = attached.unwrap_or_default().into_iter();
        let mut documents = Vec::new();
        for arn in arns.filter_map(|policy| policy.policy_arn) {
            let asked = iam.get_policy().policy_arn(&arn).send().await;
            let policy = asked.map_err(|error| no("GetPolicy", &error))?.policy;
            let version = policy.and_then(|policy| policy.default_version_id);
            let asked = iam.get_policy_version().policy_arn(&arn);
            let asked = asked.set_version_id(version).send().await;
            let found = asked.map_err(|error| no("GetPolicyVersion", &error))?;
            let version = found.policy_version;
            let text = version.and_then(|version| version.document);
            documents.push(decoded("GetPolicyVersion", text.as_deref())?);
        }
        Ok(documents)
    }
}

/// Written by what it is not, a statement may concern anything.
pub(super) fn concerns(statement: &Value, asked: &Question) -> bool {
    let acts = |action: &String| covers_action(statement, action);
    let is_action = !statement["NotAction"].is_null() || asked.actions.iter().any(acts);
    let is_resource =
        !statement["NotResource"].is_null() || covers_resource(statement, &asked.resource);
    is_action && is_resource
}

pub(super) fn why(statement: &Value) -> Option<Withheld> {
    if statement["Effect"] == "Deny" {
        return Some(if is_bound(statement) {
            Withheld::Condition
        } else {
            Withheld::Deny
        });
    }
    is_bound(statement).then_some(Withheld::Condition)
}

/// A prefix says where, as ours does, and protects nothing else.
fn is_bound(statement: &Value) -> bool {
    let mut all = conditions(&statement["Condition"]);
    all.any(|(_, key, _)| !SAYS_WHERE.iter().any(|one| key.eq_ignore_ascii_case(one)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn storing() -> Question {
        Question {
            actions: vec!["s3:PutObject".to_owned()],
            resource: "arn:aws:s3:::b/incoming/grain.txt".to_owned(),
            context: Vec::new(),
        }
    }

    fn allow(action: &str, resource: &str, condition: &Value) -> Value {
        json!({"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition})
    }

    #[test]
    fn a_right_under_a_condition_is_reserved_and_one_elsewhere_or_of_another_kind_is_not() {
        let network = json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
        let bound = allow("s3:Put*", "arn:aws:s3:::b/*", &network);
        assert!(concerns(&bound, &storing()));
        assert_eq!(why(&bound), Some(Withheld::Condition));
        let elsewhere = allow("s3:Put*", "arn:aws:s3:::another/*", &network);
        assert!(!concerns(&elsewhere, &storing()));
        let reading = allow("s3:GetObject", "*", &network);
        assert!(!concerns(&reading, &storing()));
        let prefix = json!({"StringLike": {"s3:prefix": "outgoing/*"}});
        assert_eq!(why(&allow("s3:ListBucket", "*", &prefix)), None);
    }

    #[test]
    fn a_denial_of_all_but_something_may_concern_this() {
        let around = json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"});
        assert!(concerns(&around, &storing()));
        assert_eq!(why(&around), Some(Withheld::Deny));
    }
}
