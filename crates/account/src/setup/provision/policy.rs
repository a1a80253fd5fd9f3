//! Policies as JSON: compared by what they mean, and joined so that nothing of what stands there is lost.

use serde_json::{Value, json};

use crate::setup::administrator::ProvisionError;

/// In a policy one may stand without a list, and nothing for none.
pub(super) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

/// A policy's statements.
pub(super) fn statements(policy: &Value) -> Vec<Value> {
    list(&policy["Statement"])
}

/// Operator, key and value of each of a statement's conditions.
pub(super) fn conditions(condition: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let operators = condition.as_object().into_iter().flatten();
    operators.flat_map(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(move |(key, value)| (operator.as_str(), key.as_str(), value))
    })
}

/// The policy with these statements, and all else of it as it is.
pub(super) fn with_statements(policy: &Value, statements: Vec<Value>) -> Value {
    let mut changed = if policy.is_object() {
        policy.clone()
    } else {
        json!({"Version": "2012-10-17"})
    };
    changed["Statement"] = Value::Array(statements);
    changed
}

/// IAM gives documents back percent-encoded ("GetRole", IAM API reference).
///
/// # Errors
/// [`ProvisionError::Refused`]: what cannot be read must not be taken for nothing.
pub(super) fn decoded(
    action: &'static str,
    document: Option<&str>,
) -> Result<Value, ProvisionError> {
    let text = percent_encoding::percent_decode_str(document.unwrap_or_default());
    read(action, &text.decode_utf8_lossy())
}

/// A document as S3 gives it back: as it is.
///
/// # Errors
/// As [`decoded`].
pub(super) fn read(action: &'static str, text: &str) -> Result<Value, ProvisionError> {
    let document: Option<Value> = serde_json::from_str(text).ok();
    let document = document.filter(Value::is_object);
    document.ok_or_else(|| ProvisionError::Refused {
        action,
        code: "not a policy".to_owned(),
    })
}

/// IAM's wildcards: `*` is any text, `?` any character ("Resource", IAM JSON policy elements).
///
/// Only the last `*` is ever tried again: an earlier one could give nothing that it does not, and a policy with many of them, which
/// anybody may have written, would take for ever.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut again = None;
    loop {
        let rest = text.clone();
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                // The star takes nothing at first, and with each try one character more.
                text = rest.clone();
                again = Some((pattern.clone(), rest));
            }
            (Some(wanted), Some(one)) if wanted == '?' || wanted == one => {}
            _ => {
                let Some((after_star, from)) = &mut again else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                pattern = after_star.clone();
                text = from.clone();
            }
        }
    }
}

/// Does the statement name the action? Upper and lower case are one ("Action", IAM JSON policy elements).
pub(super) fn covers_action(statement: &Value, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    names(&statement["Action"], |one| {
        matches(&one.to_ascii_lowercase(), &action)
    })
}

/// Does the statement name the resource, by its ARN?
pub(super) fn covers_resource(statement: &Value, resource: &str) -> bool {
    names(&statement["Resource"], |one| matches(one, resource))
}

/// A list of one and its member mean the same, and the order of a list means nothing.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    normal(one) == normal(other)
}

