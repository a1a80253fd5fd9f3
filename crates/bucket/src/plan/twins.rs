//! Finds files of one drop that would meet: under one key, or under keys that differ only by case.
//!
//! A map from the hash of the folded key to the file's place, and one string that holds the last segments of all names:
//! a name costs its bytes and no allocation. Hashes only lead to a name; what meets is decided by comparing the names.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use unicase::UniCase;

use crate::{Conflict, Folder};

/// The files planned so far.
pub(super) struct Twins {
    folder: Folder,
    hashes: RandomState,
    /// From the folded key's hash, or the next free number after it, to the place in `files`.
    seen: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
    files: Vec<Place>,
    /// The last segments of the files' names, one after the other.
    segments: String,
    /// Names of folders; the walk finishes one before the next, so neighbours share theirs.
    folders: Vec<Box<str>>,
}

/// A file's folder in `folders`, and where its segment ends in `segments`; it begins where the one before ends.
struct Place {
    folder: u32,
    end: u32,
}

impl Twins {
    pub(super) fn new(folder: Folder) -> Self {
        Self {
            folder,
            hashes: RandomState::new(),
            seen: HashMap::default(),
            files: Vec::new(),
            segments: String::new(),
            folders: Vec::new(),
        }
    }

    /// Remembers the file; tells whom it meets. Keys are equal case by case as Unicode's full case folding says: APFS
    /// compares so; NTFS knows fewer pairs (there `ß` is not `ss`), and asking once too often loses nothing.
    pub(super) fn meet(&mut self, name: &str, key: &str) -> Option<Conflict> {
        let folded = UniCase::new(key);
        let mut hash = self.hashes.hash_one(folded);
        let mut twin = None;
        while let Some(place) = self.seen.get(&hash) {
            let other = self.name(*place);
            // Planned, so its key can be made.
            let others_key = self.folder.key_of(&other).unwrap_or_default();
            if others_key == key {
                return Some(Conflict::SameKey { other });
            }
            if twin.is_none() && UniCase::new(others_key.as_str()) == folded {
                twin = Some(Conflict::CaseTwin { other });
            }
            hash = hash.wrapping_add(1);
        }
        self.remember(hash, name);
        twin
    }

    /// Beyond 4 GiB of names, or as many files, nothing more is remembered.
    fn remember(&mut self, hash: u64, name: &str) {
        let (folder, segment) = name.rsplit_once('/').unwrap_or(("", name));
        let (Ok(index), Ok(end)) = (
            u32::try_from(self.files.len()),
            u32::try_from(self.segments.len() + segment.len()),
        ) else {
            return;
        };
        if self.folders.last().is_none_or(|last| **last != *folder) {
            self.folders.push(folder.into());
        }
        self.segments.push_str(segment);
        self.files.push(Place {
            // Not more folders than files.
            folder: u32::try_from(self.folders.len() - 1).unwrap_or(u32::MAX),
            end,
        });
        self.seen.insert(hash, index);
    }

    fn name(&self, index: u32) -> String {
        let index = index as usize;
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.files[before].end);
        let place = &self.files[index];
        let folder = &self.folders[place.folder as usize];
        let segment = &self.segments[start as usize..place.end as usize];
        if folder.is_empty() {
            segment.to_owned()
        } else {
            format!("{folder}/{segment}")
        }
    }
}

/// What comes is a hash already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meet(twins: &mut Twins, name: &str) -> Option<Conflict> {
        let key = twins.folder.key_of(name).expect("a key");
        twins.meet(name, &key)
    }

    fn same(other: &str) -> Conflict {
        Conflict::SameKey {
            other: other.to_owned(),
        }
    }

    fn case(other: &str) -> Conflict {
        Conflict::CaseTwin {
            other: other.to_owned(),
        }
    }

    #[test]
    fn names_that_meet_are_told_with_the_first_ones_name() {
        let mut twins = Twins::new(Folder::new("incoming").expect("a folder"));
        assert_eq!(meet(&mut twins, "d/cafe\u{301}"), None);
        assert_eq!(meet(&mut twins, "d/café"), Some(same("d/cafe\u{301}")));
        assert_eq!(meet(&mut twins, "D/CAFÉ"), Some(case("d/cafe\u{301}")));
        // The second spelling of two is found as well as the first.
        assert_eq!(meet(&mut twins, "D/CAFE\u{301}"), Some(same("D/CAFÉ")));
        assert_eq!(meet(&mut twins, "d/cafe"), None);
        assert_eq!(meet(&mut twins, "top"), None);
        assert_eq!(meet(&mut twins, "top"), Some(same("top")));
    }

    #[test]
    fn case_is_unicodes_and_not_only_latin() {
        let mut twins = Twins::new(Folder::default());
        for (first, second) in [
            ("ΣΟΦΟΣ", "σοφος"),
            ("Журнал", "журнал"),
            ("Straße", "STRASSE"),
            ("ſ", "S"),
            ("Ａ", "ａ"),
        ] {
            assert_eq!(meet(&mut twins, first), None, "{first}");
            assert_eq!(meet(&mut twins, second), Some(case(first)), "{second}");
        }
        assert_eq!(meet(&mut twins, "が"), None);
        assert_eq!(meet(&mut twins, "ガ"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Few letters, so that many names meet: cases, composed and decomposed, folders.
        #[test]
        fn the_way_from_name_to_key_is_injective_or_reported(
            names in proptest::collection::vec("[aAéÉße\u{301}sSſ]{1,3}(/[aAéÉß]{1,2})?", 1..60),
        ) {
            let mut twins = Twins::new(Folder::new("in").expect("a folder"));
            let mut planned: Vec<(String, String)> = Vec::new();
            for name in names {
                let key = twins.folder.key_of(&name).expect("a key");
                let folded = UniCase::new(key.clone()).to_folded_case();
                let same_key = planned.iter().find(|(_, other)| *other == key);
                let case_twin = planned
                    .iter()
                    .find(|(_, other)| UniCase::new(other).to_folded_case() == folded);
                let expected = match (same_key, case_twin) {
                    (Some((other, _)), _) => Some(same(other)),
                    (None, Some((other, _))) => Some(case(other)),
                    (None, None) => None,
                };
                prop_assert_eq!(twins.meet(&name, &key), expected);
                if same_key.is_none() {
                    planned.push((name, key));
                }
            }
        }
    }
}
