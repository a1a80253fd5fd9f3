//! The system's file dialogs, opened from Rust: the page never learns a path.

use std::path::PathBuf;

use app::{Code, Failure, ReceiptFormat};
use rfd::AsyncFileDialog;
use tauri::Window;

/// Any number of files; empty when the person chose none.
pub(crate) async fn files(window: &Window) -> Result<Vec<PathBuf>, Failure> {
    check().await?;
    let chosen = AsyncFileDialog::new().set_parent(window).pick_files().await;
    Ok(chosen
        .unwrap_or_default()
        .iter()
        .map(|file| file.path().to_owned())
        .collect())
}

/// Any number of folders.
pub(crate) async fn folders(window: &Window) -> Result<Vec<PathBuf>, Failure> {
    check().await?;
    let chosen = AsyncFileDialog::new()
        .set_parent(window)
        .pick_folders()
        .await;
    Ok(chosen
        .unwrap_or_default()
        .iter()
        .map(|folder| folder.path().to_owned())
        .collect())
}

/// The CSV file of the IAM console.
pub(crate) async fn key_file(window: &Window) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let dialog = AsyncFileDialog::new()
        .set_parent(window)
        .add_filter("CSV", &["csv"]);
    Ok(dialog.pick_file().await.map(|file| file.path().to_owned()))
}

/// Where receipts shall be written; the dialog itself asks before it takes the name of a file that is there.
pub(crate) async fn save_receipts(
    window: &Window,
    format: ReceiptFormat,
) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let (kind, ending) = match format {
        ReceiptFormat::Csv => ("CSV", "csv"),
        ReceiptFormat::Json => ("JSON", "json"),
    };
    let dialog = AsyncFileDialog::new()
        .set_parent(window)
        .set_file_name(format!("receipts.{ending}"))
        .add_filter(kind, &[ending]);
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}

/// Without a portal and without zenity the dialog would answer "nothing chosen" at once, like *Cancel*.
#[cfg(all(unix, not(target_os = "macos")))]
async fn check() -> Result<(), Failure> {
    if has_zenity() || has_portal().await.unwrap_or(false) {
        Ok(())
    } else {
        Err(Failure {
            code: Code::DialogMissing,
            about: String::new(),
        })
    }
}

#[cfg(any(windows, target_os = "macos"))]
async fn check() -> Result<(), Failure> {
    Ok(())
}

#[cfg(all(unix, not(target_os = "macos")))]
fn has_zenity() -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join("zenity").is_file())
    })
}

#[cfg(all(unix, not(target_os = "macos")))]
async fn has_portal() -> zbus::Result<bool> {
    const PORTAL: &str = "org.freedesktop.portal.Desktop";
    let connection = zbus::Connection::session().await?;
    let bus = zbus::fdo::DBusProxy::new(&connection).await?;
    let is_running = bus.name_has_owner(PORTAL.try_into()?).await?;
    let can_start = || async { bus.list_activatable_names().await };
    Ok(is_running
        || can_start()
            .await?
            .iter()
            .any(|name| name.as_str() == PORTAL))
}
