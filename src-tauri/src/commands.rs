//! What the page may ask for: each command calls one method of the app and turns its answer. No rules here.

#![expect(
    clippy::needless_pass_by_value,
    reason = "Tauri hands commands their arguments"
)]

mod account;
mod adding;
mod examine;
mod extras;
mod keeping;
mod keys;
mod network;
mod past;
mod rows;
mod support;
mod views;

pub(crate) use extras::Copied;

use app::{App, Destination, DestinationId, Folder};
use tauri::ipc::{Channel, Invoke};
use tauri::{AppHandle, Runtime, State, Window};

use crate::frame::Frame;
use crate::ipc::{
    Change, ConnectForm, Failure, KeyFile, Language, LetterAbout, PolicyAdvice, Preferences,
};
use crate::notify::Notices;
use crate::page::Shown;
use crate::{Opened, dialogs, page, window, wire};

type Answer<T> = Result<T, Failure>;

/// The commands of `command_names.rs`; of any runtime, so that a test can call them without a window.
pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        watch,
        connect,
        choose_key_file,
        try_sandbox,
        select_destination,
        remove_destination,
        keeping::rename_destination,
        keeping::duplicate_destination,
        keeping::save_drop_zone,
        keeping::open_drop_zone,
        keeping::profiles,
        keeping::read_profile,
        keeping::upload_offered,
        keys::key_state,
        keys::forget_key,
        keys::rotation_outlook,
        keys::rotate_key,
        keys::stop_rotation,
        keys::delete_old_key,
        sign_in,
        cancel_sign_in,
        keep_renewing,
        end_session,
        adding::choose_files,
        adding::choose_folder,
        adding::take_drop,
        adding::paste,
        adding::add_samples,
        adding::show_samples,
        show_folder,
        views::open_view,
        views::close_view,
        views::load_view,
        views::read_on,
        views::look_through,
        views::stop_looking,
        views::arrange_view,
        views::lines,
        views::find_line,
        account::setup_texts,
        account::open_console,
        account::plan_account,
        account::set_up_account,
        account::undo_account,
        account::plan_repair,
        account::repair,
        examine::examine,
        extras::extras,
        extras::copy_link,
        extras::download,
        extras::stop_download,
        extras::delete_objects,
        extras::make_folder,
        policy_advice,
        administrator_letter,
        rows::cancel_row,
        rows::cancel_drop,
        rows::retry_row,
        rows::resolve_conflict,
        rows::clear_finished,
        rows::retry_all,
        rows::pause_row,
        rows::resume_row,
        rows::pause_all,
        rows::resume_all,
        rows::move_to_front,
        rows::resolve_drop,
        rows::network_is_back,
        set_preferences,
        network::network,
        network::set_network,
        network::choose_ca_file,
        network::forget_ca_file,
        rows::send_previewed,
        rows::drop_previewed,
        past::receipt,
        past::receipt_of,
        past::drops,
        past::save_receipts,
        past::abandoned,
        past::abort_abandoned,
        past::lifecycle_rule,
        support::support_text,
        support::save_support_text,
        support::open_logs,
        quit_now,
        stay_open,
    ]
}

impl Opened {
    fn app(&self) -> Answer<&App> {
        self.0.as_ref().map_err(wire::failure)
    }
}

/// As the page reads it.
fn said(failure: app::Failure) -> Failure {
    wire::failure(&failure)
}

fn id(destination: &str) -> DestinationId {
    DestinationId::from_wire(destination)
}

/// For commands that would do something else first: open a dialog, ask AWS.
fn known(app: &App, destination: &str) -> Answer<Destination> {
    let id = id(destination);
    let found = app.destinations().into_iter().find(|known| known.id == id);
    found.ok_or_else(|| {
        wire::failure(&app::Failure {
            code: app::Code::DestinationUnknown,
            about: destination.to_owned(),
        })
    })
}

