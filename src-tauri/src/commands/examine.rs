//! The examination of a destination.

use app::Finding;
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, id, said};
use crate::{Opened, ipc, wire};

/// Each finding as its check ends; answers what they come to.
#[tauri::command]
pub(super) async fn examine(
    opened: State<'_, Opened>,
    destination: String,
    mfa_code: Option<String>,
    each: Channel<ipc::Finding>,
) -> Answer<ipc::Verdict> {
    let told = |finding: &Finding| {
        // A sheet that was closed meanwhile hears no more.
        let _ = each.send(wire::finding(finding));
    };
    let examined = opened
        .app()?
        .examine(&id(&destination), mfa_code.as_deref(), told)
        .await;
    examined
        .map(|examination| wire::verdict(examination.verdict()))
        .map_err(said)
}
