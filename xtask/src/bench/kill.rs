//! kill -9 at a random moment, then `sandglass resume`: what does the server receive twice?

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::client::{Client, Job};
use super::counts::unix_nanoseconds;
use super::figures::Verdict;
use super::ground::Ground;
use super::sink::Sink;
use super::{Options, cpu};
use crate::run::{Leashed, Result, Stop, say, shown};

/// What may be in flight: Sandglass reads no byte beyond it before S3 has answered. A part counts as long as its answer is
/// not in the ledger, so the server sees fewer of them open.
const IN_FLIGHT_MIB: f64 = 64.0;

pub(crate) fn measure(ground: &Ground, options: &Options) -> Result<Vec<Verdict>> {
    let job = cpu::big_job(ground, options)?;
    let undisturbed = undisturbed(ground, &job)?;
    say(format!(
        "{}, killed within {:.2} s of the first byte",
        job.title,
        undisturbed.as_secs_f64()
    ));
    println!("   killed at s   parts then   sent again: parts     MiB   at most open   uploads");
    let mut worst = 0.0_f64;
    for _ in 0..options.runs.unwrap_or(5) {
        worst = worst.max(one(ground, options, &job, undisturbed)?);
    }
    let what = format!("{} killed, MiB sent again", job.title);
    Ok(vec![Verdict::at_most(what, worst, IN_FLIGHT_MIB)])
}

/// How long it takes when nobody kills it.
fn undisturbed(ground: &Ground, job: &Job) -> Result<Duration> {
    let sink = Sink::start(Duration::ZERO)?;
    let figures = ground.put(Client::Sandglass.untuned(), &sink.server, job)?;
    Ok(Duration::from_secs_f64(figures.wall_seconds))
}

/// One kill and one resume: MiB that came again, whole parts and pieces.
fn one(ground: &Ground, options: &Options, job: &Job, within: Duration) -> Result<f64> {
    let sink = Sink::start(Duration::ZERO)?;
    ground.connect_anew(&sink.server)?;
    let at = moment(within);
    let mut put = Client::Sandglass
        .untuned()
        .command(ground, &sink.server, job);
    kill_at(&mut put, &sink, at)?;
    let then = sink.counts()?;
    let resume = ground.sandglass(&sink.server, &["resume", "-d", "bench"]);
    ground.timed(&resume)?;
    let told = sink.counts()?;
    if number(&told, "completes")? == 0 {
        return Err(Stop(format!(
            "{} stored nothing after a kill at {:.3} s",
            shown(&resume),
            at.as_secs_f64()
        )));
    }
    let size = u64::from(options.big_mib) << 20;
    let again = number(&told, "body_bytes")?.saturating_sub(size);
    let open = number(&told, "most_open")?;
    println!(
        "   {:>11.3} {:>12} {:>19} {:>7.1} {open:>14} {:>9}",
        at.as_secs_f64(),
        number(&then, "parts")?,
        number(&told, "parts_again")?,
        mib(again),
        number(&told, "uploads")?,
    );
    Ok(mib(again))
}

/// Ends it with SIGKILL, so long after its first byte, unless it has ended by itself.
fn kill_at(command: &mut Command, sink: &Sink, at: Duration) -> Result {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Stop::because(shown(command)))?;
    let mut child = Leashed(child);
    sink.first_byte()?;
    std::thread::sleep(at);
    child.0.kill().map_err(Stop::because("kill -9"))?;
    child.0.wait().map(drop).map_err(Stop::because("kill -9"))
}

/// Another one in each run; nothing depends on its being unforeseeable.
fn moment(within: Duration) -> Duration {
    let thousandths = unix_nanoseconds() / 1000 % 1000;
    within * u32::try_from(thousandths).unwrap_or(500) / 1000
}

fn number(told: &Value, name: &str) -> Result<u64> {
    let missing = || Stop(format!("the sink does not tell {name}"));
    told[name].as_u64().ok_or_else(missing)
}

/// Exact below 2^52.
#[allow(clippy::cast_precision_loss)]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
