//! `cargo xtask bench`: what one upload costs this computer. `sandglass put` with its ledger on, beside s5cmd, before a
//! server that reads and drops bytes, so that only the client is measured.
//!
//! CPU seconds are user plus system of the whole process, from the operating system. Walls are only worth comparing
//! with the run beside them. Never a timed test: figures of a shared machine decide nothing by themselves.

pub(crate) mod answer;
mod client;
mod data;
mod figures;
pub(crate) mod sink;

use std::fs;

use crate::keychain::Keychain;
use crate::run::{Result, Stop, run, say};
use crate::{apt, place, python};
use client::{Bench, Client};
use figures::{Figures, Limit};

/// How much is measured.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Runs of each client; the median counts.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Size of the one big file, in MiB.
    #[arg(long, default_value_t = 2048)]
    big_mib: u32,
    /// How many files of 10 KiB.
    #[arg(long, default_value_t = 5000)]
    files: u32,
}

/// Builds the release, makes the data, measures, prints the table.
pub(crate) fn bench(options: &Options) -> Result {
    if !cfg!(target_os = "linux") {
        return Err(Stop("figures are taken on Linux, with GNU time".to_owned()));
    }
    apt::install(&[apt::TO_BUILD, apt::TO_MEASURE])?;
    python::install(&python::S5CMD)?;
    say("Building the release (the first time takes some minutes)");
    run(&mut place::cargo(&["build", "--release", "-p", "cli"]))?;
    let folder = place::target().join("bench");
    fs::create_dir_all(&folder).map_err(Stop::because(folder.display()))?;
    let inputs = inputs(options, &folder)?;

    let (_server, port) = sink::start()?;
    let keychain = Keychain::private(&folder.join("keyring"))?;
    let bench = Bench::new(folder, port, keychain)?;
    say(format!("Measuring: {} runs of each, in turn", options.runs));
    for input in &inputs {
        measure(&bench, input, options.runs)?;
    }
    Ok(())
}

/// What is uploaded, and what it may cost.
pub(crate) struct Input {
    title: String,
    path: std::path::PathBuf,
    limit: Limit,
}

fn inputs(options: &Options, folder: &std::path::Path) -> Result<[Input; 2]> {
    let big = Input {
        title: format!("one file of {} MiB", options.big_mib),
        path: data::big_file(folder, options.big_mib)?,
        limit: Limit::per_gib(options.big_mib),
    };
    let small = Input {
        title: format!("{} files of 10 KiB", options.files),
        path: data::small_files(folder, options.files)?,
        limit: Limit::per_file(options.files),
    };
    Ok([big, small])
}

/// One after the other and round again, so that a busy minute meets both clients.
fn measure(bench: &Bench, input: &Input, runs: usize) -> Result {
    let mut taken = Client::ALL.map(|client| (client, Vec::new()));
    for _ in 0..runs {
        for (client, figures) in &mut taken {
            figures.push(bench.put(*client, &input.path)?);
        }
    }
    let medians = taken.map(|(client, figures)| (client, Figures::median(&figures)));
    figures::print(&input.title, &input.limit, &medians, bench, &input.path);
    Ok(())
}
