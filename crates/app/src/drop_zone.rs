//! The drop-zone file: a destination without its key, as TOML, to hand to the next person.
//!
//! What belongs to one person only (access key, MFA device, session name, source identity) is not in it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bucket::{Addressing, AddressingStyle};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::destination::{Destination, DestinationForm, DestinationId};
use crate::known_key::KnownKey;
use crate::session_options::SessionOptions;
use crate::uploads::UploadOptions;
use crate::{Code, Failure};

/// Such a file is a page of text at most.
const MAX_BYTES: u64 = 64 * 1024;
/// The form of the file that this version writes, and the newest that it reads.
const VERSION: i64 = 1;
/// Stands first in what is written.
const HEADER: &str =
    "# A drop-zone file of Sandglass: where files go, without any key. Open it in Sandglass.\n";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct DropZone {
    version: i64,
    name: String,
    role_arn: String,
    region: String,
    bucket: String,
    prefix: String,
    endpoint: String,
    sts_endpoint: String,
    session_seconds: u32,
    external_id: String,
    session: InSession,
    addressing: InAddressing,
    uploads: InUploads,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct InSession {
    tags: String,
    whole_role: bool,
    may_delete: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct InAddressing {
    style: Style,
    fips: bool,
    dual_stack: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Style {
    #[default]
    Usual,
    Path,
    VirtualHosted,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct InUploads {
    keep_mtime: bool,
    storage_class: String,
    kms_key: String,
    tags: String,
    follow_links: bool,
    folder_markers: bool,
    leave_out: String,
}

impl Default for InUploads {
    fn default() -> Self {
        Self::of(UploadOptions::default())
    }
}

impl InUploads {
    fn of(options: UploadOptions) -> Self {
        Self {
            keep_mtime: options.keeps_mtime,
            storage_class: options.storage_class,
            kms_key: options.kms_key,
            tags: options.tags,
            follow_links: options.follows_links,
            folder_markers: options.marks_empty_folders,
            leave_out: options.leaves_out,
        }
    }
}

/// What a drop-zone file says.
#[derive(Debug)]
pub(crate) struct FromFile {
    pub(crate) form: DestinationForm,
    /// What stands there and is not known here.
    pub(crate) left_out: Vec<String>,
}

/// The file of this destination.
pub(crate) fn write(destination: &Destination) -> String {
    let form = destination.form();
    let zone = DropZone {
        version: VERSION,
        name: form.name,
        role_arn: form.role_arn,
        region: form.region,
        bucket: form.bucket,
        prefix: form.prefix,
        endpoint: form.endpoint,
        sts_endpoint: form.sts_endpoint,
        session_seconds: destination.session_length.seconds(),
        external_id: form.external_id,
        session: InSession {
            tags: form.session.tags,
            whole_role: form.session.is_whole_role,
            may_delete: form.session.may_delete,
        },
        addressing: InAddressing {
            style: match form.addressing.style {
                AddressingStyle::Usual => Style::Usual,
                AddressingStyle::Path => Style::Path,
                AddressingStyle::VirtualHosted => Style::VirtualHosted,
            },
            fips: form.addressing.is_fips,
            dual_stack: form.addressing.is_dual_stack,
        },
        uploads: InUploads::of(form.uploads),
    };
    // These types always serialise.
    let text = toml::to_string(&zone).unwrap_or_default();
    format!("{HEADER}{text}")
}

/// Reads the file and checks every field as a typed one is checked.
///
/// # Errors
/// [`Code::FileUnreadable`], [`Code::NotADropZone`], [`Code::DropZoneTooNew`], one code for each wrong field.
pub(crate) fn read(path: &Path) -> Result<FromFile, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unreadable = |_| Failure::new(Code::FileUnreadable, &*name);
    let other = || Failure::new(Code::NotADropZone, &*name);
    let meta = std::fs::metadata(path).map_err(unreadable)?;
    if !meta.is_file() || meta.len() > MAX_BYTES {
        return Err(other());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| other())?;
    let table: Table = text
        .trim_start_matches('\u{feff}')
        .parse()
        .map_err(|_| other())?;
    match table.get("version").and_then(Value::as_integer) {
        Some(VERSION) => {}
        Some(newer) if newer > VERSION => return Err(Failure::new(Code::DropZoneTooNew, &*name)),
        _ => return Err(other()),
    }
    let left_out = unknown_in(&table);
    let zone: DropZone = table.try_into().map_err(|_| other())?;
    let form = form_of(zone);
    form.check(DestinationId::new(), KnownKey::default())?;
    Ok(FromFile { form, left_out })
}

fn form_of(zone: DropZone) -> DestinationForm {
    let seconds = zone.session_seconds;
    DestinationForm {
        name: zone.name,
        role_arn: zone.role_arn,
        region: zone.region,
        bucket: zone.bucket,
        prefix: zone.prefix,
        endpoint: zone.endpoint,
        sts_endpoint: zone.sts_endpoint,
        session_seconds: match seconds {
            0 => String::new(),
            seconds => seconds.to_string(),
        },
        external_id: zone.external_id,
        mfa_serial: String::new(),
        addressing: Addressing {
            style: match zone.addressing.style {
                Style::Usual => AddressingStyle::Usual,
                Style::Path => AddressingStyle::Path,
                Style::VirtualHosted => AddressingStyle::VirtualHosted,
            },
            is_fips: zone.addressing.fips,
            is_dual_stack: zone.addressing.dual_stack,
        },
        session: SessionOptions {
            tags: zone.session.tags,
            is_whole_role: zone.session.whole_role,
            may_delete: zone.session.may_delete,
            ..SessionOptions::default()
        },
        is_key_new: false,
        uploads: UploadOptions {
            keeps_mtime: zone.uploads.keep_mtime,
            storage_class: zone.uploads.storage_class,
            kms_key: zone.uploads.kms_key,
            tags: zone.uploads.tags,
            follows_links: zone.uploads.follow_links,
            marks_empty_folders: zone.uploads.folder_markers,
            leaves_out: zone.uploads.leave_out,
        },
    }
}

/// Names that stand in the file and in no file that this version writes: they would be lost silently.
fn unknown_in(table: &Table) -> Vec<String> {
    let known = Table::try_from(DropZone::default()).unwrap_or_default();
    let mut unknown = Vec::new();
    for (name, value) in table {
        match (known.get(name), value) {
            (None, _) => unknown.push(name.clone()),
            (Some(Value::Table(known)), Value::Table(inner)) => {
                let new = inner.keys().filter(|key| !known.contains_key(*key));
                unknown.extend(new.map(|key| format!("{name}.{key}")));
            }
            (Some(_), _) => {}
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "version = 1\nname = \"Field\"\nrole_arn = \"arn:aws:iam::123456789012:role/up\"\n\
        region = \"ap-northeast-1\"\nbucket = \"s3-fs-example-bucket\"\n";

    fn read_text(text: &str) -> Result<FromFile, Failure> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("field.sandglass");
        std::fs::write(&path, text).expect("written");
        read(&path)
    }

    fn code_of(text: &str) -> Code {
        read_text(text).expect_err("refused").code
    }

    #[test]
    fn what_is_written_is_read_again_without_what_belongs_to_one_person() {
        let form = DestinationForm {
            prefix: "incoming/".to_owned(),
            session_seconds: "7200".to_owned(),
            external_id: "agreed".to_owned(),
            mfa_serial: "arn:aws:iam::123456789012:mfa/mira".to_owned(),
            session: SessionOptions {
                tags: "project=alpha".to_owned(),
                source_identity: "mira".to_owned(),
                name: "mira@studio".to_owned(),
                is_whole_role: true,
                may_delete: true,
            },
            addressing: Addressing {
                style: AddressingStyle::VirtualHosted,
                is_fips: true,
                is_dual_stack: false,
            },
            uploads: UploadOptions {
                tags: "team=sound".to_owned(),
                keeps_mtime: true,
                ..UploadOptions::default()
            },
            ..read_text(SMALL).expect("good").form
        };
        let destination = form
            .check(
                DestinationId::new(),
                KnownKey {
                    ends: "MPLE".to_owned(),
                    ..KnownKey::default()
                },
            )
            .expect("good");
        let text = write(&destination);
        for personal in ["MPLE", "mira"] {
            assert!(!text.contains(personal), "{text}");
        }
        let again = read_text(&text).expect("good");
        assert!(again.left_out.is_empty(), "{:?}", again.left_out);
        let again = again
            .form
            .check(DestinationId::new(), KnownKey::default())
            .expect("good");
        assert_eq!(write(&again), text);
        assert_eq!(again.prefix, destination.prefix);
        assert_eq!(again.target, destination.target);
        assert_eq!(again.asks.tags, destination.asks.tags);
    }

    #[test]
    fn what_is_not_known_is_named_and_the_rest_is_taken() {
        let text = format!("{SMALL}colour = 1\n[uploads]\nkeep_mtime = true\nglitter = \"much\"\n");
        let read = read_text(&text).expect("good");
        assert_eq!(read.left_out, ["colour", "uploads.glitter"]);
        assert!(read.form.uploads.keeps_mtime);
        let by_default = UploadOptions::default().leaves_out;
        assert_eq!(read.form.uploads.leaves_out, by_default);
    }

    #[test]
    fn another_file_a_newer_one_and_a_wrong_field_are_told_apart() {
        assert_eq!(code_of("no toml"), Code::NotADropZone);
        assert_eq!(code_of("a = 1"), Code::NotADropZone);
        assert_eq!(code_of("version = 1\nname = 3"), Code::NotADropZone);
        assert_eq!(code_of("version = 2"), Code::DropZoneTooNew);
        assert_eq!(code_of(&"#".repeat(70_000)), Code::NotADropZone);
        let wrong = SMALL.replace("s3-fs-example-bucket", "Not A Bucket");
        assert_eq!(code_of(&wrong), Code::BadBucket);
        let gone = read(Path::new("/nowhere/x.sandglass")).expect_err("gone");
        assert_eq!(
            (gone.code, gone.about.as_str()),
            (Code::FileUnreadable, "x.sandglass")
        );
    }
}
