//! The forms in which things stand in the file. What an older version's file lacks has its default.

use std::io;

use account::Language;
use bucket::{Addressing, AddressingStyle};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use session::SessionLength;

use crate::destination::{Destination, DestinationForm, DestinationId};
use crate::known_key::KnownKey;
use crate::network::NetworkSettings;
use crate::session_options::SessionOptions;
use crate::uploads::UploadOptions;
use crate::{Failure, Preferences, Theme};

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Saved {
    /// Each by itself: one that this version cannot use must not keep the others from being used.
    pub(super) destinations: Vec<Value>,
    pub(super) selected: Option<String>,
    #[serde(default)]
    pub(super) limits: SavedLimits,
    #[serde(default)]
    pub(super) looks_first: bool,
    #[serde(default)]
    pub(super) looks_first_from: u32,
    #[serde(default)]
    pub(super) absence: SavedAbsence,
    #[serde(default)]
    pub(super) look: SavedLook,
    #[serde(default)]
    pub(super) logs_in_detail: bool,
    #[serde(default)]
    pub(super) network: NetworkSettings,
}

/// How the window looks and speaks. A file of an older version lacks it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SavedLook {
    pub(super) language: Option<SavedLanguage>,
    pub(super) theme: SavedTheme,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum SavedLanguage {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "ja")]
    Japanese,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedTheme {
    #[default]
    System,
    Light,
    Dark,
}

impl From<SavedLanguage> for Language {
    fn from(saved: SavedLanguage) -> Self {
        match saved {
            SavedLanguage::English => Self::English,
            SavedLanguage::Japanese => Self::Japanese,
        }
    }
}

impl From<SavedTheme> for Theme {
    fn from(saved: SavedTheme) -> Self {
        match saved {
            SavedTheme::System => Self::System,
            SavedTheme::Light => Self::Light,
            SavedTheme::Dark => Self::Dark,
        }
    }
}

impl From<Preferences> for SavedLook {
    fn from(preferences: Preferences) -> Self {
        Self {
            language: preferences.language.map(|language| match language {
                Language::English => SavedLanguage::English,
                Language::Japanese => SavedLanguage::Japanese,
            }),
            theme: match preferences.theme {
                Theme::System => SavedTheme::System,
                Theme::Light => SavedTheme::Light,
                Theme::Dark => SavedTheme::Dark,
            },
        }
    }
}

/// What happens while the person is away. A file of an older version lacks it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SavedAbsence {
    pub(super) notifies: bool,
    pub(super) idle_minutes: Option<u32>,
    pub(super) ends_on_lock: bool,
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
pub(super) struct SavedLimits {
    pub(super) most_requests: Option<u32>,
    pub(super) kib_per_second: Option<u64>,
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
    may_delete: bool,
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

/// A key that is about to take the place of the destination's.
#[derive(Debug, Serialize, Deserialize)]
struct SavedKey {
    ends: String,
    #[serde(default)]
    since: Option<Timestamp>,
    #[serde(default)]
    is_new: bool,
    #[serde(default)]
    made_at: Option<Timestamp>,
}

impl From<SavedKey> for KnownKey {
    fn from(saved: SavedKey) -> Self {
        Self {
            ends: saved.ends,
            since: saved.since,
            is_new: saved.is_new,
            made_at: saved.made_at,
        }
    }
}

impl From<KnownKey> for SavedKey {
    fn from(key: KnownKey) -> Self {
        Self {
            ends: key.ends,
            since: key.since,
            is_new: key.is_new,
            made_at: key.made_at,
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
    key_made_at: Option<Timestamp>,
    #[serde(default)]
    next_key: Option<SavedKey>,
    #[serde(default)]
    is_sandbox: bool,
    #[serde(default)]
    session: SavedSession,
    #[serde(default)]
    addressing: SavedAddressing,
    #[serde(default)]
    uploads: SavedUploads,
}

pub(super) fn from_value(saved: &Value) -> io::Result<Destination> {
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
            may_delete: saved.session.may_delete,
        },
        is_key_new: saved.is_key_new,
        uploads: saved.uploads.into(),
    };
    let longest = saved.session.longest_seconds;
    let key = KnownKey {
        ends: saved.key_ends,
        since: saved.key_since,
        is_new: saved.is_key_new,
        made_at: saved.key_made_at,
    };
    let mut destination = form.check(DestinationId(saved.id), key)?;
    destination.next_key = saved.next_key.map(Into::into);
    destination.is_sandbox = saved.is_sandbox;
    destination.refuses_policy = saved.session.refuses_policy;
    // What cannot be one is found out again.
    destination.longest_session = longest.and_then(|seconds| SessionLength::new(seconds).ok());
    Ok(destination)
}

pub(super) fn to_value(destination: &Destination) -> serde_json::Result<Value> {
    serde_json::to_value(to_saved(destination))
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
        key_ends: destination.key.ends.clone(),
        key_since: destination.key.since,
        is_key_new: destination.key.is_new,
        key_made_at: destination.key.made_at,
        next_key: destination.next_key.clone().map(Into::into),
        is_sandbox: destination.is_sandbox,
        session: SavedSession {
            tags: options.tags,
            source_identity: options.source_identity,
            name: options.name,
            is_whole_role: options.is_whole_role,
            may_delete: options.may_delete,
            longest_seconds: destination.longest_session.map(SessionLength::seconds),
            refuses_policy: destination.refuses_policy,
        },
        addressing: destination.target.addressing.into(),
        uploads: UploadOptions::of(&destination.uploads).into(),
    }
}
