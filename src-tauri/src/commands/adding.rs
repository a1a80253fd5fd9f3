//! Files are added: by the system's dialogs, by a drop, by pasting.

use std::path::PathBuf;

use app::{App, Code, Failure};
use tauri::{Runtime, State, Window};

use super::support::show_folder;
use super::{Answer, listed, said};
use crate::page::Shown;
use crate::{Opened, dialogs, drop, page, wire};

#[tauri::command]
pub(super) async fn choose_files<R: Runtime>(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    window: Window<R>,
    folder: String,
) -> Answer<()> {
    add_chosen(opened.app()?, &page, &folder, dialogs::files(&window)).await
}

#[tauri::command]
pub(super) async fn choose_folder<R: Runtime>(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    window: Window<R>,
    folder: String,
) -> Answer<()> {
    add_chosen(opened.app()?, &page, &folder, dialogs::folders(&window)).await
}

async fn add_chosen(
    app: &App,
    page: &page::Page,
    folder: &str,
    dialog: impl Future<Output = Result<Vec<PathBuf>, Failure>>,
) -> Answer<()> {
    let shown = shown(page, folder)?;
    let paths = dialog.await.map_err(said)?;
    drop::add(app, page, &shown, paths);
    Ok(())
}

/// What was shown when the dialog opened counts, not what is shown when it closes.
fn shown(page: &page::Page, folder: &str) -> Answer<Shown> {
    let folder = listed(folder)?;
    let known = page.shown().map(|shown| Shown { folder, ..shown });
    known.ok_or_else(|| {
        wire::failure(&Failure {
            code: Code::DestinationUnknown,
            about: String::new(),
        })
    })
}

/// Where the page says that a drop fell. One that was taken already is not taken twice.
#[tauri::command]
pub(super) fn take_drop(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    token: u64,
    folder: &str,
) -> Answer<()> {
    let app = opened.app()?;
    let shown = shown(&page, folder)?;
    if let Some(paths) = page.take_dropped(token) {
        drop::add(app, &page, &shown, paths);
    }
    Ok(())
}

/// The files that a file manager has put on the clipboard.
#[tauri::command]
pub(super) async fn paste(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    folder: String,
) -> Answer<()> {
    let app = opened.app()?;
    let shown = shown(&page, &folder)?;
    let paths = tauri::async_runtime::spawn_blocking(copied_files).await;
    match paths.ok().flatten() {
        Some(paths) if !paths.is_empty() => {
            drop::add(app, &page, &shown, paths);
            Ok(())
        }
        _ => Err(wire::failure(&Failure {
            code: Code::NothingToPaste,
            about: String::new(),
        })),
    }
}

/// Files to try it with, as if they had been dropped.
#[tauri::command]
pub(super) async fn add_samples(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    folder: String,
) -> Answer<()> {
    let app = opened.app()?;
    let shown = shown(&page, &folder)?;
    let samples = app.samples().await;
    let samples = samples.map_err(said)?;
    drop::add(app, &page, &shown, vec![samples]);
    Ok(())
}

/// Shows them in the system's file manager, to be dragged from there.
#[tauri::command]
pub(super) async fn show_samples(opened: State<'_, Opened>) -> Answer<()> {
    let samples = opened.app()?.samples().await;
    let samples = samples.map_err(said)?;
    show_folder(samples, Code::SamplesNotShown).await
}

/// The clipboard belongs to another program, whose answer may take its time.
fn copied_files() -> Option<Vec<PathBuf>> {
    let mut clipboard = arboard::Clipboard::new().ok()?;
    let paths = clipboard.get().file_list().ok()?;
    Some(paths.into_iter().map(without_end).collect())
}

/// Some file managers (`PCManFM`) end the list with a NUL, which is no part of the last name.
fn without_end(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_suffix('\0')) {
        Some(text) => text.into(),
        None => path,
    }
}
