//! What a richer role allows, and a new folder.

use std::sync::{Mutex, PoisonError};

use app::{Code, DownloadId, DownloadTo, Failure};
use arboard::Clipboard;
use tauri::{Runtime, State, Window};

use super::{Answer, id, known, listed, said};
use crate::ipc::{Deleted, Downloaded, Extras, Wanted};
use crate::{Opened, dialogs, wire};

#[tauri::command]
pub(super) async fn extras(
    opened: State<'_, Opened>,
    destination: String,
    key: String,
) -> Answer<Extras> {
    let extras = opened.app()?.extras(&id(&destination), &key).await;
    extras.map(wire::extras).map_err(said)
}

/// Puts it on the clipboard from here: the page learns only when the link ends, RFC 3339.
#[tauri::command]
pub(super) async fn copy_link(
    opened: State<'_, Opened>,
    copied: State<'_, Copied>,
    destination: String,
    key: String,
) -> Answer<String> {
    let link = opened.app()?.temporary_link(&id(&destination), &key).await;
    let link = link.map_err(said)?;
    copied.set(link.url).map_err(|_| {
        wire::failure(&Failure {
            code: Code::NotCopied,
            about: String::new(),
        })
    })?;
    Ok(link.ends_at.to_string())
}

/// On X11 and Wayland what is copied is there as long as its owner is.
#[derive(Default)]
pub(crate) struct Copied(Mutex<Option<Clipboard>>);

impl Copied {
    fn set(&self, text: String) -> Result<(), arboard::Error> {
        let mut clipboard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clipboard = match &mut *clipboard {
            Some(clipboard) => clipboard,
            none => none.insert(Clipboard::new()?),
        };
        clipboard.set_text(text)
    }
}

/// Asks where; null when the person chose nothing. Several go into a folder.
#[tauri::command]
pub(super) async fn download<R: Runtime>(
    opened: State<'_, Opened>,
    window: Window<R>,
    destination: String,
    objects: Vec<Wanted>,
) -> Answer<Option<Downloaded>> {
    let app = opened.app()?;
    known(app, &destination)?;
    let downloaded = async {
        let to = match &*objects {
            [Wanted { key, .. }] => dialogs::save_object(&window, app::file_name_of(key))
                .await?
                .map(DownloadTo::File),
            _ => dialogs::download_folder(&window)
                .await?
                .map(DownloadTo::Folder),
        };
        let Some(to) = to else {
            return Ok(None);
        };
        let objects = objects.into_iter().map(wire::wanted).collect();
        let downloaded = app.download(&id(&destination), objects, &to).await?;
        Ok(Some(wire::downloaded(&downloaded)))
    };
    downloaded
        .await
        .map_err(|failure: Failure| wire::failure(&failure))
}

#[tauri::command]
pub(super) fn stop_download(opened: State<'_, Opened>, download: u64) -> Answer<()> {
    opened.app()?.stop_download(DownloadId(download));
    Ok(())
}

#[tauri::command]
pub(super) async fn delete_objects(
    opened: State<'_, Opened>,
    destination: String,
    keys: Vec<String>,
) -> Answer<Deleted> {
    let deleted = opened.app()?.delete(&id(&destination), keys).await;
    deleted.map(|deleted| wire::deleted(&deleted)).map_err(said)
}

/// The new folder, to be opened.
#[tauri::command]
pub(super) async fn make_folder(
    opened: State<'_, Opened>,
    destination: String,
    folder: String,
    name: String,
) -> Answer<String> {
    let inside = listed(&folder)?;
    let made = opened
        .app()?
        .make_folder(&id(&destination), &inside, &name)
        .await;
    made.map(|folder| folder.as_str().to_owned()).map_err(said)
}
