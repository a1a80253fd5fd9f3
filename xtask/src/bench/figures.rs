//! What was measured, against what was promised.

use std::fmt;

use super::client::{Client, Entrant, Job};
use super::ground::Ground;
use super::server::Server;
use crate::run::{say, shown};

/// One run, or the median of several.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) cpu_seconds: f64,
    pub(crate) wall_seconds: f64,
    pub(crate) peak_mib: f64,
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
        let median = |figure: fn(&Self) -> f64| median(runs.iter().map(figure).collect());
        Self {
            cpu_seconds: median(|run| run.cpu_seconds),
            wall_seconds: median(|run| run.wall_seconds),
            peak_mib: median(|run| run.peak_mib),
        }
    }
}

/// The middle one; of an even number, the upper of the two.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Of the client, whatever its setting.
pub(crate) fn of(medians: &[(Entrant, Figures)], client: Client) -> Figures {
    let found = medians.iter().find(|(entrant, _)| entrant.client == client);
    found.map_or(Figures::median(&[]), |(_, figures)| *figures)
}

/// A promise, and what was measured.
pub(crate) struct Verdict {
    what: String,
    figure: f64,
    bound: Bound,
}

enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Verdict {
    pub(crate) fn at_most(what: impl Into<String>, figure: f64, most: f64) -> Self {
        let (what, bound) = (what.into(), Bound::AtMost(most));
        Self {
            what,
            figure,
            bound,
        }
    }

    pub(crate) fn at_least(what: impl Into<String>, figure: f64, least: f64) -> Self {
        let (what, bound) = (what.into(), Bound::AtLeast(least));
        Self {
            what,
            figure,
            bound,
        }
    }

    /// A figure that could not be taken is not a promise kept.
    fn is_kept(&self) -> bool {
        match self.bound {
            Bound::AtMost(most) => self.figure <= most,
            Bound::AtLeast(least) => self.figure >= least,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_kept() {
            "reached    "
        } else {
            "NOT REACHED"
        };
        let (words, limit) = match self.bound {
            Bound::AtMost(most) => ("at most", most),
            Bound::AtLeast(least) => ("at least", least),
        };
        let Self { what, figure, .. } = self;
        write!(f, "{word}  {what}: {figure:.3}, {words} {limit:.3}")
    }
}

/// The table of one job, with each command as it was run. CPU time is told per `unit` too, of which the job has `units`.
pub(crate) fn print(
    ground: &Ground,
    server: &Server,
    job: &Job,
    (units, unit): (f64, &str),
    medians: &[(Entrant, Figures)],
) {
    say(&job.title);
    for (entrant, _) in medians {
        println!("   {}", shown(&entrant.command(ground, server, job)));
    }
    let own = of(medians, Client::Sandglass);
    println!(
        "   {:<14} {:>8} {:>14} {:>10} {:>8} {:>10} {:>9}",
        "", "CPU s", unit, "sandglass/", "wall s", "sandglass/", "peak MiB"
    );
    for (entrant, figures) in medians {
        println!(
            "   {:<14} {:>8.2} {:>14.3} {:>10.2} {:>8.2} {:>10.2} {:>9.0}",
            entrant.name(),
            figures.cpu_seconds,
            figures.cpu_seconds / units,
            own.cpu_seconds / figures.cpu_seconds,
            figures.wall_seconds,
            own.wall_seconds / figures.wall_seconds,
            figures.peak_mib,
        );
    }
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
        assert!((median(vec![3.0, 1.0, 90.0]) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_figure_that_was_not_taken_keeps_no_promise() {
        assert!(Verdict::at_most("seconds", 1.0, 1.0).is_kept());
        assert!(!Verdict::at_most("seconds", f64::NAN, 1.0).is_kept());
        assert!(!Verdict::at_least("of the best", f64::NAN, 0.0).is_kept());
    }
}
