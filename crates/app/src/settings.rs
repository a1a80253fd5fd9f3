//! What the person set, on disk: `settings.json`, written whole and in one move, readable by its owner only.

mod saved;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::PathBuf;

use serde_json::Value;

use crate::destination::{Destination, DestinationId};
use crate::home::replace;
use crate::network::NetworkSettings;
use crate::{Code, Failure, Preferences};
use saved::{Saved, SavedLimits, from_value, to_value};

/// A saved destination that this version cannot use: a newer version's, or one that was edited by hand. It is written
/// again as it was read.
#[derive(Clone, Debug)]
pub(crate) struct LeftOut {
    pub(crate) name: String,
    saved: Value,
}

impl LeftOut {
    fn new(saved: Value) -> Self {
        let word = |key: &str| saved.get(key).and_then(Value::as_str);
        let name = word("name").or_else(|| word("id")).unwrap_or("?");
        Self {
            name: name.to_owned(),
            saved,
        }
    }
}

/// What the settings say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) all: Vec<Destination>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) selected: Option<DestinationId>,
    pub(crate) preferences: Preferences,
    pub(crate) network: NetworkSettings,
}

impl Content {
    pub(crate) fn find(&self, id: &DestinationId) -> Option<&Destination> {
        self.all.iter().find(|destination| destination.id == *id)
    }

    /// Names tell destinations apart on the command line.
    pub(crate) fn check_name(&self, new: &Destination) -> Result<(), Failure> {
        let is_taken = |other: &Destination| other.name == new.name && other.id != new.id;
        if self.all.iter().any(is_taken) {
            return Err(Failure::new(Code::NameTaken, new.name.as_str()));
        }
        Ok(())
    }

    /// Adds it, or puts it in the place of the one with its id; shows it.
    pub(crate) fn put(&mut self, new: Destination) -> Result<(), Failure> {
        self.check_name(&new)?;
        self.selected = Some(new.id.clone());
        match self.all.iter_mut().find(|other| other.id == new.id) {
            Some(old) => *old = new,
            None => self.all.push(new),
        }
        Ok(())
    }
}

/// The file.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    path: PathBuf,
}

impl Settings {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn read(&self) -> Result<Content, Failure> {
        self.try_read().map_err(|error| self.failed(&error))
    }

    /// Reads, changes and writes under a lock: the window and the command line may do it at the same time.
    pub(crate) fn change(
        &self,
        change: impl FnOnce(&mut Content) -> Result<(), Failure>,
    ) -> Result<Content, Failure> {
        let lock = self.lock().map_err(|error| self.failed(&error))?;
        let mut content = self.read()?;
        change(&mut content)?;
        self.write(&content).map_err(|error| self.failed(&error))?;
        drop(lock);
        Ok(content)
    }

    fn failed(&self, error: &io::Error) -> Failure {
        tracing::error!(%error, path = %self.path.display(), "the settings cannot be used");
        Failure::new(Code::SettingsFailed, "")
    }

    fn lock(&self) -> io::Result<File> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path.with_extension("lock"))?;
        file.lock()?;
        Ok(file)
    }

    fn try_read(&self) -> io::Result<Content> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Content::default());
            }
            Err(error) => return Err(error),
        };
        let saved: Saved = serde_json::from_str(&text)?;
        let mut all = Vec::new();
        let mut left_out = Vec::new();
        for saved in saved.destinations {
            match from_value(&saved) {
                Ok(destination) => all.push(destination),
                Err(error) => {
                    let unusable = LeftOut::new(saved);
                    tracing::warn!(%error, name = unusable.name, "a saved destination is left out");
                    left_out.push(unusable);
                }
            }
        }
        Ok(Content {
            all,
            left_out,
            selected: saved.selected.map(DestinationId),
            preferences: Preferences {
                most_requests: saved.limits.most_requests,
                kib_per_second: saved.limits.kib_per_second,
                looks_first: saved.looks_first,
                looks_first_from: saved.looks_first_from,
                notifies: saved.absence.notifies,
                idle_minutes: saved.absence.idle_minutes,
                ends_on_lock: saved.absence.ends_on_lock,
                language: saved.look.language.map(Into::into),
                theme: saved.look.theme.into(),
                logs_in_detail: saved.logs_in_detail,
            }
            .within_bounds(),
            network: saved.network,
        })
    }

    /// Into a new file beside it, to the disk, then over the old one: a crash leaves one or the other.
    fn write(&self, content: &Content) -> io::Result<()> {
        let usable = content.all.iter().map(to_value);
        let left_out = content.left_out.iter().map(|left| Ok(left.saved.clone()));
        let saved = Saved {
            destinations: usable.chain(left_out).collect::<Result<_, _>>()?,
            selected: content.selected.as_ref().map(|id| id.0.clone()),
            limits: SavedLimits {
                most_requests: content.preferences.most_requests,
                kib_per_second: content.preferences.kib_per_second,
            },
            looks_first: content.preferences.looks_first,
            looks_first_from: content.preferences.looks_first_from,
            absence: content.preferences.into(),
            look: content.preferences.into(),
            logs_in_detail: content.preferences.logs_in_detail,
            network: content.network.clone(),
        };
        replace(&self.path, &serde_json::to_vec_pretty(&saved)?)
    }
}
