//! `cargo xtask soak`: hours of uploads with trouble on the way. Is anything stuck, lost, or growing without bound?
//!
//! Two lanes on one home, one keychain, one ledger, each with a sandbox of its own behind a line with bad weather:
//!
//! - **long**: one `sandglass put` of a very large folder at a limited rate, which lives as long as the soak; then it is
//!   interrupted and `resume` sends the rest. Memory, handles and threads of this process are watched.
//! - **short**: folder after folder, sessions of eight seconds, a slow line, one run in four killed with SIGKILL;
//!   `resume` until nothing waits, then every object is compared with its file, byte by byte, past Sandglass.
//!
//! Never a test: it takes an hour. `docs/performance.md` keeps the figures that were taken.

mod chance;
mod data;
mod figures;
mod ground;
mod lane;
mod line;
mod report;
mod watch;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use chance::Chance;
use data::Mix;
use ground::Ground;
use lane::Lane;
use line::{Line, Weather};
use watch::Watch;

use crate::place;
use crate::run::{Result, Stop, run as run_to_end, say};

/// How long, and which chances.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long the long-lived process lives; what is left then takes some minutes more.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..))]
    minutes: u64,
    /// The same gives the same files and the same order of troubles; by default the time.
    #[arg(long)]
    seed: Option<u64>,
    /// Instead: a day of sessions of a minute within an hour, 200,000 files, and faults in each (tests/it/long_day.rs).
    #[arg(long, conflicts_with_all = ["minutes", "seed"])]
    day: bool,
}

const EVERY: Duration = Duration::from_secs(10);
/// Bytes a second of the long-lived process.
const LIMIT: u64 = 2_500_000;
/// Bytes a second of the short lane's line.
const PACE: u64 = 10_000_000;
/// Milliseconds between two troubles. At its limit the long lane's parts take seconds: what breaks them all the time
/// would only show that they begin again.
const LONG_REST: (u64, u64) = (15_000, 45_000);
const SHORT_REST: (u64, u64) = (4_000, 16_000);
const SHORT_SESSION: u64 = 8;
const LONG_SESSION: u64 = 43_200;

/// Runs it, prints the table, and fails when something is stuck, lost or grows.
pub(crate) fn soak(options: &Options) -> Result {
    if !cfg!(target_os = "linux") {
        return Err(Stop("figures are taken on Linux, from /proc".to_owned()));
    }
    if options.day {
        return day();
    }
    let seed = options
        .seed
        .unwrap_or_else(|| jiff::Timestamp::now().as_second().unsigned_abs());
    say(format!(
        "cargo xtask soak --minutes {} --seed {seed}",
        options.minutes
    ));
    let ground = Ground::prepare()?;
    let weather = |stream, rest| Weather {
        rest,
        chance: Chance::new(seed, stream),
    };
    let long = {
        let account = ground.account("long", None)?;
        let line = Line::to(account.address()?, None, weather(1, LONG_REST))?;
        ground.connect("long", &account, &line.endpoint(), Some(LONG_SESSION))?;
        Lane::new("long", account, line)
    };
    let short = {
        let account = ground.account("short", Some(SHORT_SESSION))?;
        let line = Line::to(account.address()?, Some(PACE), weather(2, SHORT_REST))?;
        ground.connect("short", &account, &line.endpoint(), None)?;
        Lane::new("short", account, line)
    };
    let csv = ground.folder().join("samples.csv");
    let mut watch = Watch::new(&ground.home(), &csv)?;
    let lived = run(&ground, (&long, &short), &mut watch, seed, options.minutes)?;
    let wanted = Duration::from_mins(options.minutes);
    let is_kept = report::report(&mut watch, [&long, &short], wanted.saturating_sub(lived))?;
    if !is_kept {
        let folder = ground.folder().display();
        return Err(Stop(format!("NOT KEPT; everything is still in {folder}")));
    }
    for folder in ["bucket-long", "bucket-short", "long"] {
        let folder = ground.folder().join(folder);
        fs::remove_dir_all(&folder).map_err(Stop::because(folder.display()))?;
    }
    Ok(())
}

