//! CPU time before the sink: the client alone.

use super::client::{Client, Job};
use super::figures::{self, Verdict};
use super::ground::Ground;
use super::sink::Sink;
use super::{Options, data};
use crate::run::Result;

const CLIENTS: [Client; 5] = [
    Client::Sandglass,
    Client::Curl,
    Client::S5cmd,
    Client::AwsCli,
    Client::AwsCrt,
];

pub(crate) fn measure(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    let mut verdicts = big(ground, options)?;
    verdicts.extend(small(ground, options)?);
    Ok(verdicts)
}

fn big(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    let job = big_job(ground, options)?;
    let gib = f64::from(options.big_mib) / 1024.0;
    let sink = Sink::start(std::time::Duration::ZERO)?;
    let entrants = CLIENTS.map(Client::untuned);
    let runs = options.runs.unwrap_or(5);
    let medians = ground.rounds(&entrants, &sink.server, &job, runs)?;
    figures::print(ground, &sink.server, &job, (gib, "CPU s/GiB"), &medians);
    let cpu = |client| figures::of(&medians, client).cpu_seconds;
    let own = cpu(Client::Sandglass);
    let of = |name: &str| format!("{}, CPU of {name}", job.title);
    Ok(vec![
        Verdict::at_most(of("curl -T"), own / cpu(Client::Curl), 1.5),
        Verdict::at_most(of("s5cmd"), own / cpu(Client::S5cmd), 1.0 / 5.0),
        Verdict::at_most(of("aws CRT"), own / cpu(Client::AwsCrt), 1.0 / 6.0),
    ])
}

fn small(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    let job = small_job(ground, options, 5000)?;
    let millions = f64::from(options.files.unwrap_or(5000)) / 1e6;
    let sink = Sink::start(std::time::Duration::ZERO)?;
    let entrants = CLIENTS.map(Client::untuned);
    let runs = options.runs.unwrap_or(5);
    let medians = ground.rounds(&entrants, &sink.server, &job, runs)?;
    figures::print(
        ground,
        &sink.server,
        &job,
        (millions, "CPU µs/file"),
        &medians,
    );
    let cpu = |client| figures::of(&medians, client).cpu_seconds;
    let own = cpu(Client::Sandglass);
    let title = &job.title;
    Ok(vec![
        Verdict::at_most(format!("{title}, CPU µs per file"), own / millions, 200.0),
        Verdict::at_most(
            format!("{title}, CPU of s5cmd"),
            own / cpu(Client::S5cmd),
            0.5,
        ),
    ])
}

/// One file of bytes that do not compress.
pub(crate) fn big_job(ground: &Ground, options: &Options) -> Result<Job> {
    Ok(Job {
        title: format!("one file of {} MiB", options.big_mib),
        path: data::big_file(ground.folder(), options.big_mib)?,
        is_folder: false,
    })
}

/// A folder of files of 10 KiB.
pub(crate) fn small_job(ground: &Ground, options: &Options, usual: u32) -> Result<Job> {
    let files = options.files.unwrap_or(usual);
    Ok(Job {
        title: format!("{files} files of 10 KiB"),
        path: data::small_files(ground.folder(), files)?,
        is_folder: true,
    })
}
