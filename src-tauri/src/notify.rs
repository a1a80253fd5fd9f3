//! Notifications of the desktop: a session ends soon or has ended, uploads are through. Only while the window is not in front,
//! and only where the settings say so.

use std::collections::HashMap;

use app::{App, Destination, DestinationId, EndCause, Event, Language, SessionView, Totals};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_notification::NotificationExt;

use crate::{page, window};

/// Says what is worth it.
pub(crate) struct Notices<R: Runtime> {
    handle: AppHandle<R>,
    app: App,
    heard: Heard,
}

/// How many files of each destination are on their way, as it was told last.
#[derive(Default)]
struct Heard(HashMap<DestinationId, u64>);

impl<R: Runtime> Notices<R> {
    pub(crate) fn of(handle: AppHandle<R>, app: App) -> Self {
        Self {
            handle,
            app,
            heard: Heard::default(),
        }
    }

    pub(crate) fn hear(&mut self, event: &Event) {
        if let Some((id, what)) = self.heard.what(event)
            && self.app.preferences().notifies
            && !is_in_front(&self.handle)
        {
            let language = page::language(&self.handle);
            show(&self.handle, &self.app, &id, what.words(language));
        }
    }
}

impl Heard {
    /// What this event is worth.
    fn what(&mut self, event: &Event) -> Option<(DestinationId, What)> {
        match event {
            Event::EndsSoon { destination, left } => {
                let minutes = left.as_secs().div_ceil(60).max(1);
                Some((destination.clone(), What::EndsSoon { minutes }))
            }
            Event::Session {
                destination,
                session:
                    SessionView::Ended {
                        cause: EndCause::Time | EndCause::Server,
                    },
            } => {
                let files_wait = self.0.get(destination).is_some_and(|open| *open > 0);
                Some((destination.clone(), What::Ended { files_wait }))
            }
            Event::Snapshot(snapshot) => {
                let totals = snapshot.totals.iter();
                self.0 = totals.map(|(id, now)| (id.clone(), open(now))).collect();
                None
            }
            Event::Totals {
                destination,
                totals,
            } => {
                let now = open(totals);
                let before = self.0.insert(destination.clone(), now);
                let is_through = before.is_some_and(|before| before > 0) && now == 0;
                let what = through(totals).filter(|_| is_through)?;
                Some((destination.clone(), what))
            }
            _ => None,
        }
    }
}

/// Files that are on their way, by themselves or after a sign-in. One more while folders are still looked through.
fn open(totals: &Totals) -> u64 {
    let settled = totals.files_stored + totals.files_stopped;
    totals.files.saturating_sub(settled) + u64::from(totals.is_planning)
}

/// None where all was taken back.
fn through(totals: &Totals) -> Option<What> {
    match (totals.files_stopped, totals.files_stored) {
        (0, 0) => None,
        (0, files) => Some(What::Stored { files }),
        (files, _) => Some(What::Stopped { files }),
    }
}

/// What a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    EndsSoon {
        minutes: u64,
    },
    Ended {
        files_wait: bool,
    },
    /// All that was on its way is in the bucket.
    Stored {
        files: u64,
    },
    /// Nothing is on its way any more, and so many have failed or must be asked about.
    Stopped {
        files: u64,
    },
}

impl What {
    fn words(self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Japanese => self.japanese(),
        }
    }

    fn english(self) -> String {
        match self {
            Self::EndsSoon { minutes: 1 } => "The session ends in a minute.".to_owned(),
            Self::EndsSoon { minutes } => format!("The session ends in {minutes} minutes."),
            Self::Ended { files_wait: false } => "The session has ended.".to_owned(),
            Self::Ended { files_wait: true } => {
                "The session has ended. Files that wait go on after you sign in.".to_owned()
            }
            Self::Stored { files: 1 } => "The file has been uploaded.".to_owned(),
            Self::Stored { files } => format!("All {files} files have been uploaded."),
            Self::Stopped { files: 1 } => "One file needs your attention.".to_owned(),
            Self::Stopped { files } => format!("{files} files need your attention."),
        }
    }

    fn japanese(self) -> String {
        match self {
            Self::EndsSoon { minutes } => {
                format!("セッションはあと約 {minutes} 分で終了します。")
            }
            Self::Ended { files_wait: false } => "セッションが終了しました。".to_owned(),
            Self::Ended { files_wait: true } => {
                "セッションが終了しました。待っているファイルは、サインインすると続きから送られます。"
                    .to_owned()
            }
            Self::Stored { files } => {
                format!("{files} 個のファイルをすべてアップロードしました。")
            }
            Self::Stopped { files } => format!("{files} 個のファイルで確認が必要です。"),
        }
    }
}

