//! Takes the window's drag and drop, in Rust. The page learns how many things hang over it and where, and says which
//! folder that is; it learns no path.

use std::path::{Path, PathBuf};

use tauri::{DragDropEvent, Manager, PhysicalPosition, Window, WindowEvent};

use crate::ipc::Point;
use crate::page::{Hover, Page, Shown};
use crate::{Opened, offers, window, wire};

pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    let event = match event {
        WindowEvent::DragDrop(event) => event,
        WindowEvent::CloseRequested { api, .. } => {
            if window::asks_first(window.app_handle()) {
                api.prevent_close();
            }
            return;
        }
        _ => return,
    };
    let page = window.state::<Page>();
    match event {
        DragDropEvent::Enter { paths, position } => {
            page.hovering(Some(Hover {
                items: paths.len(),
                at: on_page(window, *position),
            }));
        }
        DragDropEvent::Over { position } => page.still_hovering(on_page(window, *position)),
        DragDropEvent::Drop { paths, position } => {
            page.hovering(None);
            let opened = window.state::<Opened>();
            let Ok(app) = &opened.0 else { return };
            if offers::offer(app, &page, paths) {
                return;
            }
            match page.shown() {
                Some(shown) if !page.ask_where(paths, on_page(window, *position)) => {
                    add(app, &page, &shown, paths.clone());
                }
                Some(_) => {}
                None => page.tell(wire::failed(&app::Failure {
                    code: app::Code::DestinationNeeded,
                    about: String::new(),
                })),
            }
        }
        _ => page.hovering(None),
    }
}

/// In the page's own pixels. GTK and macOS tell them so; Windows tells the screen's.
fn on_page(window: &Window, position: PhysicalPosition<f64>) -> Point {
    let scale = if cfg!(windows) {
        window.scale_factor().unwrap_or(1.0)
    } else {
        1.0
    };
    Point {
        x: position.x / scale,
        y: position.y / scale,
    }
}

/// Adds what can be a file on this computer to a folder, and says what cannot.
pub(crate) fn add(app: &app::App, page: &Page, shown: &Shown, paths: Vec<PathBuf>) {
    let (paths, refused): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_a_path(path));
    if !refused.is_empty() {
        let code = app::Code::NotAPath;
        page.tell(wire::failed(&app::Failure {
            code,
            about: String::new(),
        }));
    }
    if paths.is_empty() {
        return;
    }
    let request = app::DropRequest {
        destination: shown.destination.clone(),
        folder: Some(shown.folder.clone()),
        paths,
        on_conflict: app::OnConflict::Ask,
        rules: None,
    };
    let taken = if app.preferences().looks_first {
        app.look_at(request).map(drop)
    } else {
        app.add_files(request).map(drop)
    };
    if let Err(failure) = taken {
        page.tell(wire::failed(&failure));
    }
}

/// Odd sources drop web addresses, relative paths, or NUL inside a name.
fn is_a_path(path: &Path) -> bool {
    path.is_absolute() && !path.as_os_str().as_encoded_bytes().contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_relative_paths_and_nul_are_refused() {
        for odd in ["http://example.com/a", "a/b", "host/x", "", "/a\0b"] {
            assert!(!is_a_path(Path::new(odd)), "{odd:?}");
        }
        #[cfg(unix)]
        assert!(is_a_path(Path::new("/tmp/会議 100% #1?.wav")));
    }
}
