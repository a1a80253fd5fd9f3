//! Peak memory where it would show if it grew with the size of a file or with the number of files.

use std::time::Duration;

use super::client::{Client, Job};
use super::figures::{self, Verdict};
use super::ground::Ground;
use super::sink::Sink;
use super::{Options, data};
use crate::run::Result;

const MOST_MIB: f64 = 160.0;

pub(crate) fn measure(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    let sparse = Job {
        title: format!("one sparse file of {} GiB", options.sparse_gib),
        path: data::sparse_file(ground.folder(), options.sparse_gib)?,
        is_folder: false,
    };
    let many = Job {
        title: format!("{} files of at most 1 KiB", options.many),
        path: data::many_files(ground.folder(), options.many)?,
        is_folder: true,
    };
    let sizes = [
        (sparse, f64::from(options.sparse_gib), "CPU s/GiB"),
        (many, f64::from(options.many) / 1e6, "CPU µs/file"),
    ];
    let mut verdicts = Vec::new();
    for (job, units, unit) in sizes {
        let sink = Sink::start(Duration::ZERO)?;
        let entrants = [Client::Sandglass.untuned()];
        let runs = options.runs.unwrap_or(1);
        let medians = ground.rounds(&entrants, &sink.server, &job, runs)?;
        figures::print(ground, &sink.server, &job, (units, unit), &medians);
        let peak = figures::of(&medians, Client::Sandglass).peak_mib;
        let what = format!("{}, MiB at the peak", job.title);
        verdicts.push(Verdict::at_most(what, peak, MOST_MIB));
    }
    Ok(verdicts)
}
