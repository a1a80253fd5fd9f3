//! A set-up as a person writes it; nothing is checked yet.

use account::{Setup, SetupOptions};
use bucket::{BucketName, Folder};
use session::{ExternalId, Region};

use crate::failure::{of_name, of_target_name};
use crate::{Code, Failure};

/// The tutorial's names, for who chooses none.
pub(crate) const USUAL_USER: &str = "sts-s3-upload-user";
/// As [`USUAL_USER`].
pub(crate) const USUAL_ROLE: &str = "sts-s3-example-role";
/// IAM takes 3,600 to 43,200 s; the longest does no harm, since each destination asks for what it wants.
const LONGEST_SESSION: u32 = 43_200;

/// What is to be set up.
#[derive(Clone, Debug, Default)]
pub struct SetupForm {
    /// Region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Folder in the bucket, or empty.
    pub prefix: String,
    /// The IAM user; empty for the usual name.
    pub user: String,
    /// The role; empty for the usual name.
    pub role: String,
    /// A session needs a one-time code.
    pub needs_mfa: bool,
    /// ExternalId, or empty.
    pub external_id: String,
    /// Addresses in CIDR form.
    pub source_ips: Vec<String>,
    /// Uploads that were begun can be removed.
    pub may_abort: bool,
    /// A KMS key's ARN, or empty.
    pub kms_key: String,
    /// Another server than AWS, or empty.
    pub endpoint: String,
}

impl SetupForm {
    /// Checks what was written. `partition` is `aws`, `aws-cn` or `aws-us-gov`.
    ///
    /// # Errors
    /// [`Code::BadRegion`], [`Code::BadBucket`], [`Code::BadPrefix`], [`Code::BadIamName`], [`Code::BadExternalId`],
    /// [`Code::BadSourceIp`], [`Code::BadUploadOptions`].
    pub fn setup(&self, partition: &str) -> Result<Setup, Failure> {
        let region = Region::new(self.region.trim()).map_err(|error| of_name(&error))?;
        let bucket = BucketName::new(self.bucket.trim()).map_err(|error| of_target_name(&error))?;
        let prefix = Folder::new(self.prefix.trim()).map_err(|error| of_target_name(&error))?;
        let external_id = match self.external_id.trim() {
            "" => None,
            text => Some(ExternalId::new(text).map_err(|error| of_name(&error))?),
        };
        Ok(Setup {
            partition: partition.to_owned(),
            region: region.to_string(),
            bucket: bucket.to_string(),
            prefix: prefix.to_string(),
            user: iam_name(&self.user, USUAL_USER)?,
            user_account: None,
            role: iam_name(&self.role, USUAL_ROLE)?,
            longest_session_seconds: LONGEST_SESSION,
            only_tls: !self.endpoint.trim().starts_with("http://"),
            options: SetupOptions {
                needs_mfa: self.needs_mfa,
                external_id: external_id.map(|id| id.as_str().to_owned()),
                source_ips: self
                    .source_ips
                    .iter()
                    .map(|ip| source_ip(ip))
                    .collect::<Result<_, _>>()?,
                may_abort: self.may_abort,
                kms_key: kms_key(&self.kms_key)?,
                ..SetupOptions::default()
            },
        })
    }
}

/// An account's number, or none where nothing was written.
///
/// # Errors
/// [`Code::BadAccount`].
pub fn account_number(text: &str) -> Result<Option<String>, Failure> {
    match text.trim() {
        "" => Ok(None),
        number if number.len() == 12 && number.bytes().all(|c| c.is_ascii_digit()) => {
            Ok(Some(number.to_owned()))
        }
        other => Err(Failure::new(Code::BadAccount, other)),
    }
}

/// 1 to 64 of `[\w+=,.@-]` ("CreateUser" and "CreateRole", IAM API reference).
fn iam_name(text: &str, usual: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(usual.to_owned());
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if text.len() <= 64 && text.chars().all(is_allowed) {
        Ok(text.to_owned())
    } else {
        Err(Failure::new(Code::BadIamName, text))
    }
}

/// An address, or a network of them.
fn source_ip(text: &str) -> Result<String, Failure> {
    let bad = || Failure::new(Code::BadSourceIp, text);
    let (address, bits) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
    let address: std::net::IpAddr = address.parse().map_err(|_| bad())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    match bits {
        "" => Ok(format!("{address}/{most}")),
        bits => match bits.parse::<u8>() {
            Ok(bits) if bits <= most => Ok(format!("{address}/{bits}")),
            _ => Err(bad()),
        },
    }
}

/// By its ARN alone: a policy takes no alias ("Actions, resources, and condition keys for AWS KMS").
fn kms_key(text: &str) -> Result<Option<String>, Failure> {
    match text.trim() {
        "" => Ok(None),
        arn if arn.starts_with("arn:") && arn.contains(":kms:") && arn.contains(":key/") => {
            Ok(Some(arn.to_owned()))
        }
        other => Err(Failure::new(Code::BadUploadOptions, other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> SetupForm {
        SetupForm {
            region: "ap-northeast-1".to_owned(),
            bucket: "s3-fs-example-bucket".to_owned(),
            prefix: "incoming".to_owned(),
            ..SetupForm::default()
        }
    }

    #[test]
    fn names_that_nobody_chose_are_the_tutorials() {
        let setup = form().setup("aws").expect("right");
        assert_eq!(
            (setup.user.as_str(), setup.role.as_str()),
            (USUAL_USER, USUAL_ROLE)
        );
        assert_eq!(setup.prefix, "incoming/");
        assert!(setup.only_tls);
    }

    #[test]
    fn what_iam_would_not_take_is_said_before_it_is_asked() {
        let bad = |change: fn(&mut SetupForm)| {
            let mut form = form();
            change(&mut form);
            form.setup("aws").expect_err("refused").code
        };
        assert_eq!(
            bad(|form| form.user = "two words".to_owned()),
            Code::BadIamName
        );
        assert_eq!(
            bad(|form| form.source_ips = vec!["192.0.2.0/33".to_owned()]),
            Code::BadSourceIp
        );
        assert_eq!(
            bad(|form| form.source_ips = vec!["office".to_owned()]),
            Code::BadSourceIp
        );
        assert_eq!(
            bad(|form| form.kms_key = "alias/mine".to_owned()),
            Code::BadUploadOptions
        );
        assert_eq!(bad(|form| form.bucket = "B".to_owned()), Code::BadBucket);
    }

    #[test]
    fn an_account_has_twelve_digits() {
        assert_eq!(account_number(" "), Ok(None));
        let number = "123456789012";
        assert_eq!(account_number(number), Ok(Some(number.to_owned())));
        let refused = account_number("1234-5678-9012").expect_err("refused");
        assert_eq!(refused.code, Code::BadAccount);
    }

    #[test]
    fn an_address_alone_is_a_network_of_one() {
        let mut form = form();
        form.source_ips = vec![" 192.0.2.7 ".to_owned(), "2001:db8::/32".to_owned()];
        let setup = form.setup("aws").expect("right");
        assert_eq!(setup.options.source_ips, ["192.0.2.7/32", "2001:db8::/32"]);
    }
}
