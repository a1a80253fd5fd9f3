//! Notifications of the desktop: a session ends soon, or has ended while files wait. Only while the window is not in front, and
//! only where the settings say so.

use app::{App, Destination, DestinationId, EndCause, Event, Language, SessionView};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::window;

/// Says what is worth it. `language` is the page's, where the settings name none.
pub(crate) fn hear(handle: &AppHandle, app: &App, language: Language, event: &Event) {
    if !matches!(event, Event::EndsSoon { .. } | Event::Session { .. }) {
        return;
    }
    let preferences = app.preferences();
    let language = preferences.language.unwrap_or(language);
    if let Some((id, words)) = words_of(event, language)
        && preferences.notifies
        && !is_in_front(handle)
    {
        show(handle, app, &id, words);
    }
}

fn words_of(event: &Event, language: Language) -> Option<(DestinationId, String)> {
    match event {
        Event::EndsSoon { destination, left } => {
            let minutes = left.as_secs().div_ceil(60).max(1);
            let words = match (language, minutes) {
                (Language::English, 1) => "The session ends in a minute.".to_owned(),
                (Language::English, _) => format!("The session ends in {minutes} minutes."),
                (Language::Japanese, _) => format!("セッションはあと約 {minutes} 分で終了します。"),
            };
            Some((destination.clone(), words))
        }
        Event::Session {
            destination,
            session:
                SessionView::Ended {
                    cause: EndCause::Time | EndCause::Server,
                },
        } => {
            let words = match language {
                Language::English => {
                    "The session has ended. Files that wait go on after you sign in."
                }
                Language::Japanese => {
                    "セッションが終了しました。待っているファイルは、サインインすると続きから送られます。"
                }
            };
            Some((destination.clone(), words.to_owned()))
        }
        _ => None,
    }
}

fn is_in_front(handle: &AppHandle) -> bool {
    let window = handle.get_webview_window(window::LABEL);
    window.is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// A desktop that shows none has said no, or has no such thing: nothing depends on it.
fn show(handle: &AppHandle, app: &App, id: &DestinationId, words: String) {
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

    #[test]
    fn what_is_said_speaks_the_pages_language_and_counts_in_minutes() {
        let soon = |seconds| Event::EndsSoon {
            destination: DestinationId::from_wire("d1"),
            left: Duration::from_secs(seconds),
        };
        let words = |seconds, language| words_of(&soon(seconds), language).map(|(_, words)| words);
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
            destination: DestinationId::from_wire("d1"),
            session: SessionView::Ended { cause },
        };
        assert!(words_of(&ended(EndCause::User), Language::English).is_none());
        assert!(words_of(&ended(EndCause::Time), Language::English).is_some());
    }
}
