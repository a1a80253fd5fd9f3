//! The words of `key`.

use clap::Subcommand;

use super::Named;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Its last four characters, whether the keychain has it, and since when.
    Show(Named),
    /// Take it out of the keychain. The destination stays; its next sign-in needs a key.
    Remove {
        #[command(flatten)]
        named: Named,
        /// Yes, remove it.
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Let IAM make a new key, prove it with STS, put it in the old one's place, and make the old one inactive.
    ///
    /// Goes on where an earlier try was interrupted. All destinations here that have the same key get the new one. Whatever
    /// else uses the old key, on other computers too, stops.
    Rotate {
        #[command(flatten)]
        named: Named,
        /// Ask IAM about the keys, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Delete the user's other key to make room, named by its ID's last four characters. Only one that was never used, is
        /// inactive, or was replaced here.
        #[arg(long, value_name = "ENDS", conflicts_with = "dry_run")]
        delete_other: Option<String>,
    },
    /// Delete, at IAM, the old key that was replaced. That cannot be undone.
    DeleteOld {
        #[command(flatten)]
        named: Named,
        /// Yes, delete it.
        #[arg(long, required = true)]
        yes: bool,
    },
}
