//! Very many files dropped at once: when does the first row appear, and when does the first byte leave?
//!
//! The command line prints a row when it has ended, so the row is watched for where the window watches: by a program that
//! holds the app (`xtask/examples/first_row.rs`). What the window needs to draw it is not in the figure.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::client::{Client, Entrant, Job};
use super::counts::unix_nanoseconds;
use super::figures::{Verdict, median};
use super::ground::Ground;
use super::sink::Sink;
use super::{Options, data};
use crate::place;
use crate::run::{Leashed, Result, Stop, run, say, shown};

const MOST_MS_TO_THE_ROW: f64 = 100.0;
const MOST_MS_TO_THE_BYTE: f64 = 300.0;

/// From the call of `add_files`, in milliseconds.
struct Times {
    row: f64,
    byte: f64,
    planned: f64,
}

pub(crate) fn measure(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    run(&mut place::cargo(&[
        "build",
        "--release",
        "-p",
        "xtask",
        "--example",
        "first_row",
    ]))?;
    let job = Job {
        title: format!("{} files dropped", options.many),
        path: data::many_files(ground.folder(), options.many)?,
        is_folder: true,
    };
    let runs = options.runs.unwrap_or(5);
    let mut taken = Vec::new();
    for _ in 0..runs {
        taken.push(watched(ground, &job)?);
    }
    let middle = |figure: fn(&Times) -> f64| median(taken.iter().map(figure).collect());
    let (row, byte) = (middle(|run| run.row), middle(|run| run.byte));
    say(&job.title);
    println!("   from the drop: first row {row:.1} ms, first byte {byte:.1} ms");
    println!("   all rows told after {:.0} ms", middle(|run| run.planned));
    for client in [Client::Sandglass, Client::S5cmd] {
        let walls: Result<Vec<f64>> = (0..runs)
            .map(|_| since_start(ground, client.untuned(), &job))
            .collect();
        println!(
            "   from the start of the process: first byte of {} {:.1} ms",
            client.name(),
            median(walls?)
        );
    }
    let title = &job.title;
    Ok(vec![
        Verdict::at_most(
            format!("{title}, ms to the first row"),
            row,
            MOST_MS_TO_THE_ROW,
        ),
        Verdict::at_most(
            format!("{title}, ms to the first byte"),
            byte,
            MOST_MS_TO_THE_BYTE,
        ),
    ])
}

/// The app as the window has it, signed in before the drop.
fn watched(ground: &Ground, job: &Job) -> Result<Times> {
    let sink = Sink::start(Duration::ZERO)?;
    ground.connect_anew(&sink.server)?;
    let mut command = Command::new(place::built("release/examples", "first_row"));
    ground.give_to(command.arg(&job.path));
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Stop::because(shown(&command)))?;
    if !output.status.success() {
        return Err(Stop(format!(
            "{} ended with {}",
            shown(&command),
            output.status
        )));
    }
    let told: Value =
        serde_json::from_slice(&output.stdout).map_err(Stop::because(shown(&command)))?;
    let moment = |name: &str| {
        told[name]
            .as_u64()
            .ok_or_else(|| Stop(format!("first_row does not tell {name}")))
    };
    let dropped = moment("dropped_at")?;
    Ok(Times {
        row: milliseconds(dropped, moment("row_at")?),
        byte: milliseconds(dropped, sink.first_byte()?),
        planned: milliseconds(dropped, moment("planned_at")?),
    })
}

/// The command line, with all that it does before: it opens the ledger, asks the keychain and signs in.
fn since_start(ground: &Ground, entrant: Entrant, job: &Job) -> Result<f64> {
    let sink = Sink::start(Duration::ZERO)?;
    if entrant.client == Client::Sandglass {
        ground.connect_anew(&sink.server)?;
    }
    let mut command = entrant.command(ground, &sink.server, job);
    let started = unix_nanoseconds();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Stop::because(shown(&command)))?;
    // Ended when the byte is there: nobody waits for the rest.
    let _child = Leashed(child);
    Ok(milliseconds(started, sink.first_byte()?))
}

/// Differences are far below what f64 holds exactly.
#[allow(clippy::cast_precision_loss)]
fn milliseconds(from: u64, to: u64) -> f64 {
    to.saturating_sub(from) as f64 / 1e6
}
