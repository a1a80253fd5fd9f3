//! A receipt against the file on disk, and against the listing.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use crate::source::without_waiting;
use crate::{Crc64Nvme, Entry, StoredFile};

/// How much of a file is held at once.
const PIECE_BYTES: usize = 1 << 20;

/// What a receipt's file on disk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDisk {
    /// It has the bytes that were stored.
    Same,
    /// There is none.
    Missing,
    /// It is another one by now.
    Differs(Difference),
    /// It cannot be read, is no file, or its name leads out of the folder.
    Unreadable(io::ErrorKind),
}

/// In what a file differs from its receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In its size; its bytes were not read.
    Size,
    /// In its bytes.
    Bytes,
}

/// What the listing tells of a receipt's object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InBucket {
    /// Same size, same ETag: the object that was stored.
    Same,
    /// Same size; one of the two sides has no ETag.
    SameSize,
    /// No object has the key.
    Missing,
    /// Another object has the key.
    Differs,
}

/// Compares size and CRC64NVME with the file that has the receipt's name below `folder`, where the dropped things lie.
/// Reads it in pieces of 1 MiB, and not at all when its size differs. Blocks.
pub fn on_disk(stored: &StoredFile, folder: &Path) -> OnDisk {
    let name = Path::new(&stored.name);
    // The file of receipts may come from anybody.
    let stays_inside = name
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !stays_inside || stored.name.is_empty() {
        return OnDisk::Unreadable(io::ErrorKind::InvalidInput);
    }
    match compare(stored, &folder.join(name)) {
        Ok(verdict) => verdict,
        Err(error) if error.kind() == io::ErrorKind::NotFound => OnDisk::Missing,
        Err(error) => OnDisk::Unreadable(error.kind()),
    }
}

fn compare(stored: &StoredFile, path: &Path) -> io::Result<OnDisk> {
    let receipt = &stored.receipt;
    let meta = path.metadata()?;
    if meta.is_dir() && receipt.key.ends_with('/') && receipt.size_bytes == 0 {
        return Ok(OnDisk::Same);
    }
    if !meta.is_file() {
        return Ok(OnDisk::Unreadable(io::ErrorKind::InvalidInput));
    }
    if meta.len() != receipt.size_bytes {
        return Ok(OnDisk::Differs(Difference::Size));
    }
    // Another thing may have taken the file's place since it was looked at.
    let (size_bytes, crc64nvme) = checksum(without_waiting().open(path)?)?;
    Ok(if size_bytes != receipt.size_bytes {
        OnDisk::Differs(Difference::Size)
    } else if crc64nvme == receipt.crc64nvme {
        OnDisk::Same
    } else {
        OnDisk::Differs(Difference::Bytes)
    })
}

fn checksum(mut file: File) -> io::Result<(u64, Crc64Nvme)> {
    let mut piece = vec![0; PIECE_BYTES];
    let (mut size_bytes, mut whole) = (0, Crc64Nvme::of(b""));
    loop {
        let read = match file.read(&mut piece) {
            Ok(0) => return Ok((size_bytes, whole)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        whole = whole.followed_by(Crc64Nvme::of(&piece[..read]), read as u64);
        size_bytes += read as u64;
    }
}

/// Compares with what the listing has under the receipt's key; `found` is none when it lists no such key. Another key's
/// entry, or a folder's, counts as none.
pub fn in_listing(stored: &StoredFile, found: Option<&Entry>) -> InBucket {
    let receipt = &stored.receipt;
    let Some(Entry::Object {
        key,
        size_bytes,
        etag,
        ..
    }) = found
    else {
        return InBucket::Missing;
    };
    if *key != receipt.key {
        return InBucket::Missing;
    }
    if *size_bytes != receipt.size_bytes {
        return InBucket::Differs;
    }
    // Some servers leave the quotes out in listings.
    let bare = |etag: &str| etag.trim_matches('"').to_owned();
    let (told, kept) = (
        bare(etag.as_deref().unwrap_or_default()),
        bare(&receipt.etag),
    );
    if told.is_empty() || kept.is_empty() {
        InBucket::SameSize
    } else if told == kept {
        InBucket::Same
    } else {
        InBucket::Differs
    }
}
