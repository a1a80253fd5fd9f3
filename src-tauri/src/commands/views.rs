//! Looking at folders.

use app::ViewId;
use tauri::State;

use super::{Answer, id, listed, said};
use crate::ipc::{Lines, Order, View};
use crate::{Opened, wire};

/// More than any window shows at once.
const MOST_LINES: usize = 1000;

#[tauri::command]
pub(super) fn open_view(
    opened: State<'_, Opened>,
    destination: &str,
    folder: &str,
    find: Option<&str>,
) -> Answer<u64> {
    let folder = listed(folder)?;
    let view = opened.app()?.open_view(&id(destination), folder, find);
    view.map(|view| view.0).map_err(said)
}

#[tauri::command]
pub(super) fn close_view(opened: State<'_, Opened>, view: u64) -> Answer<()> {
    opened.app()?.close_view(ViewId(view));
    Ok(())
}

#[tauri::command]
pub(super) async fn load_view(opened: State<'_, Opened>, view: u64) -> Answer<View> {
    answer(opened.app()?.load_view(ViewId(view)).await)
}

#[tauri::command]
pub(super) async fn read_on(opened: State<'_, Opened>, view: u64) -> Answer<View> {
    answer(opened.app()?.read_on(ViewId(view)).await)
}

#[tauri::command]
pub(super) async fn look_through(opened: State<'_, Opened>, view: u64) -> Answer<()> {
    let begun = opened.app()?.look_through(ViewId(view));
    begun.map_err(said)
}

#[tauri::command]
pub(super) async fn stop_looking(opened: State<'_, Opened>, view: u64) -> Answer<()> {
    opened.app()?.stop_looking(ViewId(view)).await;
    Ok(())
}

#[tauri::command]
pub(super) async fn arrange_view(
    opened: State<'_, Opened>,
    view: u64,
    words: String,
    order: Option<Order>,
) -> Answer<View> {
    let order = order.map(wire::order);
    answer(
        opened
            .app()?
            .arrange_view(ViewId(view), &words, order)
            .await,
    )
}

#[tauri::command]
pub(super) async fn lines(
    opened: State<'_, Opened>,
    view: u64,
    from: usize,
    count: usize,
) -> Answer<Lines> {
    let count = count.min(MOST_LINES);
    let lines = opened.app()?.view_lines(ViewId(view), from, count).await;
    lines
        .map(|(edition, shown)| wire::lines(edition, shown))
        .map_err(said)
}

#[tauri::command]
pub(super) async fn find_line(
    opened: State<'_, Opened>,
    view: u64,
    key: String,
) -> Answer<Option<usize>> {
    let place = opened.app()?.find_line(ViewId(view), key).await;
    place.map_err(said)
}

fn answer(view: Result<app::View, app::Failure>) -> Answer<View> {
    view.map(|view| wire::view(&view)).map_err(said)
}
