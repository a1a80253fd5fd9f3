//! The page as Rust sees it: a channel to it, and the folder that it shows.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use app::{App, DestinationId, Event, Folder, Language};
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri::{Manager, Runtime};

use crate::ipc::{Change, Point};
use crate::{Opened, wire};

/// The page takes the overlay away by itself when it hears nothing for a while, since not every desktop tells that a
/// drag has left; so a drag that stays is told again this often.
const STILL: Duration = Duration::from_secs(1);

/// A drag moves with each pixel; the page draws no oftener.
const MOVED: Duration = Duration::from_millis(50);

/// The second click of a double-click on the window's cross is no second word; a slower one is.
const SECOND_WORD: Duration = Duration::from_secs(2);

/// Files that hang over the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hover {
    /// How many things.
    pub(crate) items: usize,
    /// Where.
    pub(crate) at: Point,
}

/// What a drop goes to.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) destination: DestinationId,
    pub(crate) folder: Folder,
}

#[derive(Default)]
pub(crate) struct Page(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    channel: Option<Channel<Change>>,
    /// What it speaks where the settings name no language.
    language: Language,
    events: Option<JoinHandle<()>>,
    shown: Option<Shown>,
    hovering: Option<(Hover, Instant)>,
    /// Dropped, and the page is asked which folder that is.
    dropped: HashMap<u64, Vec<PathBuf>>,
    last_drop: u64,
    /// The file that was offered last, should the person want to upload it.
    offered: Option<PathBuf>,
    /// Offered before there was a page.
    waiting: Option<Change>,
    quit: Quit,
    /// What was shown last, to be saved as it was.
    support: String,
}

/// Closing the window with files that are not finished is asked about.
#[derive(Clone, Copy, Debug, Default)]
enum Quit {
    #[default]
    NotAsked,
    /// The page shows the question, since then.
    Asked(Instant),
    /// The person said yes, or nothing is open.
    Now,
}

/// The window's: the settings' or else the page's own.
pub(crate) fn language<R: Runtime>(window: &impl Manager<R>) -> Language {
    let opened = window.state::<Opened>();
    let set = opened.0.as_ref().ok();
    set.and_then(|app| app.preferences().language)
        .unwrap_or_else(|| window.state::<Page>().inside().language)
}

impl Page {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page's one channel. A page that was loaded anew takes the place of the old one.
    /// What happens is told to the page and to `hear`, so that one copy of it is enough.
    pub(crate) fn connect(
        &self,
        app: &App,
        channel: Channel<Change>,
        language: Language,
        mut hear: impl FnMut(&Event) + Send + 'static,
    ) {
        self.inside().language = language;
        let mut events = app.watch();
        let carried = channel.clone();
        let carry = tauri::async_runtime::spawn(async move {
            while let Some(event) = events.recv().await {
                hear(&event);
                let sent = wire::change(event).is_none_or(|change| carried.send(change).is_ok());
                if !sent {
                    return;
                }
            }
        });
        let mut inside = self.inside();
        if let Some(waiting) = inside.waiting.take() {
            let _ = channel.send(waiting);
        }
        inside.channel = Some(channel);
        if let Some(old) = inside.events.replace(carry) {
            old.abort();
        }
    }

    /// Says something that is the window's own and not the app's.
    pub(crate) fn tell(&self, change: Change) {
        if let Some(channel) = &self.inside().channel {
            // Nobody to tell when the page is being loaded.
            let _ = channel.send(change);
        }
    }

    /// Tells of an offered file, at once or when the page is there.
    pub(crate) fn offer(&self, path: PathBuf, told: Change) {
        let mut inside = self.inside();
        inside.offered = Some(path);
        match &inside.channel {
            Some(channel) => {
                let _ = channel.send(told);
            }
            None => inside.waiting = Some(told),
        }
    }

    pub(crate) fn take_offered(&self) -> Option<PathBuf> {
        self.inside().offered.take()
    }

    /// Takes note that the window is to close. True: the person has already said so, or says it for the second time
    /// (the page may be unable to ask).
    pub(crate) fn may_quit(&self) -> bool {
        match self.inside().quit {
            Quit::NotAsked => false,
            Quit::Asked(since) => since.elapsed() >= SECOND_WORD,
            Quit::Now => true,
        }
    }

    /// Asks the person. False: there is no page to ask with.
    pub(crate) fn ask_quit(&self, work: app::OpenWork) -> bool {
        let mut inside = self.inside();
        let asked = inside.channel.as_ref().is_some_and(|channel| {
            let question = Change::AskQuit {
                running: work.running,
                waiting: work.waiting,
            };
            channel.send(question).is_ok()
        });
        if let (true, Quit::NotAsked) = (asked, inside.quit) {
            inside.quit = Quit::Asked(Instant::now());
        }
        asked
    }

    /// The person stays.
    pub(crate) fn stay(&self) {
        self.inside().quit = Quit::NotAsked;
    }

    /// From now on the window closes without a question.
    pub(crate) fn quit(&self) {
        self.inside().quit = Quit::Now;
    }

    pub(crate) fn keep_support_text(&self, text: String) {
        self.inside().support = text;
    }

    pub(crate) fn support_text(&self) -> String {
        self.inside().support.clone()
    }

    pub(crate) fn show(&self, shown: Shown) {
        self.inside().shown = Some(shown);
    }

    pub(crate) fn shown(&self) -> Option<Shown> {
        self.inside().shown.clone()
    }

    pub(crate) fn hovering(&self, hover: Option<Hover>) {
        self.inside().hovering = hover.map(|hover| (hover, Instant::now()));
        self.tell_hover(hover);
    }

    pub(crate) fn still_hovering(&self, at: Point) {
        let hover = match &mut self.inside().hovering {
            Some((hover, told)) if told.elapsed() >= if hover.at == at { STILL } else { MOVED } => {
                *told = Instant::now();
                hover.at = at;
                *hover
            }
            _ => return,
        };
        self.tell_hover(Some(hover));
    }

    fn tell_hover(&self, hover: Option<Hover>) {
        self.tell(Change::DropHover {
            items: hover.map(|hover| hover.items as u64),
            at: hover.map(|hover| hover.at),
        });
    }

    /// Keeps what was dropped and asks the page which folder lies there. False: there is no page to ask.
    pub(crate) fn ask_where(&self, paths: &[PathBuf], at: Point) -> bool {
        let mut inside = self.inside();
        inside.last_drop += 1;
        let token = inside.last_drop;
        let question = Change::Dropped { token, at };
        let channel = inside.channel.as_ref();
        let asked = channel.is_some_and(|channel| channel.send(question).is_ok());
        if asked {
            inside.dropped.insert(token, paths.to_vec());
        }
        asked
    }

    pub(crate) fn take_dropped(&self, token: u64) -> Option<Vec<PathBuf>> {
        self.inside().dropped.remove(&token)
    }
}
