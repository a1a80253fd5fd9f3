//! A saved target, and the form it is made from. No secret in either.

use bucket::{Addressing, BucketName, Folder, Target};
use secrecy::SecretString;
use session::{ExternalId, MfaSerial, Region, RoleArn, SessionLength};
use url::Url;

use crate::failure::{of_name, of_target_name};
use crate::known_key::KnownKey;
use crate::session_options::{SessionAsks, SessionOptions};
use crate::uploads::{UploadOptions, Uploads};
use crate::{Code, Failure};

/// Characters of a name.
pub(crate) const LONGEST_NAME: usize = 64;

/// Names a destination for ever, also its entry in the keychain and its rows in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DestinationId(pub(crate) String);

impl DestinationId {
    pub(crate) fn new() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string())
    }

    /// From the wire; an unknown one is found out when it is used.
    pub fn from_wire(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// For the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A saved target.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Id.
    pub id: DestinationId,
    /// The person's name for it.
    pub name: String,
    /// The role a session acts as.
    pub role_arn: RoleArn,
    /// Bucket, region, endpoint.
    pub target: Target,
    /// Where the listing begins and drops go by default.
    pub prefix: Folder,
    /// Another STS endpoint than the region's.
    pub sts_endpoint: Option<String>,
    /// How long a session the person wants.
    pub session_length: SessionLength,
    /// The longest that the role was found to allow, where that is less than was wanted.
    pub longest_session: Option<SessionLength>,
    /// What a session is asked for besides the role.
    pub asks: SessionAsks,
    /// Its server was found to take no session policy.
    pub refuses_policy: bool,
    /// `ExternalId`.
    pub external_id: Option<ExternalId>,
    /// The MFA device that the role asks for.
    pub mfa_serial: Option<MfaSerial>,
    /// The key in its keychain entry.
    pub key: KnownKey,
    /// One that is about to take that one's place: the entry may hold either.
    pub next_key: Option<KnownKey>,
    /// The sandbox on this computer.
    pub is_sandbox: bool,
    /// What its uploads get besides their bytes, and what of a drop is taken.
    pub uploads: Uploads,
}

/// Where a form's access key comes from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Typed.
    Typed {
        /// Access key ID.
        id: String,
        /// Secret access key.
        secret: SecretString,
    },
    /// The one that the changed destination has already; only where one is changed.
    Kept,
    /// Read from the console's file by `App::read_key_file`.
    File {
        /// Its ticket.
        ticket: u64,
    },
}

/// A destination as a person writes it; nothing is checked yet.
#[derive(Clone, Debug, Default)]
pub struct DestinationForm {
    /// Name.
    pub name: String,
    /// Role ARN.
    pub role_arn: String,
    /// Region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Folder in the bucket, or empty.
    pub prefix: String,
    /// S3 endpoint, or empty.
    pub endpoint: String,
    /// STS endpoint, or empty: then `endpoint`'s, or the region's.
    pub sts_endpoint: String,
    /// Seconds, or empty.
    pub session_seconds: String,
    /// ExternalId, or empty.
    pub external_id: String,
    /// MFA serial, or empty.
    pub mfa_serial: String,
    /// Which of the region's endpoints, and where the bucket's name goes.
    pub addressing: Addressing,
    /// What its sessions are asked for besides the role.
    pub session: SessionOptions,
    /// The access key was just created: AWS may not know it yet.
    pub is_key_new: bool,
    /// What its uploads get besides their bytes, and what of a drop is taken.
    pub uploads: UploadOptions,
}

