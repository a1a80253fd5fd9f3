//! What of a folder is shown, and in which order: words to look for, a column to sort by.

use std::cmp::{Ordering, Reverse};

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use icu_locale_core::locale;
use unicode_normalization::UnicodeNormalization;

use super::held::Line;

/// What lines are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// As a person sorts names: `take-9` before `take-10`.
    Name,
    /// Size.
    Size,
    /// When it was stored.
    Modified,
}

/// Folders stay before objects, whichever way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: Column,
    /// The last one first.
    pub is_descending: bool,
}

/// A part of a name, in whatever case and width it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// What the person typed; nothing but space looks for nothing.
    pub fn new(typed: &str) -> Self {
        Self(plain(typed.trim()))
    }

    /// Does every name match?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does this name hold the words?
    pub fn are_in(&self, name: &str) -> bool {
        let words = self.0.as_bytes();
        if words.is_empty() {
            return true;
        }
        // Most names are ASCII, and there may be a million of them.
        if !name.is_ascii() {
            return plain(name).contains(&self.0);
        }
        let places = name.as_bytes().windows(words.len());
        self.0.is_ascii() && { places }.any(|place| place.eq_ignore_ascii_case(words))
    }
}

/// `ＴＡＫＥ` and `take` are the same to a person who looks for something.
fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Compares and sorts lines.
#[derive(Debug)]
pub(crate) struct Sorter {
    order: Order,
    names: CollatorBorrowed<'static>,
}

impl Sorter {
    pub(crate) fn new(order: Order) -> Self {
        // The Japanese order leaves Latin letters as they are and puts kana and kanji as JIS does: right for both
        // languages, so that a bucket looks the same to all who share it.
        let mut wished: CollatorPreferences = locale!("ja").into();
        wished.numeric_ordering = Some(CollationNumericOrdering::True);
        let mut options = CollatorOptions::default();
        options.strength = Some(Strength::Tertiary);
        let names = Collator::try_new(wished, options).expect("the order of Japanese is built in");
        Self { order, names }
    }

    /// Sorts these places of `lines` anew.
    pub(crate) fn sort(&self, places: &mut [u32], lines: &[Line]) {
        if self.order.by != Column::Name {
            places.sort_by(|a, b| self.compare(at(lines, *a), at(lines, *b)));
            return;
        }
        // A name is worked out once and not at each comparison.
        let key = |place: &u32| {
            let line = at(lines, *place);
            let mut key = Vec::with_capacity(line.name().len() + 8);
            let written = self.names.write_sort_key_to(line.name(), &mut key);
            written.expect("memory takes what is written");
            (!line.is_folder, key)
        };
        if self.order.is_descending {
            places.sort_by_cached_key(|place| {
                let (is_object, key) = key(place);
                (is_object, Reverse(key))
            });
        } else {
            places.sort_by_cached_key(key);
        }
    }

    /// Sorts places whose first part is sorted already.
    pub(crate) fn sort_rest(&self, places: &mut [u32], lines: &[Line]) {
        places.sort_by(|a, b| self.compare(at(lines, *a), at(lines, *b)));
    }

    fn compare(&self, a: &Line, b: &Line) -> Ordering {
        let by_column = match self.order.by {
            Column::Name => self.names.compare(a.name(), b.name()),
            Column::Size => a.size_bytes.cmp(&b.size_bytes),
            Column::Modified => a.modified.cmp(&b.modified),
        };
        let directed = if self.order.is_descending {
            by_column.reverse()
        } else {
            by_column
        };
        b.is_folder.cmp(&a.is_folder).then(directed)
    }
}

fn at(lines: &[Line], place: u32) -> &Line {
    &lines[place as usize]
}
