//! IAM's own word on what a user or a role may do: all of its policies taken together.

use std::sync::atomic::Ordering;

use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, OrganizationsDecisionDetail,
    PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType,
};

use super::Works;
use crate::setup::administrator::{ProvisionError, no};

/// A condition key, its type and its value.
pub(super) type Context = (&'static str, ContextKeyTypeEnum, String);

/// One thing that is asked for.
pub(super) struct Question {
    pub(super) actions: Vec<String>,
    /// By its ARN.
    pub(super) resource: String,
    /// What the request brings besides.
    pub(super) context: Vec<Context>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Simulated {
    Allowed,
    /// IAM does not simulate for this administrator, or this server does not.
    NotRun,
    /// No statement allows it.
    NotAllowed,
    /// A permissions boundary does not allow it.
    OutOfBounds,
    /// The organization does not allow it.
    NotInOrganization,
    /// A statement denies it.
    Denied,
}

impl Works<'_> {
    /// The worst of all answers: it is what stands in the way.
    pub(super) async fn simulate(
        &self,
        principal: &str,
        questions: &[Question],
    ) -> Result<Simulated, ProvisionError> {
        let mut worst = Simulated::Allowed;
        for question in questions {
            worst = worst.max(self.simulate_one(principal, question).await?);
        }
        if worst == Simulated::NotRun {
            self.is_simulated.store(false, Ordering::Relaxed);
        }
        Ok(worst)
    }

    async fn simulate_one(
        &self,
        principal: &str,
        question: &Question,
    ) -> Result<Simulated, ProvisionError> {
        let known = self.known_of_every_request(principal);
        let context = known.iter().chain(&question.context);
        let context = context.map(|(name, kind, value)| {
            ContextEntry::builder()
                .context_key_name(*name)
                .context_key_type(kind.clone())
                .context_key_values(value)
                .build()
        });
        let asked = self.administrator.iam.simulate_principal_policy();
        let asked = asked
            .policy_source_arn(principal)
            .set_action_names(Some(question.actions.clone()))
            .resource_arns(&question.resource)
            .set_context_entries(Some(context.collect()));
        match asked.send().await {
            Ok(output) => {
                let all = output.evaluation_results().iter().map(meaning);
                Ok(all.max().unwrap_or(Simulated::NotRun))
            }
            Err(error) if error.raw_response().is_some() => Ok(Simulated::NotRun),
            Err(error) => Err(no("SimulatePrincipalPolicy", &error).into()),
        }
    }
}

impl Works<'_> {
    /// What a request of Sandglass's brings whatever it asks: policies ask for it, and what is missing counts as not met.
    fn known_of_every_request(&self, principal: &str) -> Vec<Context> {
        use ContextKeyTypeEnum as Kind;
        let account = self.administrator.account.clone();
        vec![
            ("aws:SecureTransport", Kind::Boolean, "true".to_owned()),
            (
                "aws:RequestedRegion",
                Kind::String,
                self.setup.region.clone(),
            ),
            ("aws:PrincipalArn", Kind::String, principal.to_owned()),
            ("aws:PrincipalAccount", Kind::String, account),
        ]
    }
}

fn meaning(result: &EvaluationResult) -> Simulated {
    let is_in_bounds = result
        .permissions_boundary_decision_detail()
        .is_none_or(PermissionsBoundaryDecisionDetail::allowed_by_permissions_boundary);
    let is_in_organization = result
        .organizations_decision_detail()
        .is_none_or(OrganizationsDecisionDetail::allowed_by_organizations);
    match result.eval_decision() {
        PolicyEvaluationDecisionType::Allowed => Simulated::Allowed,
        PolicyEvaluationDecisionType::ExplicitDeny => Simulated::Denied,
        _ if !is_in_organization => Simulated::NotInOrganization,
        _ if !is_in_bounds => Simulated::OutOfBounds,
        _ => Simulated::NotAllowed,
    }
}
