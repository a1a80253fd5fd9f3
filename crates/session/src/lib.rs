//! WHO: the access key in the keychain becomes a session that ends.
//!
//! | step | file | does |
//! |---|---|---|
//! | access key | `access_key.rs` | the IAM user's key pair, typed or read from the console's CSV file |
//! | keychain | `keychain.rs` | keeps it in the operating system's own store, and nowhere else |
//! | names | `names.rs` | role ARN, region, MFA serial and the like, checked before anything is asked |
//! | clock | `clock.rs` | a time that counts suspend, passed in |
//! | profiles | `profiles.rs` | what other tools' `~/.aws` says, read when the person asks for it |
//! | sign in | `sign_in.rs` | one AssumeRole: what the key is for |
//! | own keys | `own_keys.rs` | the key's other use: when the person rotates it, IAM's word about it |
//! | session | `session.rs` | what STS gave: temporary, in memory only, never renewed by itself |
//!
//! Deliberately absent: S3, a credentials provider (it would renew the session unasked), and any file on disk.

mod access_key;
mod clock;
mod error;
mod keychain;
mod names;
mod own_keys;
mod profiles;
mod proxy_password;
mod refusal;
mod session;
mod sign_in;
mod used_codes;

pub use access_key::{AccessKey, KeyEnds, KeyId};
pub use clock::{Clock, SystemClock};
pub use error::BoxError;
pub use error::Error;
pub use keychain::{Keychain, MemoryKeychain, SystemKeychain, forget, keep, read};
pub use names::{
    ExternalId, MfaCode, MfaSerial, NameError, Region, RoleArn, SessionLength, SessionName,
    SessionTags, SourceIdentity,
};
pub use own_keys::{LastUse, OwnKey, OwnKeys};
pub use profiles::{Profile, Profiles};
pub use proxy_password::{forget_proxy_password, keep_proxy_password, read_proxy_password};
pub use refusal::Refusal;
pub use session::{Session, SessionKeys};
pub use sign_in::{Granted, Identity, SignIn, caller, identify, prove, sign_in};
pub use used_codes::UsedCodes;
