//! `sandglass`: the same app without a window, for scripts and for measuring.

mod account;
mod arguments;
mod connect;
mod credential_process;
mod destinations;
mod examine;
mod exit;
mod keys;
mod list;
mod manual;
mod network;
mod past;
mod preview;
mod put;
mod rotation;
mod run;
mod sandbox;
mod say;
mod status;
mod support;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

/// Uploads make and drop many buffers of the same sizes; mimalloc gives them back at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Two threads keep ten gigabit busy; more only take turns.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // Files are read here. More threads would only wake each other.
        .max_blocking_threads(8)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(run::run(arguments)),
        Err(error) => {
            eprintln!("sandglass: {error}");
            ExitCode::FAILURE
        }
    }
}
