//! Proxy, and certificates besides the platform's.

use tauri::{Runtime, State, Window};

use super::{Answer, said};
use crate::ipc::{Network, ProxyForm};
use crate::{Opened, dialogs, wire};

#[tauri::command]
pub(super) async fn network(opened: State<'_, Opened>) -> Answer<Network> {
    Ok(wire::network(opened.app()?.network()))
}

#[tauri::command]
pub(super) async fn set_network(opened: State<'_, Opened>, form: ProxyForm) -> Answer<Network> {
    let form = wire::proxy_form(form);
    let set = opened.app()?.set_network(&form).await;
    set.map(wire::network).map_err(said)
}

/// Null when the person chose nothing.
#[tauri::command]
pub(super) async fn choose_ca_file<R: Runtime>(
    opened: State<'_, Opened>,
    window: Window<R>,
) -> Answer<Option<Network>> {
    let app = opened.app()?;
    let trusted = async {
        match dialogs::ca_file(&window).await? {
            Some(path) => app.trust_file(&path).map(Some),
            None => Ok(None),
        }
    };
    let set = trusted.await.map_err(said)?;
    Ok(set.map(wire::network))
}

#[tauri::command]
pub(super) async fn forget_ca_file(opened: State<'_, Opened>) -> Answer<Network> {
    let set = opened.app()?.forget_ca_file();
    set.map(wire::network).map_err(said)
}
