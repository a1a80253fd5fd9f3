//! `destination` and `profiles`: what is saved, and what could be.

use std::io::{self, Write};
use std::process::ExitCode;

use app::{App, Failure};
use serde::Serialize;

use crate::arguments::{DestinationCommand, Export};
use crate::exit;
use crate::say::Voice;

/// A saved destination, as `connect` and `destination` print it.
#[derive(Debug, Serialize)]
pub(crate) struct SavedObject {
    destination: String,
    name: String,
    role_arn: String,
    region: String,
    bucket: String,
    prefix: String,
    endpoint: Option<String>,
    key_ends: String,
}

impl SavedObject {
    pub(crate) fn of(saved: app::Destination) -> Self {
        Self {
            destination: saved.id.as_str().to_owned(),
            name: saved.name,
            role_arn: saved.role_arn.to_string(),
            region: saved.target.region,
            bucket: saved.target.bucket.to_string(),
            prefix: saved.prefix.to_string(),
            endpoint: saved.target.endpoint,
            key_ends: saved.key.ends,
        }
    }

    pub(crate) fn say(&self, voice: Voice) {
        voice.say(self, || {
            format!(
                "{}: s3://{}/{} (key …{})",
                self.name, self.bucket, self.prefix, self.key_ends
            )
        });
    }
}

pub(crate) async fn destination(
    app: &App,
    command: DestinationCommand,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    match command {
        DestinationCommand::List => list(app, voice),
        DestinationCommand::Rename { name, new_name } => {
            let id = app.destination_named(Some(&name))?.id;
            app.rename_destination(&id, &new_name)?;
            SavedObject::of(app.destination_named(Some(new_name.trim()))?).say(voice);
        }
        DestinationCommand::Duplicate { name } => {
            let id = app.destination_named(Some(&name))?.id;
            SavedObject::of(app.duplicate_destination(&id).await?).say(voice);
        }
        DestinationCommand::Remove { name, yes: _ } => {
            let removed = app.destination_named(Some(&name))?;
            app.remove_destination(&removed.id).await?;
            // Its rows are forgotten in the ledger before this process ends.
            app.settle().await?;
            SavedObject::of(removed).say(voice);
        }
        DestinationCommand::Export(arguments) => export(app, &arguments)?,
    }
    Ok(ExitCode::from(exit::DONE))
}

fn list(app: &App, voice: Voice) {
    for saved in app.destinations() {
        SavedObject::of(saved).say(voice);
    }
    say_left_out(app);
}

/// What the settings hold and cannot be used: a sentence each, beside the results.
pub(crate) fn say_left_out(app: &App) {
    for failure in app.left_out() {
        eprintln!("sandglass: {failure}");
    }
}

fn export(app: &App, arguments: &Export) -> Result<(), Failure> {
    let id = app.destination_named(arguments.destination.as_deref())?.id;
    if let Some(file) = &arguments.output {
        return app.save_drop_zone(&id, file);
    }
    let text = app.drop_zone(&id)?;
    // A closed pipe ends the reader's interest.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

#[derive(Debug, Serialize)]
struct ProfileObject {
    profile: String,
    role_arn: Option<String>,
}

/// The AWS profiles that `connect --from-profile` could take.
pub(crate) async fn profiles(app: &App, voice: Voice) -> Result<ExitCode, Failure> {
    for profile in app.profiles().await? {
        let object = ProfileObject {
            profile: profile.name,
            role_arn: profile.role_arn,
        };
        voice.say(&object, || match &object.role_arn {
            Some(role) => format!("{}: {role}", object.profile),
            None => format!("{}: names no role", object.profile),
        });
    }
    Ok(ExitCode::from(exit::DONE))
}
