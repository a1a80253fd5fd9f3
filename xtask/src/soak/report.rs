//! The end of a soak: the lanes, the figures, the bounds.

use std::time::Duration;

use super::figures::{self, Series};
use super::lane::Lane;
use super::watch::{Watch, exact, mib};
use crate::run::{Result, say};

/// The promise of issue and document for 200,000 files.
const MOST_RSS_MIB: f64 = 160.0;
/// From the second quarter to the last: what allocator and caches may still take.
const MOST_RSS_GROWTH_MIB: f64 = 16.0;
/// 256 requests at most, each with a connection and a file, and what stands around them.
const MOST_HANDLES: f64 = 600.0;
const MOST_HANDLES_GROWTH: f64 = 32.0;

/// Prints everything; whether every bound was kept. `missing` is what lacks of the long life.
pub(super) fn report(watch: &mut Watch, lanes: [&Lane; 2], missing: Duration) -> Result<bool> {
    watch.look(&lanes, None)?;
    say("Lanes");
    lanes.into_iter().for_each(print_lane);
    println!(
        "   the ledger: {} receipts (proofs {}), {} rows open",
        watch.receipts, watch.proofs, watch.open_rows
    );
    say("Figures");
    let rss = Series::of(&watch.samples, |sample| sample.rss_mib);
    let handles = Series::of(&watch.samples, |sample| sample.handles);
    print_figures(watch, rss.as_ref(), handles.as_ref());
    say("Bounds");
    for stuck in &watch.stuck {
        println!("   stuck: {stuck}");
    }
    let mut are_kept = true;
    let counted = counted(watch, lanes, missing);
    for bound in counted
        .into_iter()
        .chain(taken(rss.as_ref(), handles.as_ref()))
    {
        are_kept &= bound.print();
    }
    Ok(are_kept)
}

struct Bound {
    what: &'static str,
    figure: f64,
    most: f64,
}

impl Bound {
    fn new(what: &'static str, figure: f64, most: f64) -> Self {
        Self { what, figure, most }
    }

    /// A figure that could not be taken keeps no bound.
    fn print(&self) -> bool {
        let is_kept = self.figure <= self.most;
        let word = if is_kept { "kept    " } else { "NOT KEPT" };
        let Self { what, figure, most } = self;
        println!("   {word}  {what}: {figure:.1}, at most {most:.1}");
        is_kept
    }
}

/// What may not happen at all.
fn counted(watch: &Watch, lanes: [&Lane; 2], missing: Duration) -> Vec<Bound> {
    let sum = |of: fn(&Lane) -> u64| lanes.into_iter().map(of).sum::<u64>();
    let wrong = sum(|lane| lane.tally().wrong);
    let unequal = sum(|lane| lane.tally().files).abs_diff(watch.receipts);
    let stuck = watch.stuck.len() as u64;
    let missing = missing.as_secs_f64() / 60.0;
    vec![
        Bound::new("objects lost, wrong or too many", exact(wrong), 0.0),
        Bound::new("receipts too many or too few", exact(unequal), 0.0),
        Bound::new("rows left open", exact(watch.open_rows), 0.0),
        Bound::new("rows and lanes stuck for 2 min", exact(stuck), 0.0),
        Bound::new("minutes missing from the long life", missing, 0.5),
    ]
}

/// What may be so much and no more.
fn taken(rss: Option<&Series>, handles: Option<&Series>) -> [Bound; 4] {
    let figure = |series: Option<&Series>, of: fn(&Series) -> f64| series.map_or(f64::NAN, of);
    let peak = |series| figure(series, |series| series.peak);
    let growth = |series| figure(series, |series| series.growth);
    [
        Bound::new("RSS at its peak, MiB", peak(rss), MOST_RSS_MIB),
        Bound::new("RSS, growth in MiB", growth(rss), MOST_RSS_GROWTH_MIB),
        Bound::new("handles at their peak", peak(handles), MOST_HANDLES),
        Bound::new("handles, growth", growth(handles), MOST_HANDLES_GROWTH),
    ]
}

fn print_figures(watch: &Watch, rss: Option<&Series>, handles: Option<&Series>) {
    println!(
        "   load of the machine: median {:.1}, at most {:.1}",
        figures::median(&watch.loads),
        watch.loads.iter().copied().fold(0.0, f64::max)
    );
    let threads = Series::of(&watch.samples, |sample| sample.threads);
    let ledger = Series::of(&watch.samples, |sample| sample.ledger_mib);
    Series::print_head();
    for (name, series) in [
        ("RSS, MiB", rss),
        ("handles", handles),
        ("threads", threads.as_ref()),
        ("ledger, MiB", ledger.as_ref()),
    ] {
        if let Some(series) = series {
            series.print(name);
        }
    }
    let others = watch.peak_of_others;
    println!(
        "   the others at their peaks: RSS {:.1} MiB, {} handles, {} threads",
        others.rss_mib, others.handles, others.threads
    );
}

fn print_lane(lane: &Lane) {
    let (tally, troubles) = (lane.tally(), lane.line.troubles());
    println!(
        "   {}: {} files, {:.1} MiB compared byte by byte in {} folders, {} wrong; {:.1} MiB went over the line",
        lane.name,
        tally.files,
        mib(tally.bytes),
        tally.rounds,
        tally.wrong,
        mib(lane.line.carried()),
    );
    println!(
        "      {} runs: {} ended with their sessions or could not sign in, {} killed, {} interrupted, {} with failed rows",
        tally.runs, tally.sessions_ended, tally.killed, tally.interrupted, tally.with_failures
    );
    println!(
        "      {} connections reset, {} refusals, {} silences: unreachable for {} s",
        troubles.resets,
        troubles.refusals,
        troubles.silences,
        troubles.unreachable.as_secs()
    );
    println!("      failures {:?}, notes {:?}", tally.codes, tally.notes);
    for name in &tally.wrong_names {
        println!("      {name}");
    }
}
