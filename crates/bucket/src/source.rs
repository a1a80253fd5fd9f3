//! A planned file, opened: proves that it still is that file, then reads ranges of it.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bytes::Bytes;

use crate::Error;

/// What tells a file from another one, or from itself after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) size_bytes: u64,
    pub(crate) modified_nanos: i64,
    /// Device and inode; none where the platform's stable API does not tell.
    pub(crate) file_id: Option<(u64, u64)>,
}

impl Stamp {
    pub(crate) fn of(meta: &Metadata) -> Self {
        let since_epoch = |time: std::time::SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => {
                i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos)
            }
        };
        Self {
            size_bytes: meta.len(),
            modified_nanos: meta.modified().map_or(0, since_epoch),
            file_id: file_id(meta),
        }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn file_id(meta: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn file_id(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Opens without waiting, since a FIFO that took the file's place must not hang the upload; and through no link: a planned
/// path has none, so one that is there now was put there since, and may lead to any file of the person's.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> Result<File, Error> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::Errno;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    match openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        Ok(file) => Ok(file.into()),
        // Linux before 5.6 does not have it, and some sandboxes forbid what they do not know.
        Err(Errno::NOSYS | Errno::PERM) => open_then_look(path),
        Err(Errno::LOOP) => Err(Error::Changed),
        Err(error) => Err(Error::from_io(error.into())),
    }
}

#[cfg(not(target_os = "linux"))]
fn open(path: &Path) -> Result<File, Error> {
    open_then_look(path)
}

/// Where the system cannot refuse links while it opens. Looks afterwards: for who puts the folder back in between, the
/// [`Stamp`] has to match, too.
fn open_then_look(path: &Path) -> Result<File, Error> {
    let file = without_waiting().open(path).map_err(Error::from_io)?;
    refuse_links(path)?;
    Ok(file)
}

/// For reading; a FIFO in a file's place is not waited for.
pub(crate) fn without_waiting() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    options
}

/// A volume that is mounted in a folder looks like a link there, and stands in canonical paths as planned ones are.
#[cfg(windows)]
fn refuse_links(path: &Path) -> Result<(), Error> {
    if std::fs::canonicalize(path).map_err(Error::from_io)? == path {
        Ok(())
    } else {
        Err(Error::Changed)
    }
}

#[cfg(not(windows))]
fn refuse_links(path: &Path) -> Result<(), Error> {
    let is_link = |part: &Path| std::fs::symlink_metadata(part).is_ok_and(|meta| meta.is_symlink());
    if path.ancestors().any(is_link) {
        return Err(Error::Changed);
    }
    Ok(())
}

/// An open file that was, when opened, the planned one.
#[derive(Debug)]
pub(crate) struct Source {
    file: File,
    stamp: Stamp,
}

impl Source {
    /// Opens `path` if it still is what `stamp` says. Blocks.
    pub(crate) fn open(path: &Path, stamp: Stamp) -> Result<Self, Error> {
        let file = open(path)?;
        let source = Self { file, stamp };
        source.check()?;
        Ok(source)
    }

    /// Reads a range, all of it. Blocks.
    pub(crate) fn read(&self, range: &Range<u64>) -> Result<Bytes, Error> {
        self.read_into(range, Vec::new()).map(Bytes::from)
    }

    /// The same, into memory that was used before: fresh memory of a part's size costs as much as its checksum.
    pub(crate) fn read_into(
        &self,
        range: &Range<u64>,
        mut bytes: Vec<u8>,
    ) -> Result<Vec<u8>, Error> {
        let len = usize::try_from(range.end - range.start)
            .map_err(|_| Error::Unreadable(io::ErrorKind::OutOfMemory.into()))?;
        if bytes.capacity() < len {
            bytes = vec![0; len];
        } else {
            bytes.resize(len, 0);
        }
        match read_exact_at(&self.file, &mut bytes, range.start) {
            Ok(()) => Ok(bytes),
            // Shorter than planned: somebody truncated it.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Error::Changed),
            Err(error) => Err(Error::Unreadable(error)),
        }
    }

    /// Looks again: same size, same time, same file. Blocks.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let meta = self.file.metadata().map_err(Error::Unreadable)?;
        if meta.is_file() && Stamp::of(&meta) == self.stamp {
            Ok(())
        } else {
            Err(Error::Changed)
        }
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !bytes.is_empty() {
        match file.seek_read(bytes, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}

/// Looks at a path without opening it, for planning a file again after it changed. Blocks.
pub(crate) fn stamp_of(path: &Path) -> Result<Stamp, Error> {
    let meta = std::fs::symlink_metadata(path).map_err(Error::from_io)?;
    // What was read through a link must not be planned as the file.
    refuse_links(path)?;
    if meta.is_file() {
        Ok(Stamp::of(&meta))
    } else {
        Err(Error::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    /// Without links, as planned paths are: macOS keeps temporary folders behind one.
    fn folder() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().canonicalize().expect("it is there");
        (dir, root)
    }

    #[test]
    fn a_file_that_grows_shrinks_or_is_swapped_is_found_out() {
        let (_dir, root) = folder();
        let path = root.join("a");
        fs::write(&path, b"12345").expect("write");
        let stamp = stamp_of(&path).expect("a stamp");
        let source = Source::open(&path, stamp).expect("open");
        assert_eq!(source.read(&(1..3)).expect("read"), &b"23"[..]);

        fs::write(&path, b"123456").expect("grow");
        assert!(matches!(source.check(), Err(Error::Changed)));
        fs::write(&path, b"1").expect("shrink");
        assert!(matches!(source.read(&(0..5)), Err(Error::Changed)));
        fs::remove_file(&path).expect("remove");
        assert!(matches!(Source::open(&path, stamp), Err(Error::Vanished)));
        fs::write(&path, b"12345").expect("another");
        assert!(matches!(Source::open(&path, stamp), Err(Error::Changed)));
    }

    #[cfg(unix)]
    #[test]
    fn neither_a_file_nor_a_folder_that_became_a_link_is_followed() {
        let (_dir, root) = folder();
        for (name, moved) in [("file", "a/b/file"), ("folder", "a/b"), ("above", "a")] {
            let here = root.join(name);
            fs::create_dir_all(here.join("a/b")).expect("folders");
            let path = here.join("a/b/file");
            fs::write(&path, b"12345").expect("write");
            let stamp = stamp_of(&path).expect("a stamp");
            // The very same file, so that only the link tells.
            fs::rename(here.join(moved), here.join("elsewhere")).expect("moved");
            std::os::unix::fs::symlink(here.join("elsewhere"), here.join(moved)).expect("a link");
            assert!(fs::read(&path).is_ok(), "{name}: the link leads there");
            assert!(matches!(stamp_of(&path), Err(Error::Changed)), "{name}");
            for open in [open, open_then_look] {
                assert!(matches!(open(&path), Err(Error::Changed)), "{name}");
            }
            assert!(
                matches!(Source::open(&path, stamp), Err(Error::Changed)),
                "{name}"
            );
        }
    }

    // Apple's systems make none at a path that is named from a folder.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_fifo_in_the_files_place_is_refused_and_not_waited_for() {
        let (_dir, root) = folder();
        let path = root.join("a");
        fs::write(&path, b"12345").expect("write");
        let stamp = stamp_of(&path).expect("a stamp");
        fs::remove_file(&path).expect("remove");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .expect("a fifo");
        assert!(matches!(Source::open(&path, stamp), Err(Error::Changed)));
    }
}
