//! The command line's words. A secret is never an argument: arguments can be read by every program on the computer.
//!
//! One file, though long: it is a table, and is read beside `--help`.

mod account;
mod destination;
mod key;

pub(crate) use account::{AccountCommand, What};
pub(crate) use destination::{DestinationCommand, Export};
pub(crate) use key::KeyCommand;

use std::path::PathBuf;

use app::{AddressingStyle, OnConflict};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Uploads files to one S3 bucket on temporary sessions.
///
/// Exit: 0 done, 1 some rows failed or something differs, 2 usage or bad input, 3 could not sign in or the session
/// ended, 4 keychain, 130 stopped with Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "sandglass", version)]
pub(crate) struct Arguments {
    /// One JSON object a line instead of words.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Save a destination; its access key goes into the keychain.
    Connect(Box<Connect>),
    /// List, rename, duplicate, remove or export destinations.
    Destination {
        /// What to do.
        #[command(subcommand)]
        command: DestinationCommand,
    },
    /// Look for a destination's access key in the keychain, or remove it from there.
    Key {
        /// What to do.
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Set up the AWS side, take it back, or write it as code.
    Account {
        /// What to do.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// AWS profiles of this computer that `connect --from-profile` could take.
    Profiles,
    /// Prove that a session begins.
    SignIn(SignIn),
    /// Find out what stands in the way of uploads, by requests that change nothing. Exit 0 only when uploads work.
    Examine(SignIn),
    /// Sign in, and write what to send to the administrator when that is refused.
    Letter(Letter),
    /// Sign in and print the session as the AWS CLI's `credential_process` wants it.
    CredentialProcess(SignIn),
    /// Upload files and folders.
    Put(Put),
    /// Go on with what waits in the ledger.
    Resume(Resume),
    /// List the bucket.
    Ls(List),
    /// Destinations and waiting rows.
    Status,
    /// What to send to whoever helps, as Markdown: settings, states and the end of the log; no secret is in it.
    Support,
    /// A destination's drops: number, time, folder, files stored.
    Drops(Named),
    /// Write the receipts of a destination, or of one drop.
    Receipts(Receipts),
    /// Compare a file of receipts with the files on disk, and with the listing. Exit 1 when something differs.
    Verify(Verify),
    /// Uploads that were begun and given up: their parts are stored, and paid for, until somebody removes them.
    Abandoned(Abandoned),
    /// Show or change how servers are reached: proxy, trusted certificates. It counts from the next sign-in on.
    Network(Network),
    /// Run a small AWS on this computer until stopped; prints how to reach it.
    Sandbox(Sandbox),
    /// Print what a shell needs to complete these commands.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual's pages, one for each command, for packages.
    #[command(hide = true)]
    Manual {
        /// The folder that gets them.
        #[arg(long, value_name = "FOLDER")]
        into: PathBuf,
    },
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub(crate) struct Connect {
    /// Begin with what this drop-zone file says; other options take its values' place.
    #[arg(long, value_name = "FILE", conflicts_with = "from_profile")]
    pub(crate) from: Option<PathBuf>,
    /// Begin with this AWS profile of ~/.aws, and take its source profile's key unless another is given.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) from_profile: Option<String>,
    /// Your name for it.
    #[arg(long, default_value = "", required_unless_present_any = ["from", "from_profile"])]
    pub(crate) name: String,
    /// The role that a session acts as: arn:aws:iam::123456789012:role/name.
    #[arg(long, default_value = "", required_unless_present_any = ["from", "from_profile"])]
    pub(crate) role_arn: String,
    /// The bucket's region, such as ap-northeast-1.
    #[arg(long, default_value = "", required_unless_present_any = ["from", "from_profile"])]
    pub(crate) region: String,
    /// The bucket.
    #[arg(long, default_value = "", required_unless_present = "from")]
    pub(crate) bucket: String,
    /// Folder in the bucket.
    #[arg(long, default_value = "")]
    pub(crate) prefix: String,
    /// S3 endpoint, for servers other than AWS.
    #[arg(long, default_value = "")]
    pub(crate) endpoint: String,
    /// STS endpoint; by default `--endpoint`, or the region's.
    #[arg(long, default_value = "")]
    pub(crate) sts_endpoint: String,
    /// Length of a session: 900 to 43200.
    #[arg(long, default_value = "")]
    pub(crate) session_seconds: String,
    /// The ExternalId that the role asks for.
    #[arg(long, default_value = "")]
    pub(crate) external_id: String,
    /// The MFA device that the role asks for.
    #[arg(long, default_value = "")]
    pub(crate) mfa_serial: String,
    /// Tag its sessions; may be given more than once. The role's trust policy must allow sts:TagSession.
    #[arg(long = "session-tag", value_name = "KEY=VALUE")]
    pub(crate) session_tags: Vec<String>,
    /// Who acts, for AWS's logs. The role's trust policy must allow sts:SetSourceIdentity.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) source_identity: String,
    /// Its sessions' name in AWS's logs; by default user@host of this computer.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) session_name: String,
    /// The access key was just created: a sign-in waits up to a minute until AWS knows it.
    #[arg(long)]
    pub(crate) new_key: bool,
    /// Let its sessions do all that the role may, instead of only what uploads need.
    #[arg(long)]
    pub(crate) whole_role: bool,
    /// The role allows deleting, so that the window offers it; only with --whole-role.
    #[arg(long, requires = "whole_role")]
    pub(crate) may_delete: bool,
    /// Where the bucket's name goes.
    #[arg(long, value_enum, default_value_t = Style::Usual)]
    pub(crate) addressing_style: Style,
    /// Use AWS's FIPS endpoints.
    #[arg(long)]
    pub(crate) fips: bool,
    /// Use AWS's endpoints that answer over IPv6, too.
    #[arg(long)]
    pub(crate) dual_stack: bool,
    /// Keep each file's time of change in the object's metadata, as x-amz-meta-mtime.
    #[arg(long)]
    pub(crate) keep_mtime: bool,
    /// Storage class of its objects, such as STANDARD_IA; by default the bucket's own.
    #[arg(long, value_name = "CLASS", default_value = "")]
    pub(crate) storage_class: String,
    /// Encrypt its objects with this KMS key: ARN, id or alias; by default as the bucket does.
    #[arg(long, value_name = "KEY", default_value = "")]
    pub(crate) kms_key: String,
    /// Tag its objects; may be given up to ten times. The role needs s3:PutObjectTagging.
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    pub(crate) tags: Vec<String>,
    #[command(flatten)]
    pub(crate) key: Key,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Style {
    /// Into the path where another endpoint is named, else into the host name.
    Usual,
    /// https://server/bucket/key
    Path,
    /// https://bucket.server/key
    VirtualHosted,
}

impl From<Style> for AddressingStyle {
    fn from(style: Style) -> Self {
        match style {
            Style::Usual => Self::Usual,
            Style::Path => Self::Path,
            Style::VirtualHosted => Self::VirtualHosted,
        }
    }
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Key {
    /// The CSV file of the IAM console.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["key_stdin", "from_profile"])]
    pub(crate) key_csv: Option<PathBuf>,
    /// Two lines on standard input: access key ID, secret access key.
    #[arg(long)]
    pub(crate) key_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// Destination; may be left out when there is only one.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) destination: Option<String>,
    /// One line on standard input: the one-time code.
    #[arg(long)]
    pub(crate) mfa_code_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Letter {
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
    /// About rotating the access key, and not about the sign-in.
    #[arg(long)]
    pub(crate) about_key: bool,
    /// In Japanese.
    #[arg(long)]
    pub(crate) ja: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
    /// Renew the session by itself until all files are through; not where one-time codes are needed.
    #[arg(long)]
    pub(crate) keep_renewing: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub(crate) struct Put {
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
    /// Renew the session by itself until all files are through; not where one-time codes are needed.
    #[arg(long)]
    pub(crate) keep_renewing: bool,
    /// Files and folders.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Folder in the bucket; by default the destination's.
    #[arg(long, value_name = "PREFIX")]
    pub(crate) to: Option<String>,
    /// When another object has the key.
    #[arg(long, value_enum, default_value_t = Conflict::Fail)]
    pub(crate) on_conflict: Conflict,
    /// Say what would be uploaded, skipped and met in the bucket; send nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Follow links that stay inside the folder they are in.
    #[arg(long)]
    pub(crate) follow_links: bool,
    /// Store an empty folder as an object of no bytes whose key ends in `/`.
    #[arg(long)]
    pub(crate) folder_markers: bool,
    /// Leave out files and folders of this name, compared without case; may be repeated. Takes the place of the
    /// destination's list (by default .DS_Store, Thumbs.db and desktop.ini).
    #[arg(long = "leave-out", value_name = "NAME")]
    pub(crate) leave_out: Vec<String>,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// For this run; by default the settings'.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// At most this many requests at once: 1 to 512; by default as many as help.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(app::MOST_REQUESTS)))]
    pub(crate) max_requests: Option<u32>,
    /// At most this many bytes a second, such as 500k or 2M (k: 1,000, M: 1,000,000, G: 1,000,000,000).
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(crate) limit: Option<u64>,
}

fn rate(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1_000),
        Some((at, 'm' | 'M')) => (&text[..at], 1_000_000),
        Some((at, 'g' | 'G')) => (&text[..at], 1_000_000_000),
        _ => (text, 1),
    };
    let number: Option<u64> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .filter(|rate| *rate > 0)
        .ok_or_else(|| "a rate reads 500k, 2M or 100000".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Destination; may be left out when there is only one.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) destination: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Receipts {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Only this drop's; `drops` tells the numbers.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub(crate) drop: Option<u64>,
    /// Those of all destinations.
    #[arg(long)]
    pub(crate) all: bool,
    /// How they are written.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub(crate) format: Format,
    /// Into this file; by default to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// A table.
    Csv,
    /// One array of objects.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
    /// What `receipts` wrote, CSV or JSON.
    pub(crate) file: PathBuf,
    /// Where what was uploaded lies: the folder that holds the dropped files and folders.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) under: PathBuf,
    /// Ask the listing, too; signs in.
    #[arg(long)]
    pub(crate) listing: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Abandoned {
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
    /// Remove them where the role allows it; signs in.
    #[arg(long)]
    pub(crate) abort: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_argument_says_what_it_is_for() {
        use clap::CommandFactory;
        for command in Arguments::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                let name = argument.get_id();
                assert!(
                    argument.get_help().is_some(),
                    "{}: {name}",
                    command.get_name()
                );
            }
        }
    }

    #[test]
    fn a_rate_is_a_number_of_bytes_with_or_without_a_unit() {
        assert_eq!(rate("500k"), Ok(500_000));
        assert_eq!(rate("2M"), Ok(2_000_000));
        assert_eq!(rate("1G"), Ok(1_000_000_000));
        assert_eq!(rate("100000"), Ok(100_000));
        for wrong in [
            "",
            "k",
            "0",
            "-1",
            "2MB",
            "1.5M",
            "速",
            "99999999999999999999",
        ] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Conflict {
    /// The row fails; nothing is overwritten.
    Fail,
    /// The object stays.
    Skip,
    /// The object is overwritten.
    Replace,
    /// The file is stored as `name (2).ext`.
    KeepBoth,
}

impl From<Conflict> for OnConflict {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Fail => Self::Ask,
            Conflict::Skip => Self::Skip,
            Conflict::Replace => Self::Replace,
            Conflict::KeepBoth => Self::KeepBoth,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
    /// By default the destination's.
    pub(crate) prefix: Option<String>,
    /// Every object below it.
    #[arg(long)]
    pub(crate) recursive: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Its folder; by default one in Sandglass's own.
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// By default a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// How long its sessions last, whatever is asked for.
    #[arg(long)]
    pub(crate) session_seconds: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Network {
    /// `system`, `none`, or a proxy such as http://proxy.example.com:8080.
    #[arg(long, value_name = "PROXY")]
    pub(crate) proxy: Option<String>,
    /// Who you are to the proxy.
    #[arg(long, value_name = "USER")]
    pub(crate) proxy_user: Option<String>,
    /// That user's password: one line on standard input. It goes into the keychain.
    #[arg(long)]
    pub(crate) proxy_password_stdin: bool,
    /// Hosts that are asked without the proxy, with commas between them; by default this computer itself.
    #[arg(long, value_name = "HOSTS")]
    pub(crate) no_proxy: Option<String>,
    /// Trust the certificates of this PEM file, besides the platform's.
    #[arg(long, value_name = "FILE", conflicts_with = "no_ca_file")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Trust only whom the platform trusts.
    #[arg(long)]
    pub(crate) no_ca_file: bool,
}
