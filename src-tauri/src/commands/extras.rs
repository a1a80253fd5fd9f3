//! What a richer role allows, and a new folder.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use app::{App, Code, DestinationId, Failure};
use arboard::Clipboard;
use tauri::{State, Window};

use super::{Answer, id, listed};
use crate::ipc::{Deleted, Extras};
use crate::{Opened, dialogs, wire};

#[tauri::command]
pub(super) async fn extras(
    opened: State<'_, Opened>,
    destination: String,
    key: String,
) -> Answer<Extras> {
    let extras = opened.app()?.extras(&id(&destination), &key).await;
    extras
        .map(wire::extras)
        .map_err(|failure| wire::failure(&failure))
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
    let link = link.map_err(|failure| wire::failure(&failure))?;
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

/// Asks where; how many files were written, or null when the person chose nothing. Several go into a folder, each under
/// a name that is free there.
#[tauri::command]
pub(super) async fn download(
    opened: State<'_, Opened>,
    window: Window,
    destination: String,
    keys: Vec<String>,
) -> Answer<Option<usize>> {
    let app = opened.app()?;
    let downloaded = async {
        if let [key] = &*keys {
            let Some(path) = dialogs::save_object(&window, name_of(key)).await? else {
                return Ok(None);
            };
            app.download(&id(&destination), key, &path).await?;
            return Ok(Some(1));
        }
        let Some(folder) = dialogs::download_folder(&window).await? else {
            return Ok(None);
        };
        into_folder(app, &id(&destination), &keys, &folder).await?;
        Ok(Some(keys.len()))
    };
    downloaded
        .await
        .map_err(|failure: Failure| wire::failure(&failure))
}

async fn into_folder(
    app: &App,
    destination: &DestinationId,
    keys: &[String],
    folder: &Path,
) -> Result<(), Failure> {
    for key in keys {
        app.download(destination, key, &free(folder, name_of(key)))
            .await?;
    }
    Ok(())
}

/// What stands after the last `/`, without what would lead elsewhere or what Windows does not take.
fn name_of(key: &str) -> String {
    let name = key.rsplit('/').find(|name| !name.is_empty()).unwrap_or(key);
    let is_odd = |c: char| c.is_control() || r#"\/:*?"<>|"#.contains(c);
    let plain: String = name
        .chars()
        .map(|c| if is_odd(c) { '_' } else { c })
        .collect();
    if plain.trim_matches('.').is_empty() {
        "_".to_owned()
    } else {
        plain
    }
}

/// `take.wav`, `take (2).wav`, and so on.
fn free(folder: &Path, name: String) -> PathBuf {
    let path = folder.join(&name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path
        .extension()
        .map(|extension| format!(".{}", extension.to_string_lossy()));
    let extension = extension.unwrap_or_default();
    let numbered = (2..).map(|number| folder.join(format!("{stem} ({number}){extension}")));
    std::iter::once(path.clone())
        .chain(numbered)
        .find(|path| !path.exists())
        .unwrap_or(path)
}

#[tauri::command]
pub(super) async fn delete_objects(
    opened: State<'_, Opened>,
    destination: String,
    keys: Vec<String>,
) -> Answer<Deleted> {
    let deleted = opened.app()?.delete(&id(&destination), keys).await;
    deleted
        .map(|deleted| wire::deleted(&deleted))
        .map_err(|failure| wire::failure(&failure))
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
    made.map(|folder| folder.as_str().to_owned())
        .map_err(|failure| wire::failure(&failure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_becomes_a_name_that_leads_nowhere() {
        for (key, name) in [
            ("a/b/take.wav", "take.wav"),
            ("a/b/", "b"),
            ("..", "_"),
            ("a/..", "_"),
            ("C:\\x", "C__x"),
            ("a/会議 1?.wav", "会議 1_.wav"),
        ] {
            assert_eq!(name_of(key), name, "{key}");
        }
    }

    #[test]
    fn nothing_that_is_there_is_written_over() {
        let folder = std::env::temp_dir().join(format!("sandglass-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("take.wav"), b"").expect("write");
        let free = free(&folder, "take.wav".to_owned());
        std::fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(free, folder.join("take (2).wav"));
    }
}
