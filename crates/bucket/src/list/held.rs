//! A folder as it is held while somebody looks at it: its pages, what has arrived since, and how it is shown.
//!
//! A bucket may hold a million keys; whoever draws them asks for the few that are in sight.

mod arranging;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::order::{Order, Words};
use super::{Entry, Page};
use crate::Folder;
use arranging::Arranged;

/// A line, without the folder that all lines share.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// A folder's ends in `/`: an object may have the same name without it.
    name: Box<str>,
    pub(crate) is_folder: bool,
    pub(crate) size_bytes: u64,
    pub(crate) modified: Option<Timestamp>,
    storage_class: Option<Arc<str>>,
    etag: Option<Box<str>>,
}

impl Line {
    /// As a person reads it.
    pub(crate) fn name(&self) -> &str {
        if self.is_folder {
            &self.name[..self.name.len() - 1]
        } else {
            &self.name
        }
    }
}

/// A line as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What the listing says of it.
    pub entry: Entry,
    /// What comes after the folder; of a folder without its `/`.
    pub name: String,
    /// It was stored while somebody looked.
    pub is_new: bool,
}

/// A folder, or what is found below one.
#[derive(Debug)]
pub struct Held {
    folder: Folder,
    /// Everything below the folder that holds these words; none for the folder itself.
    finds: Option<Words>,
    lines: Vec<Line>,
    folders: Vec<u32>,
    objects: Vec<u32>,
    /// The latest last.
    arrived: Vec<u32>,
    /// Where folders and arrived objects are.
    known: HashMap<Box<str>, u32>,
    /// Are `objects` in the order of their bytes, as AWS lists them?
    is_in_order: bool,
    new: HashSet<Box<str>>,
    classes: HashSet<Arc<str>>,
    next: Option<String>,
    looked: u64,
    arranged: Option<Arranged>,
}

impl Held {
    /// Nothing yet of this folder.
    pub fn of(folder: Folder) -> Self {
        Self {
            folder,
            finds: None,
            lines: Vec::new(),
            folders: Vec::new(),
            objects: Vec::new(),
            arrived: Vec::new(),
            known: HashMap::new(),
            is_in_order: true,
            new: HashSet::new(),
            classes: HashSet::new(),
            next: None,
            looked: 0,
            arranged: None,
        }
    }

