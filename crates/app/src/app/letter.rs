//! What a refused person sends to the administrator.

use account::{Language, Letter, Refused};
use session::{Error, Refusal};

use super::App;
use crate::Failure;
use crate::destination::DestinationId;

/// Why the last sign-in, or replacing the key, was refused, and whose key it was.
#[derive(Clone, Debug)]
pub(crate) struct LastRefusal {
    refused: Refused,
    caller: Option<String>,
}

impl LastRefusal {
    /// The user may not replace its own access key.
    pub(super) fn of_own_keys(caller: Option<String>) -> Self {
        Self {
            refused: Refused::OwnKeys,
            caller,
        }
    }

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

impl App {
    /// The text for the administrator: what was refused last, who asked, and the policies that would allow it. After a
    /// sign-in it is about the bucket.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`](crate::Code::DestinationUnknown).
    pub fn administrator_letter(
        &self,
        id: &DestinationId,
        language: Language,
    ) -> Result<String, Failure> {
        let destination = self.inner.destination(id)?;
        let last = self.inner.state().refusals.get(id).cloned();
        let letter = Letter {
            refused: last.as_ref().map_or(Refused::InBucket, |last| last.refused),
            caller: last.as_ref().and_then(|last| last.caller.as_deref()),
            role_arn: destination.role_arn.as_str(),
            region: &destination.target.region,
            bucket: destination.target.bucket.as_str(),
            prefix: destination.prefix.as_str(),
            external_id: destination
                .external_id
                .as_ref()
                .map(session::ExternalId::as_str),
            has_mfa: destination.mfa_serial.is_some(),
        };
        Ok(account::letter(&letter, language))
    }
}
