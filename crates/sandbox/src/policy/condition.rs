//! `Condition`: an operator, a key and the values it may have.

use super::is_like;

#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) operator: Operator,
    /// `..IfExists`: a key that is absent does no harm.
    pub(super) if_exists: bool,
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    Bool,
    Null,
}

impl Operator {
    pub(super) fn read(name: &str) -> Option<Self> {
        Some(match name {
            // For the ARNs that occur here the two pairs mean the same.
            "StringEquals" => Self::StringEquals,
            "StringNotEquals" => Self::StringNotEquals,
            "StringEqualsIgnoreCase" => Self::StringEqualsIgnoreCase,
            "StringLike" | "ArnLike" | "ArnEquals" => Self::StringLike,
            "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => Self::StringNotLike,
            "Bool" => Self::Bool,
            "Null" => Self::Null,
            _ => return None,
        })
    }

    fn is_negative(self) -> bool {
        matches!(self, Self::StringNotEquals | Self::StringNotLike)
    }
}

impl Condition {
    pub(super) fn holds(&self, context: &[(&str, &str)]) -> bool {
        let value = context
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&self.key))
            .map(|(_, value)| *value);
        if self.operator == Operator::Null {
            let absent = if value.is_none() { "true" } else { "false" };
            return self
                .values
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(absent));
        }
        match value {
            // "not equal to X" is true of what is not there.
            None => self.if_exists || self.operator.is_negative(),
            Some(value) => {
                self.values.iter().any(|wanted| self.matches(wanted, value))
                    != self.operator.is_negative()
            }
        }
    }

    fn matches(&self, wanted: &str, value: &str) -> bool {
        match self.operator {
            Operator::StringEquals | Operator::StringNotEquals => wanted == value,
            Operator::StringEqualsIgnoreCase | Operator::Bool | Operator::Null => {
                wanted.eq_ignore_ascii_case(value)
            }
            Operator::StringLike | Operator::StringNotLike => is_like(wanted, value),
        }
    }
}
