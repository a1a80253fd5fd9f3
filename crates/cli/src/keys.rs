//! `key`: a destination's access key: shown, removed, rotated.

use std::process::ExitCode;

use app::{App, Destination, Failure, KeyPresence, KeyState, OldKey};
use serde::Serialize;

use crate::arguments::KeyCommand;
use crate::say::Voice;
use crate::{exit, rotation};

#[derive(Debug, Serialize)]
struct KeyObject {
    destination: String,
    name: String,
    key_ends: String,
    presence: &'static str,
    stored_since: Option<String>,
    days_here: Option<u32>,
    made_at: Option<String>,
    is_old: bool,
    next_ends: Option<String>,
    old_ends: Option<String>,
}

impl KeyObject {
    fn of(destination: Destination, state: KeyState) -> Self {
        Self {
            destination: destination.id.as_str().to_owned(),
            name: destination.name,
            key_ends: state.ends,
            presence: presence_word(state.presence),
            stored_since: state.stored_since.map(|since| since.to_string()),
            days_here: state.days_here,
            made_at: state.made_at.map(|at| at.to_string()),
            is_old: state.is_old,
            next_ends: state.next_ends,
            old_ends: state.old_ends,
        }
    }

    fn words(&self, presence: KeyPresence) -> String {
        let Self { name, key_ends, .. } = self;
        let is_there = match presence {
            KeyPresence::InKeychain => "in the keychain",
            KeyPresence::Gone => "not in the keychain",
            KeyPresence::Changed => "changed in the keychain by another program",
        };
        let since = self
            .stored_since
            .as_ref()
            .map_or_else(String::new, |since| format!(" since {since}"));
        let old = match self.days_here {
            Some(days) if self.is_old => {
                format!(" ({days} days; keys are best rotated now and then)")
            }
            _ => String::new(),
        };
        let mut lines = vec![format!("{name}: key …{key_ends}, {is_there}{since}{old}")];
        if let Some(next) = &self.next_ends {
            lines.push(format!(
                "A rotation was interrupted before …{next} came into use: sandglass key rotate -d \"{name}\" goes on with it."
            ));
        }
        if let Some(old) = &self.old_ends {
            lines.push(format!(
                "The old key …{old} has not been deleted yet: sandglass key delete-old -d \"{name}\" --yes deletes it."
            ));
        }
        lines.join("\n")
    }
}

fn presence_word(presence: KeyPresence) -> &'static str {
    match presence {
        KeyPresence::InKeychain => "inKeychain",
        KeyPresence::Gone => "gone",
        KeyPresence::Changed => "changed",
    }
}

pub(crate) async fn key(app: &App, command: KeyCommand, voice: Voice) -> Result<ExitCode, Failure> {
    match command {
        KeyCommand::Show(named) => {
            let destination = app.destination_named(named.destination.as_deref())?;
            show(app, destination, voice).await
        }
        KeyCommand::Remove { named, yes: _ } => {
            let destination = app.destination_named(named.destination.as_deref())?;
            app.forget_key(&destination.id).await?;
            show(app, destination, voice).await
        }
        KeyCommand::Rotate {
            named,
            dry_run,
            delete_other,
        } => {
            let destination = app.destination_named(named.destination.as_deref())?;
            if dry_run {
                rotation::outlook(app, &destination, voice).await
            } else {
                rotation::rotate(app, &destination, delete_other.as_deref(), voice).await
            }
        }
        KeyCommand::DeleteOld { named, yes: _ } => {
            let destination = app.destination_named(named.destination.as_deref())?;
            if app.delete_old_key(&destination.id).await? == OldKey::NotListed {
                eprintln!(
                    "sandglass: IAM does not list the old key among this user's: it is gone, or another user's. It is forgotten here."
                );
            }
            show(app, destination, voice).await
        }
    }
}

/// What the keychain has now.
async fn show(app: &App, destination: Destination, voice: Voice) -> Result<ExitCode, Failure> {
    let state = app.key_state(&destination.id).await?;
    let presence = state.presence;
    let object = KeyObject::of(destination, state);
    voice.say(&object, || object.words(presence));
    Ok(ExitCode::from(exit::DONE))
}
