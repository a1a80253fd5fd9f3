//! `status`: destinations and the rows that wait.

use std::process::ExitCode;

use app::{App, Failure};
use serde::Serialize;

use crate::destinations::say_left_out;
use crate::exit;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct DestinationObject {
    kind: &'static str,
    name: String,
    bucket: String,
    prefix: String,
    region: String,
    role_arn: String,
    key_ends: String,
    waiting_rows: usize,
}

#[derive(Debug, Serialize)]
struct WaitingRow {
    kind: &'static str,
    destination: String,
    key: String,
    state: &'static str,
    size_bytes: u64,
    sent_bytes: u64,
}

pub(crate) async fn status(app: &App, voice: Voice) -> Result<ExitCode, Failure> {
    let rows = app.open_rows().await?;
    let destinations = app.destinations();
    for destination in &destinations {
        let id = destination.id.as_str();
        let object = DestinationObject {
            kind: "destination",
            name: destination.name.clone(),
            bucket: destination.target.bucket.to_string(),
            prefix: destination.prefix.to_string(),
            region: destination.target.region.clone(),
            role_arn: destination.role_arn.to_string(),
            key_ends: destination.key.ends.clone(),
            waiting_rows: rows.iter().filter(|row| *row.destination == *id).count(),
        };
        voice.say(&object, || {
            format!(
                "{}: s3://{}/{}, {} waiting",
                object.name, object.bucket, object.prefix, object.waiting_rows
            )
        });
    }
    for row in &rows {
        let known = destinations
            .iter()
            .find(|known| *known.id.as_str() == *row.destination);
        let object = WaitingRow {
            kind: "row",
            destination: known.map_or_else(String::new, |known| known.name.clone()),
            key: row.key().to_owned(),
            state: "waiting",
            size_bytes: row.size_bytes(),
            sent_bytes: row.confirmed_bytes,
        };
        voice.say(&object, || {
            format!(
                "  {}: {} of {} bytes",
                object.key, object.sent_bytes, object.size_bytes
            )
        });
    }
    say_left_out(app);
    Ok(ExitCode::from(exit::DONE))
}