/// A story like the others, but for its length.
fn day() -> Result {
    run_to_end(&mut place::cargo(&["build", "--package", "cli"]))?;
    let name = "a_day_of_sessions_of_a_minute_loses_none_of_two_hundred_thousand_files";
    run_to_end(&mut place::cargo(&[
        "test",
        "--package",
        "testkit",
        "--test",
        "it",
        "--",
        "--ignored",
        "--nocapture",
        name,
    ]))
}

/// Both lanes to their ends; how long the long-lived process lived.
fn run(
    ground: &Ground,
    (long, short): (&Lane, &Lane),
    watch: &mut Watch,
    seed: u64,
    minutes: u64,
) -> Result<Duration> {
    // As much as the limit lets pass, and a little more: it never comes to its end.
    let much = LIMIT * 60 * minutes * 21 / 20;
    let big = minutes / 2 + 1;
    let mut mix = Mix {
        small: 0,
        small_most: 60 * 1024,
        middle: 0,
        big,
    };
    mix.small = much.saturating_sub(mix.bytes()) / (mix.small_most / 2) + 1;
    let folder = ground.folder().join("long");
    say(format!(
        "Making {} small files and {big} big ones",
        mix.small
    ));
    mix.make(&folder, &mut Chance::new(seed, 10))?;

    say("Both lanes are open");
    let begun = Instant::now();
    let ends = Duration::from_mins(minutes);
    let mut lived = Duration::ZERO;
    thread::scope(|scope| {
        let long_lane = scope.spawn(|| {
            let chance = &mut Chance::new(seed, 11);
            long.upload(ground, &folder, Some(LIMIT), chance, false)?;
            long.compare(&folder, false)
        });
        let short_lane = scope.spawn(|| rounds(ground, short, seed, begun + ends));
        let mut long_lived = None;
        let mut is_interrupted = false;
        while !(long_lane.is_finished() && short_lane.is_finished()) {
            thread::sleep(EVERY);
            long_lived = long_lived.or_else(|| long.pid());
            if !is_interrupted && long.pid() == long_lived {
                lived = begun.elapsed();
            }
            if let Err(stop) = watch.look(&[long, short], long_lived) {
                eprintln!("xtask: {stop}");
            }
            say_how_it_goes(begun, watch, long, short);
            if begun.elapsed() >= ends && !is_interrupted {
                is_interrupted = true;
                say("The long-lived process is interrupted; what is left goes at full speed");
                long.interrupt()?;
            }
        }
        for lane in [long_lane, short_lane] {
            lane.join()
                .map_err(|_| Stop("a lane panicked".to_owned()))??;
        }
        Ok(lived)
    })
}

fn rounds(ground: &Ground, short: &Lane, seed: u64, until: Instant) -> Result {
    let mut number = 0;
    while Instant::now() < until {
        number += 1;
        let chance = &mut Chance::new(seed, 1000 + number);
        let mix = Mix {
            small: chance.between(50, 400),
            small_most: 64 * 1024,
            middle: chance.between(0, 4),
            big: chance.between(0, 3),
        };
        let folder = ground.folder().join(format!("round {number:04}"));
        mix.make(&folder, chance)?;
        short.upload(ground, &folder, None, chance, true)?;
        short.compare(&folder, true)?;
    }
    Ok(())
}

fn say_how_it_goes(begun: Instant, watch: &Watch, long: &Lane, short: &Lane) {
    let (seconds, last) = (begun.elapsed().as_secs(), watch.samples.last());
    let (one, other) = (long.tally(), short.tally());
    println!(
        "   {:>3}:{:02}  RSS {:>6.1} MiB, {:>3} handles, {:>2} threads; {} rows open, {} receipts; short: {} rounds, {} \
         sessions ended, {} killed, {} wrong; stuck {}",
        seconds / 60,
        seconds % 60,
        last.map_or(f64::NAN, |sample| sample.rss_mib),
        last.map_or(f64::NAN, |sample| sample.handles),
        last.map_or(f64::NAN, |sample| sample.threads),
        watch.open_rows,
        watch.receipts,
        other.rounds,
        other.sessions_ended,
        other.killed,
        one.wrong + other.wrong,
        watch.stuck.len(),
    );
}
