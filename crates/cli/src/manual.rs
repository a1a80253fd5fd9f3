//! What a package brings besides the program: the manual's pages and the shells' completions, both from the words of the command line.

use std::io::{Error, ErrorKind, Write, stdout};
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;

use crate::arguments::{Arguments, Command};
use crate::exit;

/// Done without an app, so that a package can be built where no home folder is; none where it is another command.
pub(crate) fn written(command: &Command) -> Option<ExitCode> {
    let outcome = match command {
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut usual(), "sandglass", &mut text);
            match stdout().write_all(&text) {
                // `| head` has seen enough.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
                outcome => outcome,
            }
        }
        Command::Manual { into } => pages(into),
        _ => return None,
    };
    Some(match outcome {
        Ok(()) => ExitCode::from(exit::DONE),
        Err(error) => {
            eprintln!("sandglass: {error}");
            ExitCode::from(exit::ROWS_FAILED)
        }
    })
}

fn usual() -> clap::Command {
    Arguments::command()
}

/// `sandglass.1`, `sandglass-put.1` and so on; in the first section, as every program's.
fn pages(into: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(into)?;
    clap_mangen::generate_to(usual(), into)
}
