//! What a destination's uploads get besides their bytes, and what of a drop is taken: as it is typed, and as it is used.

use bucket::{ObjectTraits, WalkRules};

use crate::{Code, Failure};

/// S3's storage classes that an upload can name.
const STORAGE_CLASSES: &[&str] = &[
    "STANDARD",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
    "GLACIER",
    "DEEP_ARCHIVE",
    "REDUCED_REDUNDANCY",
    "EXPRESS_ONEZONE",
];

/// S3's limits of an object's tags: their number, and the characters of a key and of a value.
const MOST_TAGS: usize = 10;
const LONGEST_TAG_KEY: usize = 128;
const LONGEST_TAG_VALUE: usize = 256;
/// KMS's limit of a key id, ARN or alias.
const LONGEST_KMS_KEY: usize = 2048;

/// Upload options as a person types them. By default objects get nothing besides their bytes, and what systems leave
/// in folders is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadOptions {
    /// Keep the file's time of change as `x-amz-meta-mtime`.
    pub keeps_mtime: bool,
    /// One of S3's names; empty for the bucket's own.
    pub storage_class: String,
    /// ARN, id or alias of a KMS key; empty for the bucket's own encryption.
    pub kms_key: String,
    /// `a=1, b=2`; empty for none.
    pub tags: String,
    /// Follow links that stay inside the dropped folder.
    pub follows_links: bool,
    /// Store an empty folder as an object of no bytes whose key ends in `/`.
    pub marks_empty_folders: bool,
    /// Names that are left out of dropped folders, with commas between.
    pub leaves_out: String,
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self::of(&Uploads::default())
    }
}

/// Checked upload options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uploads {
    /// What its objects get; counts from the next sign-in on.
    pub traits: ObjectTraits,
    /// How its drops are walked; counts from the next drop on.
    pub rules: WalkRules,
}

impl UploadOptions {
    /// As they would be typed.
    pub fn of(uploads: &Uploads) -> Self {
        let Uploads { traits, rules } = uploads;
        let tags = traits.tags.iter();
        Self {
            keeps_mtime: traits.keeps_mtime,
            storage_class: traits.storage_class.clone().unwrap_or_default(),
            kms_key: traits.kms_key.clone().unwrap_or_default(),
            tags: tags
                .map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join(", "),
            follows_links: rules.follows_links,
            marks_empty_folders: rules.marks_empty_folders,
            leaves_out: rules.leaves_out.join(", "),
        }
    }

    /// Checks each; the first wrong one is the failure.
    pub(crate) fn check(&self) -> Result<Uploads, Failure> {
        let traits = ObjectTraits {
            keeps_mtime: self.keeps_mtime,
            storage_class: storage_class(&self.storage_class)?,
            kms_key: kms_key(&self.kms_key)?,
            tags: tags(&self.tags)?,
        };
        let rules = WalkRules {
            follows_links: self.follows_links,
            marks_empty_folders: self.marks_empty_folders,
            leaves_out: names(&self.leaves_out)?,
        };
        Ok(Uploads { traits, rules })
    }
}

fn bad(text: &str) -> Failure {
    Failure::new(Code::BadUploadOptions, text)
}

fn storage_class(text: &str) -> Result<Option<String>, Failure> {
    let name = text.trim().to_ascii_uppercase();
    match name.as_str() {
        "" => Ok(None),
        known if STORAGE_CLASSES.contains(&known) => Ok(Some(name)),
        _ => Err(bad(text)),
    }
}

fn kms_key(text: &str) -> Result<Option<String>, Failure> {
    let name = text.trim();
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ":/_-".contains(c);
    if name.is_empty() {
        Ok(None)
    } else if name.len() <= LONGEST_KMS_KEY && name.chars().all(is_allowed) {
        Ok(Some(name.to_owned()))
    } else {
        Err(bad(text))
    }
}

/// S3 allows no comma in a tag.
fn tags(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let (key, value) = tag.split_once('=').ok_or_else(|| bad(tag))?;
        let (key, value) = (key.trim(), value.trim());
        let is_good = (1..=LONGEST_TAG_KEY).contains(&key.chars().count())
            && value.chars().count() <= LONGEST_TAG_VALUE
            && !tag.chars().any(char::is_control)
            // AWS's own.
            && !key.to_ascii_lowercase().starts_with("aws:")
            && tags.iter().all(|(other, _)| other != key);
        if !is_good {
            return Err(bad(tag));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    if tags.len() > MOST_TAGS {
        return Err(bad(text));
    }
    Ok(tags)
}

fn names(text: &str) -> Result<Vec<String>, Failure> {
    let names = text.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(|name| {
            if name.contains('/') || name.chars().any(char::is_control) {
                Err(bad(name))
            } else {
                Ok(name.to_owned())
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_comes_back_as_it_is_used() {
        let typed = UploadOptions {
            keeps_mtime: true,
            storage_class: " glacier_ir ".to_owned(),
            kms_key: "arn:aws:kms:ap-northeast-1:123456789012:key/mrk-1_a".to_owned(),
            tags: "project=Field Recordings,empty=, a=b=c".to_owned(),
            follows_links: true,
            marks_empty_folders: true,
            leaves_out: ".DS_Store,, ~lock ".to_owned(),
        };
        let uploads = typed.check().expect("good options");
        assert_eq!(uploads.traits.storage_class.as_deref(), Some("GLACIER_IR"));
        let tags = [("project", "Field Recordings"), ("empty", ""), ("a", "b=c")];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(uploads.traits.tags, tags);
        assert_eq!(uploads.rules.leaves_out, [".DS_Store", "~lock"]);
        let again = UploadOptions::of(&uploads).check().expect("good options");
        assert_eq!(again, uploads);
    }

    #[test]
    fn by_default_objects_get_nothing_and_litter_is_left_out() {
        let typed = UploadOptions::default();
        assert_eq!(typed.leaves_out, ".DS_Store, Thumbs.db, desktop.ini");
        assert_eq!(typed.check(), Ok(Uploads::default()));
    }

    #[test]
    fn what_s3_would_refuse_is_refused_here() {
        let refused = |change: &dyn Fn(&mut UploadOptions)| {
            let mut options = UploadOptions::default();
            change(&mut options);
            let failure = options.check().expect_err("refused");
            assert_eq!(failure.code, Code::BadUploadOptions);
        };
        refused(&|o| o.storage_class = "COLD".to_owned());
        refused(&|o| o.kms_key = "key with spaces".to_owned());
        refused(&|o| o.leaves_out = "a/b".to_owned());
        for tags in ["a", "=1", "a=1,a=2", "aws:x=1"] {
            refused(&|o| o.tags = tags.to_owned());
        }
        let eleven: Vec<String> = (0..11).map(|number| format!("k{number}=v")).collect();
        refused(&|o| o.tags = eleven.join(","));
        refused(&|o| o.tags = format!("{}=1", "k".repeat(129)));
        refused(&|o| o.tags = format!("k={}", "v".repeat(257)));
        let options = UploadOptions {
            tags: format!("{}={}", "鍵".repeat(128), "値".repeat(256)),
            ..UploadOptions::default()
        };
        assert!(options.check().is_ok());
    }
}
