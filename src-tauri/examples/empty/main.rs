//! A Tauri window that does nothing: `cargo xtask bench window` measures Sandglass's beside it.
//!
//! Its page is one line on the colour of Sandglass's main button, so that both are seen to be painted in the same way.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!("examples/empty/tauri.conf.json"))
}
