//! What the program tells, shown and judged.

use serde_json::Value;

use super::super::figures::{Verdict, median};
use crate::run::{Result, Stop};

const MOST_OF_AN_EMPTY_START: f64 = 1.3;
const MOST_OF_THE_ENGINE: f64 = 0.25;
/// Two frames of sixty a second, and the clock's own width.
const MOST_MS_BETWEEN_FRAMES: f64 = 34.0;
const MOST_MS_TO_OPEN: f64 = 100.0;
const MOST_MS_TO_DRAW: f64 = 300.0;

pub(super) fn start(told: &Value) -> Result<Vec<Verdict>> {
    let empty = spread("an empty window", &told["empty"], "ms")?;
    let mut verdicts = Vec::new();
    for (name, what) in [
        ("first_start", "start to the form"),
        ("connected", "start with a destination"),
    ] {
        let own = spread(what, &told[name], "ms")?;
        let what = format!("{what}, of an empty window's");
        verdicts.push(Verdict::at_most(what, own / empty, MOST_OF_AN_EMPTY_START));
    }
    Ok(verdicts)
}

/// Shown only: what is right for a window depends on what it shows.
pub(super) fn idle(told: &Value) -> Result<Vec<Verdict>> {
    println!(
        "   {:<28} {:>22} {:>22} {:>10}",
        "a second of", "CPU ms: shell, page", "wake-ups: shell, page", "PSS MiB"
    );
    for (name, what) in [
        ("empty", "an empty window"),
        ("signed_out", "Sandglass, signed out"),
        ("signed_in", "signed in, time left shown"),
    ] {
        let middle = |figure: &str| middle_of(&told[name], figure);
        println!(
            "   {what:<28} {:>13.1} {:>8.1} {:>13.1} {:>8.1} {:>10.0}",
            middle("shell_cpu_ms")?,
            middle("web_cpu_ms")?,
            middle("shell_wakeups")?,
            middle("web_wakeups")?,
            middle("pss_mib")?,
        );
    }
    Ok(Vec::new())
}

pub(super) fn uploads(told: &Value) -> Result<Vec<Verdict>> {
    let windows = &told["windows"];
    let shell = middle_of(windows, "shell_cpu_ms")?;
    let page = middle_of(windows, "web_cpu_ms")? + middle_of(windows, "network_cpu_ms")?;
    let engine = spread("CPU of `sandglass put`", &told["command_line_cpu_ms"], "ms")?;
    let drag = middle_of(windows, "drag_cpu_ms")?;
    println!(
        "   CPU of the window: shell {shell:.0} ms, page {page:.0} ms; of the drag before it {drag:.0} ms"
    );
    println!("   sent after {:.2} s", middle_of(windows, "seconds")?);
    let extra = (shell - engine + page) / engine;
    let what = format!(
        "{} small files, CPU of the window beside the engine's",
        told["files"]
    );
    let mut verdicts = vec![Verdict::at_most(what, extra, MOST_OF_THE_ENGINE)];
    verdicts.push(frames("while they are sent", &told["frames"])?);
    Ok(verdicts)
}

pub(super) fn drawer(told: &Value) -> Result<Vec<Verdict>> {
    let opened = spread("from the click to rows", &told["opened_ms"], "ms")?;
    memory("with these rows", &told["pss_mib"])?;
    frames("while they are planned", &told["frames"])?;
    let what = format!("drawer of {} rows, ms to open", told["rows"]);
    Ok(vec![Verdict::at_most(what, opened, MOST_MS_TO_OPEN)])
}

pub(super) fn listing(told: &Value) -> Result<Vec<Verdict>> {
    let drawn = spread("from the answer to rows", &told["drawn_ms"], "ms")?;
    let what = "first page of a listing, ms after the answer";
    let mut verdicts = vec![Verdict::at_most(what, drawn, MOST_MS_TO_DRAW)];
    let keys = &told["keys"];
    println!(
        "   {keys} keys looked through in {:.1} s",
        number(&told["loaded"]["seconds"])?
    );
    frames("meanwhile", &told["loaded"]["frames"])?;
    for (moment, what) in [
        ("before", "before"),
        ("after", "with all keys"),
        ("scrolled", "after scrolling"),
    ] {
        memory(what, &told["pss_mib"][moment])?;
    }
    for way in told["frames"].as_array().into_iter().flatten() {
        let what = format!("{keys} keys, {}", way["by"].as_str().unwrap_or_default());
        verdicts.push(frames(&what, &way["frames"])?);
    }
    Ok(verdicts)
}

/// One recording, or several: then each figure's median, but the longest of all.
fn frames(what: &str, told: &Value) -> Result<Verdict> {
    let one = [told.clone()];
    let recordings = told.as_array().map_or(&one[..], Vec::as_slice);
    let all = |figure: &str| -> Result<Vec<f64>> {
        recordings
            .iter()
            .map(|recording| number(&recording[figure]))
            .collect()
    };
    let p99 = median(all("p99")?);
    println!(
        "   frames {what}: {:.0}, middle gap {:.0} ms, p99 {p99:.0} ms, longest {:.0} ms",
        median(all("frames")?),
        median(all("p50")?),
        all("max")?.into_iter().fold(0.0, f64::max),
    );
    let what = format!("{what}, ms between frames (p99)");
    Ok(Verdict::at_most(what, p99, MOST_MS_BETWEEN_FRAMES))
}

fn memory(what: &str, told: &Value) -> Result {
    println!(
        "   memory {what}: shell {:.0} MiB, page {:.0} MiB",
        number(&told["shell"])?,
        number(&told["web"])? + number(&told["network"])?,
    );
    Ok(())
}

/// Shows the median and the ends; gives the median.
fn spread(what: &str, told: &Value, unit: &str) -> Result<f64> {
    let mut taken = numbers(told)?;
    taken.sort_by(f64::total_cmp);
    let middle = median(taken.clone());
    println!(
        "   {what}: {middle:.0} {unit} ({:.0} to {:.0}, {} runs)",
        taken.first().unwrap_or(&f64::NAN),
        taken.last().unwrap_or(&f64::NAN),
        taken.len()
    );
    Ok(middle)
}

/// The median of one figure of several runs.
fn middle_of(runs: &Value, figure: &str) -> Result<f64> {
    let runs = runs.as_array().into_iter().flatten();
    let taken: Result<Vec<f64>> = runs.map(|run| number(&run[figure])).collect();
    taken.map(median)
}

fn numbers(told: &Value) -> Result<Vec<f64>> {
    told.as_array().into_iter().flatten().map(number).collect()
}

fn number(told: &Value) -> Result<f64> {
    told.as_f64()
        .ok_or_else(|| Stop(format!("a figure is missing: {told}")))
}
