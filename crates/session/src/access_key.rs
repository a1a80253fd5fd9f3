//! The IAM user's long-lived key pair.

use std::fmt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// The console's file is two short lines; anything much larger is another file.
const MAX_CSV_BYTES: u64 = 64 * 1024;

/// An access key: its id and its secret. Lives in the keychain; here only as long as it is being signed with.
#[derive(Clone)]
pub struct AccessKey {
    id: String,
    secret: SecretString,
}

/// An access key's id, to compare and to name it to IAM; only its last four characters are shown.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyId(String);

/// The last four characters of an access key id: the only part of it that is ever shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEnds(String);

impl AccessKey {
    /// Checks the form of both halves. IAM's `accessKeyIdType` is 16 to 128 word characters; a secret has
    /// 40 today, but its length is not promised, so only its alphabet is looked at.
    ///
    /// # Errors
    /// [`Error::NotAnAccessKey`] when either half cannot be one.
    pub fn new(id: &str, secret: &SecretString) -> Result<Self, Error> {
        let id = id.trim();
        let plain = secret.expose_secret().trim();
        let is_id = (16..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let is_secret =
            (16..=256).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_graphic());
        if !is_id || !is_secret || is_key_id_of_aws(plain) {
            return Err(Error::NotAnAccessKey);
        }
        Ok(Self {
            id: id.to_owned(),
            secret: SecretString::from(plain.to_owned()),
        })
    }

    /// Reads the CSV file that the IAM console hands out once: one header line, one key. Columns are found by
    /// name, since older files carry user name and password too.
    ///
    /// # Errors
    /// [`Error::KeyFileUnreadable`] when the file cannot be read, [`Error::NotAKeyFile`] when it is another file.
    pub fn from_console_csv(path: &Path) -> Result<Self, Error> {
        let name = || {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        let unreadable = |source| Error::KeyFileUnreadable {
            file: name(),
            source,
        };
        let meta = std::fs::metadata(path).map_err(unreadable)?;
        if !meta.is_file() || meta.len() > MAX_CSV_BYTES {
            return Err(Error::NotAKeyFile { file: name() });
        }
        let text = SecretString::from(std::fs::read_to_string(path).map_err(unreadable)?);
        Self::parse_csv(&text).ok_or_else(|| Error::NotAKeyFile { file: name() })
    }

    fn parse_csv(text: &SecretString) -> Option<Self> {
        // The console writes a byte order mark.
        let text = text.expose_secret().trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headers = reader.headers().ok()?;
        let column = |name: &str| headers.iter().position(|h| h.eq_ignore_ascii_case(name));
        let (id, secret) = (column("Access key ID")?, column("Secret access key")?);
        let record = reader.records().next()?.ok()?;
        Self::new(
            record.get(id)?,
            &SecretString::from(record.get(secret)?.to_owned()),
        )
        .ok()
    }

    /// The id's last four characters.
    pub fn ends(&self) -> KeyEnds {
        KeyEnds::of(&self.id)
    }

    /// The id.
    pub fn key_id(&self) -> KeyId {
        KeyId(self.id.clone())
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// One line each: the form in which the keychain holds it.
    pub(crate) fn to_entry(&self) -> SecretString {
        SecretString::from(format!("{}\n{}", self.id, self.secret.expose_secret()))
    }

    pub(crate) fn from_entry(entry: &SecretString) -> Option<Self> {
        let (id, secret) = entry.expose_secret().split_once('\n')?;
        Self::new(id, &SecretString::from(secret.to_owned())).ok()
    }
}

/// `AKIA` or `ASIA` and 16 more ("IAM identifiers", IAM user guide): no secret looks so. The two were swapped, and of
/// what is taken for an id four characters would be shown.
fn is_key_id_of_aws(text: &str) -> bool {
    text.len() == 20
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKey({})", self.ends())
    }
}

impl fmt::Display for KeyEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.0)
    }
}

impl KeyId {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four characters.
    pub fn ends(&self) -> KeyEnds {
        KeyEnds::of(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({})", self.ends())
    }
}

impl KeyEnds {
    fn of(id: &str) -> Self {
        let from = id.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        Self(id[from..].to_owned())
    }

    /// The four characters alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn parse(text: &str) -> Option<AccessKey> {
        AccessKey::parse_csv(&SecretString::from(text.to_owned()))
    }

    #[test]
    fn the_consoles_csv_is_read_with_and_without_its_byte_order_mark() {
        for mark in ["", "\u{feff}"] {
            let key = parse(&format!(
                "{mark}Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,{SECRET}\r\n"
            ))
            .expect("a key");
            assert_eq!(key.id(), "AKIAIOSFODNN7EXAMPLE");
            assert_eq!(key.secret().expose_secret(), SECRET);
        }
    }

    #[test]
    fn an_older_csv_with_user_name_and_link_is_read_by_its_column_names() {
        let key = parse(&format!(
            "User name,Password,Access key ID,Secret access key,Console login link\nu,,AKIAIOSFODNN7EXAMPLE,{SECRET},https://x\n"
        ));
        assert_eq!(key.expect("a key").ends().as_str(), "MPLE");
    }

    #[test]
    fn another_csv_is_not_taken_for_a_key() {
        assert!(parse("a,b\n1,2\n").is_none());
        assert!(parse("Access key ID,Secret access key\n").is_none());
        assert!(parse("").is_none());
    }

    #[test]
    fn id_and_secret_that_were_swapped_are_no_key() {
        let secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00";
        let id = SecretString::from("AKIAIOSFODNN7EXAMPLE".to_owned());
        assert!(AccessKey::new(secret, &id).is_err());
    }

    #[test]
    fn debug_shows_the_last_four_characters_and_no_secret() {
        let key = AccessKey::new(
            "AKIAIOSFODNN7EXAMPLE",
            &SecretString::from(SECRET.to_owned()),
        )
        .expect("a key");
        assert_eq!(format!("{key:?}"), "AccessKey(…MPLE)");
    }

    #[test]
    fn a_key_survives_the_keychain() {
        let key = AccessKey::new(
            " AKIAIOSFODNN7EXAMPLE ",
            &SecretString::from(SECRET.to_owned()),
        )
        .expect("a key");
        let again = AccessKey::from_entry(&key.to_entry()).expect("a key");
        assert_eq!(again.id(), key.id());
        assert_eq!(again.secret().expose_secret(), SECRET);
    }
}
