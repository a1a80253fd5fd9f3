//! Updates, only in builds that were told where to ask for them: `cargo xtask release` with `SANDGLASS_UPDATE_URL` and
//! `SANDGLASS_UPDATE_KEY` turns on the feature `updater`. Every other build has none of this, and asks no server but its destinations'.
//!
//! Asked once after each start. Nothing is fetched without a yes; it is installed only if it is signed with the key, for the version that
//! it is offered as.

use app::Language;
use rfd::{AsyncMessageDialog, MessageButtons, MessageDialogResult, MessageLevel};
use tauri::{AppHandle, Manager};
use tauri_plugin_updater::{Error, UpdaterExt};

use crate::{Opened, page};

/// Asks in the background, and never twice in a run.
pub(crate) fn look(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = offer(&handle).await {
            // The files of who sits there go all the same.
            tracing::warn!(error = &error as &dyn std::error::Error, "no update");
        }
    });
}

async fn offer(handle: &AppHandle) -> Result<(), Error> {
    let Some(update) = handle.updater()?.check().await? else {
        return Ok(());
    };
    let language = page::language(handle);
    if !is_wanted(&question(language, &update.version)).await {
        return Ok(());
    }
    let installed = match update.download(|_, _| {}, || {}).await {
        Ok(bytes) => {
            settle(handle).await;
            update.install(bytes)
        }
        Err(error) => Err(error),
    };
    match installed {
        Ok(()) => handle.restart(),
        Err(error) => {
            say(&failure(language)).await;
            Err(error)
        }
    }
}

async fn settle(handle: &AppHandle) {
    let app = handle.state::<Opened>().0.as_ref().ok().cloned();
    if let Some(app) = app {
        // What cannot be written now, the ledger has as it was before.
        let _ = app.settle().await;
    }
}

async fn is_wanted(question: &str) -> bool {
    let asked = AsyncMessageDialog::new()
        .set_title("Sandglass")
        .set_description(question)
        .set_buttons(MessageButtons::YesNo);
    asked.show().await == MessageDialogResult::Yes
}

async fn say(sentence: &str) {
    let said = AsyncMessageDialog::new()
        .set_title("Sandglass")
        .set_level(MessageLevel::Error)
        .set_description(sentence);
    said.show().await;
}

fn question(language: Language, version: &str) -> String {
    match language {
        Language::English => format!(
            "Sandglass {version} is there. Install it now?\n\nSandglass starts again. Files that are not finished go on when you have signed \
             in."
        ),
        Language::Japanese => format!(
            "Sandglass {version} を利用できます。いまインストールしますか？\n\nSandglass は再起動します。まだ終わっていないファイルは、サインイン後に続きから送られます。"
        ),
    }
}

fn failure(language: Language) -> String {
    match language {
        Language::English => {
            "The update could not be installed; this version goes on. Get the new one from where you got Sandglass."
        }
        Language::Japanese => {
            "アップデートをインストールできませんでした。このバージョンを引き続き使えます。新しいバージョンは、Sandglass の入手先から入手してください。"
        }
    }
    .to_owned()
}
