//! `sandbox`: a small AWS on this computer, until stopped.

use std::process::ExitCode;

use app::{Failure, Home};
use serde::Serialize;

use crate::arguments::Sandbox;
use crate::exit;
use crate::say::Voice;

/// The only place where a secret is printed: it is the sandbox's own, and good for nothing else.
#[derive(Serialize)]
struct AddressObject {
    endpoint: String,
    role_arn: String,
    bucket: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
}

pub(crate) async fn sandbox(home: &Home, arguments: Sandbox) -> Result<ExitCode, Failure> {
    let folder = arguments
        .dir
        .unwrap_or_else(|| home.folder().join("sandbox"));
    let open = app::open_sandbox(&folder, arguments.port, arguments.session_seconds).await?;
    let address = open.address();
    let object = AddressObject {
        endpoint: address.endpoint.clone(),
        role_arn: address.role_arn.clone(),
        bucket: address.bucket.clone(),
        region: address.region.clone(),
        access_key_id: address.access_key_id.clone(),
        secret_access_key: address.secret_access_key.clone(),
    };
    Voice::Json.say(&object, String::new);
    // Without a signal handler the process simply ends; SQLite's files survive that too.
    let _ = tokio::signal::ctrl_c().await;
    Ok(ExitCode::from(exit::DONE))
}
