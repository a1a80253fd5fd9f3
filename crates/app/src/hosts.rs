//! The hosts that a destination's requests go to, for sentences.

use url::Url;

use crate::Destination;

impl Destination {
    /// The host that STS is asked at ("AWS STS endpoints and quotas", AWS General Reference).
    pub(crate) fn sts_host(&self) -> String {
        let name = if self.target.addressing.is_fips {
            "sts-fips"
        } else {
            "sts"
        };
        let suffix = match (self.target.addressing.is_dual_stack, self.is_in_china()) {
            (false, false) => "amazonaws.com",
            (true, false) => "api.aws",
            (false, true) => "amazonaws.com.cn",
            (true, true) => "api.amazonwebservices.com.cn",
        };
        let regional = || format!("{name}.{}.{suffix}", self.target.region);
        self.sts_endpoint.as_deref().map_or_else(regional, host_of)
    }

    /// The host that IAM is asked at, which has no regions ("AWS Identity and Access Management endpoints and quotas", AWS
    /// General Reference). A server with a STS of its own answers for IAM there.
    pub(crate) fn iam_host(&self) -> String {
        let addressing = self.target.addressing;
        let global = match (
            self.partition(),
            addressing.is_dual_stack,
            addressing.is_fips,
        ) {
            ("aws-cn", ..) => "iam.cn-north-1.amazonaws.com.cn",
            ("aws-us-gov", ..) => "iam.us-gov.amazonaws.com",
            (_, true, _) => "iam.global.api.aws",
            (_, _, true) => "iam-fips.amazonaws.com",
            _ => "iam.amazonaws.com",
        };
        let endpoint = self.sts_endpoint.as_deref();
        endpoint.map_or_else(|| global.to_owned(), host_of)
    }

    /// The host that S3 is asked at ("Amazon S3 endpoints and quotas", AWS General Reference), without the bucket's
    /// name.
    pub(crate) fn s3_host(&self) -> String {
        let name = if self.target.addressing.is_fips {
            "s3-fips"
        } else {
            "s3"
        };
        let stack = if self.target.addressing.is_dual_stack {
            ".dualstack"
        } else {
            ""
        };
        let suffix = if self.is_in_china() {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let regional = || format!("{name}{stack}.{}.{suffix}", self.target.region);
        let endpoint = self.target.endpoint.as_deref();
        endpoint.map_or_else(regional, host_of)
    }

    fn is_in_china(&self) -> bool {
        self.partition() == "aws-cn"
    }
}

fn host_of(endpoint: &str) -> String {
    let url = Url::parse(endpoint).ok();
    let host = url.as_ref().and_then(|url| {
        let host = url.host_str()?;
        Some(
            url.port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
        )
    });
    host.unwrap_or_else(|| endpoint.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::{Addressing, AddressingStyle, DestinationForm, DestinationId};

    fn hosts(partition: &str, is_fips: bool, is_dual_stack: bool) -> (String, String) {
        let form = DestinationForm {
            name: "Field recordings".to_owned(),
            role_arn: format!("arn:{partition}:iam::123456789012:role/uploader"),
            region: "us-west-2".to_owned(),
            bucket: "s3-fs-example-bucket".to_owned(),
            addressing: Addressing {
                style: AddressingStyle::Usual,
                is_fips,
                is_dual_stack,
            },
            ..DestinationForm::default()
        };
        let destination = form.check(DestinationId::from_wire("a"), crate::KnownKey::default());
        let destination = destination.expect("a destination");
        (destination.sts_host(), destination.s3_host())
    }

    #[test]
    fn a_sentence_names_the_host_that_was_asked() {
        let told = |sts: &str, s3: &str| (sts.to_owned(), s3.to_owned());
        assert_eq!(
            hosts("aws", false, false),
            told("sts.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com")
        );
        assert_eq!(
            hosts("aws", true, false),
            told(
                "sts-fips.us-west-2.amazonaws.com",
                "s3-fips.us-west-2.amazonaws.com"
            )
        );
        assert_eq!(
            hosts("aws", true, true),
            told(
                "sts-fips.us-west-2.api.aws",
                "s3-fips.dualstack.us-west-2.amazonaws.com"
            )
        );
        assert_eq!(
            hosts("aws-cn", false, true),
            told(
                "sts.us-west-2.api.amazonwebservices.com.cn",
                "s3.dualstack.us-west-2.amazonaws.com.cn"
            )
        );
    }
}
