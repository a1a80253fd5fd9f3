//! Where to look for a drop's keys, and how to know them in a listing.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use crate::{Entry, Folder, Page};

/// The keys that a drop would make.
pub(super) struct Expected {
    folder: Folder,
    hashes: RandomState,
    /// Two keys share a hash once in 18 million million million pairs: a preview may err so.
    keys: HashSet<u64>,
    /// Folders of the drop to look below, with the last key expected there.
    below: BTreeMap<String, String>,
    /// The last key expected in the folder shown itself.
    last_in_folder: Option<String>,
}

/// A place to look at.
pub(super) struct Place<'a> {
    pub(super) folder: Folder,
    pub(super) is_recursive: bool,
    last: &'a str,
}

impl Expected {
    pub(super) fn new(folder: Folder) -> Self {
        Self {
            folder,
            hashes: RandomState::new(),
            keys: HashSet::new(),
            below: BTreeMap::new(),
            last_in_folder: None,
        }
    }

    pub(super) fn add(&mut self, name: &str, key: &str) {
        self.keys.insert(self.hashes.hash_one(key));
        let start = self.folder.as_str().len();
        if !name.contains('/') {
            let last = self.last_in_folder.get_or_insert_default();
            if key > last.as_str() {
                key.clone_into(last);
            }
        } else if let Some(end) = key[start..].find('/') {
            let below = &key[..=start + end];
            match self.below.get_mut(below) {
                Some(last) if key > last.as_str() => key.clone_into(last),
                Some(_) => {}
                None => {
                    self.below.insert(below.to_owned(), key.to_owned());
                }
            }
        }
    }

    /// The folder shown is not looked into deeper than the drop goes.
    pub(super) fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let here = self.last_in_folder.as_deref().map(|last| Place {
            folder: self.folder.clone(),
            is_recursive: false,
            last,
        });
        let below = self.below.iter().filter_map(|(prefix, last)| {
            Some(Place {
                folder: Folder::as_listed(prefix)?,
                is_recursive: true,
                last,
            })
        });
        here.into_iter().chain(below)
    }

    /// Tells the page's keys that are expected; returns how many objects it holds.
    pub(super) fn meet(&self, page: &Page, mut tell: impl FnMut(String)) -> u64 {
        let mut objects = 0;
        for entry in &page.entries {
            let Entry::Object { key, .. } = entry else {
                continue;
            };
            objects += 1;
            if self.keys.contains(&self.hashes.hash_one(key.as_str())) {
                tell(key.clone());
            }
        }
        objects
    }
}

impl Place<'_> {
    /// Listings come in the order of the keys' bytes: behind the last expected one nothing is to be found.
    pub(super) fn is_behind(&self, page: &Page) -> bool {
        page.entries.iter().any(|entry| {
            let (Entry::Folder { key } | Entry::Object { key, .. }) = entry;
            key.as_str() >= self.last
        })
    }
}
