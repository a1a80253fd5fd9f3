//! Destinations: renamed, duplicated, brought from elsewhere and written for elsewhere.

use tauri::{Runtime, State, Window};

use super::{Answer, id, known, said};
use crate::ipc::{AwsProfile, Offer};
use crate::{Opened, dialogs, drop, page, wire};

#[tauri::command]
pub(super) async fn rename_destination(
    opened: State<'_, Opened>,
    destination: String,
    name: String,
) -> Answer<()> {
    let renamed = opened.app()?.rename_destination(&id(&destination), &name);
    renamed.map_err(said)
}

#[tauri::command]
pub(super) async fn duplicate_destination(
    opened: State<'_, Opened>,
    destination: String,
) -> Answer<()> {
    let second = opened.app()?.duplicate_destination(&id(&destination)).await;
    second.map(std::mem::drop).map_err(said)
}

/// Asks where, and writes there.
#[tauri::command]
pub(super) async fn save_drop_zone<R: Runtime>(
    opened: State<'_, Opened>,
    window: Window<R>,
    destination: String,
) -> Answer<()> {
    let app = opened.app()?;
    let known = known(app, &destination)?;
    let saved = async {
        match dialogs::save_drop_zone(&window, &known.name).await? {
            Some(path) => app.save_drop_zone(&known.id, &path),
            None => Ok(()),
        }
    };
    saved.await.map_err(said)
}

#[tauri::command]
pub(super) async fn open_drop_zone<R: Runtime>(
    opened: State<'_, Opened>,
    window: Window<R>,
) -> Answer<Option<Offer>> {
    let app = opened.app()?;
    let read = async {
        match dialogs::drop_zone(&window).await? {
            Some(path) => app.read_drop_zone(&path).map(Some),
            None => Ok(None),
        }
    };
    let offer = read.await.map_err(said)?;
    Ok(offer.map(|offer| wire::offer(offer, false)))
}

#[tauri::command]
pub(super) async fn profiles(opened: State<'_, Opened>) -> Answer<Vec<AwsProfile>> {
    let profiles = opened.app()?.profiles().await;
    profiles
        .map(|all| all.into_iter().map(wire::aws_profile).collect())
        .map_err(said)
}

#[tauri::command]
pub(super) async fn read_profile(opened: State<'_, Opened>, name: String) -> Answer<Offer> {
    let offer = opened.app()?.read_profile(&name).await;
    offer.map(|offer| wire::offer(offer, false)).map_err(said)
}

/// The person wants the offered file in the bucket after all.
#[tauri::command]
pub(super) fn upload_offered(opened: State<'_, Opened>, page: State<'_, page::Page>) -> Answer<()> {
    let app = opened.app()?;
    if let (Some(path), Some(shown)) = (page.take_offered(), page.shown()) {
        drop::add(app, &page, &shown, vec![path]);
    }
    Ok(())
}
