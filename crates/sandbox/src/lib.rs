//! A small AWS in one process, on loopback only: STS, IAM's decisions and S3, for trying the app and for tests.
//!
//! S3's protocol (signatures, aws-chunked, XML) is [`s3s`]'s. What is behind it is the sandbox's own:
//!
//! | module | knows |
//! |---|---|
//! | `server`, `body` | connections, faults, counts |
//! | `access`, `account`, `keys`, `policy`, `session` | who calls, and whether they may |
//! | `query`, `signature`, `sts`, `iam` | STS's operations, and IAM's about the user's own access keys |
//! | `bucket` | S3's operations |
//! | `store` | objects, uploads, bodies |
//!
//! Everything lives in one folder and is found again there: the access key, the policies and the bucket's content. Sessions
//! are not; a restart ends them.

mod access;
mod account;
mod body;
mod bucket;
mod counts;
pub mod documents;
mod error;
mod faults;
mod iam;
mod keys;
mod policy;
mod query;
mod random;
mod server;
mod session;
mod signature;
mod store;
mod sts;

pub use counts::{Counts, Operation, ReceivedPart, operation_of};
pub use error::Error;
pub use faults::{Fault, Faults};
pub use policy::Unreadable;

use account::Account;
use serde_json::Value;
use server::Front;
use session::Sessions;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use store::{Condition, NewObject, Refusal, Store};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How a sandbox starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything is kept. Made if it is not there.
    pub dir: PathBuf,
    /// The port on 127.0.0.1; 0 for any that is free.
    pub port: u16,
    /// The length of every session, whatever the client asks for.
    pub session_seconds: Option<u64>,
    /// How many seconds of a session pass within one: at 60, one that tells a minute ends after a second.
    pub session_pace: u32,
    /// The role's permissions policy; without it [`documents::role_policy`].
    pub role_policy: Option<Value>,
    /// The role's trust policy; without it [`documents::trust_policy`].
    pub trust_policy: Option<Value>,
    /// The user's inline policy; without it [`documents::user_policy_with_own_keys`].
    pub user_policy: Option<Value>,
    /// The bucket's policy, whose denials count; without it, the bucket denies nothing.
    pub bucket_policy: Option<Value>,
    /// The role's MaxSessionDuration.
    pub max_session_seconds: u64,
    /// Signatures for any region are taken; without it, only those for the bucket's.
    pub takes_any_region: bool,
    /// What STS does otherwise.
    pub sts: StsOptions,
}

/// What STS does otherwise than by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct StsOptions {
    /// A refused AssumeRole names the kind of policy that is missing at the role, too.
    pub tells_trust: bool,
    /// A refused AssumeRole tells no reason at all.
    pub tells_nothing: bool,
    /// The longest session policy, in characters, that it can pack; longer ones are `PackedPolicyTooLarge`.
    pub longest_policy: Option<usize>,
    /// The user's key is known to STS and IAM only so long after the start.
    pub key_known_after: Option<std::time::Duration>,
    /// Keys that IAM makes are known to STS, and to IAM itself, only so long after that.
    pub made_key_known_after: Option<std::time::Duration>,
    /// STS is not active in the region.
    pub is_inactive: bool,
}

impl Options {
    /// The tutorial's account in `dir`: any port, corrected policies, sessions of up to twelve hours.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            port: 0,
            session_seconds: None,
            session_pace: 1,
            role_policy: None,
            trust_policy: None,
            user_policy: None,
            bucket_policy: None,
            max_session_seconds: 43_200,
            takes_any_region: false,
            sts: StsOptions::default(),
        }
    }
}

