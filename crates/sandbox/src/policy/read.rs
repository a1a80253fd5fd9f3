//! From JSON to a [`Policy`]. What cannot be evaluated is refused, never passed over: a condition that is ignored would
//! turn a narrow policy into a wide one.

use super::condition::{Condition, Operator};
use super::{Matching, Policy, Principals, Statement};
use serde_json::{Map, Value};

/// Why a policy document cannot be evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The document, or a statement in it, is not a JSON object.
    #[error("a policy and its statements must be JSON objects")]
    NotAnObject,
    /// A statement lacks an element, or has one of another form.
    #[error("the policy element {element} is missing or malformed")]
    Element {
        /// Its name.
        element: &'static str,
    },
    /// The sandbox does not know this condition operator.
    #[error("the sandbox does not know the condition operator {operator:?}")]
    Operator {
        /// Its name.
        operator: String,
    },
}

impl Policy {
    /// Reads a document.
    pub(crate) fn read(document: &Value) -> Result<Self, Unreadable> {
        let document = document.as_object().ok_or(Unreadable::NotAnObject)?;
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => {
                statements.iter().map(statement).collect::<Result<_, _>>()?
            }
            Some(single @ Value::Object(_)) => vec![statement(single)?],
            _ => {
                return Err(Unreadable::Element {
                    element: "Statement",
                });
            }
        };
        Ok(Self { statements })
    }
}

fn statement(value: &Value) -> Result<Statement, Unreadable> {
    let value = value.as_object().ok_or(Unreadable::NotAnObject)?;
    let allows = match value.get("Effect").and_then(Value::as_str) {
        Some("Allow") => true,
        Some("Deny") => false,
        _ => return Err(Unreadable::Element { element: "Effect" }),
    };
    let actions =
        matching(value, "Action", "NotAction")?.ok_or(Unreadable::Element { element: "Action" })?;
    let resources = matching(value, "Resource", "NotResource")?;
    let principals = value.get("Principal").map(principals).transpose()?;
    if resources.is_none() && principals.is_none() {
        return Err(Unreadable::Element {
            element: "Resource",
        });
    }
    Ok(Statement {
        allows,
        actions,
        resources,
        principals,
        conditions: conditions(value.get("Condition"))?,
    })
}

fn matching(
    statement: &Map<String, Value>,
    positive: &'static str,
    negative: &'static str,
) -> Result<Option<Matching>, Unreadable> {
    if let Some(value) = statement.get(positive) {
        return Ok(Some(Matching::AnyOf(texts(value, positive)?)));
    }
    match statement.get(negative) {
        Some(value) => Ok(Some(Matching::NoneOf(texts(value, negative)?))),
        None => Ok(None),
    }
}

fn principals(value: &Value) -> Result<Principals, Unreadable> {
    let malformed = || Unreadable::Element {
        element: "Principal",
    };
    match value {
        Value::String(text) if text == "*" => Ok(Principals::Everyone),
        Value::Object(kinds) => match kinds.get("AWS") {
            Some(names) => Ok(Principals::Aws(texts(names, "Principal")?)),
            None => Ok(Principals::Others),
        },
        _ => Err(malformed()),
    }
}

fn conditions(value: Option<&Value>) -> Result<Vec<Condition>, Unreadable> {
    let malformed = || Unreadable::Element {
        element: "Condition",
    };
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let mut conditions = Vec::new();
    for (name, keys) in value.as_object().ok_or_else(malformed)? {
        let (bare, if_exists) = name
            .strip_suffix("IfExists")
            .map_or((name.as_str(), false), |bare| (bare, true));
        let operator = Operator::read(bare).ok_or_else(|| Unreadable::Operator {
            operator: name.clone(),
        })?;
        for (key, values) in keys.as_object().ok_or_else(malformed)? {
            conditions.push(Condition {
                operator,
                if_exists,
                key: key.clone(),
                values: texts(values, "Condition")?,
            });
        }
    }
    Ok(conditions)
}

/// One text or several; a Boolean counts as its text, as IAM takes it.
fn texts(value: &Value, element: &'static str) -> Result<Vec<String>, Unreadable> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Bool(truth) => Ok(vec![truth.to_string()]),
        Value::Array(values) => Ok(values
            .iter()
            .map(|value| texts(value, element))
            .collect::<Result<Vec<_>, _>>()?
            .concat()),
        _ => Err(Unreadable::Element { element }),
    }
}
