//! `key rotate`: another access key in the place of the old one.

use std::process::ExitCode;

use app::{App, Destination, Failure, LastUse, OtherKeyRole, Rotated, RotationOutlook};
use serde::Serialize;

use crate::exit;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct OutlookObject {
    destination: String,
    key_ends: String,
    made_at: Option<String>,
    last_used: Option<String>,
    was_never_used: bool,
    other: Option<OtherObject>,
    shared_with: Vec<String>,
}

#[derive(Debug, Serialize)]
struct OtherObject {
    key_ends: String,
    role: &'static str,
    is_active: bool,
    made_at: Option<String>,
    last_used: Option<String>,
    was_never_used: bool,
}

#[derive(Debug, Serialize)]
struct RotatedObject {
    destination: String,
    key_ends: String,
    old_ends: Option<String>,
    is_old_inactive: bool,
    shared_with: Vec<String>,
}

impl OutlookObject {
    fn of(destination: &Destination, outlook: RotationOutlook) -> Self {
        let (last_used, was_never_used) = last_use(outlook.last_use);
        Self {
            destination: destination.id.as_str().to_owned(),
            key_ends: outlook.ends,
            made_at: outlook.made_at.map(|at| at.to_string()),
            last_used,
            was_never_used,
            other: outlook.other.map(|other| {
                let (last_used, was_never_used) = last_use(other.last_use);
                OtherObject {
                    key_ends: other.ends,
                    role: role_word(other.role),
                    is_active: other.is_active,
                    made_at: other.made_at.map(|at| at.to_string()),
                    last_used,
                    was_never_used,
                }
            }),
            shared_with: outlook.shared_with,
        }
    }

    fn words(&self, name: &str) -> String {
        let mut lines = vec![about_key(
            &self.key_ends,
            self.made_at.as_deref(),
            self.last_used.as_deref(),
            self.was_never_used,
        )];
        if !self.shared_with.is_empty() {
            let names = self.shared_with.join(", ");
            lines.push(format!(
                "These have the same key and get the new one, too: {names}"
            ));
        }
        if let Some(other) = &self.other {
            let about = about_key(
                &other.key_ends,
                other.made_at.as_deref(),
                other.last_used.as_deref(),
                other.was_never_used,
            );
            let state = if other.is_active {
                "active"
            } else {
                "inactive"
            };
            lines.push(format!("The user's other key: {about}, {state}"));
            lines.push(match other.role {
                "begun" => "A rotation was interrupted; it goes on with that key.".to_owned(),
                "replaced" => "It was replaced here; sandglass key rotate makes it inactive.".to_owned(),
                "spare" => format!(
                    "IAM allows two keys: sandglass key rotate -d \"{name}\" --delete-other {} makes room.",
                    other.key_ends
                ),
                _ => "IAM allows two keys, and something may use that one: if nothing does, delete it in the IAM console."
                    .to_owned(),
            });
        }
        lines.join("\n")
    }
}

fn about_key(
    ends: &str,
    made_at: Option<&str>,
    last_used: Option<&str>,
    was_never_used: bool,
) -> String {
    let made = made_at.map_or_else(String::new, |at| format!(", made {at}"));
    let used = match last_used {
        Some(at) => format!(", last used {at}"),
        None if was_never_used => ", never used".to_owned(),
        None => String::new(),
    };
    format!("key …{ends}{made}{used}")
}

fn last_use(last: LastUse) -> (Option<String>, bool) {
    match last {
        LastUse::Never => (None, true),
        LastUse::At(at) => (Some(at.to_string()), false),
        LastUse::Untold => (None, false),
    }
}

fn role_word(role: OtherKeyRole) -> &'static str {
    match role {
        OtherKeyRole::Begun => "begun",
        OtherKeyRole::Replaced => "replaced",
        OtherKeyRole::Spare => "spare",
        OtherKeyRole::InUse => "inUse",
    }
}

/// `--dry-run`.
pub(crate) async fn outlook(
    app: &App,
    destination: &Destination,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let outlook = app.rotation_outlook(&destination.id).await?;
    let object = OutlookObject::of(destination, outlook);
    voice.say(&object, || object.words(&destination.name));
    Ok(ExitCode::from(exit::DONE))
}

/// The new key is in use even when the old one could not be made inactive: that is said, and tells in the exit code.
pub(crate) async fn rotate(
    app: &App,
    destination: &Destination,
    deletes: Option<&str>,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let Rotated {
        ends,
        old_ends,
        shared_with,
        still_active,
    } = app.rotate_key(&destination.id, deletes).await?;
    let object = RotatedObject {
        destination: destination.id.as_str().to_owned(),
        key_ends: ends,
        old_ends,
        is_old_inactive: still_active.is_none(),
        shared_with,
    };
    voice.say(&object, || rotated_words(&destination.name, &object));
    match still_active {
        None => Ok(ExitCode::from(exit::DONE)),
        Some(failure) => Err(failure),
    }
}

fn rotated_words(name: &str, object: &RotatedObject) -> String {
    let mut lines = vec![format!(
        "{name}: the new key …{} is in use.",
        object.key_ends
    )];
    if !object.shared_with.is_empty() {
        lines.push(format!("Also changed: {}.", object.shared_with.join(", ")));
    }
    if let Some(old) = &object.old_ends {
        let state = if object.is_old_inactive {
            "inactive"
        } else {
            "still active"
        };
        lines.push(format!(
            "The old key …{old} is {state}: sandglass key delete-old -d \"{name}\" --yes deletes it."
        ));
    }
    lines.join("\n")
}