/// What a client needs to know. `Debug` leaves the secret out.
#[derive(Clone)]
pub struct Address {
    /// `http://127.0.0.1:PORT`, for S3 (path style) and STS alike.
    pub endpoint: String,
    /// The role to assume.
    pub role_arn: String,
    /// The user that the access key belongs to.
    pub user_arn: String,
    /// The bucket.
    pub bucket: String,
    /// The region.
    pub region: String,
    /// The user's access key id.
    pub access_key_id: String,
    /// The user's secret access key.
    pub secret_access_key: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("endpoint", &self.endpoint)
            .field("role_arn", &self.role_arn)
            .field("user_arn", &self.user_arn)
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// An object that the bucket holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// The key.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// The full object's CRC64NVME, as a number.
    pub crc64nvme: u64,
    /// Without quotes.
    pub etag: String,
}

/// What the parts of the sandbox share.
pub(crate) struct State {
    pub(crate) account: Account,
    pub(crate) sessions: Sessions,
    pub(crate) store: Arc<Store>,
    pub(crate) faults: Faults,
    pub(crate) counting: counts::Counting,
    pub(crate) session_seconds: Option<u64>,
    pub(crate) session_pace: u32,
    pub(crate) takes_any_region: bool,
    pub(crate) sts: StsOptions,
    pub(crate) codes: sts::UsedCodes,
}

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    address: Address,
    state: Arc<State>,
    stop: DropGuard,
    accepting: JoinHandle<()>,
}