fn is_in_front(handle: &AppHandle<impl Runtime>) -> bool {
    let window = handle.get_webview_window(window::LABEL);
    window.is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// A desktop that shows none has said no, or has no such thing: nothing depends on it.
fn show(handle: &AppHandle<impl Runtime>, app: &App, id: &DestinationId, words: String) {
    let all: Vec<Destination> = app.destinations();
    let name = all.into_iter().find(|known| known.id == *id);
    let title = name.map_or_else(|| "Sandglass".to_owned(), |known| known.name);
    let shown = handle
        .notification()
        .builder()
        .title(title)
        .body(words)
        .show();
    if let Err(error) = shown {
        tracing::info!(%error, "the desktop shows no notification");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn id() -> DestinationId {
        DestinationId::from_wire("d1")
    }

    fn words(heard: &mut Heard, event: &Event, language: Language) -> Option<String> {
        heard.what(event).map(|(_, what)| what.words(language))
    }

    #[test]
    fn what_is_said_speaks_the_windows_language_and_counts_in_minutes() {
        let soon = |seconds| Event::EndsSoon {
            destination: id(),
            left: Duration::from_secs(seconds),
        };
        let words = |seconds, language| words(&mut Heard::default(), &soon(seconds), language);
        assert_eq!(
            words(299, Language::English).as_deref(),
            Some("The session ends in 5 minutes.")
        );
        assert_eq!(
            words(31, Language::English).as_deref(),
            Some("The session ends in a minute.")
        );
        assert_eq!(
            words(299, Language::Japanese).as_deref(),
            Some("セッションはあと約 5 分で終了します。")
        );
    }

    #[test]
    fn a_session_that_the_person_ended_is_no_news_to_them() {
        let ended = |cause| Event::Session {
            destination: id(),
            session: SessionView::Ended { cause },
        };
        let mut heard = Heard::default();
        assert!(heard.what(&ended(EndCause::User)).is_none());
        assert!(heard.what(&ended(EndCause::Time)).is_some());
    }

    #[test]
    fn the_end_of_uploads_is_told_once_and_waiting_files_only_where_there_are_some() {
        let totals = |files_stored| Event::Totals {
            destination: id(),
            totals: Totals {
                files: 2,
                files_stored,
                ..Totals::default()
            },
        };
        let ended = Event::Session {
            destination: id(),
            session: SessionView::Ended {
                cause: EndCause::Time,
            },
        };
        let mut heard = Heard::default();
        let english = Language::English;
        assert_eq!(words(&mut heard, &totals(1), english), None);
        let waits = "The session has ended. Files that wait go on after you sign in.";
        assert_eq!(words(&mut heard, &ended, english).as_deref(), Some(waits));
        let through = "All 2 files have been uploaded.";
        assert_eq!(
            words(&mut heard, &totals(2), english).as_deref(),
            Some(through)
        );
        assert_eq!(words(&mut heard, &totals(2), english), None);
        assert_eq!(
            words(&mut heard, &ended, english).as_deref(),
            Some("The session has ended.")
        );
    }

    #[test]
    fn uploads_are_through_when_nothing_is_on_its_way_or_looked_for() {
        let totals = |files, files_stored, files_stopped, is_planning| Totals {
            files,
            files_stored,
            files_stopped,
            is_planning,
            ..Totals::default()
        };
        assert_eq!(open(&totals(3, 1, 1, false)), 1);
        assert_eq!(open(&totals(3, 3, 0, true)), 1);
        assert_eq!(open(&totals(3, 2, 1, false)), 0);
        let stored = Some(What::Stored { files: 3 });
        assert_eq!(through(&totals(3, 3, 0, false)), stored);
        let stopped = Some(What::Stopped { files: 1 });
        assert_eq!(through(&totals(3, 2, 1, false)), stopped);
        assert_eq!(through(&totals(0, 0, 0, false)), None);
    }
}
