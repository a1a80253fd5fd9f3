//! What a plan is made of.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::setup::Setup;

/// What is made, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Thing {
    /// The bucket.
    Bucket,
    /// Its block of public access.
    PublicAccess,
    /// Its owner owns its objects.
    Ownership,
    /// Its encryption.
    Encryption,
    /// Its rule for incomplete uploads.
    Lifecycle,
    /// Its policy.
    BucketPolicy,
    /// The user.
    User,
    /// The role, with its trust policy and the longest session.
    Role,
    /// The role's permissions policy.
    Permissions,
    /// The user's inline policy.
    UserPolicy,
}

impl Thing {
    /// All, in their order.
    pub const ALL: &[Self] = &[
        Self::Bucket,
        Self::PublicAccess,
        Self::Ownership,
        Self::Encryption,
        Self::Lifecycle,
        Self::BucketPolicy,
        Self::User,
        Self::Role,
        Self::Permissions,
        Self::UserPolicy,
    ];

    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::PublicAccess => "publicAccess",
            Self::Ownership => "ownership",
            Self::Encryption => "encryption",
            Self::Lifecycle => "lifecycle",
            Self::BucketPolicy => "bucketPolicy",
            Self::User => "user",
            Self::Role => "role",
            Self::Permissions => "permissions",
            Self::UserPolicy => "userPolicy",
        }
    }

    /// What it is a part of: whose that is, it is.
    pub(super) fn owner(self) -> Self {
        match self {
            Self::Bucket
            | Self::PublicAccess
            | Self::Ownership
            | Self::Encryption
            | Self::Lifecycle
            | Self::BucketPolicy => Self::Bucket,
            Self::User | Self::UserPolicy => Self::User,
            Self::Role | Self::Permissions => Self::Role,
        }
    }
}

/// How much of a set-up is looked at and made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Everything,
    /// What lets an access key in and store: the role's trust and permissions, and the user's policy. Of an account that somebody
    /// else set up nothing is taken away: what is missing is added to what stands there.
    Rights,
}

impl Scope {
    pub(super) fn holds(self, thing: Thing, setup: &Setup) -> bool {
        match self {
            Self::Everything => thing != Thing::BucketPolicy || setup.only_tls,
            Self::Rights => matches!(thing, Thing::Role | Thing::Permissions | Thing::UserPolicy),
        }
    }
}

/// Why adding to what is there does not help, or must not be done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Withheld {
    /// It is allowed under a condition that is not met: a one-time code, an ExternalId, an address. Whoever wrote it wanted it.
    Condition,
    /// A statement denies it, which no other can outweigh ("Policy evaluation logic", IAM user guide).
    Deny,
    /// A permissions boundary, or a policy of the organization, does not allow it.
    Above,
    /// It belongs to another account than the administrator's.
    OtherAccount,
    /// It is written in a way that cannot be judged from here: `NotAction`, `NotPrincipal`.
    Unclear,
}

impl Withheld {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Condition,
        Self::Deny,
        Self::Above,
        Self::OtherAccount,
        Self::Unclear,
    ];

    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Deny => "deny",
            Self::Above => "above",
            Self::OtherAccount => "otherAccount",
            Self::Unclear => "unclear",
        }
    }
}

/// How a thing stands in the account.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// It is not there.
    Missing,
    /// As it should be.
    Right,
    /// There, and not as it should be.
    Otherwise {
        /// As it is.
        is: Value,
    },
    /// Not as it should be, and left so.
    Withheld {
        /// As it is; null where it is not to be seen.
        is: Value,
        /// Why it is left.
        why: Withheld,
    },
}

impl Standing {
    /// As it stands on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Right => "right",
            Self::Otherwise { .. } => "otherwise",
            Self::Withheld { .. } => "withheld",
        }
    }

    /// Why it is left, where it is.
    pub fn why(&self) -> Option<Withheld> {
        match self {
            Self::Withheld { why, .. } => Some(*why),
            Self::Missing | Self::Right | Self::Otherwise { .. } => None,
        }
    }

    /// As it is, where it is otherwise; null where there is nothing to show.
    pub fn is(&self) -> &Value {
        match self {
            Self::Otherwise { is } | Self::Withheld { is, .. } => is,
            Self::Missing | Self::Right => &Value::Null,
        }
    }
}

/// A thing of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which.
    pub thing: Thing,
    /// How it stands.
    pub standing: Standing,
    /// Its whole document as it would be written; null where it has none.
    pub wanted: Value,
    /// It, or what it is a part of, was there before and was not made by this set-up: it is not touched without a yes.
    pub is_foreign: bool,
}

/// What is there, and what would be made or changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// One for each thing, in their order.
    pub items: Vec<Item>,
    /// False where IAM did not simulate what it was asked: a denial or a boundary may stand in the way unseen.
    pub is_simulated: bool,
}

impl Plan {
    /// Nothing is left to do.
    pub fn is_done(&self) -> bool {
        self.items
            .iter()
            .all(|item| item.standing == Standing::Right)
    }

    /// What tells this plan from another one, for as long as this program runs: a yes is for what was seen.
    pub fn seal(&self) -> String {
        let mut all = DefaultHasher::new();
        for item in &self.items {
            (item.thing, item.standing.as_str(), item.is_foreign).hash(&mut all);
            item.standing.is().to_string().hash(&mut all);
            item.wanted.to_string().hash(&mut all);
        }
        format!("{:016x}", all.finish())
    }
}

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was right already.
    Unchanged,
    /// It was made.
    Made,
    /// It was changed.
    Changed,
    /// It was there before, or was changed since, and was left as it is.
    Left,
}

impl Outcome {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Made => "made",
            Self::Changed => "changed",
            Self::Left => "left",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(is: Value) -> Plan {
        Plan {
            items: vec![Item {
                thing: Thing::Role,
                standing: Standing::Otherwise { is },
                wanted: json!({"Version": "2012-10-17"}),
                is_foreign: true,
            }],
            is_simulated: true,
        }
    }

    #[test]
    fn a_plan_that_would_replace_something_else_has_another_seal() {
        let seen = plan(json!({"Statement": []}));
        assert_eq!(seen.seal(), plan(json!({"Statement": []})).seal());
        assert_ne!(seen.seal(), plan(json!({"Statement": [1]})).seal());
    }
}
