//! Things to drop, and whether their bytes arrived.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Bytes by key.
pub type Objects = BTreeMap<String, Vec<u8>>;

/// Makes the folder `field trip 砂` in `parent`: nested, empty and 0-byte things, Japanese, emoji and spaced names.
pub fn awkward_folder(parent: &Path) -> PathBuf {
    let folder = parent.join("field trip 砂");
    let files: [(&str, &[u8]); 9] = [
        ("plain.txt", b"sand\n"),
        ("nothing.dat", b""),
        ("day 1/deep/deeper/inside.txt", b"nested\n"),
        ("day 1/two  spaces.txt", b"spaces\n"),
        ("録音/砂時計.wav", "さらさら".as_bytes()),
        ("録音/がぎぐげご.txt", "濁点\n".as_bytes()),
        ("photos/🏜️ desert 🐫.jpg", b"not really a photo"),
        ("signs/50% #1 + a&b=c ?.txt", b"signs\n"),
        ("signs/it's \"quoted\" (1).txt", b"quotes\n"),
    ];
    for (name, bytes) in files {
        write(&folder.join(name), bytes);
    }
    fs::create_dir_all(folder.join("empty folder")).expect("a test's folder takes folders");
    folder
}

/// Writes a small file, with the folders above it.
pub fn write(path: &Path, bytes: &[u8]) {
    let parent = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, bytes))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Writes a file of `size_bytes` that no compression shortens; the same from the same seed.
pub fn big_file(path: &Path, size_bytes: usize, seed: u64) -> PathBuf {
    let file = File::create(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut file = BufWriter::new(file);
    let mut noise = seed;
    let mut left = size_bytes;
    while left > 0 {
        let word = split_mix(&mut noise).to_le_bytes();
        let taken = left.min(word.len());
        file.write_all(&word[..taken])
            .expect("the disk takes a big file");
        left -= taken;
    }
    file.flush().expect("the disk takes a big file");
    path.to_owned()
}

/// `SplitMix64`.
pub(crate) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// What a drop of `paths` must leave in an empty bucket: files by name, folders with theirs before it.
pub fn expected(paths: &[impl AsRef<Path>], prefix: &str) -> Objects {
    let mut objects = Objects::new();
    for path in paths {
        let name = path
            .as_ref()
            .file_name()
            .expect("a dropped thing has a name")
            .to_string_lossy();
        collect(path.as_ref(), format!("{prefix}{name}"), &mut objects);
    }
    objects
}

fn collect(path: &Path, key: String, into: &mut Objects) {
    if path.is_dir() {
        for entry in fs::read_dir(path)
            .expect("a test reads its folder")
            .flatten()
        {
            let key = format!("{key}/{}", entry.file_name().to_string_lossy());
            collect(&entry.path(), key, into);
        }
    } else {
        into.insert(key, fs::read(path).expect("a test reads its file"));
    }
}

/// Panics with the names of what is missing, too much or different, never with bytes.
#[track_caller]
pub fn assert_same(in_bucket: &Objects, on_disk: &Objects) {
    let mut wrong = Vec::new();
    for (key, bytes) in on_disk {
        match in_bucket.get(key) {
            None => wrong.push(format!("missing: {key}")),
            Some(stored) if stored != bytes => wrong.push(difference(key, stored, bytes)),
            Some(_) => {}
        }
    }
    wrong.extend(
        in_bucket
            .keys()
            .filter(|key| !on_disk.contains_key(*key))
            .map(|key| format!("too much: {key}")),
    );
    assert!(
        wrong.is_empty(),
        "the bucket is not what was dropped:\n{}",
        wrong.join("\n")
    );
}

fn difference(key: &str, stored: &[u8], read: &[u8]) -> String {
    let at = stored
        .iter()
        .zip(read)
        .position(|(stored, read)| stored != read);
    let at = at.unwrap_or(stored.len().min(read.len()));
    format!(
        "different from byte {at}: {key} ({} bytes stored, {} on disk)",
        stored.len(),
        read.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::fresh_folder;

    #[test]
    fn a_dropped_folder_keeps_its_names() {
        let folder = fresh_folder();
        let dropped = awkward_folder(folder.path());
        let objects = expected(&[dropped], "inbox/");
        assert_eq!(objects.len(), 9);
        assert_eq!(
            objects["inbox/field trip 砂/録音/砂時計.wav"],
            "さらさら".as_bytes()
        );
        assert_eq!(objects["inbox/field trip 砂/nothing.dat"], b"");
    }

    #[test]
    fn the_same_seed_makes_the_same_big_file() {
        let folder = fresh_folder();
        let [one, two, other] = [("one", 7), ("two", 7), ("other", 8)].map(|(name, seed)| {
            fs::read(big_file(&folder.path().join(name), 100_003, seed)).expect("just written")
        });
        assert_eq!(one.len(), 100_003);
        assert!(one == two && one != other);
    }

    #[test]
    #[should_panic(expected = "different from byte 2: a")]
    fn a_changed_byte_is_named() {
        let objects = |bytes: &[u8]| Objects::from([("a".to_owned(), bytes.to_vec())]);
        assert_same(&objects(b"sand"), &objects(b"said"));
    }
}
