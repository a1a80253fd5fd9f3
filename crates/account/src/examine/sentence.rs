//! AWS's sentence for a denial: which right was missing, and what kind of policy denied it.
//!
//! `User: .. is not authorized to perform: s3:PutObject on resource: ".." with an explicit deny in a service control policy`
//! ("Troubleshoot access denied error messages", IAM user guide). Other servers say nothing like it, and AWS not always: it
//! is only ever used to learn more, never to learn less.

/// A policy above the role's own: what that one allows, these may take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyAbove {
    /// The organization's, for an account's users and roles.
    ServiceControl,
    /// The organization's, for an account's buckets.
    ResourceControl,
    /// The most that the role may ever be allowed.
    PermissionsBoundary,
    /// Given along when the session was made.
    Session,
    /// Of the private way through which the request came.
    VpcEndpoint,
}

impl PolicyAbove {
    /// All, as far as they are known.
    pub const ALL: &[Self] = &[
        Self::ServiceControl,
        Self::ResourceControl,
        Self::PermissionsBoundary,
        Self::Session,
        Self::VpcEndpoint,
    ];

    /// AWS's name for it, also on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session policy",
            Self::VpcEndpoint => "VPC endpoint policy",
        }
    }
}

/// Whose policy denied it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeniedBy {
    /// The bucket's own, explicitly.
    Bucket,
    /// One that the role's own policy cannot outweigh.
    Above(PolicyAbove),
}

/// The right that was missing, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lacking {
    /// `s3:ListBucket`.
    List,
    /// `s3:GetObject`.
    Get,
    /// One of KMS's.
    Kms,
}

/// What it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) lacking: Option<Lacking>,
    pub(super) denied_by: Option<DeniedBy>,
}

impl Sentence {
    pub(super) fn read(text: &str) -> Self {
        Self {
            lacking: lacking(text),
            denied_by: denied_by(text),
        }
    }
}

fn lacking(text: &str) -> Option<Lacking> {
    let (_, behind) = text.split_once("perform: ")?;
    match behind.split_whitespace().next()? {
        "s3:ListBucket" => Some(Lacking::List),
        "s3:GetObject" => Some(Lacking::Get),
        action if action.starts_with("kms:") => Some(Lacking::Kms),
        _ => None,
    }
}

fn denied_by(text: &str) -> Option<DeniedBy> {
    // The resource stands in quotation marks before it, and a folder may have any name.
    let reason = text.rsplit('"').next()?;
    let explicit = reason.split_once("explicit deny in a ");
    let (_, policy) = explicit.or_else(|| reason.split_once("because no "))?;
    if explicit.is_some() && policy.starts_with("resource-based policy") {
        return Some(DeniedBy::Bucket);
    }
    let mut above = PolicyAbove::ALL.iter().copied();
    above
        .find(|kind| policy.starts_with(kind.as_str()))
        .map(DeniedBy::Above)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::b/k\" ";

    fn denied(reason: &str) -> Option<DeniedBy> {
        Sentence::read(&format!("{HEAD}{reason}")).denied_by
    }

    #[test]
    fn each_kind_of_policy_is_known_by_both_of_its_phrases_and_before_its_arn() {
        use PolicyAbove as P;
        for (name, kind) in [
            ("service control policy", P::ServiceControl),
            ("resource control policy", P::ResourceControl),
            ("permissions boundary", P::PermissionsBoundary),
            ("session policy", P::Session),
            ("VPC endpoint policy", P::VpcEndpoint),
        ] {
            for reason in [
                format!("with an explicit deny in a {name}"),
                format!(
                    "with an explicit deny in a {name}: arn:aws:organizations::1:policy/o-1/p-1"
                ),
                format!("because no {name} allows the s3:PutObject action"),
            ] {
                assert_eq!(denied(&reason), Some(DeniedBy::Above(kind)), "{reason}");
            }
        }
    }

    #[test]
    fn the_buckets_policy_denies_only_explicitly_and_the_roles_own_is_not_above_itself() {
        let bucket = denied("with an explicit deny in a resource-based policy");
        assert_eq!(bucket, Some(DeniedBy::Bucket));
        for reason in [
            "because no resource-based policy allows the s3:PutObject action",
            "because no identity-based policy allows the s3:PutObject action",
            "with an explicit deny in an identity-based policy",
            "",
        ] {
            assert_eq!(denied(reason), None, "{reason}");
        }
    }

    #[test]
    fn a_folder_that_is_called_like_a_reason_is_none() {
        let text = "User: u is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::b/because no session policy\"";
        let read = Sentence::read(text);
        assert_eq!((read.lacking, read.denied_by), (Some(Lacking::List), None));
    }

    #[test]
    fn the_missing_right_is_the_one_that_was_asked_for() {
        for (action, lacking) in [
            ("s3:ListBucket", Some(Lacking::List)),
            ("s3:GetObject", Some(Lacking::Get)),
            ("kms:GenerateDataKey", Some(Lacking::Kms)),
            ("s3:PutObject", None),
        ] {
            let text = format!("User: u is not authorized to perform: {action} on this resource");
            assert_eq!(Sentence::read(&text).lacking, lacking, "{action}");
        }
        assert_eq!(Sentence::read("Access Denied"), Sentence::default());
    }
}
