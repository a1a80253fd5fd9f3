//! The sandbox as AWS's own SDKs see it.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "server/client.rs"]
mod client;
#[path = "server/faults.rs"]
mod faults;
#[path = "server/keys.rs"]
mod keys;
#[path = "server/multipart.rs"]
mod multipart;
#[path = "server/objects.rs"]
mod objects;
#[path = "server/sessions.rs"]
mod sessions;
#[path = "server/wire.rs"]
mod wire;