impl Sandbox {
    /// Opens the folder and listens.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let port = options.port;
        let listen_error = |source| Error::Listen { port, source };
        let state = tokio::task::spawn_blocking(move || State::open(&options));
        let state = Arc::new(
            state
                .await
                .map_err(|error| listen_error(std::io::Error::other(error)))??,
        );
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .map_err(listen_error)?;
        let address = state.address(listener.local_addr().map_err(listen_error)?.port());
        let front = Front {
            state: Arc::clone(&state),
            s3: service(&state),
            query: query::Query(Arc::clone(&state)),
        };
        let stop = CancellationToken::new();
        let accepting = tokio::spawn(server::accept(listener, front, stop.clone()));
        Ok(Self {
            address,
            state,
            stop: stop.drop_guard(),
            accepting,
        })
    }

    /// Where it is and how to sign in.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// [`Sandbox::address`], with the first key that is active now.
    pub fn address_now(&self) -> Address {
        let key = self.state.account.keys.first();
        Address {
            access_key_id: key.id,
            secret_access_key: key.secret,
            ..self.address.clone()
        }
    }

    /// What goes wrong next.
    pub fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// What was received so far.
    pub fn counts(&self) -> Counts {
        self.state.counting.now()
    }

    /// Every object in the bucket, in key order.
    pub fn objects(&self) -> Result<Vec<StoredObject>, Error> {
        let objects = self
            .state
            .store
            .objects()
            .map_err(|refusal| self.store_error(refusal))?;
        let stored = |object: store::Object| StoredObject {
            key: object.key,
            size: object.size,
            crc64nvme: object.crc64nvme,
            etag: object.etag,
        };
        Ok(objects.into_iter().map(stored).collect())
    }

    /// The uploads that were begun and neither completed nor aborted: key and upload id.
    pub fn open_uploads(&self) -> Result<Vec<(String, String)>, Error> {
        let uploads = self
            .state
            .store
            .uploads()
            .map_err(|refusal| self.store_error(refusal))?;
        Ok(uploads
            .into_iter()
            .map(|upload| (upload.new.object.key, upload.id))
            .collect())
    }

    /// An object's bytes, all in memory.
    pub fn read_object(&self, key: &str) -> Result<Vec<u8>, Error> {
        let store = &self.state.store;
        let object = store
            .object(key)
            .map_err(|refusal| self.store_error(refusal))?;
        let object = object.ok_or_else(|| Error::NoObject {
            key: key.to_owned(),
        })?;
        let mut bytes = Vec::new();
        for segment in store
            .segments(&object)
            .map_err(|refusal| self.store_error(refusal))?
        {
            bytes.extend(std::fs::read(&segment.path).map_err(Error::folder(segment.path))?);
        }
        Ok(bytes)
    }

    /// Puts an object as the bucket's owner, past every policy.
    pub fn put_object(&self, key: &str, bytes: &[u8]) -> Result<(), Error> {
        let new = NewObject {
            key: key.to_owned(),
            ..NewObject::default()
        };
        let put =
            |store: &Store| store.put(&new, &Condition::default(), store.receive_bytes(bytes)?);
        put(&self.state.store).map_err(|refusal| self.store_error(refusal))
    }

    /// Adds many empty objects quickly; keys that are there already stay as they are.
    pub fn fill(&self, keys: impl Iterator<Item = String>) -> Result<(), Error> {
        self.state
            .store
            .fill(keys)
            .map_err(|refusal| self.store_error(refusal))
    }

    /// Ends every session now.
    pub fn end_all_sessions(&self) {
        self.state.sessions.end_all();
    }

    /// Gives the role another permissions policy, from the next request on and until the sandbox stops. One that cannot be
    /// evaluated allows nothing.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "callers make the document for this call"
    )]
    pub fn set_role_policy(&self, policy: Value) {
        self.state.account.set_role_policy(&policy);
    }

    /// The user's access keys by their ids, in the order in which they were made: which of them are active?
    pub fn user_keys(&self) -> Vec<(String, bool)> {
        let all = self.state.account.keys.all().into_iter();
        all.map(|key| (key.id, key.is_active)).collect()
    }

    /// Makes every key of the user's inactive, as an administrator would.
    pub fn deactivate_keys(&self) {
        for (id, _) in self.user_keys() {
            // Only a folder that cannot be written is left, and its next request says so.
            let _ = self.state.account.keys.set_active(&id, false);
        }
    }

    /// Makes a key of the user's active again, as an administrator would. Does nothing for one that is gone.
    pub fn activate_key(&self, id: &str) {
        // Only a folder that cannot be written is left, and its next request says so.
        let _ = self.state.account.keys.set_active(id, true);
    }

    /// Closes every connection and returns when the folder is free.
    pub async fn stop(self) {
        drop(self.stop);
        let _ = self.accepting.await;
    }

    /// What is stored under a key never refuses the owner; what is left is the folder.
    fn store_error(&self, refusal: Refusal) -> Error {
        match refusal {
            Refusal::Database(error) => Error::Store(error),
            Refusal::File(source) => Error::Folder {
                path: self.state.store.folder().to_owned(),
                source,
            },
            other => {
                let source = std::io::Error::other(other);
                Error::Folder {
                    path: self.state.store.folder().to_owned(),
                    source,
                }
            }
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl State {
    fn open(options: &Options) -> Result<Self, Error> {
        std::fs::create_dir_all(&options.dir).map_err(Error::folder(&options.dir))?;
        Ok(Self {
            account: Account::open(options)?,
            sessions: Sessions::default(),
            store: Arc::new(Store::open(&options.dir)?),
            faults: Faults::default(),
            counting: counts::Counting::default(),
            session_seconds: options.session_seconds,
            session_pace: options.session_pace.max(1),
            takes_any_region: options.takes_any_region,
            sts: options.sts,
            codes: sts::UsedCodes::default(),
        })
    }

    fn address(&self, port: u16) -> Address {
        let key = self.account.keys.first();
        Address {
            endpoint: format!("http://127.0.0.1:{port}"),
            role_arn: documents::role_arn(),
            user_arn: documents::user_arn(),
            bucket: documents::BUCKET.to_owned(),
            region: documents::REGION.to_owned(),
            access_key_id: key.id,
            secret_access_key: key.secret,
        }
    }
}

fn service(state: &Arc<State>) -> s3s::service::S3Service {
    let mut builder = s3s::service::S3ServiceBuilder::new(bucket::Bucket(Arc::clone(state)));
    builder.set_auth(access::Gate(Arc::clone(state)));
    builder.set_access(access::Gate(Arc::clone(state)));
    builder.build()
}
