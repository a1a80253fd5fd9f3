//! A role's trust policy as one user meets it.

use serde_json::{Value, json};

use super::plan::Withheld;
use super::policy::{
    conditions, covers_action, list, names, statements, with_added, with_statements,
};

const ASSUME: &str = "sts:AssumeRole";

/// Who asks for a session, and what it brings.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The user, by ARN.
    pub(super) arn: String,
    /// The user's whole account, as trust policies name it: then the user's own policy decides.
    pub(super) account: [String; 2],
    /// A one-time code comes along.
    pub(super) has_mfa: bool,
    /// As it is sent.
    pub(super) external_id: Option<String>,
}

/// What a trust policy says to that.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trusts {
    /// The user may come in; `by_name`: named itself, and no policy of its own is asked.
    LetsIn { by_name: bool },
    /// It would, once it reads like this.
    Lacks(Value),
    /// No statement more would help, or be right.
    Withheld(Withheld),
}

/// `ours` is the statement that would let the user in: it asks for no more than the destination brings.
pub(super) fn trusts(trust: &Value, caller: &Caller, ours: &Value) -> Trusts {
    let all = statements(trust);
    if let Some(why) = all.iter().find_map(|one| caller.is_kept_out(one)) {
        return Trusts::Withheld(why);
    }
    let (met, unmet): (Vec<_>, Vec<_>) =
        allowing(&all, caller, ASSUME).partition(|one| caller.meets(&one["Condition"]));
    let Some(first) = met.first() else {
        if !unmet.is_empty() {
            return Trusts::Withheld(Withheld::Condition);
        }
        return lacks_entry(trust, &all, caller, ours);
    };
    // Tags and a source identity are allowed by actions of their own.
    let is_allowed = |action: &&Value| {
        let action = action.as_str().unwrap_or_default();
        allowing(&all, caller, action).any(|one| caller.meets(&one["Condition"]))
    };
    let actions = list(&ours["Action"]);
    let lacking: Vec<&Value> = actions.iter().filter(|one| !is_allowed(one)).collect();
    if lacking.is_empty() {
        let by_name = met.iter().any(|one| caller.is_named(one));
        return Trusts::LetsIn { by_name };
    }
    // Under the conditions that let the user in, and no weaker ones.
    let mut more = under(ours, &first["Condition"]);
    more["Action"] = json!(lacking);
    Trusts::Lacks(with_added(&without_gone(trust), &[more]))
}

/// Nobody lets the user in: ours would. Where a user of that name was deleted and made again, under the condition that the old one
/// had.
fn lacks_entry(trust: &Value, all: &[Value], caller: &Caller, ours: &Value) -> Trusts {
    if all.iter().any(is_written_around) {
        return Trusts::Withheld(Withheld::Unclear);
    }
    let of_gone = all
        .iter()
        .filter(|one| one["Effect"] == "Allow" && covers_action(one, ASSUME) && names_gone(one));
    let old: Vec<&Value> = of_gone.map(|one| &one["Condition"]).collect();
    let ours = match old.iter().find(|one| caller.meets(one)) {
        None if !old.is_empty() => return Trusts::Withheld(Withheld::Condition),
        Some(condition) if !condition.is_null() => under(ours, condition),
        _ => ours.clone(),
    };
    Trusts::Lacks(with_added(&without_gone(trust), &[ours]))
}

fn under(statement: &Value, condition: &Value) -> Value {
    let mut conditioned = statement.clone();
    if let Some(fields) = conditioned.as_object_mut() {
        fields.remove("Condition");
        if !condition.is_null() {
            fields.insert("Condition".to_owned(), condition.clone());
        }
    }
    conditioned
}

fn allowing<'a>(
    all: &'a [Value],
    caller: &'a Caller,
    action: &'a str,
) -> impl Iterator<Item = &'a Value> {
    all.iter().filter(move |one| {
        one["Effect"] == "Allow" && covers_action(one, action) && caller.is_meant(one)
    })
}

