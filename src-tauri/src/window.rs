//! The one window.

use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder};

const LABEL: &str = "main";

pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Sandglass")
        .inner_size(940.0, 640.0)
        .min_inner_size(480.0, 360.0)
        // The content security policy does not stop `location = ..`; this does.
        .on_navigation(is_our_page)
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
