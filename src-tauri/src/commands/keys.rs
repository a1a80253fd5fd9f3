//! Access keys: looked for in the keychain, and taken out of it.

use tauri::State;

use super::{Answer, id};
use crate::ipc::KeyState;
use crate::{Opened, wire};

#[tauri::command]
pub(super) async fn key_state(opened: State<'_, Opened>, destination: String) -> Answer<KeyState> {
    let state = opened.app()?.key_state(&id(&destination)).await;
    state
        .map(wire::key_state)
        .map_err(|failure| wire::failure(&failure))
}

#[tauri::command]
pub(super) async fn forget_key(opened: State<'_, Opened>, destination: String) -> Answer<()> {
    let forgotten = opened.app()?.forget_key(&id(&destination)).await;
    forgotten.map_err(|failure| wire::failure(&failure))
}
