//! `ls`: the bucket, page after page.

use std::process::ExitCode;

use app::{App, Entry, Failure};
use serde::Serialize;

use crate::arguments::List;
use crate::exit;
use crate::run::sign_in_for;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct EntryObject {
    key: String,
    is_folder: bool,
    size_bytes: Option<u64>,
    modified: Option<String>,
    storage_class: Option<String>,
}

impl From<Entry> for EntryObject {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Folder { key } => Self {
                key,
                is_folder: true,
                size_bytes: None,
                modified: None,
                storage_class: None,
            },
            Entry::Object {
                key,
                size_bytes,
                modified,
                storage_class,
                ..
            } => Self {
                key,
                is_folder: false,
                size_bytes: Some(size_bytes),
                modified: modified.map(|time| time.to_string()),
                storage_class,
            },
        }
    }
}

pub(crate) async fn list(app: &App, arguments: &List, voice: Voice) -> Result<ExitCode, Failure> {
    let typed = arguments.prefix.as_deref();
    let folder = typed.map(app::typed_folder).transpose()?;
    let destination = sign_in_for(app, &arguments.sign_in, folder.as_ref()).await?;
    let folder = folder.unwrap_or_else(|| destination.prefix.clone());
    let mut next = None;
    loop {
        let page = app
            .list(&destination.id, &folder, arguments.recursive, next)
            .await?;
        for entry in page.entries {
            let object = EntryObject::from(entry);
            voice.say(&object, || {
                let size = object
                    .size_bytes
                    .map_or(String::new(), |size| size.to_string());
                format!("{size:>15}  {}", object.key)
            });
        }
        match page.next {
            None => return Ok(ExitCode::from(exit::DONE)),
            more => next = more,
        }
    }
}
