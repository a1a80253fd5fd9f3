//! What the system draws around the page: progress in the task bar, a light or dark title bar.
//!
//! Tauri draws the progress on Windows, on macOS, and on Linux desktops that know Unity's launcher entries.

use std::collections::HashMap;

use app::{DestinationId, Event, Preferences, Totals};
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager, Runtime, Theme};

use crate::window;

/// What is drawn; told again only when it is something else.
pub(crate) struct Frame<R: Runtime> {
    handle: AppHandle<R>,
    totals: HashMap<DestinationId, Totals>,
    progress: Option<Progress>,
    theme: Option<app::Theme>,
}

/// Of all destinations that have something open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    percent: u64,
    is_held: bool,
    has_stopped: bool,
}

impl<R: Runtime> Frame<R> {
    pub(crate) fn of(handle: AppHandle<R>) -> Self {
        Self {
            handle,
            totals: HashMap::new(),
            progress: None,
            theme: None,
        }
    }

    pub(crate) fn hear(&mut self, event: &Event) {
        match event {
            Event::Snapshot(snapshot) => {
                self.totals = snapshot.totals.iter().cloned().collect();
                self.draw_progress();
                self.draw_theme(snapshot.preferences);
            }
            Event::Totals {
                destination,
                totals,
            } => {
                self.totals.insert(destination.clone(), totals.clone());
                self.draw_progress();
            }
            Event::Preferences(preferences) => self.draw_theme(*preferences),
            _ => {}
        }
    }

    fn draw_progress(&mut self) {
        let now = progress_of(self.totals.values());
        if now == self.progress {
            return;
        }
        self.progress = now;
        let status = match now {
            None => ProgressBarStatus::None,
            Some(Progress {
                has_stopped: true, ..
            }) => ProgressBarStatus::Error,
            Some(Progress { is_held: true, .. }) => ProgressBarStatus::Paused,
            Some(_) => ProgressBarStatus::Normal,
        };
        let state = ProgressBarState {
            status: Some(status),
            progress: now.map(|now| now.percent),
        };
        if let Some(window) = self.handle.get_webview_window(window::LABEL) {
            // A desktop without such a bar draws none.
            let _ = window.set_progress_bar(state);
        }
    }

    fn draw_theme(&mut self, preferences: Preferences) {
        // A window begins with the system's.
        if preferences.theme == self.theme.unwrap_or_default() {
            return;
        }
        self.theme = Some(preferences.theme);
        let theme = match preferences.theme {
            app::Theme::System => None,
            app::Theme::Light => Some(Theme::Light),
            app::Theme::Dark => Some(Theme::Dark),
        };
        if let Some(window) = self.handle.get_webview_window(window::LABEL) {
            let _ = window.set_theme(theme);
        }
    }
}

/// None when nothing is open.
fn progress_of<'a>(all: impl Iterator<Item = &'a Totals>) -> Option<Progress> {
    let is_open = |totals: &&Totals| {
        totals.is_planning || totals.files > totals.files_stored + totals.files_stopped
    };
    let (mut sent, mut bytes, mut open, mut held, mut stopped) =
        (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for totals in all.filter(is_open) {
        sent += totals.bytes_sent;
        bytes += totals.bytes;
        open += 1;
        held += u64::from(totals.is_paused || totals.files_sending == 0);
        stopped += totals.files_stopped;
    }
    (open > 0).then(|| Progress {
        percent: (sent * 100).checked_div(bytes).unwrap_or(0).min(100),
        is_held: held == open,
        has_stopped: stopped > 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(files: u64, stored: u64, sending: u64, sent: u64) -> Totals {
        Totals {
            files,
            files_stored: stored,
            files_sending: sending,
            files_stopped: 0,
            files_paused: 0,
            files_waiting_for_network: 0,
            bytes: 1000,
            bytes_sent: sent,
            bytes_per_second: 0,
            time_left: None,
            is_planning: false,
            is_paused: false,
            is_offline: false,
        }
    }

    #[test]
    fn the_task_bar_shows_what_is_open_and_nothing_when_all_is_done() {
        let done = totals(3, 3, 0, 1000);
        assert_eq!(progress_of([&done].into_iter()), None);
        let half = totals(2, 1, 1, 500);
        let shown = progress_of([&done, &half].into_iter()).expect("open");
        assert_eq!(
            (shown.percent, shown.is_held, shown.has_stopped),
            (50, false, false)
        );
        let waiting = totals(2, 1, 0, 500);
        assert!(progress_of([&waiting].into_iter()).is_some_and(|shown| shown.is_held));
        let stopped = Totals {
            files: 4,
            files_stopped: 2,
            ..half
        };
        assert!(progress_of([&stopped].into_iter()).is_some_and(|shown| shown.has_stopped));
    }
}