/// By what it is not: who is meant, or what, cannot be read off it.
fn is_written_around(statement: &Value) -> bool {
    !statement["NotAction"].is_null() || !statement["NotPrincipal"].is_null()
}

impl Caller {
    fn is_named(&self, statement: &Value) -> bool {
        let principal = &statement["Principal"];
        let is_it = |name: &str| name == self.arn || name == "*";
        principal == "*" || names(&principal["AWS"], is_it)
    }

    fn is_meant(&self, statement: &Value) -> bool {
        let is_account = |name: &str| self.account.iter().any(|known| known == name);
        self.is_named(statement) || names(&statement["Principal"]["AWS"], is_account)
    }

    /// Why a denial keeps the user out, where it does. One under another condition is for cases that cannot be told from here.
    fn is_kept_out(&self, statement: &Value) -> Option<Withheld> {
        if statement["Effect"] != "Deny" {
            return None;
        }
        if is_written_around(statement) {
            return Some(Withheld::Unclear);
        }
        if !covers_action(statement, ASSUME) || !self.is_meant(statement) {
            return None;
        }
        match &statement["Condition"] {
            Value::Null => Some(Withheld::Deny),
            condition if self.triggers(condition) => Some(Withheld::Condition),
            _ => None,
        }
    }

    /// As far as it can be told from here: where a request comes from, and when, is the administrator's to know.
    fn meets(&self, condition: &Value) -> bool {
        conditions(condition)
            .all(|(operator, key, value)| self.is_so(operator, key, value).unwrap_or(true))
    }

    /// Is a denial meant for what this caller does not bring?
    fn triggers(&self, condition: &Value) -> bool {
        conditions(condition)
            .all(|(operator, key, value)| self.is_so(operator, key, value).unwrap_or(false))
    }

    /// None: it cannot be told from here.
    fn is_so(&self, operator: &str, key: &str, value: &Value) -> Option<bool> {
        let is_true = names(value, |word| word.eq_ignore_ascii_case("true")) || value == true;
        match key.to_ascii_lowercase().as_str() {
            // Null asks whether the key is missing; BoolIfExists takes a missing one for a match.
            "aws:multifactorauthpresent" if operator == "Null" => Some(is_true != self.has_mfa),
            "aws:multifactorauthpresent" => {
                // A long-lived key that brings no code has no such key at all.
                let is_forgiving = operator.ends_with("IfExists") && !self.has_mfa;
                Some(is_forgiving || (self.has_mfa && is_true))
            }
            "aws:multifactorauthage" => Some(self.has_mfa),
            "sts:externalid" => {
                let sent = self.external_id.as_deref();
                let is_it = sent.is_some_and(|sent| names(value, |word| word == sent));
                Some(is_it != operator.contains("Not"))
            }
            _ => None,
        }
    }
}

/// The id of a user or a role that was deleted: IAM writes an ARN for every one that is there, and saves no policy that names one
/// that is not ("AWS JSON policy elements: Principal", IAM user guide).
fn is_gone(name: &str) -> bool {
    (name.starts_with("AIDA") || name.starts_with("AROA"))
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn names_gone(statement: &Value) -> bool {
    names(&statement["Principal"]["AWS"], is_gone)
}

/// Without these ids; a statement that names nobody else goes with them.
pub(super) fn without_gone(trust: &Value) -> Value {
    let mut all = statements(trust);
    for statement in all.iter_mut().filter(|one| names_gone(one)) {
        let known = list(&statement["Principal"]["AWS"]);
        let is_there = |name: &Value| !name.as_str().is_some_and(is_gone);
        let left: Vec<Value> = known.into_iter().filter(is_there).collect();
        if let Some(principal) = statement["Principal"].as_object_mut() {
            if left.is_empty() {
                principal.remove("AWS");
            } else {
                principal.insert("AWS".to_owned(), json!(left));
            }
        }
    }
    all.retain(|one| one["Principal"] != json!({}));
    with_statements(trust, all)
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
