//! Downloading: one object into a file, or several into a folder; told while it goes on, and stopped on a person's word.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bucket::DownloadError;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::destination::DestinationId;
use crate::event::Event;
use crate::{Code, Failure};

/// Told no oftener than this.
const TELLING: Duration = Duration::from_millis(100);

/// Names a download for as long as it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DownloadId(pub u64);

/// An object to download.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its key.
    pub key: String,
    /// Its size, as the listing tells it; only for telling how much is left.
    pub size_bytes: u64,
}

/// Where it goes.
#[derive(Clone, Debug)]
pub enum DownloadTo {
    /// One object: this file, which takes the place of one that was there.
    File(PathBuf),
    /// Any number: each under a name that is free in this folder.
    Folder(PathBuf),
}

/// How far a download is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Which.
    pub id: DownloadId,
    /// From where.
    pub destination: DestinationId,
    /// How many objects.
    pub files: usize,
    /// How many of them are there whole.
    pub files_done: usize,
    /// Their size, as the listing tells it.
    pub bytes: u64,
    /// Bytes that have come.
    pub bytes_done: u64,
    /// Nothing more comes.
    pub is_over: bool,
}

/// What became of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// How many of the objects, from the first on, are there whole.
    pub files: usize,
    /// The person stopped it.
    pub was_stopped: bool,
    /// Why not all of them.
    pub failure: Option<Failure>,
}

/// Those that go on.
#[derive(Default)]
pub(super) struct Downloads {
    last: u64,
    stops: HashMap<DownloadId, CancellationToken>,
}

impl App {
    /// Downloads objects, one after the other, until one fails or [`App::stop_download`]; told by
    /// [`Event::Downloading`]. Each file appears whole or not at all.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::SignedOut`], [`Code::SessionEnded`]. What went wrong later is told with
    /// what was downloaded before: [`Code::FileUnwritable`], [`Code::ReadDenied`], and as uploads fail.
    pub async fn download(
        &self,
        id: &DestinationId,
        objects: Vec<Wanted>,
        to: &DownloadTo,
    ) -> Result<Downloaded, Failure> {
        self.inner.running(&self.inner.destination(id)?)?;
        let (number, stop) = self.begin_download();
        let mut telling = Telling::new(self, id, number, &objects);
        let mut failure = None;
        let mut was_stopped = false;
        for Wanted { key, .. } in &objects {
            let path = match to {
                DownloadTo::File(path) => path.clone(),
                DownloadTo::Folder(folder) => free(folder, &file_name_of(key)),
            };
            let ended = tokio::select! {
                ended = self.download_one(id, key, &path, |bytes| telling.came(bytes)) => ended,
                () = stop.cancelled() => {
                    was_stopped = true;
                    break;
                }
            };
            if let Err(why) = ended {
                failure = Some(why);
                break;
            }
            telling.file_done();
        }
        self.inner.state().downloads.stops.remove(&number);
        let files = telling.over();
        Ok(Downloaded {
            files,
            was_stopped,
            failure,
        })
    }

    /// Stops a download: whole files stay, nothing is left of the one that was coming.
    pub fn stop_download(&self, id: DownloadId) {
        if let Some(stop) = self.inner.state().downloads.stops.get(&id) {
            stop.cancel();
        }
    }

    fn begin_download(&self) -> (DownloadId, CancellationToken) {
        let mut state = self.inner.state();
        state.downloads.last += 1;
        let id = DownloadId(state.downloads.last);
        let stop = CancellationToken::new();
        state.downloads.stops.insert(id, stop.clone());
        (id, stop)
    }

    async fn download_one(
        &self,
        id: &DestinationId,
        key: &str,
        to: &Path,
        came: impl FnMut(u64),
    ) -> Result<(), Failure> {
        let destination = self.inner.destination(id)?;
        let running = self.inner.running(&destination)?;
        match running.listing.download(key, to, came).await {
            Ok(_) => Ok(()),
            Err(DownloadError::File(error)) => {
                tracing::warn!(%error, "a download was not written");
                let name = to.file_name().unwrap_or_default().to_string_lossy();
                Err(Failure::new(Code::FileUnwritable, name))
            }
            Err(DownloadError::Server(bucket::Error::Denied)) => {
                self.inner
                    .find(id, running.number, |found| found.reads = Some(false));
                Err(Failure::new(Code::ReadDenied, key))
            }
            Err(DownloadError::Server(error)) => {
                Err(self
                    .inner
                    .request_failed(&error, key, false, &destination, &running))
            }
        }
    }
}

/// Tells how far a download is, not too often.
struct Telling<'a> {
    app: &'a App,
    download: Download,
    told: Instant,
}

impl<'a> Telling<'a> {
    fn new(app: &'a App, destination: &DestinationId, id: DownloadId, objects: &[Wanted]) -> Self {
        let telling = Self {
            app,
            download: Download {
                id,
                destination: destination.clone(),
                files: objects.len(),
                files_done: 0,
                bytes: objects.iter().map(|object| object.size_bytes).sum(),
                bytes_done: 0,
                is_over: false,
            },
            told: Instant::now(),
        };
        telling.tell();
        telling
    }

    fn tell(&self) {
        let event = Event::Downloading(self.download.clone());
        self.app.inner.watchers.tell(&event);
    }

    fn came(&mut self, bytes: u64) {
        self.download.bytes_done += bytes;
        self.tell_sometimes();
    }

    fn file_done(&mut self) {
        self.download.files_done += 1;
        self.tell_sometimes();
    }

    fn tell_sometimes(&mut self) {
        if self.told.elapsed() >= TELLING {
            self.told = Instant::now();
            self.tell();
        }
    }

    /// How many files are there whole.
    fn over(mut self) -> usize {
        self.download.is_over = true;
        self.tell();
        self.download.files_done
    }
}

/// A name for an object's file: what stands after the last `/`, without what would lead elsewhere or what Windows does
/// not take.
#[must_use]
pub fn file_name_of(key: &str) -> String {
    let name = key.rsplit('/').find(|name| !name.is_empty()).unwrap_or(key);
    let is_odd = |c: char| c.is_control() || r#"\/:*?"<>|"#.contains(c);
    let plain: String = name
        .chars()
        .map(|c| if is_odd(c) { '_' } else { c })
        .collect();
    if plain.trim_matches('.').is_empty() {
        "_".to_owned()
    } else {
        plain
    }
}

/// `take.wav`, `take (2).wav`, and so on.
fn free(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path
        .extension()
        .map(|extension| format!(".{}", extension.to_string_lossy()));
    let extension = extension.unwrap_or_default();
    let numbered = (2..).map(|number| folder.join(format!("{stem} ({number}){extension}")));
    std::iter::once(path.clone())
        .chain(numbered)
        .find(|path| !path.exists())
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_becomes_a_name_that_leads_nowhere() {
        for (key, name) in [
            ("a/b/take.wav", "take.wav"),
            ("a/b/", "b"),
            ("..", "_"),
            ("a/..", "_"),
            ("C:\\x", "C__x"),
            ("a/会議 1?.wav", "会議 1_.wav"),
        ] {
            assert_eq!(file_name_of(key), name, "{key}");
        }
    }

    #[test]
    fn nothing_that_is_there_is_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("take.wav"), b"").expect("write");
        let free = free(folder.path(), "take.wav");
        assert_eq!(free, folder.path().join("take (2).wav"));
    }
}
