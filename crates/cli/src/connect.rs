//! `connect`: saves a destination, its key into the keychain; typed out, or begun with a drop-zone file or a profile.

use std::process::ExitCode;

use app::{
    Addressing, App, Code, DestinationForm, Failure, KeySource, Offer, SessionOptions,
    UploadOptions,
};
use secrecy::SecretString;

use crate::arguments::{Connect, Style};
use crate::destinations::SavedObject;
use crate::exit;
use crate::run::line_of_input;
use crate::say::Voice;

pub(crate) async fn connect(
    app: &App,
    arguments: Connect,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let offer = offer_of(app, &arguments).await?;
    let key = key_of(app, &arguments, offer.as_ref())?;
    let form = match offer {
        Some(offer) => over(offer.form, arguments),
        None => over(DestinationForm::default(), arguments),
    };
    let saved = app.connect(&form, &key, None).await?;
    SavedObject::of(saved).say(voice);
    Ok(ExitCode::from(exit::DONE))
}

/// What `--from` or `--from-profile` begins with; what it could not take over is said beside the results.
async fn offer_of(app: &App, arguments: &Connect) -> Result<Option<Offer>, Failure> {
    let offer = match (&arguments.from, &arguments.from_profile) {
        (Some(file), _) => app.read_drop_zone(file)?,
        (None, Some(profile)) => app.read_profile(profile).await?,
        (None, None) => return Ok(None),
    };
    for setting in &offer.left_out {
        eprintln!("sandglass: {setting} is not taken over");
    }
    Ok(Some(offer))
}

/// Without an option for it, the key that came with a profile.
fn key_of(app: &App, arguments: &Connect, offer: Option<&Offer>) -> Result<KeySource, Failure> {
    if let Some(file) = &arguments.key.key_csv {
        let ticket = app.read_key_file(file)?.ticket;
        return Ok(KeySource::File { ticket });
    }
    if arguments.key.key_stdin {
        return Ok(KeySource::Typed {
            id: line_of_input(),
            secret: SecretString::from(line_of_input()),
        });
    }
    match offer.and_then(|offer| offer.key.as_ref()) {
        Some(key) => Ok(KeySource::File { ticket: key.ticket }),
        None => Err(Failure {
            code: Code::BadAccessKey,
            about: String::new(),
        }),
    }
}

/// Each option that was given takes the place of what the form says.
fn over(form: DestinationForm, given: Connect) -> DestinationForm {
    let text = |given: String, begun: String| if given.is_empty() { begun } else { given };
    let words = |given: Vec<String>, begun: String| text(given.join(","), begun);
    DestinationForm {
        name: text(given.name, form.name),
        role_arn: text(given.role_arn, form.role_arn),
        region: text(given.region, form.region),
        bucket: text(given.bucket, form.bucket),
        prefix: text(given.prefix, form.prefix),
        endpoint: text(given.endpoint, form.endpoint),
        sts_endpoint: text(given.sts_endpoint, form.sts_endpoint),
        session_seconds: text(given.session_seconds, form.session_seconds),
        external_id: text(given.external_id, form.external_id),
        mfa_serial: text(given.mfa_serial, form.mfa_serial),
        addressing: Addressing {
            style: match given.addressing_style {
                Style::Usual => form.addressing.style,
                other => other.into(),
            },
            is_fips: given.fips || form.addressing.is_fips,
            is_dual_stack: given.dual_stack || form.addressing.is_dual_stack,
        },
        session: SessionOptions {
            tags: words(given.session_tags, form.session.tags),
            source_identity: text(given.source_identity, form.session.source_identity),
            name: text(given.session_name, form.session.name),
            is_whole_role: given.whole_role || form.session.is_whole_role,
            may_delete: given.may_delete || form.session.may_delete,
        },
        is_key_new: given.new_key,
        uploads: UploadOptions {
            keeps_mtime: given.keep_mtime || form.uploads.keeps_mtime,
            storage_class: text(given.storage_class, form.uploads.storage_class),
            kms_key: text(given.kms_key, form.uploads.kms_key),
            tags: words(given.tags, form.uploads.tags),
            ..form.uploads
        },
    }
}
