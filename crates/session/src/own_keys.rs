//! The user's own access keys at IAM: for replacing the one in the keychain, and for nothing else.

use aws_config::retry::RetryConfig;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_iam::primitives::DateTime;
use aws_sdk_iam::types::StatusType;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
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

/// The keys of the user that one of them belongs to, which signs.
///
/// # Errors
/// Of every method: [`Error::OwnKeysDenied`], [`Error::AccessKeyUnknown`], [`Error::SecretWrong`], [`Error::ClockOff`],
/// [`Error::IamRefused`], [`Error::NotSts`] for what is not IAM, the network's.
#[derive(Clone, Copy)]
pub struct OwnKeys<'a> {
    request: &'a SignIn,
    key: &'a AccessKey,
    clock: &'a dyn Clock,
}

impl<'a> OwnKeys<'a> {
    /// IAM is asked where, and through which network, `request` asks STS. It has no regions: the endpoint is the partition's. A
    /// destination with a STS of its own has its IAM there.
    pub fn of(request: &'a SignIn, key: &'a AccessKey, clock: &'a dyn Clock) -> Self {
        Self {
            request,
            key,
            clock,
        }
    }

    /// All of them, the one that signs among them; IAM allows two.
    ///
    /// # Errors
    /// As every method.
    pub async fn list(&self) -> Result<Vec<OwnKey>, Error> {
        let asked = self.client(RetryConfig::standard()).list_access_keys();
        let listed = self.told(asked.send().await)?;
        let known = listed.access_key_metadata.into_iter();
        let all = known.filter_map(|known| {
            Some(OwnKey {
                id: KeyId::new(known.access_key_id.as_deref()?),
                is_active: known.status != Some(StatusType::Inactive),
                made_at: known.create_date.as_ref().and_then(time),
            })
        });
        Ok(all.collect())
    }

    /// When one was used last. It is good to know, and no more: who may not ask is told nothing.
    ///
    /// # Errors
    /// The network's, and what is wrong with the key that signs.
    pub async fn last_use(&self, which: &KeyId) -> Result<LastUse, Error> {
        let client = self.client(RetryConfig::standard());
        let asked = client
            .get_access_key_last_used()
            .access_key_id(which.as_str());
        match self.told(asked.send().await) {
            Ok(answer) => {
                let last = answer.access_key_last_used;
                let date = last.and_then(|last| last.last_used_date);
                let at = date.as_ref().and_then(time);
                Ok(at.map_or(LastUse::Never, LastUse::At))
            }
            Err(Error::OwnKeysDenied | Error::KeyGone | Error::IamRefused { .. }) => {
                Ok(LastUse::Untold)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes another. Asked once: when the answer is lost, there is a key whose secret nobody knows.
    ///
    /// # Errors
    /// As every method; [`Error::TooManyKeys`].
    pub async fn make(&self) -> Result<AccessKey, Error> {
        let asked = self.client(RetryConfig::disabled()).create_access_key();
        let answer = self.told(asked.send().await)?;
        let made = answer.access_key.ok_or(Error::NotSts)?;
        let secret = SecretString::from(made.secret_access_key);
        AccessKey::new(&made.access_key_id, &secret).map_err(|_| Error::NotSts)
    }

    /// From now on STS does not take it any more. Running sessions go on.
    ///
    /// # Errors
    /// As every method; [`Error::KeyGone`].
    pub async fn deactivate(&self, which: &KeyId) -> Result<(), Error> {
        let client = self.client(RetryConfig::standard());
        let update = client.update_access_key().access_key_id(which.as_str());
        let update = update.status(StatusType::Inactive);
        self.told(update.send().await).map(drop)
    }

    /// Deletes it for ever. One that is gone already is no error.
    ///
    /// # Errors
    /// As every method.
    pub async fn delete(&self, which: &KeyId) -> Result<(), Error> {
        let client = self.client(RetryConfig::standard());
        let delete = client.delete_access_key().access_key_id(which.as_str());
        match self.told(delete.send().await) {
            Ok(_) | Err(Error::KeyGone) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn client(&self, retries: RetryConfig) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&config(self.request, self.key, retries))
    }

    fn told<T, E>(&self, answer: Result<T, SdkError<E, HttpResponse>>) -> Result<T, Error>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        answer.map_err(|error| sort_iam(error, self.clock.wall()))
    }
}

fn time(date: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(date.secs()).ok()
}
