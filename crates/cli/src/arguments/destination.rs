//! The words of `destination`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum DestinationCommand {
    /// All destinations.
    List,
    /// Give one another name; what waits goes on.
    Rename {
        /// Its name now.
        name: String,
        /// Its name from now on.
        new_name: String,
    },
    /// Make a second one with the same settings and the same key.
    Duplicate {
        /// Its name.
        name: String,
    },
    /// Remove one, with its access key and what waits for it; objects in the bucket stay.
    Remove {
        /// Its name.
        name: String,
        /// Yes, remove it.
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Write one as a drop-zone file: all but the key, for the next person.
    Export(Export),
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Destination; may be left out when there is only one.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) destination: Option<String>,
    /// Into this file, over an older one; by default to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
