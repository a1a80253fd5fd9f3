//! IAM's decision, for the parts of the policy language that uploads meet.
//!
//! A document is read once into a [`Policy`]; [`Policy::verdict`] then answers one [`Question`]. Putting several documents
//! together (identity policy, session policy, trust policy) is [`crate::account`]'s work.

mod condition;
mod read;
#[cfg(test)]
mod tests;

use condition::Condition;
pub use read::Unreadable;

/// What a caller wants to do, on what, and under which circumstances.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    /// Condition keys that are present, with their values. Names are compared without regard to case.
    pub(crate) context: &'a [(&'a str, &'a str)],
    /// Who asks, for documents with principals; `None` where statements have none.
    pub(crate) caller: Option<Caller<'a>>,
}

/// The one who asks, as a `Principal` element can name them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) account: &'a str,
    /// The user's ARN, or the ARN of the assumed role's session.
    pub(crate) arn: &'a str,
    /// The role behind a session.
    pub(crate) role_arn: Option<&'a str>,
}

/// What one document says to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// No statement speaks of it: an implicit deny.
    Silent,
    /// Allowed, but only for the account as a whole: the caller's own policy must allow it too.
    AllowedForAccount,
    /// Allowed.
    Allowed,
    /// A statement denies it. Nothing outweighs this.
    Denied,
}

/// One policy document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug, Clone)]
struct Statement {
    allows: bool,
    actions: Matching,
    /// A trust policy's statements name no resource: they speak of the role that they belong to.
    resources: Option<Matching>,
    principals: Option<Principals>,
    conditions: Vec<Condition>,
}

/// `Action` and `NotAction`, `Resource` and `NotResource`.
#[derive(Debug, Clone)]
enum Matching {
    AnyOf(Vec<String>),
    NoneOf(Vec<String>),
}

#[derive(Debug, Clone)]
enum Principals {
    Everyone,
    Aws(Vec<String>),
    /// A service or a federation: never one of the sandbox's callers.
    Others,
}

impl Policy {
    /// The strongest word of all statements.
    pub(crate) fn verdict(&self, question: &Question<'_>) -> Verdict {
        self.statements
            .iter()
            .map(|statement| statement.verdict(question))
            .max()
            .unwrap_or(Verdict::Silent)
    }
}

impl Statement {
    fn verdict(&self, question: &Question<'_>) -> Verdict {
        let principal = match (&self.principals, question.caller) {
            (None, None) => Verdict::Allowed,
            (Some(principals), Some(caller)) => principals.naming(&caller),
            // An identity policy with a principal, or a trust policy without one: IAM would not have saved it.
            (None, Some(_)) | (Some(_), None) => Verdict::Silent,
        };
        let speaks = principal != Verdict::Silent
            && self.actions.holds(
                &question.action.to_ascii_lowercase(),
                str::to_ascii_lowercase,
            )
            && self
                .resources
                .as_ref()
                .is_none_or(|resources| resources.holds(question.resource, str::to_owned))
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds(question.context));
        match (speaks, self.allows) {
            (false, _) => Verdict::Silent,
            (true, true) => principal,
            (true, false) => Verdict::Denied,
        }
    }
}

impl Matching {
    fn holds(&self, text: &str, fold: impl Fn(&str) -> String) -> bool {
        let any =
            |patterns: &[String]| patterns.iter().any(|pattern| is_like(&fold(pattern), text));
        match self {
            Self::AnyOf(patterns) => any(patterns),
            Self::NoneOf(patterns) => !any(patterns),
        }
    }
}

impl Principals {
    /// Naming the account (its root ARN or its bare number) hands the decision to the account's own policies; naming the
    /// caller decides it.
    fn naming(&self, caller: &Caller<'_>) -> Verdict {
        match self {
            Self::Everyone => Verdict::Allowed,
            Self::Others => Verdict::Silent,
            Self::Aws(names) => names
                .iter()
                .map(|name| named(name, caller))
                .max()
                .unwrap_or(Verdict::Silent),
        }
    }
}

fn named(name: &str, caller: &Caller<'_>) -> Verdict {
    if name == "*" || name == caller.arn || Some(name) == caller.role_arn {
        Verdict::Allowed
    } else if name == caller.account || name == format!("arn:aws:iam::{}:root", caller.account) {
        Verdict::AllowedForAccount
    } else {
        Verdict::Silent
    }
}

/// `*` stands for any run of characters, `?` for one.
fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to take up again when the run after the last `*` turns out too short.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((after_star, start)) => {
                    retry = Some((after_star, start + 1));
                    p = after_star;
                    t = start + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}
