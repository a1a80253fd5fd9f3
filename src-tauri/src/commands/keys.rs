//! Access keys: looked for in the keychain, taken out of it, and rotated.

use tauri::State;

use super::{Answer, id, said};
use crate::ipc::{KeyState, OldKey, Rotated, RotationOutlook};
use crate::{Opened, wire};

#[tauri::command]
pub(super) async fn key_state(opened: State<'_, Opened>, destination: String) -> Answer<KeyState> {
    let state = opened.app()?.key_state(&id(&destination)).await;
    state.map(wire::key_state).map_err(said)
}

#[tauri::command]
pub(super) async fn forget_key(opened: State<'_, Opened>, destination: String) -> Answer<()> {
    let forgotten = opened.app()?.forget_key(&id(&destination)).await;
    forgotten.map_err(said)
}

#[tauri::command]
pub(super) async fn rotation_outlook(
    opened: State<'_, Opened>,
    destination: String,
) -> Answer<RotationOutlook> {
    let outlook = opened.app()?.rotation_outlook(&id(&destination)).await;
    outlook.map(wire::outlook).map_err(said)
}

/// `deletes`: the last four characters of the user's other key, which goes for the new one.
#[tauri::command]
pub(super) async fn rotate_key(
    opened: State<'_, Opened>,
    destination: String,
    deletes: Option<String>,
) -> Answer<Rotated> {
    let app = opened.app()?;
    let rotated = app.rotate_key(&id(&destination), deletes.as_deref()).await;
    rotated.map(wire::rotated).map_err(said)
}

#[tauri::command]
pub(super) fn stop_rotation(opened: State<'_, Opened>) -> Answer<()> {
    opened.app()?.stop_rotation();
    Ok(())
}

#[tauri::command]
pub(super) async fn delete_old_key(
    opened: State<'_, Opened>,
    destination: String,
) -> Answer<OldKey> {
    let deleted = opened.app()?.delete_old_key(&id(&destination)).await;
    deleted.map(wire::old_key).map_err(said)
}
