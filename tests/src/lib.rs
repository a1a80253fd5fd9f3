//! The harness under the stories: real programs on real sockets, each in surroundings of its own.
//!
//! | piece | is |
//! |---|---|
//! | [`keyring`] | a private D-Bus session bus with a real gnome-keyring on it |
//! | [`sandglass`] | the built command line in its own data folder |
//! | [`weed`] | `SeaweedFS`: a real S3 and STS server that nobody here wrote |
//! | [`moto`] | IAM, STS and S3 that nobody here wrote either, and that keep less to S3's rules |
//! | [`short_sessions`] | a door before its STS that makes sessions of seconds |
//! | [`line`] | the line to a server: seen, and parts held back on request |
//! | [`fault_line`] | the same line, on which chosen requests go wrong |
//! | [`proxy`] | a real HTTP proxy, tinyproxy |
//! | [`tls_end`] | TLS before a server, with a private authority: stunnel and OpenSSL |
//! | [`onlooker`] | what really lies in a bucket, seen with an administrator's key |
//! | [`dice`] | chance that can be repeated |
//! | [`files`] | awkward folders, big files, and whether bytes arrived |
//! | [`display`] | a screen that nobody sees, a window manager, a hand and a camera |
//! | [`file_manager`] | a real file manager to drag from |
//! | [`traces`] | where a secret could be left behind, and in which shapes |
//! | [`window`] | the built window, looked into by `WebDriver` |
//!
//! Readiness is a condition that is looked at until a deadline ([`wait`]), never a pause. What was started is ended,
//! by pid, when its value goes away.

#![expect(
    clippy::missing_panics_doc,
    reason = "a harness fails by panicking, with a sentence that says what did not happen"
)]

pub mod answers;
pub mod command;
pub mod destination;
pub mod dice;
pub mod display;
pub mod fault_line;
pub mod file_manager;
pub mod files;
pub mod keyring;
pub mod leash;
pub mod line;
pub mod logind;
mod message;
pub mod moto;
pub mod notifications;
pub mod onlooker;
pub mod place;
pub mod proxy;
pub mod sandglass;
pub mod screen_reader;
pub mod short_sessions;
pub mod tls_end;
pub mod traces;
pub mod wait;
pub mod web_memory;
pub mod weed;
pub mod window;
