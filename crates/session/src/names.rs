//! The names a sign-in needs, checked before anything is asked.
//!
//! Each type can only be made from a text that has the right form; the forms are those of the STS and IAM API
//! references (`AssumeRole`: RoleArn, ExternalId, SerialNumber, TokenCode, DurationSeconds).
//! One file, though long: each name is a few lines of form and its tests.

use std::fmt;
use std::time::Duration;

/// Which name is wrong; carries the text as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a role ARN.
    #[error("not a role ARN: {0}")]
    RoleArn(String),
    /// Not a region.
    #[error("not a region: {0}")]
    Region(String),
    /// Not an ExternalId.
    #[error("not an ExternalId: {0}")]
    ExternalId(String),
    /// Not an MFA serial.
    #[error("not an MFA serial: {0}")]
    MfaSerial(String),
    /// Not six digits. Carries nothing: a code is a secret.
    #[error("not a one-time code")]
    MfaCode,
    /// Not 900 to 43,200 seconds.
    #[error("not a session length: {0}")]
    SessionLength(String),
    /// Not 2 to 64 of `[\w+=,.@-]`.
    #[error("not a session name: {0}")]
    SessionName(String),
    /// Not 2 to 64 of `[\w+=,.@-]`, or it begins with `aws:`.
    #[error("not a source identity: {0}")]
    SourceIdentity(String),
    /// Not session tags.
    #[error("not session tags: {0}")]
    SessionTags(String),
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    RoleArn
}
name! {
    /// A region's name. Unknown ones are allowed: S3-compatible servers have their own, and AWS adds some.
    Region
}
name! {
    /// The agreed word that a role in another account may ask for.
    ExternalId
}
name! {
    /// The serial number or ARN of an MFA device.
    MfaSerial
}

name! {
    /// A session's name in AWS's logs: 2 to 64 of `[\w+=,.@-]`.
    SessionName
}
name! {
    /// Who acts, in AWS's logs of all that the session does: 2 to 64 of `[\w+=,.@-]`.
    SourceIdentity
}

fn is_session_word(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

impl SessionName {
    /// Checks the form.
    ///
    /// # Errors
    /// [`NameError::SessionName`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if is_session_word(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::SessionName(text.to_owned()))
        }
    }
}

impl SourceIdentity {
    /// Checks the form.
    ///
    /// # Errors
    /// [`NameError::SourceIdentity`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        // AWS keeps `aws:` for itself; a colon is no allowed character anyway.
        if is_session_word(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::SourceIdentity(text.to_owned()))
        }
    }
}

/// STS's limits of session tags: their number, and the characters of a key and of a value.
const MOST_TAGS: usize = 50;
const LONGEST_TAG_KEY: usize = 128;
const LONGEST_TAG_VALUE: usize = 256;

/// Session tags, as AWS's policies see them in `aws:PrincipalTag`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTags(Vec<(String, String)>);

impl SessionTags {
    /// Reads `key=value, key=value`; an empty text is none. Keys that differ only by case are one key to STS.
    ///
    /// # Errors
    /// [`NameError::SessionTags`] with the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            let wrong = || NameError::SessionTags(tag.to_owned());
            let (key, value) = tag.split_once('=').ok_or_else(wrong)?;
            let (key, value) = (key.trim(), value.trim());
            let is_good = (1..=LONGEST_TAG_KEY).contains(&key.chars().count())
                && value.chars().count() <= LONGEST_TAG_VALUE
                && tag
                    .chars()
                    .all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c))
                && !key.to_lowercase().starts_with("aws:")
                && tags
                    .iter()
                    .all(|(other, _)| other.to_lowercase() != key.to_lowercase());
            if !is_good {
                return Err(wrong());
            }
            tags.push((key.to_owned(), value.to_owned()));
        }
        if tags.len() > MOST_TAGS {
            return Err(NameError::SessionTags(text.to_owned()));
        }
        Ok(Self(tags))
    }

    /// Keys and values.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

impl fmt::Display for SessionTags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (key, value)) in self.0.iter().enumerate() {
            let between = if number == 0 { "" } else { ", " };
            write!(f, "{between}{key}={value}")?;
        }
        Ok(())
    }
}

impl RoleArn {
    /// Checks the form.
    ///
    /// # Errors
    /// [`NameError::RoleArn`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let wrong = || NameError::RoleArn(text.to_owned());
        let mut fields = text.splitn(6, ':');
        let mut field = || fields.next().ok_or_else(wrong);
        let (arn, partition, service) = (field()?, field()?, field()?);
        let (region, account, resource) = (field()?, field()?, field()?);
        let name = resource.strip_prefix("role/").ok_or_else(wrong)?;
        let is_name = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
        };
        let is_role = arn == "arn"
            && (partition == "aws" || partition.starts_with("aws-"))
            && service == "iam"
            && region.is_empty()
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && name.split('/').all(is_name)
            && text.len() <= 2048;
        if is_role {
            Ok(Self(text.to_owned()))
        } else {
            Err(wrong())
        }
    }
}

impl Region {
    /// Checks the form: small letters, digits and hyphens, as a host name's label.
    ///
    /// # Errors
    /// [`NameError::Region`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let is_label = (1..=63).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if is_label {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Region(text.to_owned()))
        }
    }
}

