//! `drops`, `receipts`, `abandoned`: what stays of uploads.

use std::io;
use std::process::ExitCode;

use app::{App, DropId, Failure, ReceiptFormat, Selection};
use serde::Serialize;

use crate::arguments::{Abandoned, Format, Named, Receipts};
use crate::exit;
use crate::run::sign_in;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct DropObject {
    drop: u64,
    added_at: String,
    bucket: String,
    folder: String,
    files: u64,
    stored: u64,
    bytes: u64,
}

pub(crate) async fn drops(app: &App, named: &Named, voice: Voice) -> Result<ExitCode, Failure> {
    let destination = app.destination_named(named.destination.as_deref())?;
    for drop in app.drops(&destination.id).await? {
        let object = DropObject {
            drop: drop.id.0,
            added_at: drop.added_at.to_string(),
            bucket: drop.bucket,
            folder: drop.folder.to_string(),
            files: drop.files,
            stored: drop.stored,
            bytes: drop.bytes,
        };
        voice.say(&object, || {
            format!(
                "{}: {}, s3://{}/{}, {} of {} files stored, {} bytes",
                object.drop,
                object.added_at,
                object.bucket,
                object.folder,
                object.stored,
                object.files,
                object.bytes
            )
        });
    }
    Ok(ExitCode::from(exit::DONE))
}

pub(crate) async fn receipts(app: &App, arguments: &Receipts) -> Result<ExitCode, Failure> {
    let selection = match (arguments.drop, arguments.all) {
        (Some(drop), _) => Selection::Drop(DropId(drop)),
        (None, true) => Selection::All,
        (None, false) => {
            let destination = app.destination_named(arguments.named.destination.as_deref())?;
            Selection::Destination(destination.id.as_str().into())
        }
    };
    let format = match arguments.format {
        Format::Csv => ReceiptFormat::Csv,
        Format::Json => ReceiptFormat::Json,
    };
    match &arguments.output {
        Some(file) => app.export_receipts(&selection, format, file).await?,
        None => app.write_receipts(&selection, format, io::stdout()).await?,
    };
    Ok(ExitCode::from(exit::DONE))
}

#[derive(Debug, Serialize)]
struct AbandonedObject {
    key: String,
    upload_id: String,
    confirmed_bytes: u64,
    abandoned_at: String,
}

pub(crate) async fn abandoned(
    app: &App,
    arguments: &Abandoned,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let destination = if arguments.abort {
        let destination = sign_in(app, &arguments.sign_in).await?;
        app.abort_abandoned(&destination.id).await?;
        destination
    } else {
        app.destination_named(arguments.sign_in.destination.as_deref())?
    };
    let left = app.abandoned(&destination.id).await?;
    for upload in &left {
        let object = AbandonedObject {
            key: upload.key.clone(),
            upload_id: upload.upload_id.clone(),
            confirmed_bytes: upload.confirmed_bytes,
            abandoned_at: upload.abandoned_at.to_string(),
        };
        voice.say(&object, || {
            format!(
                "{}: {} bytes, given up {}",
                object.key, object.confirmed_bytes, object.abandoned_at
            )
        });
    }
    if arguments.abort && !left.is_empty() {
        return Ok(ExitCode::from(exit::ROWS_FAILED));
    }
    Ok(ExitCode::from(exit::DONE))
}
