//! From a name to a key: `/` between segments, NFC, at most 1,024 bytes of UTF-8.
//!
//! Limits: "Creating object key names" and "Bucket naming rules" in the S3 user guide.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

use crate::Unusable;

const MAX_KEY_BYTES: usize = 1024;

/// Which name is wrong; carries the text as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a bucket name.
    #[error("not a bucket name: {0}")]
    Bucket(String),
    /// Not a folder in a bucket.
    #[error("not a folder: {0}")]
    Folder(String),
}

/// A bucket's name: 3 to 63 small letters, digits, dots and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BucketName(Arc<str>);

impl BucketName {
    /// Checks the form.
    ///
    /// # Errors
    /// [`NameError::Bucket`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let is_edge =
            |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let is_name = (3..=63).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
            && is_edge(text.bytes().next())
            && is_edge(text.bytes().last())
            && !text.contains("..")
            && text.parse::<std::net::Ipv4Addr>().is_err();
        if is_name {
            Ok(Self(text.into()))
        } else {
            Err(NameError::Bucket(text.to_owned()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A folder in a bucket: empty (the top), or segments that each end in `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Folder(String);

impl Folder {
    /// Adds the closing `/` and checks that no segment is empty, unsafe or too long.
    ///
    /// # Errors
    /// [`NameError::Folder`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError::Folder(text.to_owned());
        let inner = text.strip_suffix('/').unwrap_or(text);
        if inner.is_empty() {
            return if text.is_empty() {
                Ok(Self::default())
            } else {
                Err(wrong())
            };
        }
        let mut folder = String::with_capacity(inner.len() + 1);
        for segment in inner.split('/') {
            push_segment(&mut folder, segment).map_err(|_| wrong())?;
            folder.push('/');
        }
        if folder.len() < MAX_KEY_BYTES {
            Ok(Self(folder))
        } else {
            Err(wrong())
        }
    }

    /// A folder as the server's listing named it: byte for byte, since another spelling is another folder there. None
    /// when it does not end in `/`.
    pub fn as_listed(prefix: &str) -> Option<Self> {
        let is_folder =
            prefix.is_empty() || (prefix.ends_with('/') && prefix.len() <= MAX_KEY_BYTES);
        is_folder.then(|| Self(prefix.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of a file whose name inside the drop is `name` (`/` between segments).
    pub(crate) fn key_of(&self, name: &str) -> Result<String, Unusable> {
        let mut key = String::with_capacity(self.0.len() + name.len());
        key.push_str(&self.0);
        for (index, segment) in name.split('/').enumerate() {
            if index > 0 {
                key.push('/');
            }
            push_segment(&mut key, segment)?;
        }
        if key.len() > MAX_KEY_BYTES {
            Err(Unusable::KeyTooLong)
        } else {
            Ok(key)
        }
    }

    /// The key of the object that stands for the empty folder `name`: ends in `/`.
    pub(crate) fn marker_of(&self, name: &str) -> Result<String, Unusable> {
        let mut key = self.key_of(name)?;
        key.push('/');
        if key.len() > MAX_KEY_BYTES {
            Err(Unusable::KeyTooLong)
        } else {
            Ok(key)
        }
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// macOS hands out decomposed names, everyone else composed ones: both must meet under one key.
///
/// A space at the end is refused since Windows takes it off (learn.microsoft.com, "Naming Files, Paths, and
/// Namespaces"): the object could not be stored there under its name, or would meet another one. That is U+0020 alone;
/// other white space stays in place, and an ideographic space does end Japanese names. A dot at the end, which Windows
/// takes off too, is let through: "Inc." is a good folder name everywhere else.
fn push_segment(key: &mut String, segment: &str) -> Result<(), Unusable> {
    let is_safe = !segment.is_empty()
        && segment != "."
        && segment != ".."
        && !segment.chars().any(is_unsayable);
    if !is_safe {
        return Err(Unusable::NameUnsafe);
    }
    if segment.ends_with(' ') {
        return Err(Unusable::NameEndsInSpace);
    }
    if is_nfc_quick(segment.chars()) == unicode_normalization::IsNormalized::Yes {
        key.push_str(segment);
    } else {
        key.extend(segment.nfc());
    }
    Ok(())
}

/// Control characters, and the two that XML 1.0 has no way to say: a listing with one of them cannot be read.
fn is_unsayable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// `folder/name.ext` becomes `folder/name (2).ext`, and that `name (3).ext`. What starts with a dot has no extension
/// there; a folder's marker has none either and stays a marker. None when the key would be too long.
pub(crate) fn next_numbered(key: &str) -> Option<String> {
    if let Some(folder) = key.strip_suffix('/') {
        let next = numbered(folder, folder.len());
        return next
            .map(|next| next + "/")
            .filter(|next| next.len() <= MAX_KEY_BYTES);
    }
    let start = key.rfind('/').map_or(0, |slash| slash + 1);
    let (folder, name) = key.split_at(start);
    let dot = name.rfind('.').filter(|dot| *dot > 0).unwrap_or(name.len());
    numbered(key, folder.len() + dot)
}

/// The number goes before `end`, or counts on the one that stands there.
fn numbered(key: &str, end: usize) -> Option<String> {
    let (stem, extension) = key.split_at(end);
    let (plain, number) = without_number(stem).unwrap_or((stem, 1));
    let next = format!("{plain} ({}){extension}", number + 1);
    (next.len() <= MAX_KEY_BYTES).then_some(next)
}

fn without_number(stem: &str) -> Option<(&str, u32)> {
    let (plain, number) = stem.strip_suffix(')')?.rsplit_once(" (")?;
    let is_number = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|_| is_number)?;
    ((2..1_000_000).contains(&number) && !plain.is_empty()).then_some((plain, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_names_meet_under_one_key() {
        let top = Folder::default();
        assert_eq!(top.key_of("cafe\u{301}/か\u{3099}"), top.key_of("café/が"));
        assert_eq!(top.key_of("café/が").as_deref(), Ok("café/が"));
    }

    #[test]
    fn a_key_of_1024_bytes_is_taken_and_one_more_is_not() {
        let folder = Folder::new("incoming").expect("a folder");
        let name = "あ".repeat(338);
        assert_eq!(
            folder.key_of(&format!("{name}x")).map(|key| key.len()),
            Ok(1024)
        );
        assert_eq!(
            folder.key_of(&format!("{name}xy")),
            Err(Unusable::KeyTooLong)
        );
    }

    #[test]
    fn an_empty_folders_marker_ends_in_a_slash_and_counts_it() {
        let top = Folder::default();
        assert_eq!(top.marker_of("a/b").as_deref(), Ok("a/b/"));
        assert!(top.marker_of(&"x".repeat(1023)).is_ok());
        assert_eq!(top.marker_of(&"x".repeat(1024)), Err(Unusable::KeyTooLong));
    }

    #[test]
    fn names_that_tools_take_apart_are_refused() {
        let top = Folder::default();
        for name in [
            "a/../b",
            "./a",
            "/a",
            "a//b",
            "a\nb",
            "",
            "a/",
            "a\u{7f}",
            "a\u{ffff}",
        ] {
            assert_eq!(top.key_of(name), Err(Unusable::NameUnsafe), "{name:?}");
        }
        for name in ["a ", "a /b", " "] {
            assert_eq!(top.key_of(name), Err(Unusable::NameEndsInSpace), "{name:?}");
        }
        for name in [
            "a b",
            " a",
            "a+b",
            "#%?",
            "😀",
            "...",
            ".hidden",
            "Inc.",
            "録音\u{3000}",
        ] {
            assert_eq!(top.key_of(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn a_folder_ends_in_a_slash_whether_typed_or_not() {
        assert_eq!(Folder::new("a/b").expect("a folder").as_str(), "a/b/");
        assert_eq!(Folder::new("a/b/").expect("a folder").as_str(), "a/b/");
        assert_eq!(Folder::new("").expect("a folder").as_str(), "");
        for wrong in ["/", "/a", "a//b", "a/../b", "."] {
            assert!(Folder::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_listed_folder_keeps_its_spelling_and_a_typed_one_is_composed() {
        let decomposed = "か\u{3099}/";
        assert_eq!(
            Folder::as_listed(decomposed).expect("a folder").as_str(),
            decomposed
        );
        assert_eq!(Folder::new(decomposed).expect("a folder").as_str(), "が/");
        assert_eq!(
            Folder::as_listed("a//b/").expect("a folder").as_str(),
            "a//b/"
        );
        assert!(Folder::as_listed("a").is_none());
    }

    #[test]
    fn keep_both_numbers_the_name_before_its_extension() {
        let next = |key| next_numbered(key).expect("a key");
        assert_eq!(next("incoming/a.tar.gz"), "incoming/a.tar (2).gz");
        assert_eq!(next("incoming/a.tar (2).gz"), "incoming/a.tar (3).gz");
        assert_eq!(next("v1.2/notes"), "v1.2/notes (2)");
        assert_eq!(next(".profile"), ".profile (2)");
        assert_eq!(next("a (0).txt"), "a (0) (2).txt");
        assert_eq!(next("a (99).txt"), "a (100).txt");
        assert_eq!(next_numbered(&"x".repeat(1024)), None);
        assert_eq!(next("a/b.c/"), "a/b.c (2)/");
    }

    #[test]
    fn bucket_names_follow_s3s_rules() {
        for good in ["s3-fs-example-bucket", "abc", "a.b.c", "1bucket"] {
            assert!(BucketName::new(good).is_ok(), "{good}");
        }
        for wrong in [
            "ab",
            "Bucket",
            "-ab",
            "ab-",
            "a..b",
            "192.168.0.1",
            "a_b",
            "",
        ] {
            assert!(BucketName::new(wrong).is_err(), "{wrong}");
        }
    }
}
