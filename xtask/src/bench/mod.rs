//! `cargo xtask bench`: what an upload costs this computer, and how long it takes, beside the peers that PyPI carries.
//!
//! CPU seconds are user plus system of the whole process, from the operating system. Walls are only worth comparing
//! with the run beside them. Never a timed test: figures of a shared machine decide nothing by themselves.
//! `docs/performance.md` keeps the figures that were taken.

pub(crate) mod answer;
mod client;
mod counts;
mod cpu;
mod data;
mod figures;
mod first;
mod ground;
mod kill;
mod latency;
mod listing;
mod memory;
mod server;
pub(crate) mod sink;
mod tls;
mod wall;
mod weed;
mod window;

use crate::run::{Result, Stop, say};
use figures::Verdict;
use ground::Ground;

/// What is measured, and how much of it.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[arg(value_enum, default_value_t = Scenario::Cpu)]
    scenario: Scenario,
    /// Runs of each client; the median counts. By default 5, and 3 where a run takes long.
    #[arg(long)]
    runs: Option<usize>,
    /// Size of the one big file, in MiB.
    #[arg(long, default_value_t = 2048)]
    big_mib: u32,
    /// Size of the sparse file of `memory`, in GiB.
    #[arg(long, default_value_t = 20)]
    sparse_gib: u32,
    /// How many files of 10 KiB: by default 5,000, for `latency` 10,000.
    #[arg(long)]
    files: Option<u32>,
    /// How many files of at most 1 KiB, for `memory`, `first` and the drawer of `window`.
    #[arg(long, default_value_t = 200_000)]
    many: u32,
    /// The round trip that `latency` adds, in milliseconds.
    #[arg(long, default_value_t = 80)]
    delay_ms: u64,
    /// Only these figures of `window`.
    #[arg(long, value_enum)]
    figure: Vec<window::Figure>,
    /// How many keys `window` lists.
    #[arg(long, default_value_t = 1_000_000)]
    keys: u32,
}

/// One row of the table in issue and document.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Scenario {
    /// CPU time of one big file and of many small ones, before a server that drops bytes.
    Cpu,
    /// Wall time of both, on SeaweedFS, over http and over TLS.
    Wall,
    /// Wall time of small files when every answer comes a round trip later.
    Latency,
    /// Peak memory for a very large file and for very many files.
    Memory,
    /// Time until the first row and the first byte of very many files.
    First,
    /// What is sent again after kill -9.
    Kill,
    /// The window: its start, what it costs idle and beside uploads, its frames.
    Window,
    /// All of them: about an hour and a half.
    All,
}

type Measure = fn(&Ground, &Options) -> Result<Vec<Verdict>>;

const MEASURES: [(Scenario, Measure); 6] = [
    (Scenario::Cpu, cpu::measure),
    (Scenario::Wall, wall::measure),
    (Scenario::Latency, latency::measure),
    (Scenario::Memory, memory::measure),
    (Scenario::First, first::measure),
    (Scenario::Kill, kill::measure),
];

/// Builds the release, measures, prints the figures and which of the promises hold.
pub(crate) fn bench(options: &Options) -> Result {
    if !cfg!(target_os = "linux") {
        return Err(Stop("figures are taken on Linux, with GNU time".to_owned()));
    }
    let is_asked = |scenario| options.scenario == scenario || options.scenario == Scenario::All;
    let mut verdicts = Vec::new();
    if options.scenario != Scenario::Window {
        let ground = Ground::prepare()?;
        for (scenario, measure) in MEASURES {
            if is_asked(scenario) {
                verdicts.extend(measure(&ground, options)?);
            }
        }
    }
    if is_asked(Scenario::Window) {
        // It has no peers, and a keychain beside its own display.
        verdicts.extend(window::measure(options)?);
    }
    say("Promises");
    println!("   {}", ground::machine());
    for verdict in &verdicts {
        println!("   {verdict}");
    }
    Ok(())
}
