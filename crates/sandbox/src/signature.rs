//! Signatures of STS's and IAM's requests, checked by signing them again with AWS's own signer. S3's are s3s's matter, but
//! for their time, which it does not look at.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// AWS takes a request for so long before and after the time in it ("Signature Version 4", IAM user guide).
const SKEW: Duration = Duration::from_mins(15);

/// What the `Authorization` header says.
pub(crate) struct Signature<'a> {
    pub(crate) access_key_id: &'a str,
    region: &'a str,
    pub(crate) service: &'a str,
    headers: Vec<&'a str>,
    hex: &'a str,
    signed_at: SystemTime,
}

impl<'a> Signature<'a> {
    /// `AWS4-HMAC-SHA256 Credential=ID/date/region/service/aws4_request, SignedHeaders=a;b, Signature=HEX`
    pub(crate) fn read(parts: &'a Parts) -> Option<Self> {
        let rest = text(parts, "authorization")?.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let field = |name: &str| {
            let mut fields = rest.split(',');
            fields.find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let scope: Vec<&str> = field("Credential")?.split('/').collect();
        let [access_key_id, _date, region, service, "aws4_request"] = scope[..] else {
            return None;
        };
        let date = DateTime::strptime("%Y%m%dT%H%M%SZ", text(parts, "x-amz-date")?).ok()?;
        Some(Self {
            access_key_id,
            region,
            service,
            headers: field("SignedHeaders")?.split(';').collect(),
            hex: field("Signature")?,
            signed_at: SystemTime::try_from(TimeZone::UTC.to_timestamp(date).ok()?).ok()?,
        })
    }

    /// It was made too long ago, or will be.
    pub(crate) fn is_skewed(&self) -> bool {
        let now = SystemTime::now();
        let age = now.duration_since(self.signed_at);
        age.unwrap_or_else(|ahead| ahead.duration()) > SKEW
    }

    /// Was it made of this request, with this secret?
    pub(crate) fn is_right(&self, parts: &Parts, body: &[u8], secret: &str) -> bool {
        let again = self.again(parts, body, secret);
        again.is_some_and(|signature| signature == self.hex)
    }

    fn again(&self, parts: &Parts, body: &[u8], secret: &str) -> Option<String> {
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        // What was signed is what is signed again, and no more.
        settings.excluded_headers = None;
        let identity = Credentials::new(self.access_key_id, secret, None, None, "sandbox").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.signed_at)
            .settings(settings)
            .build()
            .ok()?
            .into();
        let host = text(parts, "host")?;
        let mut headers = Vec::new();
        for name in self.headers.iter().filter(|name| **name != "x-amz-date") {
            headers.push((*name, text(parts, name)?));
        }
        let uri = format!("http://{host}{}", parts.uri);
        let request = SignableRequest::new(
            parts.method.as_str(),
            uri,
            headers.into_iter(),
            SignableBody::Bytes(body),
        );
        let (_, signature) = sign(request.ok()?, &params).ok()?.into_parts();
        Some(signature)
    }
}

fn text<'a>(parts: &'a Parts, header: &str) -> Option<&'a str> {
    parts.headers.get(header)?.to_str().ok()
}
