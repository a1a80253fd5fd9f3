//! What was stored, and what was given up.

use app::{DropId, RowId};
use tauri::{Runtime, State, Window};

use super::{Answer, id, known, said};
use crate::ipc::{Abandoned, PastDrop, Receipt, ReceiptFormat};
use crate::{Opened, dialogs, wire};

#[tauri::command]
pub(super) async fn receipt(opened: State<'_, Opened>, row: u64) -> Answer<Option<Receipt>> {
    let receipt = opened.app()?.receipt(RowId(row)).await;
    receipt
        .map(|receipt| receipt.map(wire::receipt))
        .map_err(said)
}

#[tauri::command]
pub(super) async fn receipt_of(
    opened: State<'_, Opened>,
    destination: String,
    key: String,
) -> Answer<Option<Receipt>> {
    let receipt = opened.app()?.receipt_of(&id(&destination), &key).await;
    receipt
        .map(|receipt| receipt.map(wire::receipt))
        .map_err(said)
}

#[tauri::command]
pub(super) async fn drops(opened: State<'_, Opened>, destination: String) -> Answer<Vec<PastDrop>> {
    let drops = opened.app()?.drops(&id(&destination)).await;
    drops
        .map(|drops| drops.iter().map(wire::past_drop).collect())
        .map_err(said)
}

/// Asks where, writes there, and tells the file's name; the page never learns its folder.
#[tauri::command]
pub(super) async fn save_receipts<R: Runtime>(
    opened: State<'_, Opened>,
    window: Window<R>,
    destination: String,
    drop: Option<u64>,
    format: ReceiptFormat,
) -> Answer<Option<String>> {
    let app = opened.app()?;
    known(app, &destination)?;
    let saved = async {
        let format = wire::format(format);
        let Some(path) = dialogs::save_receipts(&window, format).await? else {
            return Ok(None);
        };
        let selection = match drop {
            Some(drop) => app::Selection::Drop(DropId(drop)),
            None => app::Selection::Destination(destination.as_str().into()),
        };
        app.export_receipts(&selection, format, &path).await?;
        let name = path.file_name().unwrap_or_default();
        Ok(Some(name.to_string_lossy().into_owned()))
    };
    saved.await.map_err(said)
}

#[tauri::command]
pub(super) async fn abandoned(
    opened: State<'_, Opened>,
    destination: String,
) -> Answer<Vec<Abandoned>> {
    let uploads = opened.app()?.abandoned(&id(&destination)).await;
    uploads
        .map(|uploads| uploads.into_iter().map(wire::abandoned).collect())
        .map_err(said)
}

#[tauri::command]
pub(super) async fn abort_abandoned(opened: State<'_, Opened>, destination: String) -> Answer<u64> {
    let left = opened.app()?.abort_abandoned(&id(&destination)).await;
    left.map_err(said)
}

#[tauri::command]
pub(super) fn lifecycle_rule(opened: State<'_, Opened>, destination: &str) -> Answer<String> {
    let rule = opened.app()?.lifecycle_rule(&id(destination));
    rule.map_err(said)
}
