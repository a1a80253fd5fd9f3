//! What a destination's sessions are asked for besides the role: as it is typed, and as it is used.

use session::{SessionName, SessionTags, SourceIdentity};

use crate::Failure;
use crate::destination::optional;
use crate::failure::of_name;

/// Session options as a person types them. By default a session carries nothing besides its name, and is narrowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionOptions {
    /// `project=alpha, team=field`; empty for none.
    pub tags: String,
    /// Who acts, for AWS's logs; empty for none.
    pub source_identity: String,
    /// The session's name in AWS's logs; empty for this computer's `user@host`.
    pub name: String,
    /// All that the role may do, instead of only what this destination's uploads need.
    pub is_whole_role: bool,
    /// The role is said to allow deleting: that cannot be found out without deleting something.
    pub may_delete: bool,
}

/// Checked session options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionAsks {
    /// Session tags.
    pub tags: SessionTags,
    /// Who acts, for AWS's logs.
    pub source_identity: Option<SourceIdentity>,
    /// Another session name than `user@host`.
    pub name: Option<SessionName>,
    /// No session policy narrows the role.
    pub is_whole_role: bool,
    /// The role is said to allow deleting.
    pub may_delete: bool,
}

impl SessionOptions {
    /// As they would be typed.
    pub fn of(asks: &SessionAsks) -> Self {
        Self {
            tags: asks.tags.to_string(),
            source_identity: text_of(asks.source_identity.as_ref()),
            name: text_of(asks.name.as_ref()),
            is_whole_role: asks.is_whole_role,
            may_delete: asks.may_delete,
        }
    }

    /// Checks each; the first wrong one is the failure.
    pub(crate) fn check(&self) -> Result<SessionAsks, Failure> {
        Ok(SessionAsks {
            tags: SessionTags::parse(&self.tags).map_err(|error| of_name(&error))?,
            source_identity: optional(&self.source_identity, SourceIdentity::new)?,
            name: optional(&self.name, SessionName::new)?,
            is_whole_role: self.is_whole_role,
            // A narrowed session may not, whatever its role allows.
            may_delete: self.may_delete && self.is_whole_role,
        })
    }
}

fn text_of(name: Option<&impl ToString>) -> String {
    name.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    #[test]
    fn what_is_typed_comes_back_as_it_is_used() {
        let typed = SessionOptions {
            tags: " project=Field Recordings,team = sound ".to_owned(),
            source_identity: "mira".to_owned(),
            name: " mira@studio ".to_owned(),
            is_whole_role: true,
            may_delete: true,
        };
        let asks = typed.check().expect("good options");
        let again = SessionOptions::of(&asks);
        assert_eq!(again.tags, "project=Field Recordings, team=sound");
        assert_eq!(again.name, "mira@studio");
        assert_eq!(again.check(), Ok(asks));
    }

    #[test]
    fn what_sts_would_refuse_is_refused_here() {
        let refused = |options: SessionOptions| options.check().expect_err("refused").code;
        for tags in ["a", "=1", "a=1, A=2", "aws:x=1"] {
            let tags = tags.to_owned();
            let options = SessionOptions {
                tags,
                ..SessionOptions::default()
            };
            assert_eq!(refused(options), Code::BadSessionTags);
        }
        let source_identity = "aws:x".to_owned();
        let options = SessionOptions {
            source_identity,
            ..SessionOptions::default()
        };
        assert_eq!(refused(options), Code::BadSourceIdentity);
        let name = "a b".to_owned();
        let options = SessionOptions {
            name,
            ..SessionOptions::default()
        };
        assert_eq!(refused(options), Code::BadSessionName);
    }
}