fn normal(value: &Value) -> Value {
    match value {
        Value::Array(all) if all.len() == 1 => normal(&all[0]),
        Value::Array(all) => {
            let mut all: Vec<Value> = all.iter().map(normal).collect();
            all.sort_by_key(Value::to_string);
            Value::Array(all)
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), normal(value)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

/// Both say the same, whatever they are called.
fn says_the_same(one: &Value, other: &Value) -> bool {
    let (mut one, mut other) = (one.clone(), other.clone());
    for statement in [&mut one, &mut other] {
        if let Some(fields) = statement.as_object_mut() {
            fields.remove("Sid");
        }
    }
    is_same(&one, &other)
}

/// What stands there, and those of ours that it does not say yet, under names of their own.
pub(super) fn with_added(policy: &Value, ours: &[Value]) -> Value {
    let mut all = statements(policy);
    for our in ours {
        if !all.iter().any(|one| says_the_same(one, our)) {
            let named = with_free_sid(our, &all);
            all.push(named);
        }
    }
    with_statements(policy, all)
}

/// What stands there, with ours in the place of what has their names.
pub(super) fn with_replaced(policy: &Value, ours: &[Value]) -> Value {
    let mut all = statements(policy);
    all.retain(|one| ours.iter().all(|our| our["Sid"] != one["Sid"]));
    all.extend(ours.iter().cloned());
    with_statements(policy, all)
}

/// A Sid stands once in a policy ("Sid", IAM JSON policy elements).
fn with_free_sid(statement: &Value, all: &[Value]) -> Value {
    let mut named = statement.clone();
    let Some(sid) = statement["Sid"].as_str() else {
        return named;
    };
    let mut number = 2;
    while all.iter().any(|one| one["Sid"] == named["Sid"]) {
        named["Sid"] = json!(format!("{sid}{number}"));
        number += 1;
    }
    named
}

/// Is it this text, or a list with it?
pub(super) fn names(value: &Value, is_wanted: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).any(is_wanted),
        one => one.as_str().is_some_and(is_wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_compared_by_what_they_mean() {
        let one = json!({"Statement": [{"Action": ["s3:PutObject"], "Resource": ["b", "a"]}]});
        let other = json!({"Statement": {"Resource": ["a", "b"], "Action": "s3:PutObject"}});
        assert!(is_same(&one, &other));
        let third = json!({"Statement": {"Resource": ["a"], "Action": "s3:PutObject"}});
        assert!(!is_same(&one, &third));
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%7D";
        let read = decoded("GetRole", Some(encoded)).expect("JSON");
        assert_eq!(read["Version"], "2012-10-17");
    }

    #[test]
    fn what_cannot_be_read_is_no_empty_policy() {
        for text in ["", "nothing", "[]", "null"] {
            assert!(read("GetBucketPolicy", text).is_err(), "{text}");
        }
    }

    #[test]
    fn wildcards_are_iams() {
        for (pattern, text) in [
            ("sts:Assume*", "sts:AssumeRole"),
            ("*", ""),
            ("s3:?utObject", "s3:PutObject"),
            ("arn:aws:s3:::b/in*ing/*", "arn:aws:s3:::b/incoming/日.txt"),
        ] {
            assert!(matches(pattern, text), "{pattern}");
        }
        assert!(!matches("sts:Assume", "sts:AssumeRole"));
        assert!(!matches("s3:Put?", "s3:Put"));
        assert!(matches("a*b*c", "a-b-bc-c") && !matches("a*b*c", "a-c-b"));
        let statement = json!({"Action": "STS:assumerole"});
        assert!(covers_action(&statement, "sts:AssumeRole"));
    }

    /// Without an end to the trying, this one outlives everybody.
    #[test]
    fn a_policy_of_many_stars_is_read_at_once() {
        assert!(!matches(&"*a".repeat(500), &"a".repeat(499)));
        assert!(matches(&"*a".repeat(500), &"a".repeat(600)));
    }

    #[test]
    fn what_is_added_takes_nothing_away_and_comes_once() {
        let ours = [json!({"Sid": "Upload", "Effect": "Allow", "Resource": "b/incoming/*"})];
        let is = json!({"Version": "2012-10-17", "Id": "theirs",
            "Statement": {"Sid": "Upload", "Effect": "Allow", "Resource": "b/outgoing/*"}});
        let joined = with_added(&is, &ours);
        assert_eq!(joined["Id"], "theirs");
        assert_eq!(joined["Statement"][0]["Resource"], "b/outgoing/*");
        assert_eq!(joined["Statement"][1]["Sid"], "Upload2");
        assert_eq!(with_added(&joined, &ours), joined);
        assert_eq!(
            with_added(&Value::Null, &ours)["Version"],
            "2012-10-17",
            "where nothing stands"
        );
    }
}
