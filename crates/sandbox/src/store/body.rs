//! Bodies on disk: written piece by piece while digests run, read back segment by segment.

use super::digest::{Digests, Sums, hex};
use super::{Refusal, Store};
use crate::random;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

/// How much is gathered before it is handed to a blocking thread: enough that the hand-over costs nothing.
const PIECE: usize = 1024 * 1024;

/// A body that was received whole and whose digests are known. Unless it is kept, dropping it removes the file.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) file: String,
    pub(crate) size: u64,
    /// The MD5 in hexadecimal, without quotes.
    pub(crate) etag: String,
    pub(crate) md5: [u8; 16],
    pub(crate) crc64nvme: u64,
    pub(crate) sums: Sums,
    unkept: Unkept,
}

/// One file of an object's body.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

/// Removes a file that nobody took over: the client went away, or the request was refused.
#[derive(Debug)]
struct Unkept(Option<PathBuf>);

impl Drop for Unkept {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = std::fs::remove_file(path);
        }
    }
}

struct Writing {
    file: File,
    name: String,
    size: u64,
    digests: Digests,
    unkept: Unkept,
}

impl Writing {
    fn begin(store: &Store, digests: Digests) -> Result<Self, Refusal> {
        let name = random::plain();
        let path = store.bodies.join(&name);
        let file = File::create_new(&path)?;
        Ok(Self {
            file,
            name,
            size: 0,
            digests,
            unkept: Unkept(Some(path)),
        })
    }

    fn write(&mut self, pieces: &[Bytes]) -> Result<(), Refusal> {
        for piece in pieces {
            self.digests.update(piece);
            self.file.write_all(piece)?;
            self.size += piece.len() as u64;
        }
        Ok(())
    }

    fn finish(self) -> Body {
        let (crc64nvme, md5, sums) = self.digests.finish();
        Body {
            file: self.name,
            size: self.size,
            etag: hex(&md5),
            md5,
            crc64nvme,
            sums,
            unkept: self.unkept,
        }
    }
}

impl Body {
    /// The store has a row for the file now.
    pub(super) fn keep(&mut self) {
        self.unkept.0 = None;
    }
}

/// Receiving a body fails on the client's side or on this one.
#[derive(Debug)]
pub(crate) enum Receiving<E> {
    Client(E),
    Store(Refusal),
}

impl Store {
    /// Writes a stream to a new body file.
    pub(crate) async fn receive<S, E>(
        self: &Arc<Self>,
        mut stream: S,
        digests: Digests,
    ) -> Result<Body, Receiving<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let mut writing = None;
        let mut digests = Some(digests);
        loop {
            let (pieces, ended) = gather(&mut stream).await.map_err(Receiving::Client)?;
            let (before, fresh) = (writing.take(), digests.take());
            let step = move |store: &Self| {
                let mut writing = match (before, fresh) {
                    (Some(writing), _) => writing,
                    (None, fresh) => {
                        Writing::begin(store, fresh.unwrap_or_else(|| Digests::new([])))?
                    }
                };
                writing.write(&pieces)?;
                Ok(writing)
            };
            let written: Writing = self.run(step).await.map_err(Receiving::Store)?;
            if ended {
                return Ok(written.finish());
            }
            writing = Some(written);
        }
    }

    /// Writes bytes at hand to a new body file.
    pub(crate) fn receive_bytes(&self, bytes: &[u8]) -> Result<Body, Refusal> {
        let mut writing = Writing::begin(self, Digests::new([]))?;
        writing.write(&[Bytes::copy_from_slice(bytes)])?;
        Ok(writing.finish())
    }
}

/// Takes frames until there is a piece's worth of them; `true` when the stream is over.
async fn gather<S, E>(stream: &mut S) -> Result<(Vec<Bytes>, bool), E>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let (mut pieces, mut size) = (Vec::new(), 0);
    while size < PIECE {
        let Some(piece) = stream.next().await.transpose()? else {
            return Ok((pieces, true));
        };
        size += piece.len();
        pieces.push(piece);
    }
    Ok((pieces, false))
}

/// Reads `range` of the body that `segments` make up, piece by piece.
pub(crate) fn stream(
    segments: Vec<Segment>,
    range: std::ops::Range<u64>,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + Sync {
    let mut wanted = Vec::new();
    let mut at = 0;
    for segment in segments {
        let (from, to) = (
            range.start.clamp(at, at + segment.size),
            range.end.clamp(at, at + segment.size),
        );
        for start in (from..to).step_by(PIECE) {
            let length = (to - start).min(PIECE as u64);
            wanted.push((segment.path.clone(), start - at, length));
        }
        at += segment.size;
    }
    futures_util::stream::iter(wanted).then(|(path, offset, length)| async move {
        let read = tokio::task::spawn_blocking(move || read_piece(&path, offset, length));
        read.await
            .unwrap_or_else(|_| Err(std::io::ErrorKind::Interrupted.into()))
    })
}

fn read_piece(path: &std::path::Path, offset: u64, length: u64) -> std::io::Result<Bytes> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}
