//! What was measured, against what was promised.

use std::path::Path;

use super::client::{Bench, Client};
use crate::run::{say, shown};

const MOST_CPU_SECONDS_PER_GIB: f64 = 0.7;
const MOST_CPU_MICROSECONDS_PER_FILE: f64 = 250.0;
const MOST_PEAK_MIB: f64 = 160.0;

/// One run, or the median of several.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_mib: f64,
}

impl Figures {
    /// For GNU time: user and system seconds, wall seconds, peak memory in KiB.
    pub(crate) const FORMAT: &str = "%U %S %e %M";

    pub(crate) fn parse(told: &str) -> Option<Self> {
        let numbers: Vec<f64> = told
            .lines()
            .last()?
            .split(' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        let [user, system, wall_seconds, peak_kib] = numbers.try_into().ok()?;
        Some(Self {
            cpu_seconds: user + system,
            wall_seconds,
            peak_mib: peak_kib / 1024.0,
        })
    }

    /// Each figure's own median.
    pub(crate) fn median(runs: &[Self]) -> Self {
        let median = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<f64> = runs.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Self {
            cpu_seconds: median(|run| run.cpu_seconds),
            wall_seconds: median(|run| run.wall_seconds),
            peak_mib: median(|run| run.peak_mib),
        }
    }
}

/// What one upload may cost.
pub(crate) struct Limit {
    unit: &'static str,
    most: f64,
    units_per_cpu_second: f64,
}

impl Limit {
    pub(crate) fn per_gib(mib: u32) -> Self {
        Self {
            unit: "CPU s/GiB",
            most: MOST_CPU_SECONDS_PER_GIB,
            units_per_cpu_second: 1024.0 / f64::from(mib),
        }
    }

    pub(crate) fn per_file(files: u32) -> Self {
        Self {
            unit: "CPU µs/file",
            most: MOST_CPU_MICROSECONDS_PER_FILE,
            units_per_cpu_second: 1e6 / f64::from(files),
        }
    }
}

/// The table of one input, and whether Sandglass keeps its promises.
pub(crate) fn print(
    title: &str,
    limit: &Limit,
    medians: &[(Client, Figures)],
    bench: &Bench,
    path: &Path,
) {
    say(title);
    for (client, _) in medians {
        println!("   {}", shown(&bench.command(*client, path)));
    }
    let [_, peer] = Client::ALL.map(|wanted| medians.iter().find(|(client, _)| *client == wanted));
    println!(
        "   {:<10} {:>8} {:>12} {:>9} {:>9} {:>9} {:>9}",
        "", "CPU s", limit.unit, "of s5cmd", "wall s", "of s5cmd", "peak MiB"
    );
    for (client, figures) in medians {
        let of_peer = |figure: fn(&Figures) -> f64| {
            peer.map_or(f64::NAN, |(_, peer)| figure(figures) / figure(peer))
        };
        println!(
            "   {:<10} {:>8.2} {:>12.2} {:>9.2} {:>9.2} {:>9.2} {:>9.0}",
            client.name(),
            figures.cpu_seconds,
            figures.cpu_seconds * limit.units_per_cpu_second,
            of_peer(|run| run.cpu_seconds),
            figures.wall_seconds,
            of_peer(|run| run.wall_seconds),
            figures.peak_mib,
        );
    }
    if let Some((_, own)) = medians
        .iter()
        .find(|(client, _)| *client == Client::Sandglass)
    {
        judge(
            limit.unit,
            own.cpu_seconds * limit.units_per_cpu_second,
            limit.most,
        );
        judge("MiB at the peak", own.peak_mib, MOST_PEAK_MIB);
    }
}

fn judge(unit: &str, figure: f64, most: f64) {
    let word = if figure <= most { "kept" } else { "BROKEN" };
    println!("   {word}: {figure:.2} {unit}, at most {most}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gnu_time_is_understood() {
        let figures = Figures::parse("1.20 0.30 4.00 20480\n").expect("four numbers");
        assert!((figures.cpu_seconds - 1.5).abs() < 1e-9 && (figures.peak_mib - 20.0).abs() < 1e-9);
        assert!(Figures::parse("Command exited with non-zero status 1").is_none());
    }

    #[test]
    fn the_median_leaves_out_the_busy_minute() {
        let runs = [3.0, 1.0, 90.0].map(|seconds| Figures {
            cpu_seconds: seconds,
            wall_seconds: seconds,
            peak_mib: 1.0,
        });
        assert!((Figures::median(&runs).cpu_seconds - 3.0).abs() < 1e-9);
    }
}
