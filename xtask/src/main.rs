//! One command on three systems: `cargo xtask demo | dev | check | test | fuzz | bench | soak | live | release | bindings | icons`.
//!
//! Every task installs what it needs first (apt packages on Debian and Ubuntu, npm packages in `ui/`,
//! a Python environment in `target/venv`), says what it runs, and stops at the first thing that fails.

mod apt;
mod bench;
mod bindings;
mod check;
mod demo;
mod demo_cli;
mod deny;
mod dev;
mod fuzz;
mod icons;
mod keychain;
mod live;
mod node;
mod place;
mod python;
mod release;
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
    /// Format, clippy, svelte-check, lint, licences and sources of crates, and icons as their SVG has them.
    Check,
    /// Run every test.
    Test {
        /// Leave out the real window and the real server.
        #[arg(long)]
        fast: bool,
    },
    /// Give what comes from outside (files, answers, policies) to libFuzzer, and see whether anything breaks. On Linux.
    Fuzz(fuzz::Options),
    /// Measure `sandglass put` beside its peers: CPU time, wall time, memory, first byte, what is sent twice.
    Bench(bench::Options),
    /// Upload for an hour with trouble on the way: is anything stuck, lost, or growing?
    Soak(soak::Options),
    /// Hold what is believed of AWS against an account of your own: examines a destination that is connected here, and changes
    /// nothing. Or, with --mistakes, makes a bucket, a user, a role and a KMS key of their own, sets them up wrongly in the ways that
    /// docs/examine.md marks "not verified on AWS", and takes them back.
    Live {
        /// The destination; its role must be allowed to store.
        #[arg(long, required_unless_present = "mistakes")]
        destination: Option<String>,
        /// Needs an administrator's session that the AWS command line finds.
        #[arg(long, requires = "region", conflicts_with = "destination")]
        mistakes: bool,
        /// Where the mistakes are made.
        #[arg(long)]
        region: Option<String>,
        /// The administrator's AWS profile.
        #[arg(long)]
        profile: Option<String>,
        /// How long a mistake may take to show.
        #[arg(long, default_value_t = 60, hide = true)]
        patience_seconds: u64,
        /// Takes the programs as they are built.
        #[arg(long, hide = true)]
        as_built: bool,
    },
    /// Build the packages of this system: .deb and .rpm, .dmg, or an installer for Windows.
    Release {
        /// Package the debug build that is there: for tests.
        #[arg(long, hide = true)]
        as_built: bool,
    },
    /// Write the files that are generated from Rust: the page's types, docs/failures.md and docs/examine.md.
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
        Task::Fuzz(options) => fuzz::fuzz(&options),
        Task::Bench(options) => bench::bench(&options),
        Task::Soak(options) => soak::soak(&options),
        Task::Live {
            region: Some(region),
            profile,
            patience_seconds,
            as_built,
            mistakes: true,
            ..
        } => live::mistakes(live::Mistakes {
            region,
            profile,
            patience: Duration::from_secs(patience_seconds),
            as_built,
        }),
        Task::Live { destination, .. } => live::live(&destination.unwrap_or_default()),
        Task::Release { as_built: true } => release::package(release::Profile::Debug),
        Task::Release { as_built: false } => release::release(),
        Task::Bindings => bindings::bindings(),
        Task::Icons => icons::icons(),
        Task::Sink {
            port,
            delay_ms,
            keys,
        } => bench::sink::serve(port, Duration::from_millis(delay_ms), keys),
    }
}
