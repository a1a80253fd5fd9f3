//! Small files to a server that is far away: what counts is how soon many requests are on their way at once.

use std::time::Duration;

use super::client::{Client, Entrant, Job};
use super::figures::{self, Figures, Verdict};
use super::ground::Ground;
use super::server::Server;
use super::sink::Sink;
use super::{Options, cpu};
use crate::run::{Result, say};

const PEERS: [Client; 3] = [Client::S5cmd, Client::AwsCrt, Client::Rclone];

pub(crate) fn measure(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    let job = cpu::small_job(ground, options, 10_000)?;
    let sink = Sink::start(Duration::from_millis(options.delay_ms))?;
    let mut entrants = vec![Client::Sandglass.untuned()];
    for peer in PEERS {
        entrants.push(best(ground, &sink.server, &job, peer)?);
    }
    let runs = options.runs.unwrap_or(3);
    let medians = ground.rounds(&entrants, &sink.server, &job, runs)?;
    let millions = f64::from(options.files.unwrap_or(10_000)) / 1e6;
    let title = format!("{} with {} ms more", job.title, options.delay_ms);
    let told = Job { title, ..job };
    figures::print(
        ground,
        &sink.server,
        &told,
        (millions, "CPU µs/file"),
        &medians,
    );
    let (name, wall) = fastest_peer(&medians);
    let own = figures::of(&medians, Client::Sandglass).wall_seconds;
    let files = millions * 1e6;
    println!(
        "   files a second: sandglass {:.0}, {name} {:.0}",
        files / own,
        files / wall
    );
    let what = format!("{}, speed of {name}", told.title);
    Ok(vec![Verdict::at_least(what, wall / own, 0.95)])
}

/// One run with each setting; the one with the least wall time.
pub(crate) fn best(ground: &Ground, server: &Server, job: &Job, client: Client) -> Result<Entrant> {
    let mut tried = Vec::new();
    for entrant in client.trials(job) {
        tried.push((entrant, ground.put(entrant, server, job)?.wall_seconds));
    }
    Ok(chosen(&tried))
}

/// Says what was tried.
pub(crate) fn chosen(tried: &[(Entrant, f64)]) -> Entrant {
    let walls = tried
        .iter()
        .map(|(entrant, wall)| format!("{} {wall:.2} s", entrant.name()));
    say(format!("Tried: {}", walls.collect::<Vec<_>>().join(", ")));
    let best = tried.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(Client::Sandglass.untuned(), |(entrant, _)| *entrant)
}

/// Name and wall seconds.
fn fastest_peer(medians: &[(Entrant, Figures)]) -> (String, f64) {
    let peers = medians
        .iter()
        .filter(|(entrant, _)| entrant.client != Client::Sandglass);
    peers
        .min_by(|a, b| a.1.wall_seconds.total_cmp(&b.1.wall_seconds))
        .map_or((String::new(), f64::NAN), |(entrant, figures)| {
            (entrant.name(), figures.wall_seconds)
        })
}
