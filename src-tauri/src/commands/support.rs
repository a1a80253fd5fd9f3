//! The log, and what a person sends to whoever helps.

use std::path::PathBuf;

use app::{Code, Failure};
use tauri::{Runtime, State, Window};

use super::Answer;
use crate::{Opened, dialogs, page, wire};

/// The text as it would be saved; the page shows it first.
#[tauri::command]
pub(super) async fn support_text(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
) -> Answer<String> {
    let web_view = tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned());
    let desktop = ["XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG"]
        .map(|name| format!("{name}: {}", std::env::var(name).unwrap_or_default()));
    let surroundings = [vec![format!("web view {web_view}")], desktop.to_vec()].concat();
    let text = opened.app()?.support_text(&surroundings).await;
    page.keep_support_text(text.clone());
    Ok(text)
}

/// What was shown, and not what it would be now. Asks where; the file's name.
#[tauri::command]
pub(super) async fn save_support_text<R: Runtime>(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    window: Window<R>,
) -> Answer<Option<String>> {
    let app = opened.app()?;
    let saved = async {
        let Some(path) = dialogs::save_support_text(&window).await? else {
            return Ok(None);
        };
        app.save_support_text(&page.support_text(), &path)?;
        let name = path.file_name().unwrap_or_default();
        Ok(Some(name.to_string_lossy().into_owned()))
    };
    saved
        .await
        .map_err(|failure: Failure| wire::failure(&failure))
}

/// Shows the logs' folder in the system's file manager.
#[tauri::command]
pub(super) async fn open_logs(opened: State<'_, Opened>) -> Answer<()> {
    show_folder(opened.app()?.logs(), Code::LogsNotShown).await
}

/// In the system's file manager. The page learns no path.
pub(super) async fn show_folder(folder: PathBuf, otherwise: Code) -> Answer<()> {
    let opens = tauri::async_runtime::spawn_blocking(move || opener::open(folder));
    match opens.await {
        Ok(Ok(())) => Ok(()),
        _ => Err(wire::failure(&Failure {
            code: otherwise,
            about: String::new(),
        })),
    }
}