impl DestinationForm {
    /// Checks every field; the first wrong one is the failure.
    pub(crate) fn check(&self, id: DestinationId, key: KnownKey) -> Result<Destination, Failure> {
        let name = checked_name(&self.name)?;
        let region = Region::new(&self.region).map_err(|error| of_name(&error))?;
        let endpoint = endpoint(&self.endpoint)?;
        let sts_endpoint = match self::endpoint(&self.sts_endpoint)? {
            // A server that is not AWS usually answers for both at one place.
            None => endpoint.clone(),
            some => some,
        };
        Ok(Destination {
            id,
            name,
            role_arn: RoleArn::new(&self.role_arn).map_err(|error| of_name(&error))?,
            target: Target {
                bucket: BucketName::new(&self.bucket).map_err(|error| of_target_name(&error))?,
                region: region.to_string(),
                endpoint,
                addressing: self.addressing,
            },
            prefix: typed_folder(&self.prefix)?,
            sts_endpoint,
            session_length: optional(&self.session_seconds, SessionLength::parse)?
                .unwrap_or_default(),
            longest_session: None,
            asks: self.session.check()?,
            refuses_policy: false,
            external_id: optional(&self.external_id, ExternalId::new)?,
            mfa_serial: optional(&self.mfa_serial, MfaSerial::new)?,
            key,
            next_key: None,
            is_sandbox: false,
            uploads: self.uploads.check()?,
        })
    }
}

/// A destination's name as a person typed it.
pub(crate) fn checked_name(text: &str) -> Result<String, Failure> {
    let name = text.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Failure::new(Code::BadName, name));
    }
    Ok(name.to_owned())
}

/// A folder as a person typed it.
///
/// # Errors
/// [`Code::BadPrefix`].
pub fn typed_folder(text: &str) -> Result<Folder, Failure> {
    Folder::new(text.trim()).map_err(|error| of_target_name(&error))
}

/// None for an empty field.
pub(crate) fn optional<T>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, session::NameError>,
) -> Result<Option<T>, Failure> {
    match text.trim() {
        "" => Ok(None),
        text => parse(text).map(Some).map_err(|error| of_name(&error)),
    }
}

/// `http` or `https`, a host, perhaps a port; nothing behind it, since keys go there.
fn endpoint(text: &str) -> Result<Option<String>, Failure> {
    let text = text.trim().trim_end_matches('/');
    if text.is_empty() {
        return Ok(None);
    }
    let is_endpoint = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if is_endpoint {
        Ok(Some(text.to_owned()))
    } else {
        Err(Failure::new(Code::BadEndpoint, text))
    }
}

impl Destination {
    /// Would a sign-in to either be the same sign-in? The region may have been corrected since `other`, and its announced
    /// key may have been found in its entry.
    pub(crate) fn signs_in_like(&self, other: &Self) -> bool {
        let keys = [Some(&other.key), other.next_key.as_ref()];
        let mut keys = keys.into_iter().flatten();
        self.role_arn == other.role_arn
            && self.target.bucket == other.target.bucket
            && self.target.endpoint == other.target.endpoint
            && self.sts_endpoint == other.sts_endpoint
            && keys.any(|key| key.ends == self.key.ends)
    }

    /// Would its sessions get the same policy, tags and all, from the same server?
    pub(crate) fn is_narrowed_like(&self, other: &Self) -> bool {
        self.sts_endpoint == other.sts_endpoint
            && self.role_arn == other.role_arn
            && self.target.bucket == other.target.bucket
            && self.prefix == other.prefix
            && self.asks == other.asks
            && self.uploads.traits == other.uploads.traits
    }

    /// Is STS asked at the same server? A key must not follow a destination to another one unasked. AWS's own servers
    /// count as one.
    pub(crate) fn asks_the_same_sts(&self, other: &Self) -> bool {
        self.sts_endpoint == other.sts_endpoint
    }

