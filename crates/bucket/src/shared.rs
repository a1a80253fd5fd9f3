//! Texts that rows have in common: 200,000 open rows are held at once, most of them in a few folders.

use std::ffi::OsStr;
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file's path: its folder, shared with its neighbours, and its own name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FilePath {
    folder: Arc<Path>,
    /// Empty for the root of a drive.
    name: Box<OsStr>,
}

impl FilePath {
    /// `last` is the folder of the file that came before; becomes this one's.
    pub(crate) fn beside(path: &Path, last: &mut Option<Arc<Path>>) -> Self {
        let (folder, name) = match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => (folder, name),
            _ => (path, OsStr::new("")),
        };
        let folder = match last {
            Some(last) if **last == *folder => Arc::clone(last),
            _ => Arc::clone(last.insert(folder.into())),
        };
        Self {
            folder,
            name: name.into(),
        }
    }

    /// The whole path.
    pub(crate) fn to_path(&self) -> PathBuf {
        if self.name.is_empty() {
            self.folder.to_path_buf()
        } else {
            self.folder.join(&*self.name)
        }
    }
}

/// A file's name inside its drop. Most keys end in it: then it is the end of the key's text.
#[derive(Clone)]
pub struct FileName {
    text: Arc<str>,
    from: usize,
}

impl FileName {
    pub(crate) fn beside(key: &Arc<str>, name: &str) -> Self {
        let shared = key.strip_suffix(name).map(|before| Self {
            text: Arc::clone(key),
            from: before.len(),
        });
        shared.unwrap_or_else(|| Self {
            text: name.into(),
            from: 0,
        })
    }
}

impl Deref for FileName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text[self.from..]
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_their_folder_and_every_path_comes_back_whole() {
        let mut last = None;
        let first = FilePath::beside(Path::new("/data/a/1.txt"), &mut last);
        let second = FilePath::beside(Path::new("/data/a/2.txt"), &mut last);
        assert!(Arc::ptr_eq(&first.folder, &second.folder));
        assert_ne!(first, second);
        assert_eq!(
            first,
            FilePath::beside(Path::new("/data/a/1.txt"), &mut None)
        );
        for path in [
            "/data/a/2.txt",
            "/top",
            "/",
            "relative",
            "/data/砂/e\u{301}",
        ] {
            assert_eq!(
                FilePath::beside(Path::new(path), &mut last).to_path(),
                Path::new(path)
            );
        }
    }

    #[test]
    fn a_name_is_the_end_of_its_key_where_it_can_be() {
        let key: Arc<str> = "in/café/1.txt".into();
        let shared = FileName::beside(&key, "café/1.txt");
        assert_eq!((&*shared, Arc::strong_count(&key)), ("café/1.txt", 2));
        // On disk the same letter may be written otherwise.
        let own = FileName::beside(&key, "cafe\u{301}/1.txt");
        assert_eq!((&*own, Arc::strong_count(&key)), ("cafe\u{301}/1.txt", 2));
    }
}
