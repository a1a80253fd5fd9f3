//! Views: folders that somebody looks at. Their pages are held here and not by whoever draws them, so that a bucket of a
//! million keys costs the page nothing.

mod open;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bucket::{Entry, Folder, Held, Order, Shown, Words};

use super::{App, Inner};
use crate::destination::DestinationId;
use crate::event::Event;
use crate::{Code, Failure};
pub(super) use open::Views;
use open::{Asked, Open};

/// While page after page comes, a view is told no oftener than this.
const TELLING: Duration = Duration::from_millis(100);

/// Names a view for as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ViewId(pub u64);

/// What is known of a view's lines.
#[derive(Clone, Debug)]
pub struct View {
    /// Which.
    pub id: ViewId,
    /// Grows whenever a line may be another one than before.
    pub edition: u64,
    /// Lines that are held.
    pub loaded: u64,
    /// Lines that are shown: those that hold the words.
    pub shown: u64,
    /// Lines that the server told, those that a search did not keep among them.
    pub looked: u64,
    /// There are further pages.
    pub has_more: bool,
    /// Page after page is being read.
    pub is_looking_through: bool,
    /// Why looking through stopped before the end.
    pub failure: Option<Failure>,
}

impl App {
    /// Opens a view of a folder, or of everything below it whose name holds the words of `find`. Nothing is read yet.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub fn open_view(
        &self,
        destination: &DestinationId,
        folder: Folder,
        find: Option<&str>,
    ) -> Result<ViewId, Failure> {
        let destination = self.inner.destination(destination)?.id;
        let held = match find.map(Words::new) {
            Some(words) if !words.is_empty() => Held::found_below(folder, words),
            _ => Held::of(folder),
        };
        Ok(self.inner.views.open(destination, held))
    }

    /// Forgets a view, and stops reading for it.
    pub fn close_view(&self, view: ViewId) {
        self.inner.views.close(view);
    }

    /// Forgets all views: whoever drew them has gone.
    pub fn close_views(&self) {
        self.inner.views.close_all();
    }

    /// Reads the first page anew. What arrived meanwhile stays.
    ///
    /// # Errors
    /// As [`App::list`]; [`Code::DestinationUnknown`] also when the view was closed.
    pub async fn load_view(&self, view: ViewId) -> Result<View, Failure> {
        let open = self.view(view)?;
        self.read(&open, open.ask_anew(), false).await
    }

    /// Reads the next page, when there is one.
    ///
    /// # Errors
    /// As [`App::load_view`]; what was read before stays.
    pub async fn read_on(&self, view: ViewId) -> Result<View, Failure> {
        let open = self.view(view)?;
        match open.ask_on() {
            Some(asked) => self.read(&open, asked, false).await,
            None => Ok(open.view()),
        }
    }

    /// Reads page after page, until the end, a failure, or [`App::stop_looking`]; told by [`Event::Viewed`].
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub fn look_through(&self, view: ViewId) -> Result<(), Failure> {
        let open = self.view(view)?;
        if open.begin_to_look() {
            let app = self.clone();
            let task = tokio::spawn({
                let open = Arc::clone(&open);
                async move { app.look_on(&open).await }
            });
            open.stops_with(task.abort_handle());
        }
        Ok(())
    }

    /// Stops looking through; what was read stays.
    pub async fn stop_looking(&self, view: ViewId) {
        if let Ok(open) = self.view(view) {
            open.stop();
            self.looked(&open, None).await;
        }
    }

    /// Shows the lines that hold these words, in this order; without one as the server lists them.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub async fn arrange_view(
        &self,
        view: ViewId,
        words: &str,
        order: Option<Order>,
    ) -> Result<View, Failure> {
        let open = self.view(view)?;
        let words = Words::new(words);
        open.change(move |held| held.arrange(words, order)).await;
        Ok(open.view())
    }

    /// Lines as they are shown, from this one on, and the edition that they belong to.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub async fn view_lines(
        &self,
        view: ViewId,
        from: usize,
        count: usize,
    ) -> Result<(u64, Vec<Shown>), Failure> {
        let open = self.view(view)?;
        Ok(open.read(move |held| held.lines(from, count)).await)
    }

    /// Where a view shows this key, when it does.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub async fn find_line(&self, view: ViewId, key: String) -> Result<Option<usize>, Failure> {
        let open = self.view(view)?;
        Ok(open.read(move |held| held.find(&key)).await.1)
    }

    fn view(&self, view: ViewId) -> Result<Arc<Open>, Failure> {
        let open = self.inner.views.get(view);
        open.ok_or_else(|| Failure::new(Code::DestinationUnknown, ""))
    }

    async fn read(
        &self,
        open: &Arc<Open>,
        asked: Asked,
        more_follow: bool,
    ) -> Result<View, Failure> {
        let (folder, is_recursive) = (&open.folder, open.is_recursive);
        let next = asked.next.clone();
        let page = self
            .list(&open.destination, folder, is_recursive, next)
            .await?;
        open.take(asked, page, more_follow).await;
        Ok(open.view())
    }

    async fn look_on(&self, open: &Arc<Open>) {
        let mut told = Instant::now();
        while let Some(asked) = open.ask_for_more() {
            match self.read(open, asked, true).await {
                Ok(view) if told.elapsed() >= TELLING => {
                    self.inner.watchers.tell(&Event::Viewed(view));
                    told = Instant::now();
                }
                Ok(_) => {}
                Err(failure) => return self.looked(open, Some(failure)).await,
            }
        }
        self.looked(open, None).await;
    }

    /// Looking through is over.
    async fn looked(&self, open: &Arc<Open>, failure: Option<Failure>) {
        open.change(Held::settle).await;
        open.end_looking(failure);
        self.inner.watchers.tell(&Event::Viewed(open.view()));
    }
}

impl Inner {
    /// What was just stored shows in open views without asking the server.
    pub(crate) fn show_arrived(self: &Arc<Self>, destination: &DestinationId, entries: Vec<Entry>) {
        self.show(destination, move |held| held.arrive(&entries));
    }

    /// What was deleted leaves open views.
    pub(crate) fn show_removed(self: &Arc<Self>, destination: &DestinationId, keys: Vec<String>) {
        self.show(destination, move |held| held.remove(&keys));
    }

    /// Changes what the destination's views hold, in the order of the calls, and tells those that changed.
    fn show(
        self: &Arc<Self>,
        destination: &DestinationId,
        change: impl Fn(&mut Held) -> bool + Send + 'static,
    ) {
        let inner = Arc::downgrade(self);
        let opened = self.views.of(destination);
        if opened.is_empty() {
            return;
        }
        self.views.queue(move || {
            for open in opened {
                let Some(inner) = inner.upgrade() else { return };
                if open.change_now(&change) {
                    inner.watchers.tell(&Event::Viewed(open.view()));
                }
            }
        });
    }
}