    /// The form that makes it.
    pub(crate) fn form(&self) -> DestinationForm {
        let text = |name: Option<String>| name.unwrap_or_default();
        DestinationForm {
            name: self.name.clone(),
            role_arn: self.role_arn.to_string(),
            region: self.target.region.clone(),
            bucket: self.target.bucket.to_string(),
            prefix: self.prefix.to_string(),
            endpoint: text(self.target.endpoint.clone()),
            sts_endpoint: text(self.sts_endpoint.clone()),
            session_seconds: self.session_length.seconds().to_string(),
            external_id: text(self.external_id.as_ref().map(ToString::to_string)),
            mfa_serial: text(self.mfa_serial.as_ref().map(ToString::to_string)),
            addressing: self.target.addressing,
            session: SessionOptions::of(&self.asks),
            is_key_new: self.key.is_new,
            uploads: UploadOptions::of(&self.uploads),
        }
    }

    /// The role ARN's partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub(crate) fn partition(&self) -> &str {
        self.role_arn.as_str().split(':').nth(1).unwrap_or("aws")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> DestinationForm {
        DestinationForm {
            name: "Field recordings".to_owned(),
            role_arn: "arn:aws:iam::123456789012:role/sts-s3-example-role".to_owned(),
            region: "ap-northeast-1".to_owned(),
            bucket: "s3-fs-example-bucket".to_owned(),
            ..DestinationForm::default()
        }
    }

    fn code(form: &DestinationForm) -> Option<Code> {
        form.check(DestinationId::new(), KnownKey::default())
            .err()
            .map(|failure| failure.code)
    }

    #[test]
    fn the_tutorials_names_are_taken_and_a_folder_gets_its_slash() {
        let form = DestinationForm {
            prefix: " incoming ".to_owned(),
            ..form()
        };
        let destination = form
            .check(DestinationId::new(), KnownKey::default())
            .expect("a destination");
        assert_eq!(destination.prefix.as_str(), "incoming/");
        assert_eq!(destination.session_length.seconds(), 3600);
        assert_eq!(destination.sts_host(), "sts.ap-northeast-1.amazonaws.com");
    }

    #[test]
    fn sts_is_asked_where_s3_is_when_only_that_is_known() {
        let form = DestinationForm {
            endpoint: "http://127.0.0.1:9000/".to_owned(),
            ..form()
        };
        let destination = form
            .check(DestinationId::new(), KnownKey::default())
            .expect("a destination");
        assert_eq!(
            destination.sts_endpoint.as_deref(),
            Some("http://127.0.0.1:9000")
        );
        assert_eq!(destination.s3_host(), "127.0.0.1:9000");
    }

    #[test]
    fn each_wrong_field_has_its_own_code() {
        let wrong = |change: fn(&mut DestinationForm)| {
            let mut form = form();
            change(&mut form);
            code(&form)
        };
        assert_eq!(wrong(|f| f.name = " ".to_owned()), Some(Code::BadName));
        assert_eq!(
            wrong(|f| f.role_arn = "role".to_owned()),
            Some(Code::BadRoleArn)
        );
        assert_eq!(
            wrong(|f| f.region = "Tokyo".to_owned()),
            Some(Code::BadRegion)
        );
        assert_eq!(
            wrong(|f| f.bucket = "My Bucket".to_owned()),
            Some(Code::BadBucket)
        );
        assert_eq!(wrong(|f| f.prefix = "/a".to_owned()), Some(Code::BadPrefix));
        for endpoint in [
            "example.com",
            "ftp://x",
            "https://u:p@x",
            "https://x/path",
            "https://x?q",
        ] {
            let form = DestinationForm {
                endpoint: endpoint.to_owned(),
                ..form()
            };
            assert_eq!(code(&form), Some(Code::BadEndpoint), "{endpoint}");
        }
        assert_eq!(
            wrong(|f| f.session_seconds = "60".to_owned()),
            Some(Code::BadSessionSeconds)
        );
        assert_eq!(
            wrong(|f| f.external_id = "x".to_owned()),
            Some(Code::BadExternalId)
        );
        assert_eq!(
            wrong(|f| f.mfa_serial = "x".to_owned()),
            Some(Code::BadMfaSerial)
        );
        assert_eq!(code(&form()), None);
    }
}
