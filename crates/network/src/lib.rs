//! HOW both clients reach their server: proxy, trusted certificates; and why one is not reached.
//!
//! | step | file | does |
//! |---|---|---|
//! | settings | `settings.rs` | which proxy, which certificates besides the platform's; checked |
//! | system | `system.rs` | what the environment and the desktop say about proxies |
//! | rules | `rules.rs` | which proxy, if any, a request goes through |
//! | client | `client.rs` | one HTTP client that STS and S3 share |
//! | unreached | `unreached.rs` | why there was no answer, as a closed enum |
//!
//! Deliberately absent: any AWS service, the password's place (the keychain's), and the file of certificates (the app's).

mod client;
mod rules;
mod settings;
mod system;
mod unreached;

pub use aws_smithy_runtime_api::client::http::SharedHttpClient as Client;
pub use client::client;
pub use settings::{Authorities, BadProxy, NO_PROXY, Network, NotPem, Proxy, ProxyUrl};
pub use unreached::{Unreached, why};
