//! `connect`: saves a destination, its key into the keychain.

use std::process::ExitCode;

use app::{Addressing, App, DestinationForm, Failure, KeySource, SessionOptions, UploadOptions};
use secrecy::SecretString;
use serde::Serialize;

use crate::arguments::Connect;
use crate::exit;
use crate::run::line_of_input;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct DestinationObject {
    destination: String,
    name: String,
    role_arn: String,
    region: String,
    bucket: String,
    prefix: String,
    endpoint: Option<String>,
    key_ends: String,
}

pub(crate) async fn connect(
    app: &App,
    arguments: Connect,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let key = match &arguments.key.key_csv {
        Some(file) => KeySource::File {
            ticket: app.read_key_file(file)?.ticket,
        },
        None => KeySource::Typed {
            id: line_of_input(),
            secret: SecretString::from(line_of_input()),
        },
    };
    let form = DestinationForm {
        name: arguments.name,
        role_arn: arguments.role_arn,
        region: arguments.region,
        bucket: arguments.bucket,
        prefix: arguments.prefix,
        endpoint: arguments.endpoint,
        sts_endpoint: arguments.sts_endpoint,
        session_seconds: arguments.session_seconds,
        external_id: arguments.external_id,
        mfa_serial: arguments.mfa_serial,
        addressing: Addressing {
            style: arguments.addressing_style.into(),
            is_fips: arguments.fips,
            is_dual_stack: arguments.dual_stack,
        },
        session: SessionOptions {
            tags: arguments.session_tags.join(","),
            source_identity: arguments.source_identity,
            name: arguments.session_name,
            is_whole_role: arguments.whole_role,
        },
        is_key_new: arguments.new_key,
        uploads: UploadOptions {
            keeps_mtime: arguments.keep_mtime,
            storage_class: arguments.storage_class,
            kms_key: arguments.kms_key,
            tags: arguments.tags.join(","),
            ..UploadOptions::default()
        },
    };
    let saved = app.connect(&form, &key, None).await?;
    let object = DestinationObject {
        destination: saved.id.as_str().to_owned(),
        name: saved.name,
        role_arn: saved.role_arn.to_string(),
        region: saved.target.region,
        bucket: saved.target.bucket.to_string(),
        prefix: saved.prefix.to_string(),
        endpoint: saved.target.endpoint,
        key_ends: saved.key_ends,
    };
    voice.say(&object, || {
        format!(
            "{}: s3://{}/{} (key …{})",
            object.name, object.bucket, object.prefix, object.key_ends
        )
    });
    Ok(ExitCode::from(exit::DONE))
}