impl Region {
    /// A region of the role's partition that every account has, and whose STS cannot be switched off ("Managing AWS STS in
    /// an AWS Region", IAM user guide).
    pub(crate) fn of_partition(role: &RoleArn) -> Self {
        let region = match role.as_str().split(':').nth(1) {
            Some("aws-cn") => "cn-north-1",
            Some("aws-us-gov") => "us-gov-west-1",
            _ => "us-east-1",
        };
        Self(region.to_owned())
    }
}

impl ExternalId {
    /// Checks the form: 2 to 1,224 of STS's characters.
    ///
    /// # Errors
    /// [`NameError::ExternalId`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let is_allowed = (2..=1224).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b));
        if is_allowed {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::ExternalId(text.to_owned()))
        }
    }
}

impl MfaSerial {
    /// Checks the form: 9 to 256 of STS's characters.
    ///
    /// # Errors
    /// [`NameError::MfaSerial`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let is_allowed = (9..=256).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&b));
        if is_allowed {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::MfaSerial(text.to_owned()))
        }
    }
}

/// Six digits, good once within 30 seconds. Its `Debug` does not show them.
#[derive(Clone)]
pub struct MfaCode(String);

/// A digit as an input method may write it, full-width (U+FF10 to U+FF19).
fn narrow(digit: char) -> char {
    let value = u32::from(digit).wrapping_sub(0xFF10);
    char::from_digit(value, 10).unwrap_or(digit)
}

impl MfaCode {
    /// Checks the form.
    ///
    /// # Errors
    /// [`NameError::MfaCode`].
    pub fn new(text: &str) -> Result<Self, NameError> {
        let digits: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(narrow)
            .collect();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(NameError::MfaCode)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MfaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MfaCode(…)")
    }
}

/// How long a session is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionLength(u32);

impl SessionLength {
    /// STS's bounds: 900 s to 12 h.
    ///
    /// # Errors
    /// [`NameError::SessionLength`].
    pub fn new(seconds: u32) -> Result<Self, NameError> {
        if (900..=43_200).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(NameError::SessionLength(seconds.to_string()))
        }
    }

    /// The next one to try where a role allows less: IAM's MaxSessionDuration is an hour at least.
    pub(crate) fn next_shorter(self) -> Option<Self> {
        const STEPS: [u32; 7] = [43_200, 28_800, 21_600, 14_400, 10_800, 7200, 3600];
        STEPS.into_iter().find(|step| *step < self.0).map(Self)
    }

    /// As [`SessionLength::new`], from a form's text.
    ///
    /// # Errors
    /// [`NameError::SessionLength`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        text.parse()
            .map_err(|_| NameError::SessionLength(text.to_owned()))
            .and_then(Self::new)
    }

    /// Seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The same as a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

impl Default for SessionLength {
    /// The maximum that a role has when nobody set one.
    fn default() -> Self {
        Self(3600)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_of_every_partition_and_with_a_path_are_taken() {
        for arn in [
            "arn:aws:iam::123456789012:role/sts-s3-example-role",
            " arn:aws-cn:iam::123456789012:role/a/b/c ",
            "arn:aws-us-gov:iam::123456789012:role/x+=,.@_-",
        ] {
            assert!(RoleArn::new(arn).is_ok(), "{arn}");
        }
    }

    #[test]
    fn what_is_not_a_role_arn_is_refused_with_its_text() {
        for arn in [
            "",
            "role/x",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:iam::12345678901:role/x",
            "arn:aws:iam:us-east-1:123456789012:role/x",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:sts::123456789012:assumed-role/x/y",
            "arn:aws:iam::123456789012:role/a b",
        ] {
            assert_eq!(RoleArn::new(arn), Err(NameError::RoleArn(arn.to_owned())));
        }
    }

    #[test]
    fn a_session_lasts_900_to_43_200_seconds() {
        assert!(SessionLength::parse("899").is_err());
        assert!(SessionLength::parse("43201").is_err());
        assert!(SessionLength::parse("an hour").is_err());
        assert_eq!(
            SessionLength::parse(" 900 ").map(SessionLength::seconds),
            Ok(900)
        );
    }

    #[test]
    fn a_length_that_a_role_refuses_is_lowered_down_to_an_hour_and_no_further() {
        let mut length = SessionLength::new(43_200).expect("a length");
        let mut asked = Vec::new();
        while let Some(shorter) = length.next_shorter() {
            asked.push(shorter.seconds());
            length = shorter;
        }
        assert_eq!(asked, [28_800, 21_600, 14_400, 10_800, 7200, 3600]);
        let odd = SessionLength::new(5000).expect("a length");
        assert_eq!(odd.next_shorter().map(SessionLength::seconds), Some(3600));
        assert_eq!(
            SessionLength::new(900).expect("a length").next_shorter(),
            None
        );
    }

    #[test]
    fn a_one_time_code_has_six_digits_and_may_be_typed_with_a_space() {
        assert_eq!(MfaCode::new("123 456").expect("a code").as_str(), "123456");
        assert!(MfaCode::new("12345").is_err());
        assert!(MfaCode::new("12345a").is_err());
    }
}
