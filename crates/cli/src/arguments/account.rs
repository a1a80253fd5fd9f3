//! The words of `account`.

use std::path::PathBuf;

use app::{Export, SetupForm};
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// What is there in the account, and what would be made or changed; changes nothing.
    Plan(What),
    /// Make it: bucket, user, role and their policies. A second run changes nothing; one that broke off is finished by the next.
    ///
    /// Needs somebody with rights who is signed in to AWS on this computer (aws login, SSO, a profile, the environment).
    Apply {
        #[command(flatten)]
        what: What,
        /// Only say what would be made or changed.
        #[arg(long)]
        dry_run: bool,
        /// Yes, change what is there and differs, and add to a bucket, user or role that was there before.
        #[arg(long)]
        change_existing: bool,
        /// Make the user's access key, put it into this computer's keychain, and save a destination under this name.
        /// Not with --mfa: its device must be registered first.
        #[arg(long, value_name = "NAME", conflicts_with = "mfa")]
        connect: Option<String>,
        /// Write the destination as a drop-zone file, for those who get a key of their own: all but the key.
        #[arg(long, value_name = "FILE", requires = "connect")]
        drop_zone: Option<PathBuf>,
    },
    /// Say what keeps a destination's key from being let in and from storing: the role's trust and permissions, the user's policy. With
    /// --yes, what is missing is added, nothing is taken away, and the destination is examined: exit 0 only when uploads work then.
    Repair {
        /// Its name; without it, the one that is selected.
        #[arg(short, long)]
        destination: Option<String>,
        /// Yes, change it.
        #[arg(long)]
        yes: bool,
        /// The AWS profile of the administrator.
        #[arg(long)]
        profile: Option<String>,
    },
    /// Remove exactly what was made, by its tag: user with its keys, role, and the bucket if nothing is in it. A user or role of
    /// somebody else's loses only the policy that it was given.
    Undo {
        #[command(flatten)]
        what: What,
        /// Yes, remove it.
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Write it as code. No access key is in it.
    Export {
        #[command(flatten)]
        what: What,
        /// The form.
        #[arg(long = "as", value_enum)]
        form: Form,
        /// The account, 12 digits; only the policies need it.
        #[arg(long)]
        account: Option<String>,
    },
}

/// What is to be set up.
#[derive(Debug, Args)]
pub(crate) struct What {
    /// Bucket.
    #[arg(long)]
    bucket: String,
    /// Region.
    #[arg(long)]
    region: String,
    /// Folder in the bucket that uploads are limited to.
    #[arg(long, default_value = "")]
    prefix: String,
    /// IAM user; without it, the tutorial's.
    #[arg(long, default_value = "")]
    user: String,
    /// Role; without it, the tutorial's.
    #[arg(long, default_value = "")]
    role: String,
    /// A session needs a one-time code of the user's MFA device.
    #[arg(long)]
    mfa: bool,
    /// A session needs this ExternalId.
    #[arg(long, default_value = "")]
    external_id: String,
    /// A session is given to this address or network only; may be repeated.
    #[arg(long = "source-ip", value_name = "CIDR")]
    source_ips: Vec<String>,
    /// Uploads that were begun can be removed.
    #[arg(long)]
    may_abort: bool,
    /// The bucket encrypts with this KMS key (ARN).
    #[arg(long, default_value = "")]
    kms_key: String,
    /// Another server than AWS; its destination gets it.
    #[arg(long, default_value = "")]
    endpoint: String,
    /// The AWS profile of the administrator.
    #[arg(long)]
    pub(crate) profile: Option<String>,
}

impl What {
    pub(crate) fn form(&self) -> SetupForm {
        SetupForm {
            region: self.region.clone(),
            bucket: self.bucket.clone(),
            prefix: self.prefix.clone(),
            user: self.user.clone(),
            role: self.role.clone(),
            needs_mfa: self.mfa,
            external_id: self.external_id.clone(),
            source_ips: self.source_ips.clone(),
            may_abort: self.may_abort,
            kms_key: self.kms_key.clone(),
            endpoint: self.endpoint.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Form {
    #[value(name = "cloudformation")]
    CloudFormation,
    Terraform,
    AwsCli,
    Policies,
}

impl From<Form> for Export {
    fn from(form: Form) -> Self {
        match form {
            Form::CloudFormation => Self::CloudFormation,
            Form::Terraform => Self::Terraform,
            Form::AwsCli => Self::AwsCli,
            Form::Policies => Self::Policies,
        }
    }
}
