//! The one window.

use tauri::{AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindowBuilder};

use crate::Opened;
use crate::page::Page;

pub(crate) const LABEL: &str = "main";

pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Sandglass")
        .inner_size(940.0, 640.0)
        .min_inner_size(480.0, 360.0)
        // The content security policy does not stop `location = ..`; this does.
        .on_navigation(is_our_page)
        // Who has them has every command of the page, and sees what is typed.
        .devtools(cfg!(debug_assertions))
        .build()
        .map(drop)
}

/// A second start brings the first one's window to the front.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Tauri serves the page at `tauri://localhost`, on Windows at `http(s)://tauri.localhost`.
pub(crate) fn is_our_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" if cfg!(windows) => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// The window is to close, or the app to end. True: not yet, the person is asked whether files that are not finished
/// may wait in the ledger until the next start.
pub(crate) fn asks_first(handle: &AppHandle) -> bool {
    let opened = handle.state::<Opened>();
    let Ok(app) = &opened.0 else { return false };
    if handle.state::<Page>().may_quit() {
        return false;
    }
    let (app, handle) = (app.clone(), handle.clone());
    tauri::async_runtime::spawn(async move {
        let work = app.open_work().await;
        let is_asked = work != app::OpenWork::default() && handle.state::<Page>().ask_quit(work);
        if !is_asked {
            quit(&handle);
        }
    });
    true
}

/// Ends the app when the ledger has written what it was given. Rows go on at the next start.
pub(crate) fn quit(handle: &AppHandle<impl Runtime>) {
    handle.state::<Page>().quit();
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let app = handle.state::<Opened>().0.as_ref().ok().cloned();
        if let Some(app) = app {
            // What cannot be written now is told by nobody; the ledger has it as it was before.
            let _ = app.settle().await;
        }
        handle.exit(0);
    });
}
