//! The system's file dialogs, opened from Rust: the page never learns a path.

use std::path::PathBuf;

use app::{Code, Failure, Language, ReceiptFormat};
use rfd::AsyncFileDialog;
use tauri::{Runtime, Window};

use crate::page;

/// A dialog's title.
struct Title {
    en: &'static str,
    ja: &'static str,
}

const FILES: Title = Title {
    en: "Choose files to upload",
    ja: "アップロードするファイルを選択",
};
const FOLDERS: Title = Title {
    en: "Choose folders to upload",
    ja: "アップロードするフォルダーを選択",
};
const KEY_FILE: Title = Title {
    en: "Choose the access key's CSV file",
    ja: "アクセスキーの CSV ファイルを選択",
};
const DROP_ZONE: Title = Title {
    en: "Choose a drop-zone file",
    ja: "ドロップゾーンファイルを選択",
};
const SAVE_DROP_ZONE: Title = Title {
    en: "Save a drop-zone file",
    ja: "ドロップゾーンファイルを保存",
};
const CA_FILE: Title = Title {
    en: "Choose a file of certificates (PEM)",
    ja: "証明書のファイル（PEM）を選択",
};
const DOWNLOAD: Title = Title {
    en: "Download as",
    ja: "名前を付けてダウンロード",
};
const DOWNLOAD_FOLDER: Title = Title {
    en: "Choose a folder to download into",
    ja: "ダウンロード先のフォルダーを選択",
};
const SUPPORT: Title = Title {
    en: "Save the text for support",
    ja: "サポート用の情報を保存",
};
const RECEIPTS: Title = Title {
    en: "Save receipts",
    ja: "受領記録を保存",
};

fn dialog(window: &Window<impl Runtime>, title: &Title) -> AsyncFileDialog {
    let title = match page::language(window) {
        Language::English => title.en,
        Language::Japanese => title.ja,
    };
    AsyncFileDialog::new().set_parent(window).set_title(title)
}

/// Any number of files; empty when the person chose none.
pub(crate) async fn files(window: &Window<impl Runtime>) -> Result<Vec<PathBuf>, Failure> {
    check().await?;
    let chosen = dialog(window, &FILES).pick_files().await;
    Ok(chosen
        .unwrap_or_default()
        .iter()
        .map(|file| file.path().to_owned())
        .collect())
}

/// Any number of folders.
pub(crate) async fn folders(window: &Window<impl Runtime>) -> Result<Vec<PathBuf>, Failure> {
    check().await?;
    let chosen = dialog(window, &FOLDERS).pick_folders().await;
    Ok(chosen
        .unwrap_or_default()
        .iter()
        .map(|folder| folder.path().to_owned())
        .collect())
}

/// The CSV file of the IAM console.
pub(crate) async fn key_file(window: &Window<impl Runtime>) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let dialog = dialog(window, &KEY_FILE).add_filter("CSV", &["csv"]);
    Ok(dialog.pick_file().await.map(|file| file.path().to_owned()))
}

/// A drop-zone file.
pub(crate) async fn drop_zone(window: &Window<impl Runtime>) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let dialog = dialog(window, &DROP_ZONE).add_filter("Sandglass", &["sandglass"]);
    Ok(dialog.pick_file().await.map(|file| file.path().to_owned()))
}

/// Where the drop-zone file of this destination is to be saved; none when the person chose nothing.
pub(crate) async fn save_drop_zone(
    window: &Window<impl Runtime>,
    name: &str,
) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let is_plain = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    let plain: String = name.chars().filter(|c| is_plain(*c)).collect();
    let dialog = dialog(window, &SAVE_DROP_ZONE)
        .add_filter("Sandglass", &["sandglass"])
        .set_file_name(format!("{}.sandglass", plain.trim()));
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}

/// Certificates in PEM form.
pub(crate) async fn ca_file(window: &Window<impl Runtime>) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let dialog = dialog(window, &CA_FILE).add_filter("PEM", &["pem", "crt", "cer"]);
    Ok(dialog.pick_file().await.map(|file| file.path().to_owned()))
}

/// Where receipts are to be saved; none when the person chose nothing.
pub(crate) async fn save_receipts(
    window: &Window<impl Runtime>,
    format: ReceiptFormat,
) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let (kind, extension) = match format {
        ReceiptFormat::Csv => ("CSV", "csv"),
        ReceiptFormat::Json => ("JSON", "json"),
    };
    let dialog = dialog(window, &RECEIPTS)
        .add_filter(kind, &[extension])
        .set_file_name(format!("receipts.{extension}"));
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}

/// Where an object is to be downloaded; none when the person chose nothing.
pub(crate) async fn save_object(
    window: &Window<impl Runtime>,
    name: String,
) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let dialog = dialog(window, &DOWNLOAD).set_file_name(name);
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}

/// Where several objects are to be downloaded; none when the person chose nothing.
pub(crate) async fn download_folder(
    window: &Window<impl Runtime>,
) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let folder = dialog(window, &DOWNLOAD_FOLDER).pick_folder().await;
    Ok(folder.map(|folder| folder.path().to_owned()))
}

/// Where the text for support is to be saved; none when the person chose nothing.
pub(crate) async fn save_support_text(
    window: &Window<impl Runtime>,
) -> Result<Option<PathBuf>, Failure> {
    check().await?;
    let dialog = dialog(window, &SUPPORT)
        .add_filter("Markdown", &["md"])
        .set_file_name("sandglass-support.md");
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
