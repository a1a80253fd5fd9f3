//! `key`: a destination's access key, without using it.

use std::process::ExitCode;

use app::{App, Destination, Failure, KeyPresence, KeyState};
use serde::Serialize;

use crate::arguments::KeyCommand;
use crate::exit;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct KeyObject {
    destination: String,
    name: String,
    key_ends: String,
    presence: &'static str,
    stored_since: Option<String>,
    days_here: Option<u32>,
    is_old: bool,
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
            is_old: state.is_old,
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
                format!(" ({days} days; keys are best replaced now and then)")
            }
            _ => String::new(),
        };
        format!("{name}: key …{key_ends}, {is_there}{since}{old}")
    }
}

fn presence_word(presence: KeyPresence) -> &'static str {
    match presence {
        KeyPresence::InKeychain => "inKeychain",
        KeyPresence::Gone => "gone",
        KeyPresence::Changed => "changed",
    }
}

/// Both say what the keychain has afterwards.
pub(crate) async fn key(app: &App, command: KeyCommand, voice: Voice) -> Result<ExitCode, Failure> {
    let (named, is_removed) = match command {
        KeyCommand::Show(named) => (named, false),
        KeyCommand::Remove { named, yes: _ } => (named, true),
    };
    let destination = app.destination_named(named.destination.as_deref())?;
    if is_removed {
        app.forget_key(&destination.id).await?;
    }
    let state = app.key_state(&destination.id).await?;
    let presence = state.presence;
    let object = KeyObject::of(destination, state);
    voice.say(&object, || object.words(presence));
    Ok(ExitCode::from(exit::DONE))
}
