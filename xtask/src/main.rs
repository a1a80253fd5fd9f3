//! One command on three systems: `cargo xtask demo | dev | check | test | bench | soak | bindings | icons`.
//!
//! Every task installs what it needs first (apt packages on Debian and Ubuntu, npm packages in `ui/`,
//! a Python environment in `target/venv`), says what it runs, and stops at the first thing that fails.

mod apt;
mod bench;
mod bindings;
mod check;
mod demo;
mod demo_cli;
mod dev;
mod icons;
mod keychain;
mod node;
mod place;
mod python;
mod run;
mod soak;
mod test;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sandglass, from a fresh checkout")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, and open the window with the sandbox ready.
    Demo,
    /// Build the page as it is edited and run the window.
    Dev,
    /// Format, clippy, svelte-check, lint, and icons as their SVG has them.
    Check,
    /// Run every test.
    Test {
        /// Leave out the real window and the real server.
        #[arg(long)]
        fast: bool,
    },
    /// Measure `sandglass put` beside its peers: CPU time, wall time, memory, first byte, what is sent twice.
    Bench(bench::Options),
    /// Upload for an hour with trouble on the way: is anything stuck, lost, or growing?
    Soak(soak::Options),
    /// Write the files that are generated from Rust: the page's types and docs/failures.md.
    Bindings,
    /// Draw every size of the icon from icons/icon.svg.
    Icons,
    /// The server of `bench`.
    #[command(hide = true)]
    Sink {
        /// 0 takes a free one and prints it.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// How much later each answer comes.
        #[arg(long, default_value_t = 0)]
        delay_ms: u64,
        /// How many keys its bucket has; without any, every listing is empty.
        #[arg(long, default_value_t = 0)]
        keys: u64,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("xtask: {stop}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> run::Result {
    match task {
        Task::Demo => demo::demo(),
        Task::Dev => dev::dev(),
        Task::Check => check::check(),
        Task::Test { fast } => test::test(fast),
        Task::Bench(options) => bench::bench(&options),
        Task::Soak(options) => soak::soak(&options),
        Task::Bindings => bindings::bindings(),
        Task::Icons => icons::icons(),
        Task::Sink {
            port,
            delay_ms,
            keys,
        } => bench::sink::serve(port, Duration::from_millis(delay_ms), keys),
    }
}
