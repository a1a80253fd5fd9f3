//! What the page may ask for: each command calls one method of the app and turns its answer. No rules here.

#![expect(
    clippy::needless_pass_by_value,
    reason = "Tauri hands commands their arguments"
)]

use app::{App, DestinationId, Folder, RowId};
use tauri::ipc::{Channel, Invoke};
use tauri::{State, Window, Wry};

use crate::ipc::{Change, ConflictChoice, ConnectForm, Failure, KeyFile, Page, PolicyAdvice};
use crate::page::Shown;
use crate::{Opened, dialogs, drop, page, wire};

type Answer<T> = Result<T, Failure>;

/// The commands of `command_names.rs`.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        watch,
        connect,
        choose_key_file,
        try_sandbox,
        select_destination,
        remove_destination,
        sign_in,
        end_session,
        choose_files,
        choose_folder,
        show_folder,
        list,
        policy_advice,
        cancel_row,
        retry_row,
        resolve_conflict,
        clear_finished,
    ]
}

impl Opened {
    fn app(&self) -> Answer<&App> {
        self.0.as_ref().map_err(wire::failure)
    }
}

fn id(destination: &str) -> DestinationId {
    DestinationId::from_wire(destination)
}

#[tauri::command]
fn watch(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    channel: Channel<Change>,
) -> Answer<()> {
    page.connect(opened.app()?, channel);
    Ok(())
}

#[tauri::command]
async fn connect(opened: State<'_, Opened>, form: ConnectForm) -> Answer<String> {
    let (form, key, replaces) = wire::form(form);
    let saved = opened.app()?.connect(&form, &key, replaces.as_ref()).await;
    saved
        .map(|saved| saved.id.as_str().to_owned())
        .map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
async fn choose_key_file(opened: State<'_, Opened>, window: Window) -> Answer<Option<KeyFile>> {
    let app = opened.app()?;
    let read = async {
        match dialogs::key_file(&window).await? {
            Some(path) => app.read_key_file(&path).map(Some),
            None => Ok(None),
        }
    };
    let file = read.await.map_err(|failure| wire::failure(&failure))?;
    Ok(file.map(wire::key_file))
}

#[tauri::command]
async fn try_sandbox(opened: State<'_, Opened>) -> Answer<String> {
    let destination = opened.app()?.try_sandbox().await;
    destination
        .map(|known| known.id.as_str().to_owned())
        .map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
async fn select_destination(opened: State<'_, Opened>, destination: String) -> Answer<()> {
    let selected = opened.app()?.select_destination(&id(&destination));
    selected.map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
async fn remove_destination(opened: State<'_, Opened>, destination: String) -> Answer<()> {
    let removed = opened.app()?.remove_destination(&id(&destination)).await;
    removed.map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
async fn sign_in(
    opened: State<'_, Opened>,
    destination: String,
    mfa_code: Option<String>,
) -> Answer<()> {
    let signed_in = opened
        .app()?
        .sign_in(&id(&destination), mfa_code.as_deref())
        .await;
    signed_in
        .map(std::mem::drop)
        .map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
fn end_session(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.end_session(&id(destination));
    Ok(())
}

#[tauri::command]
async fn choose_files(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    window: Window,
    folder: String,
) -> Answer<()> {
    let app = opened.app()?;
    let shown = shown(&page, &folder)?;
    let paths = dialogs::files(&window)
        .await
        .map_err(|failure| wire::failure(&failure))?;
    drop::add(app, &page, &shown, paths);
    Ok(())
}

#[tauri::command]
async fn choose_folder(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    window: Window,
    folder: String,
) -> Answer<()> {
    let app = opened.app()?;
    let shown = shown(&page, &folder)?;
    let paths = dialogs::folders(&window)
        .await
        .map_err(|failure| wire::failure(&failure))?;
    drop::add(app, &page, &shown, paths);
    Ok(())
}

/// What was shown when the dialog opened counts, not what is shown when it closes.
fn shown(page: &page::Page, folder: &str) -> Answer<Shown> {
    let folder = listed(folder)?;
    let known = page.shown().map(|shown| Shown { folder, ..shown });
    known.ok_or_else(|| {
        let code = app::Code::DestinationUnknown;
        wire::failure(&app::Failure {
            code,
            about: String::new(),
        })
    })
}

/// The page only knows folders that the server has listed, or the destination's own.
fn listed(folder: &str) -> Answer<Folder> {
    Folder::as_listed(folder).ok_or_else(|| {
        let about = folder.to_owned();
        wire::failure(&app::Failure {
            code: app::Code::BadPrefix,
            about,
        })
    })
}

#[tauri::command]
fn show_folder(page: State<'_, page::Page>, destination: &str, folder: &str) -> Answer<()> {
    let folder = listed(folder)?;
    page.show(Shown {
        destination: id(destination),
        folder,
    });
    Ok(())
}

#[tauri::command]
async fn list(
    opened: State<'_, Opened>,
    destination: String,
    folder: String,
    next: Option<String>,
) -> Answer<Page> {
    let folder = listed(&folder)?;
    let page = opened
        .app()?
        .list(&id(&destination), &folder, false, next)
        .await;
    page.map(wire::page)
        .map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
fn policy_advice(opened: State<'_, Opened>, destination: &str) -> Answer<PolicyAdvice> {
    let advice = opened.app()?.policy_advice(&id(destination));
    advice
        .map(wire::policy_advice)
        .map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
fn cancel_row(opened: State<'_, Opened>, row: u64) -> Answer<()> {
    opened.app()?.cancel_row(RowId(row));
    Ok(())
}

#[tauri::command]
fn retry_row(opened: State<'_, Opened>, row: u64) -> Answer<()> {
    opened.app()?.retry_row(RowId(row));
    Ok(())
}

#[tauri::command]
fn resolve_conflict(opened: State<'_, Opened>, row: u64, choice: ConflictChoice) -> Answer<()> {
    opened
        .app()?
        .resolve_conflict(RowId(row), wire::conflict(choice));
    Ok(())
}

#[tauri::command]
fn clear_finished(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.clear_finished(&id(destination));
    Ok(())
}
