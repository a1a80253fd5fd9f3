//! What a refused person sends to the administrator.

use account::{Language, Letter, Refused};
use session::{Error, Refusal};

use super::{App, Inner, options_of};
use crate::Failure;
use crate::destination::DestinationId;

/// Why the last sign-in was refused, and whose key it was.
#[derive(Clone, Debug)]
pub(crate) struct LastRefusal {
    refused: Refused,
    caller: Option<String>,
}

impl LastRefusal {
    /// None for what no administrator of the role can help with.
    pub(super) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::RoleRefused { refusal, caller } => Some(Self {
                refused: match refusal {
                    Refusal::Untold => Refused::Session,
                    Refusal::Trust | Refusal::Tags => Refused::ByTrust,
                    Refusal::User => Refused::ByUser,
                },
                caller: caller.clone(),
            }),
            Error::RegionDisabled | Error::RegionNotEnabled => Some(Self {
                refused: Refused::InRegion,
                caller: None,
            }),
            _ => None,
        }
    }
}

/// What was refused, and is written about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterAbout {
    /// The last sign-in.
    SignIn,
    /// The list, or an upload.
    Bucket,
    /// To rotate the access key.
    OwnKeys,
}

impl App {
    /// The text for the administrator: what was refused, who asked, and the policies that would allow it.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`](crate::Code::DestinationUnknown).
    pub fn administrator_letter(
        &self,
        id: &DestinationId,
        about: LetterAbout,
        language: Language,
    ) -> Result<String, Failure> {
        let destination = self.inner.destination(id)?;
        let (refused, caller) = self.inner.refused(id, about);
        let needs = options_of(&destination);
        let letter = Letter {
            refused,
            caller: caller.as_deref(),
            role_arn: destination.role_arn.as_str(),
            region: &destination.target.region,
            bucket: destination.target.bucket.as_str(),
            prefix: destination.prefix.as_str(),
            external_id: destination
                .external_id
                .as_ref()
                .map(session::ExternalId::as_str),
            has_mfa: destination.mfa_serial.is_some(),
            has_tags: !destination.asks.tags.pairs().is_empty(),
            has_source_identity: destination.asks.source_identity.is_some(),
            needs: Some(&needs),
        };
        Ok(account::letter(&letter, language))
    }
}

impl Inner {
    /// What a letter says was refused, and to whom, where STS told it.
    fn refused(&self, id: &DestinationId, about: LetterAbout) -> (Refused, Option<String>) {
        let state = self.state();
        match about {
            LetterAbout::Bucket => (Refused::InBucket, None),
            LetterAbout::OwnKeys => {
                let caller = state.own_keys_of.get(id).cloned().flatten();
                (Refused::OwnKeys, caller)
            }
            LetterAbout::SignIn => match state.refusals.get(id) {
                Some(last) => (last.refused, last.caller.clone()),
                None => (Refused::Session, None),
            },
        }
    }
}
