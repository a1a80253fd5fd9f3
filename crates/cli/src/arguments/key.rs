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
}