#[tauri::command]
fn watch<R: Runtime>(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    handle: AppHandle<R>,
    channel: Channel<Change>,
    language: Language,
) -> Answer<()> {
    // A page that was loaded anew knows of no view.
    opened.app()?.close_views();
    let (app, language) = (opened.app()?.clone(), wire::language(language));
    let mut frame = Frame::of(handle.clone());
    let mut notices = Notices::of(handle, app);
    page.connect(opened.app()?, channel, language, move |event| {
        notices.hear(event);
        frame.hear(event);
    });
    Ok(())
}

#[tauri::command]
async fn connect(opened: State<'_, Opened>, form: ConnectForm) -> Answer<String> {
    let (form, key, replaces) = wire::form(form);
    let saved = opened.app()?.connect(&form, &key, replaces.as_ref()).await;
    saved
        .map(|saved| saved.id.as_str().to_owned())
        .map_err(said)
}

#[tauri::command]
async fn choose_key_file<R: Runtime>(
    opened: State<'_, Opened>,
    window: Window<R>,
) -> Answer<Option<KeyFile>> {
    let app = opened.app()?;
    let read = async {
        match dialogs::key_file(&window).await? {
            Some(path) => app.read_key_file(&path).map(Some),
            None => Ok(None),
        }
    };
    let file = read.await.map_err(said)?;
    Ok(file.map(wire::key_file))
}

#[tauri::command]
async fn try_sandbox(opened: State<'_, Opened>) -> Answer<String> {
    let destination = opened.app()?.try_sandbox().await;
    destination
        .map(|known| known.id.as_str().to_owned())
        .map_err(said)
}

#[tauri::command]
async fn select_destination(opened: State<'_, Opened>, destination: String) -> Answer<()> {
    let selected = opened.app()?.select_destination(&id(&destination));
    selected.map_err(said)
}

#[tauri::command]
async fn remove_destination(opened: State<'_, Opened>, destination: String) -> Answer<()> {
    let removed = opened.app()?.remove_destination(&id(&destination)).await;
    removed.map_err(said)
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
    signed_in.map(std::mem::drop).map_err(said)
}

#[tauri::command]
fn cancel_sign_in(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.cancel_sign_in(&id(destination));
    Ok(())
}

#[tauri::command]
fn keep_renewing(opened: State<'_, Opened>, destination: &str, keeps: bool) -> Answer<()> {
    let kept = opened.app()?.keep_renewing(&id(destination), keeps);
    kept.map_err(said)
}

#[tauri::command]
fn end_session(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.end_session(&id(destination));
    Ok(())
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
fn show_folder(
    opened: State<'_, Opened>,
    page: State<'_, page::Page>,
    destination: &str,
    folder: &str,
) -> Answer<()> {
    let folder = listed(folder)?;
    let destination = known(opened.app()?, destination)?.id;
    page.show(Shown {
        destination,
        folder,
    });
    Ok(())
}

#[tauri::command]
fn policy_advice(opened: State<'_, Opened>, destination: &str) -> Answer<PolicyAdvice> {
    let advice = opened.app()?.policy_advice(&id(destination));
    advice.map(wire::policy_advice).map_err(said)
}

#[tauri::command]
fn administrator_letter(
    opened: State<'_, Opened>,
    destination: &str,
    about: LetterAbout,
    language: Language,
) -> Answer<String> {
    let (about, language) = (wire::letter_about(about), wire::language(language));
    let app = opened.app()?;
    let letter = app.administrator_letter(&id(destination), about, language);
    letter.map_err(said)
}

#[tauri::command]
async fn set_preferences(opened: State<'_, Opened>, preferences: Preferences) -> Answer<()> {
    let saved = opened
        .app()?
        .set_preferences(wire::chosen_preferences(preferences));
    saved.map_err(said)
}

#[tauri::command]
fn quit_now<R: Runtime>(handle: AppHandle<R>) {
    window::quit(&handle);
}

#[tauri::command]
fn stay_open(page: State<'_, page::Page>) {
    page.stay();
}
