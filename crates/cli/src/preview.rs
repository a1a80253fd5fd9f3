//! `put --dry-run`: what would be uploaded, skipped and met.

use std::process::ExitCode;

use app::{App, DropRequest, Event, Failure, Fit, Looked, Preview};
use serde::Serialize;

use crate::exit;
use crate::say::{RowObject, Voice};

#[derive(Debug, Serialize)]
struct PreviewObject {
    kind: &'static str,
    folder: String,
    files: u64,
    bytes: u64,
    folders: u64,
    empty_folders: u64,
    skipped: u64,
    twins: Vec<String>,
    conflicts: Vec<String>,
    conflict_count: u64,
    listing: &'static str,
    fits: Option<bool>,
    needed_seconds: Option<u64>,
}

/// Skipped paths line by line, then one object, or words, for all of it.
pub(crate) async fn dry_run(
    app: &App,
    request: DropRequest,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let mut events = app.watch();
    let token = app.look_at(request)?;
    while let Some(event) = events.recv().await {
        let Event::Preview(preview) = event else {
            continue;
        };
        if preview.token == token && preview.is_done {
            app.drop_previewed(token);
            tell(*preview, voice);
            break;
        }
    }
    Ok(ExitCode::from(exit::DONE))
}

fn tell(preview: Preview, voice: Voice) {
    for path in &preview.skipped {
        let object = RowObject::from(path);
        voice.say(&object, || object.words());
    }
    let object = PreviewObject::from(preview);
    voice.say(&object, || object.words());
}

impl From<Preview> for PreviewObject {
    fn from(preview: Preview) -> Self {
        let (fits, needed_seconds) = match preview.fit {
            Fit::Yes => (Some(true), None),
            Fit::No { needs } => (Some(false), Some(needs.as_secs())),
            Fit::Unknown => (None, None),
        };
        Self {
            kind: "preview",
            folder: preview.folder.to_string(),
            files: preview.files,
            bytes: preview.bytes,
            folders: preview.folders,
            empty_folders: preview.empty_folders,
            skipped: preview.skipped_count,
            twins: preview.twins,
            conflicts: preview.conflicts,
            conflict_count: preview.conflict_count,
            listing: match preview.looked {
                Looked::Wholly => "looked",
                Looked::Denied => "denied",
                Looked::Not | Looked::BrokeOff(_) => "notLooked",
            },
            fits,
            needed_seconds,
        }
    }
}

impl PreviewObject {
    fn words(&self) -> String {
        use std::fmt::Write;
        let mut words = String::new();
        for name in &self.twins {
            let _ = writeln!(words, "meets another file of the drop: {name}");
        }
        for name in &self.conflicts {
            let _ = writeln!(words, "already in the bucket: {name}");
        }
        let _ = write!(
            words,
            "{} files in {} folders, {} bytes; {} skipped, {} already in the bucket",
            self.files, self.folders, self.bytes, self.skipped, self.conflict_count
        );
        match self.listing {
            "denied" => words.push_str(" (this role may not see the list)"),
            "notLooked" => words.push_str(" (the list was not seen to its end)"),
            _ => {}
        }
        if let Some(seconds) = self.needed_seconds {
            let _ = write!(
                words,
                "; needs {seconds} s at the measured speed: more than this session has"
            );
        }
        words
    }
}
