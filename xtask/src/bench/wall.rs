//! Wall time on a real server, over http and over TLS: each peer at the setting that was fastest in one trial of each.

use std::process::Command;

use super::client::{Client, Entrant, Job};
use super::figures::{self, Figures, Verdict};
use super::ground::Ground;
use super::tls::Certificate;
use super::weed::Weed;
use super::{Options, cpu, latency, tls};
use crate::run::{Result, say};

const PEERS: [Client; 3] = [Client::S5cmd, Client::AwsCrt, Client::Rclone];

pub(crate) fn measure(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    let tls = tls::make(&ground.folder().join("tls"))?;
    let jobs = [
        (
            cpu::big_job(ground, options)?,
            (f64::from(options.big_mib) / 1024.0, "CPU s/GiB"),
        ),
        (
            cpu::small_job(ground, options, 5000)?,
            (
                f64::from(options.files.unwrap_or(5000)) / 1e6,
                "CPU µs/file",
            ),
        ),
    ];
    let mut verdicts = Vec::new();
    for (job, units) in jobs {
        let entrants = chosen(ground, &tls, &job)?;
        for is_https in [false, true] {
            let runs = options.runs.unwrap_or(3);
            let medians = rounds(ground, &tls, is_https, &entrants, &job, runs)?;
            let way = if is_https { "TLS" } else { "http" };
            let told = Job {
                title: format!("{} on SeaweedFS over {way}", job.title),
                path: job.path.clone(),
                is_folder: job.is_folder,
            };
            let weed = Weed::start(ground, &tls)?;
            let server = if is_https { &weed.https } else { &weed.http };
            figures::print(ground, server, &told, units, &medians);
            let own = figures::of(&medians, Client::Sandglass).wall_seconds;
            verdicts.extend(PEERS.map(|peer| {
                let what = format!("{}, wall of {}", told.title, peer.name());
                Verdict::at_most(what, own / figures::of(&medians, peer).wall_seconds, 1.0)
            }));
        }
    }
    Ok(verdicts)
}

/// Sandglass as it is, and each peer at its best over http.
fn chosen(ground: &Ground, tls: &Certificate, job: &Job) -> Result<Vec<Entrant>> {
    say(format!("{}: a trial of each setting", job.title));
    let mut entrants = vec![Client::Sandglass.untuned()];
    for peer in PEERS {
        let mut tried = Vec::new();
        for entrant in peer.trials(job) {
            let figures = fresh(ground, tls, false, entrant, job)?;
            tried.push((entrant, figures.wall_seconds));
        }
        entrants.push(latency::chosen(&tried));
    }
    Ok(entrants)
}

/// In turn, so that a busy minute meets them all; each meets an empty server.
fn rounds(
    ground: &Ground,
    tls: &Certificate,
    is_https: bool,
    entrants: &[Entrant],
    job: &Job,
    runs: usize,
) -> Result<Vec<(Entrant, Figures)>> {
    let mut taken: Vec<Vec<Figures>> = vec![Vec::new(); entrants.len()];
    for _ in 0..runs {
        for (entrant, figures) in entrants.iter().zip(&mut taken) {
            figures.push(fresh(ground, tls, is_https, *entrant, job)?);
        }
    }
    let medians = taken.iter().map(|runs| Figures::median(runs));
    Ok(entrants.iter().copied().zip(medians).collect())
}

/// One upload to an empty server, with nothing of the last one left to be written.
fn fresh(
    ground: &Ground,
    tls: &Certificate,
    is_https: bool,
    entrant: Entrant,
    job: &Job,
) -> Result<Figures> {
    let weed = Weed::start(ground, tls)?;
    // What it does for a slow disk is lost where it is missing; the figures are no less true.
    let _ = Command::new("sync").status();
    let server = if is_https { &weed.https } else { &weed.http };
    ground.put(entrant, server, job)
}
