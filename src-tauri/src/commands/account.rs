//! The AWS side: its texts, its plan, made and taken back.

use app::{Administrator, App, Destination, Failure, SetupForm, Step};
use tauri::State;
use tauri::ipc::Channel;

use super::{Answer, known, said};
use crate::ipc::{SetupDone, SetupFields, SetupPlan, SetupSeen, SetupTexts};
use crate::{Opened, wire};

#[tauri::command]
pub(super) fn setup_texts(fields: SetupFields) -> Answer<SetupTexts> {
    let partition = app::partition_of(&fields.region);
    let setup = wire::setup_form(&fields).setup(partition).map_err(said)?;
    let account = app::account_number(&fields.account).map_err(said)?;
    Ok(wire::setup_texts(&setup, account.as_deref()))
}

/// Only the pages that the set-up knows: the page names a step, and no address.
#[tauri::command]
pub(super) async fn open_console(fields: SetupFields, step: String) -> Answer<()> {
    let partition = app::partition_of(&fields.region);
    let setup = wire::setup_form(&fields).setup(partition).map_err(said)?;
    let known = Step::ALL.iter().find(|known| known.as_str() == step);
    // Our page knows the steps; nothing is opened for another one's word.
    let step = *known.ok_or_else(not_opened)?;
    let link = app::console_link(&setup, step);
    let opens = tauri::async_runtime::spawn_blocking(move || opener::open_browser(link));
    match opens.await {
        Ok(Ok(())) => Ok(()),
        _ => Err(not_opened()),
    }
}

fn not_opened() -> crate::ipc::Failure {
    said(Failure {
        code: app::Code::BrowserNotOpened,
        about: String::new(),
    })
}

async fn administrator(
    app: &App,
    fields: &SetupFields,
    profile: &str,
) -> Result<Administrator, Failure> {
    let profile = Some(profile.trim()).filter(|profile| !profile.is_empty());
    app.administrator(fields.region.trim(), profile).await
}

#[tauri::command]
pub(super) async fn plan_account(
    opened: State<'_, Opened>,
    fields: SetupFields,
    profile: String,
) -> Answer<SetupPlan> {
    let app = opened.app()?;
    let form = checked(&fields)?;
    let administrator = administrator(app, &fields, &profile).await.map_err(said)?;
    let setup = form.setup(&administrator.partition).map_err(said)?;
    let plan = app
        .plan_account(&administrator, &setup)
        .await
        .map_err(said)?;
    Ok(wire::setup_plan(&administrator.arn, &plan))
}

/// What was written wrongly is said before anybody is asked.
fn checked(fields: &SetupFields) -> Answer<SetupForm> {
    let form = wire::setup_form(fields);
    form.setup("aws").map_err(said)?;
    Ok(form)
}

/// The id of the destination that was made.
#[tauri::command]
pub(super) async fn set_up_account(
    opened: State<'_, Opened>,
    fields: SetupFields,
    profile: String,
    changes_existing: bool,
    connect_as: String,
    seen: SetupSeen,
    each: Channel<SetupDone>,
) -> Answer<Option<String>> {
    let app = opened.app()?;
    let form = checked(&fields)?;
    let administrator = administrator(app, &fields, &profile).await.map_err(said)?;
    let told = |thing, outcome| {
        // A sheet that was closed meanwhile hears no more.
        let _ = each.send(wire::setup_done(thing, outcome));
    };
    let connect_as = Some(connect_as.trim()).filter(|name| !name.is_empty());
    let set_up = app
        .set_up_account(
            &administrator,
            &form,
            changes_existing,
            connect_as,
            Some(&wire::setup_seen(seen)),
            told,
        )
        .await
        .map_err(said)?;
    Ok(set_up.destination.map(|made| made.id.as_str().to_owned()))
}

#[tauri::command]
pub(super) async fn undo_account(
    opened: State<'_, Opened>,
    fields: SetupFields,
    profile: String,
    seen: SetupSeen,
    each: Channel<SetupDone>,
) -> Answer<()> {
    let app = opened.app()?;
    let form = checked(&fields)?;
    let administrator = administrator(app, &fields, &profile).await.map_err(said)?;
    let setup = form.setup(&administrator.partition).map_err(said)?;
    let told = |thing, removed| {
        let _ = each.send(wire::setup_undone(thing, removed));
    };
    app.undo_account(&administrator, &setup, Some(&seen.administrator), told)
        .await
        .map_err(said)
}

#[tauri::command]
pub(super) async fn plan_repair(
    opened: State<'_, Opened>,
    destination: String,
    profile: String,
) -> Answer<SetupPlan> {
    let app = opened.app()?;
    let known = known(app, &destination)?;
    let administrator = administrator_of(app, &known, &profile)
        .await
        .map_err(said)?;
    let plan = app
        .plan_repair(&known.id, &administrator)
        .await
        .map_err(said)?;
    Ok(wire::setup_plan(&administrator.arn, &plan))
}

#[tauri::command]
pub(super) async fn repair(
    opened: State<'_, Opened>,
    destination: String,
    profile: String,
    seen: SetupSeen,
    each: Channel<SetupDone>,
) -> Answer<()> {
    let app = opened.app()?;
    let known = known(app, &destination)?;
    let administrator = administrator_of(app, &known, &profile)
        .await
        .map_err(said)?;
    let told = |thing, outcome| {
        let _ = each.send(wire::setup_done(thing, outcome));
    };
    let seen = wire::setup_seen(seen);
    app.repair(&known.id, &administrator, Some(&seen), told)
        .await
        .map_err(said)
}

async fn administrator_of(
    app: &App,
    destination: &Destination,
    profile: &str,
) -> Result<Administrator, Failure> {
    let profile = Some(profile.trim()).filter(|profile| !profile.is_empty());
    app.administrator(&destination.target.region, profile).await
}
