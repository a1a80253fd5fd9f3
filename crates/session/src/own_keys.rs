//! The user's own access keys at IAM: for replacing the one in the keychain, and for nothing else.

use aws_config::retry::RetryConfig;
use aws_sdk_iam::primitives::DateTime;
use aws_sdk_iam::types::StatusType;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::access_key::KeyId;
use crate::refusal::sort_iam;
use crate::sign_in::config;
use crate::{AccessKey, Clock, Error, SignIn};

/// A key, as IAM knows it.
#[derive(Clone, Debug)]
pub struct OwnKey {
    /// Which.
    pub id: KeyId,
    /// STS takes it.
    pub is_active: bool,
    /// When IAM made it.
    pub made_at: Option<Timestamp>,
    /// When it was used last.
    pub last_use: LastUse,
}

/// When a key was used last, with any service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastUse {
    /// So far as IAM knows, never. It may know of a use some hours late ("GetAccessKeyLastUsed", IAM API reference).
    Never,
    /// Then.
    At(Timestamp),
    /// The user may not ask.
    Untold,
}

/// All keys of the user that `key` belongs to, itself among them; IAM allows two.
///
/// # Errors
/// [`Error::OwnKeysDenied`], [`Error::AccessKeyUnknown`], [`Error::SecretWrong`], [`Error::IamRefused`],
/// [`Error::NotSts`] for what is not IAM, the network's.
pub async fn own_keys(
    request: &SignIn,
    key: &AccessKey,
    clock: &dyn Clock,
) -> Result<Vec<OwnKey>, Error> {
    let client = client(request, key, RetryConfig::standard());
    let listed = client
        .list_access_keys()
        .send()
        .await
        .map_err(|error| sort_iam(error, clock.wall()))?;
    let mut all = Vec::new();
    for known in listed.access_key_metadata {
        let Some(id) = known.access_key_id else {
            continue;
        };
        all.push(OwnKey {
            last_use: last_use(&client, &id, clock).await?,
            id: KeyId::new(&id),
            is_active: known.status != Some(StatusType::Inactive),
            made_at: known.create_date.as_ref().and_then(time),
        });
    }
    Ok(all)
}

async fn last_use(
    client: &aws_sdk_iam::Client,
    id: &str,
    clock: &dyn Clock,
) -> Result<LastUse, Error> {
    let asked = client.get_access_key_last_used().access_key_id(id);
    match asked
        .send()
        .await
        .map_err(|error| sort_iam(error, clock.wall()))
    {
        Ok(answer) => {
            let last = answer
                .access_key_last_used
                .and_then(|last| last.last_used_date);
            let at = last.as_ref().and_then(time);
            Ok(at.map_or(LastUse::Never, LastUse::At))
        }
        // It is good to know, and no more.
        Err(Error::OwnKeysDenied | Error::KeyGone | Error::IamRefused { .. }) => {
            Ok(LastUse::Untold)
        }
        Err(error) => Err(error),
    }
}

/// Makes another key for the same user. Asked once: when the answer is lost, there is a key whose secret nobody knows.
///
/// # Errors
/// As [`own_keys`]; [`Error::TooManyKeys`].
pub async fn make_own_key(
    request: &SignIn,
    key: &AccessKey,
    clock: &dyn Clock,
) -> Result<AccessKey, Error> {
    let client = client(request, key, RetryConfig::disabled());
    let answer = client
        .create_access_key()
        .send()
        .await
        .map_err(|error| sort_iam(error, clock.wall()))?;
    let made = answer.access_key.ok_or(Error::NotSts)?;
    let secret = SecretString::from(made.secret_access_key);
    AccessKey::new(&made.access_key_id, &secret).map_err(|_| Error::NotSts)
}

/// From now on STS does not take it any more. Running sessions go on.
///
/// # Errors
/// As [`own_keys`]; [`Error::KeyGone`].
pub async fn deactivate_own_key(
    request: &SignIn,
    key: &AccessKey,
    which: &KeyId,
    clock: &dyn Clock,
) -> Result<(), Error> {
    let client = client(request, key, RetryConfig::standard());
    let update = client.update_access_key().access_key_id(which.as_str());
    let update = update.status(StatusType::Inactive);
    update
        .send()
        .await
        .map(drop)
        .map_err(|error| sort_iam(error, clock.wall()))
}

/// Deletes it for ever. One that is gone already is no error.
///
/// # Errors
/// As [`own_keys`].
pub async fn delete_own_key(
    request: &SignIn,
    key: &AccessKey,
    which: &KeyId,
    clock: &dyn Clock,
) -> Result<(), Error> {
    let client = client(request, key, RetryConfig::standard());
    let delete = client.delete_access_key().access_key_id(which.as_str());
    match delete
        .send()
        .await
        .map_err(|error| sort_iam(error, clock.wall()))
    {
        Ok(_) | Err(Error::KeyGone) => Ok(()),
        Err(error) => Err(error),
    }
}

/// IAM has no regions; the endpoint is the partition's. A destination with a STS of its own has its IAM there.
fn client(request: &SignIn, key: &AccessKey, retries: RetryConfig) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&config(request, key, retries))
}

fn time(date: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(date.secs()).ok()
}
