//! Rows and drops: paused, cancelled, tried again, decided on.

use app::{DropId, RowId};
use tauri::State;

use super::{Answer, id, said};
use crate::ipc::{ConflictChoice, PreviewChoice};
use crate::{Opened, wire};

#[tauri::command]
pub(super) fn cancel_row(opened: State<'_, Opened>, row: u64) -> Answer<()> {
    opened.app()?.cancel_row(RowId(row));
    Ok(())
}

#[tauri::command]
pub(super) fn cancel_drop(opened: State<'_, Opened>, drop: u64) -> Answer<()> {
    opened.app()?.cancel_drop(DropId(drop));
    Ok(())
}

#[tauri::command]
pub(super) fn retry_row(opened: State<'_, Opened>, row: u64) -> Answer<()> {
    opened.app()?.retry_row(RowId(row));
    Ok(())
}

#[tauri::command]
pub(super) fn resolve_conflict(
    opened: State<'_, Opened>,
    row: u64,
    choice: ConflictChoice,
) -> Answer<()> {
    opened
        .app()?
        .resolve_conflict(RowId(row), wire::conflict(choice));
    Ok(())
}

#[tauri::command]
pub(super) fn clear_finished(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.clear_finished(&id(destination));
    Ok(())
}

#[tauri::command]
pub(super) fn retry_all(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.retry_all(&id(destination));
    Ok(())
}

#[tauri::command]
pub(super) fn pause_row(opened: State<'_, Opened>, row: u64) -> Answer<()> {
    opened.app()?.pause_row(RowId(row));
    Ok(())
}

#[tauri::command]
pub(super) fn resume_row(opened: State<'_, Opened>, row: u64) -> Answer<()> {
    opened.app()?.resume_row(RowId(row));
    Ok(())
}

#[tauri::command]
pub(super) fn pause_all(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.pause_all(&id(destination));
    Ok(())
}

#[tauri::command]
pub(super) fn resume_all(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.resume_all(&id(destination));
    Ok(())
}

#[tauri::command]
pub(super) fn move_to_front(opened: State<'_, Opened>, row: u64) -> Answer<()> {
    opened.app()?.move_to_front(RowId(row));
    Ok(())
}

#[tauri::command]
pub(super) fn resolve_drop(
    opened: State<'_, Opened>,
    row: u64,
    choice: ConflictChoice,
) -> Answer<()> {
    opened
        .app()?
        .resolve_drop(RowId(row), wire::conflict(choice));
    Ok(())
}

#[tauri::command]
pub(super) fn network_is_back(opened: State<'_, Opened>, destination: &str) -> Answer<()> {
    opened.app()?.network_is_back(&id(destination));
    Ok(())
}

#[tauri::command]
pub(super) fn drop_previewed(opened: State<'_, Opened>, token: u64) -> Answer<()> {
    opened.app()?.drop_previewed(token);
    Ok(())
}

#[tauri::command]
pub(super) fn send_previewed(
    opened: State<'_, Opened>,
    token: u64,
    choice: PreviewChoice,
) -> Answer<()> {
    let sent = opened
        .app()?
        .send_previewed(token, wire::preview_choice(choice));
    sent.map(std::mem::drop).map_err(said)
}
