//! The command line's words. A secret is never an argument: arguments can be read by every program on the computer.

use std::path::PathBuf;

use app::OnConflict;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Uploads files to one S3 bucket on temporary sessions.
///
/// Exit: 0 done, 1 some rows failed, 2 usage or bad input, 3 could not sign in or the session ended, 4 keychain.
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
    Connect(Connect),
    /// Prove that a session begins.
    SignIn(SignIn),
    /// Upload files and folders.
    Put(Put),
    /// Go on with what waits in the ledger.
    Resume(SignIn),
    /// List the bucket.
    Ls(List),
    /// Destinations and waiting rows.
    Status,
    /// Run a small AWS on this computer until stopped; prints how to reach it.
    Sandbox(Sandbox),
}

#[derive(Debug, Args)]
pub(crate) struct Connect {
    #[arg(long)]
    pub(crate) name: String,
    #[arg(long)]
    pub(crate) role_arn: String,
    #[arg(long)]
    pub(crate) region: String,
    #[arg(long)]
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
    #[arg(long, default_value = "")]
    pub(crate) external_id: String,
    #[arg(long, default_value = "")]
    pub(crate) mfa_serial: String,
    #[command(flatten)]
    pub(crate) key: Key,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Key {
    /// The CSV file of the IAM console.
    #[arg(long, value_name = "FILE")]
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
pub(crate) struct Put {
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Folder in the bucket; by default the destination's.
    #[arg(long, value_name = "PREFIX")]
    pub(crate) to: Option<String>,
    /// When another object has the key.
    #[arg(long, value_enum, default_value_t = Conflict::Fail)]
    pub(crate) on_conflict: Conflict,
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