    /// Nothing yet of what is found below this folder. Its pages must be those of a recursive listing; what does not
    /// match is not kept.
    pub fn found_below(folder: Folder, words: Words) -> Self {
        Self {
            finds: Some(words),
            ..Self::of(folder)
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Are its pages those of a recursive listing?
    pub fn is_recursive(&self) -> bool {
        self.finds.is_some()
    }

    /// What asks for the next page; none after the last, and before the first.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Lines that are held.
    pub fn len(&self) -> usize {
        self.folders.len() + self.objects.len() + self.arrived.len()
    }

    /// Nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lines that the server has told, those that did not match among them.
    pub fn looked(&self) -> u64 {
        self.looked
    }

    /// The first page, in place of all that was listed. What has arrived stays, unless this page has it.
    pub fn begin(&mut self, page: Page) {
        let listed: HashSet<&str> = page
            .entries
            .iter()
            .filter_map(|entry| self.name_of(entry))
            .collect();
        let arrived: Vec<Line> = self
            .arrived
            .iter()
            .map(|place| &self.lines[*place as usize])
            .filter(|line| !listed.contains(&*line.name))
            .cloned()
            .collect();
        drop(listed);
        self.lines.clear();
        self.folders.clear();
        self.objects.clear();
        self.arrived.clear();
        self.known.clear();
        self.is_in_order = true;
        self.looked = 0;
        for line in arrived {
            let place = self.keep_known(line);
            self.arrived.push(place);
        }
        let wish = self.arranged.take();
        self.take(page);
        if let Some(wish) = wish {
            self.arrange(wish.words, wish.order);
        }
    }

    /// The next page. Sorting it in may wait until [`Held::settle`] while page after page comes.
    pub fn go_on(&mut self, page: Page, more_follow: bool) {
        let places = self.take(page);
        self.arrange_more(&places, more_follow);
    }

    fn take(&mut self, page: Page) -> Vec<u32> {
        self.looked += page.entries.len() as u64;
        self.next = page.next;
        let mut places = Vec::new();
        for entry in page.entries {
            let Some(name) = self.name_of(&entry) else {
                continue;
            };
            // The server folds a folder on two pages; and what arrived stands above already.
            if self.known.contains_key(name) || !self.is_wanted(name) {
                continue;
            }
            let name = name.into();
            let line = self.line(name, entry);
            let place = if line.is_folder {
                let place = self.keep_known(line);
                self.folders.push(place);
                place
            } else {
                let last = self
                    .objects
                    .last()
                    .map(|place| &self.lines[*place as usize]);
                self.is_in_order &= last.is_none_or(|last| last.name < line.name);
                let place = self.keep(line);
                self.objects.push(place);
                place
            };
            places.push(place);
        }
        places
    }

    /// What was just stored. True when a line changed.
    pub fn arrive(&mut self, entries: &[Entry]) -> bool {
        let mut places = Vec::new();
        let mut replaced = HashSet::new();
        for entry in entries {
            let Some((name, is_folder)) = self.child_of(entry) else {
                continue;
            };
            let name: Box<str> = name.into();
            self.new.insert(name.clone());
            let line = if is_folder {
                folder_line(name)
            } else {
                self.line(name, entry.clone())
            };
            match self.known.get(&line.name) {
                // A folder stays where it is, and an object that was stored again is the latest.
                Some(_) if is_folder => continue,
                Some(place) => {
                    replaced.insert(*place);
                }
                None => replaced.extend(self.listed(&line.name)),
            }
            let place = self.keep_known(line);
            if is_folder {
                self.folders.push(place);
            } else {
                self.arrived.push(place);
            }
            places.push(place);
        }
        if !replaced.is_empty() {
            self.objects.retain(|place| !replaced.contains(place));
            self.arrived.retain(|place| !replaced.contains(place));
        }
        // The same key may be stored twice between two tellings.
        places.retain(|place| !replaced.contains(place));
        self.arrange_arrived(&places, &replaced);
        !places.is_empty()
    }

    /// Takes lines away that are no longer in the bucket. True when there was one.
    pub fn remove(&mut self, keys: &[String]) -> bool {
        let folder = self.folder.as_str();
        let names = keys.iter().filter_map(|key| key.strip_prefix(folder));
        let mut gone = HashSet::new();
        for name in names {
            let place = self.known.remove(name).or_else(|| self.listed(name));
            gone.extend(place);
        }
        self.objects.retain(|place| !gone.contains(place));
        self.arrived.retain(|place| !gone.contains(place));
        self.arrange_arrived(&[], &gone);
        !gone.is_empty()
    }

    /// How many lines are shown.
    pub fn shown(&self) -> usize {
        self.arranged
            .as_ref()
            .map_or_else(|| self.len(), Arranged::len)
    }

    /// Lines from this place on, as they are shown.
    pub fn lines(&self, from: usize, count: usize) -> Vec<Shown> {
        let to = from.saturating_add(count).min(self.shown());
        let places = (from..to).map(|place| self.place(place));
        places.map(|place| self.drawn(place)).collect()
    }

    /// Where this key is shown.
    pub fn find(&self, key: &str) -> Option<usize> {
        let name = key.strip_prefix(self.folder.as_str())?;
        (0..self.shown()).find(|place| *self.lines[self.place(*place) as usize].name == *name)
    }

    /// Folders, then what arrived (the latest first), then objects as the server lists them; or as the person wants.
    fn place(&self, shown: usize) -> u32 {
        if let Some(arranged) = &self.arranged {
            return arranged.place(shown);
        }
        let (folders, arrived) = (self.folders.len(), self.arrived.len());
        if shown < folders {
            self.folders[shown]
        } else if shown < folders + arrived {
            self.arrived[arrived - 1 - (shown - folders)]
        } else {
            self.objects[shown - folders - arrived]
        }
    }

    fn drawn(&self, place: u32) -> Shown {
        let line = &self.lines[place as usize];
        let key = format!("{}{}", self.folder.as_str(), line.name);
        let entry = if line.is_folder {
            Entry::Folder { key }
        } else {
            Entry::Object {
                key,
                size_bytes: line.size_bytes,
                modified: line.modified,
                storage_class: line.storage_class.as_deref().map(str::to_owned),
                etag: line.etag.as_deref().map(str::to_owned),
            }
        };
        Shown {
            entry,
            name: line.name().to_owned(),
            is_new: self.new.contains(&line.name),
        }
    }

    fn keep(&mut self, line: Line) -> u32 {
        let place = u32::try_from(self.lines.len()).expect("so many lines fit into no memory");
        self.lines.push(line);
        place
    }

    fn keep_known(&mut self, line: Line) -> u32 {
        let name = line.name.clone();
        let place = self.keep(line);
        self.known.insert(name, place);
        place
    }

    /// An object as it was listed.
    fn listed(&self, name: &str) -> Option<u32> {
        let of = |place: &u32| &*self.lines[*place as usize].name;
        if self.is_in_order {
            let found = self.objects.binary_search_by(|place| of(place).cmp(name));
            return found.ok().map(|at| self.objects[at]);
        }
        self.objects.iter().copied().find(|place| of(place) == name)
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.finds.as_ref().is_none_or(|words| words.are_in(name))
    }

    /// None for the object that stands for the folder itself.
    fn name_of<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        let name = entry.key().strip_prefix(self.folder.as_str())?;
        (!name.is_empty()).then_some(name)
    }

    /// The line in which an object appears here: itself, or the folder that it lies in.
    fn child_of<'a>(&self, entry: &'a Entry) -> Option<(&'a str, bool)> {
        let name = self.name_of(entry)?;
        if self.is_recursive() {
            let is_object = matches!(entry, Entry::Object { .. });
            return (is_object && self.is_wanted(name)).then_some((name, false));
        }
        match name.find('/') {
            Some(slash) => Some((&name[..=slash], true)),
            None => Some((name, false)),
        }
    }

    fn line(&mut self, name: Box<str>, entry: Entry) -> Line {
        match entry {
            Entry::Folder { .. } => folder_line(name),
            Entry::Object {
                size_bytes,
                modified,
                storage_class,
                etag,
                ..
            } => Line {
                name,
                is_folder: false,
                size_bytes,
                modified,
                storage_class: storage_class.map(|class| self.class(&class)),
                etag: etag.map(Into::into),
            },
        }
    }

    /// There are about ten classes and a million lines.
    fn class(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.classes.get(name) {
            return known.clone();
        }
        let class: Arc<str> = name.into();
        self.classes.insert(class.clone());
        class
    }
}

fn folder_line(name: Box<str>) -> Line {
    Line {
        name,
        is_folder: true,
        size_bytes: 0,
        modified: None,
        storage_class: None,
        etag: None,
    }
}
