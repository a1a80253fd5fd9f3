//! Somebody with rights in the account, found where the AWS command line finds them: environment, profiles, SSO, `aws login`.
//! Sandglass never asks for such a person's keys and keeps none.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use network::Unreached;

/// An administrator's temporary session, as the chain gave it.
#[derive(Clone, Debug)]
pub struct Administrator {
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) s3: aws_sdk_s3::Client,
    /// The account, 12 digits.
    pub account: String,
    /// Who it is, by ARN.
    pub arn: String,
    /// `aws`, `aws-cn`, `aws-us-gov`: the ARN's own.
    pub partition: String,
}

/// Why something could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The chain found nobody, or somebody whose session has ended.
    #[error("no administrator is signed in")]
    NobodySignedIn,
    /// The administrator may not do this.
    #[error("not allowed: {action}")]
    Denied {
        /// The API's name for it.
        action: &'static str,
    },
    /// The bucket's name belongs to another account, or the administrator may not see it.
    #[error("the bucket belongs to another account")]
    BucketTaken,
    /// The account's bucket of that name is in another region.
    #[error("the bucket is in another region")]
    BucketElsewhere,
    /// The user has an access key that was used, or is not Sandglass's to remove.
    #[error("the user has a key that is in use")]
    KeyInUse,
    /// What is there is not what the person looked at, or somebody else is signed in.
    #[error("it is otherwise than it was looked at")]
    SeenOtherwise,
    /// The role of that name has another path.
    #[error("the role is {arn}")]
    RoleNamedOtherwise {
        /// Its own.
        arn: String,
    },
    /// IAM did not come to know what was made.
    #[error("not seen in time: {action}")]
    NotInTime {
        /// What was asked last.
        action: &'static str,
    },
    /// No answer.
    #[error("AWS is not reached")]
    Unreached(Option<Unreached>),
    /// A no that has no variant.
    #[error("{action} was refused: {code}")]
    Refused {
        /// The API's name for what was asked.
        action: &'static str,
        /// AWS's code.
        code: String,
    },
}

impl Administrator {
    /// Asks the chain, and STS who that is.
    ///
    /// # Errors
    /// [`ProvisionError::NobodySignedIn`], [`ProvisionError::Unreached`].
    ///
    /// # Cancellation
    /// Safe: nothing is changed.
    pub async fn find(
        region: &str,
        profile: Option<&str>,
        network: Option<network::Client>,
    ) -> Result<Self, ProvisionError> {
        let mut chain =
            aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.to_owned()));
        if let Some(profile) = profile {
            chain = chain.profile_name(profile);
        }
        if let Some(network) = network {
            chain = chain.http_client(network);
        }
        let config = chain.load().await;
        let asked = aws_sdk_sts::Client::new(&config).get_caller_identity();
        let told = asked.send().await.map_err(|error| match &error {
            // Nobody to sign with, or a session that has ended: the remedy is the same.
            SdkError::ServiceError(_) | SdkError::ConstructionFailure(_) => {
                ProvisionError::NobodySignedIn
            }
            _ if network::why(&error).is_none() && is_about_signing(&error) => {
                ProvisionError::NobodySignedIn
            }
            _ => ProvisionError::Unreached(network::why(&error)),
        })?;
        let arn = told.arn.unwrap_or_default();
        Ok(Self {
            iam: aws_sdk_iam::Client::new(&config),
            // An endpoint of the environment's, as tests have it, takes no bucket in its host name.
            s3: aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(&config)
                    .force_path_style(config.endpoint_url().is_some())
                    .build(),
            ),
            account: told.account.unwrap_or_default(),
            partition: arn.split(':').nth(1).unwrap_or("aws").to_owned(),
            arn,
        })
    }
}

impl Administrator {
    /// Is this `arn` somebody with the same rights?
    pub fn is_who(&self, arn: &str) -> bool {
        without_session(arn) == without_session(&self.arn)
    }
}

/// A profile with a role gets a session of another name each time: `assumed-role/role/session` ("GetCallerIdentity", STS API
/// reference).
fn without_session(arn: &str) -> &str {
    match arn.rsplit_once('/') {
        Some((role, _)) if arn.contains(":assumed-role/") => role,
        _ => arn,
    }
}

/// The SDK has no error of its own for a chain that found nobody.
fn is_about_signing<E: std::error::Error + 'static>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(error, SdkError::DispatchFailure(failure) if failure.is_other())
}

/// A no, sorted at its source.
pub(super) enum No {
    /// There is no such thing; for which request.
    Missing(&'static str),
    /// It is there already; for which request.
    Exists(&'static str),
    Other(ProvisionError),
}

/// What IAM and S3 mean by their codes ("Errors" of each operation in their API references).
pub(super) fn no<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> No
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let Some(response) = error.raw_response() else {
        return No::Other(ProvisionError::Unreached(network::why(error)));
    };
    let code = error.code().unwrap_or_default();
    match (code, response.status().as_u16()) {
        (
            "NoSuchEntity"
            | "NoSuchEntityException"
            | "NoSuchBucket"
            | "NoSuchTagSet"
            | "NoSuchBucketPolicy"
            | "NoSuchLifecycleConfiguration"
            | "NotFound"
            | "NoSuchPublicAccessBlockConfiguration"
            | "OwnershipControlsNotFoundError"
            | "ServerSideEncryptionConfigurationNotFoundError",
            _,
        )
        | ("", 404) => No::Missing(action),
        ("EntityAlreadyExists" | "EntityAlreadyExistsException" | "BucketAlreadyOwnedByYou", _) => {
            No::Exists(action)
        }
        ("BucketAlreadyExists", _) => No::Other(ProvisionError::BucketTaken),
        ("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation", _) | ("", 403) => {
            No::Other(ProvisionError::Denied { action })
        }
        ("ExpiredToken" | "ExpiredTokenException" | "InvalidClientTokenId", _) => {
            No::Other(ProvisionError::NobodySignedIn)
        }
        // HeadBucket's refusals have no body.
        ("", status) => No::Other(ProvisionError::Refused {
            action,
            code: status.to_string(),
        }),
        (code, _) => No::Other(ProvisionError::Refused {
            action,
            code: code.to_owned(),
        }),
    }
}

impl From<No> for ProvisionError {
    fn from(no: No) -> Self {
        let refused = |action, code: &str| Self::Refused {
            action,
            code: code.to_owned(),
        };
        match no {
            No::Missing(action) => refused(action, "NoSuchEntity"),
            No::Exists(action) => refused(action, "EntityAlreadyExists"),
            No::Other(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sessions_of_a_role_are_one_administrator_and_two_users_are_two() {
        let of = |session: &str| format!("arn:aws:sts::123456789012:assumed-role/Admin/{session}");
        assert_eq!(without_session(&of("1")), without_session(&of("2")));
        let other = "arn:aws:sts::123456789012:assumed-role/Other/1";
        assert_ne!(without_session(&of("1")), without_session(other));
        let user = |name: &str| format!("arn:aws:iam::123456789012:user/team/{name}");
        assert_ne!(
            without_session(&user("mira")),
            without_session(&user("noor"))
        );
    }
}
