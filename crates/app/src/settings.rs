//! What the person set, on disk: `settings.json`, written whole and in one move, readable by its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bucket::{Addressing, AddressingStyle};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use session::SessionLength;

use crate::destination::{Destination, DestinationForm, DestinationId};
use crate::network::NetworkSettings;
use crate::session_options::SessionOptions;
use crate::uploads::UploadOptions;
use crate::{Code, Failure, Preferences};

#[derive(Debug, Default, Serialize, Deserialize)]
struct Saved {
    /// Each by itself: one that this version cannot use must not keep the others from being used.
    destinations: Vec<Value>,
    selected: Option<String>,
    #[serde(default)]
    limits: SavedLimits,
    #[serde(default)]
    looks_first: bool,
    #[serde(default)]
    absence: SavedAbsence,
    #[serde(default)]
    network: NetworkSettings,
}

/// What happens while the person is away. A file of an older version lacks it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct SavedAbsence {
    notifies: bool,
    idle_minutes: Option<u32>,
    ends_on_lock: bool,
}

impl Default for SavedAbsence {
    fn default() -> Self {
        Preferences::default().into()
    }
}

impl From<Preferences> for SavedAbsence {
    fn from(preferences: Preferences) -> Self {
        Self {
            notifies: preferences.notifies,
            idle_minutes: preferences.idle_minutes,
            ends_on_lock: preferences.ends_on_lock,
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct SavedLimits {
    most_requests: Option<u32>,
    kib_per_second: Option<u64>,
}

/// As they are typed. A file of an older version lacks them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct SavedUploads {
    keeps_mtime: bool,
    storage_class: String,
    kms_key: String,
    tags: String,
    follows_links: bool,
    marks_empty_folders: bool,
    leaves_out: String,
}

impl Default for SavedUploads {
    fn default() -> Self {
        UploadOptions::default().into()
    }
}

impl From<UploadOptions> for SavedUploads {
    fn from(options: UploadOptions) -> Self {
        Self {
            keeps_mtime: options.keeps_mtime,
            storage_class: options.storage_class,
            kms_key: options.kms_key,
            tags: options.tags,
            follows_links: options.follows_links,
            marks_empty_folders: options.marks_empty_folders,
            leaves_out: options.leaves_out,
        }
    }
}

impl From<SavedUploads> for UploadOptions {
    fn from(saved: SavedUploads) -> Self {
        Self {
            keeps_mtime: saved.keeps_mtime,
            storage_class: saved.storage_class,
            kms_key: saved.kms_key,
            tags: saved.tags,
            follows_links: saved.follows_links,
            marks_empty_folders: saved.marks_empty_folders,
            leaves_out: saved.leaves_out,
        }
    }
}

/// As they are typed. A file of an older version lacks them.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct SavedSession {
    tags: String,
    source_identity: String,
    name: String,
    is_whole_role: bool,
    /// What the role was found to allow.
    longest_seconds: Option<u32>,
    refuses_policy: bool,
}

/// A file of an older version lacks it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct SavedAddressing {
    style: SavedStyle,
    is_fips: bool,
    is_dual_stack: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SavedStyle {
    #[default]
    Usual,
    Path,
    VirtualHosted,
}

impl From<SavedAddressing> for Addressing {
    fn from(saved: SavedAddressing) -> Self {
        Self {
            style: match saved.style {
                SavedStyle::Usual => AddressingStyle::Usual,
                SavedStyle::Path => AddressingStyle::Path,
                SavedStyle::VirtualHosted => AddressingStyle::VirtualHosted,
            },
            is_fips: saved.is_fips,
            is_dual_stack: saved.is_dual_stack,
        }
    }
}

impl From<Addressing> for SavedAddressing {
    fn from(addressing: Addressing) -> Self {
        Self {
            style: match addressing.style {
                AddressingStyle::Usual => SavedStyle::Usual,
                AddressingStyle::Path => SavedStyle::Path,
                AddressingStyle::VirtualHosted => SavedStyle::VirtualHosted,
            },
            is_fips: addressing.is_fips,
            is_dual_stack: addressing.is_dual_stack,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedDestination {
    id: String,
    name: String,
    role_arn: String,
    region: String,
    bucket: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    endpoint: Option<String>,
    #[serde(default)]
    sts_endpoint: Option<String>,
    session_seconds: u32,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    mfa_serial: Option<String>,
    key_ends: String,
    #[serde(default)]
    key_since: Option<Timestamp>,
    #[serde(default)]
    is_key_new: bool,
    #[serde(default)]
    is_sandbox: bool,
    #[serde(default)]
    session: SavedSession,
    #[serde(default)]
    addressing: SavedAddressing,
    #[serde(default)]
    uploads: SavedUploads,
}

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
                notifies: saved.absence.notifies,
                idle_minutes: saved.absence.idle_minutes,
                ends_on_lock: saved.absence.ends_on_lock,
            }
            .within_bounds(),
            network: saved.network,
        })
    }

    /// Into a new file beside it, to the disk, then over the old one: a crash leaves one or the other.
    fn write(&self, content: &Content) -> io::Result<()> {
        let usable = content.all.iter().map(to_saved).map(serde_json::to_value);
        let left_out = content.left_out.iter().map(|left| Ok(left.saved.clone()));
        let saved = Saved {
            destinations: usable.chain(left_out).collect::<Result<_, _>>()?,
            selected: content.selected.as_ref().map(|id| id.0.clone()),
            limits: SavedLimits {
                most_requests: content.preferences.most_requests,
                kib_per_second: content.preferences.kib_per_second,
            },
            looks_first: content.preferences.looks_first,
            absence: content.preferences.into(),
            network: content.network.clone(),
        };
        let beside = self.path.with_extension("new");
        let mut file = private_file(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(&saved)?)?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)
    }
}

pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn from_value(saved: &Value) -> io::Result<Destination> {
    let saved = SavedDestination::deserialize(saved)?;
    from_saved(saved).map_err(io::Error::other)
}

fn from_saved(saved: SavedDestination) -> Result<Destination, Failure> {
    let form = DestinationForm {
        name: saved.name,
        role_arn: saved.role_arn,
        region: saved.region,
        bucket: saved.bucket,
        prefix: saved.prefix,
        endpoint: saved.endpoint.unwrap_or_default(),
        sts_endpoint: saved.sts_endpoint.unwrap_or_default(),
        session_seconds: saved.session_seconds.to_string(),
        external_id: saved.external_id.unwrap_or_default(),
        mfa_serial: saved.mfa_serial.unwrap_or_default(),
        addressing: saved.addressing.into(),
        session: SessionOptions {
            tags: saved.session.tags,
            source_identity: saved.session.source_identity,
            name: saved.session.name,
            is_whole_role: saved.session.is_whole_role,
        },
        is_key_new: saved.is_key_new,
        uploads: saved.uploads.into(),
    };
    let longest = saved.session.longest_seconds;
    let mut destination = form.check(DestinationId(saved.id), saved.key_ends)?;
    destination.is_sandbox = saved.is_sandbox;
    destination.key_since = saved.key_since;
    destination.refuses_policy = saved.session.refuses_policy;
    // What cannot be one is found out again.
    destination.longest_session = longest.and_then(|seconds| SessionLength::new(seconds).ok());
    Ok(destination)
}

fn to_saved(destination: &Destination) -> SavedDestination {
    let options = SessionOptions::of(&destination.asks);
    SavedDestination {
        id: destination.id.0.clone(),
        name: destination.name.clone(),
        role_arn: destination.role_arn.to_string(),
        region: destination.target.region.clone(),
        bucket: destination.target.bucket.to_string(),
        prefix: destination.prefix.to_string(),
        endpoint: destination.target.endpoint.clone(),
        sts_endpoint: destination.sts_endpoint.clone(),
        session_seconds: destination.session_length.seconds(),
        external_id: destination.external_id.as_ref().map(ToString::to_string),
        mfa_serial: destination.mfa_serial.as_ref().map(ToString::to_string),
        key_ends: destination.key_ends.clone(),
        key_since: destination.key_since,
        is_key_new: destination.is_key_new,
        is_sandbox: destination.is_sandbox,
        session: SavedSession {
            tags: options.tags,
            source_identity: options.source_identity,
            name: options.name,
            is_whole_role: options.is_whole_role,
            longest_seconds: destination.longest_session.map(SessionLength::seconds),
            refuses_policy: destination.refuses_policy,
        },
        addressing: destination.target.addressing.into(),
        uploads: UploadOptions::of(&destination.uploads).into(),
    }
}
