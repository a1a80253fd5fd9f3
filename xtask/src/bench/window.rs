//! The window: how soon it can be used, what it costs at rest and while files are sent, and whether it stays fluent.
//!
//! A program that knows the harness of the stories takes the figures (`tests/examples/window_figures`), as a person would
//! see the window: the release on a display that nobody sees, without a GPU. Here they are asked for and judged.

mod told;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::figures::Verdict;
use super::{Options, data};
use crate::run::{Result, Stop, run, say, shown};
use crate::{apt, node, place};

/// What of the window.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub(crate) enum Figure {
    /// From the start to a window that can be used, beside an empty one.
    Start,
    /// A window in which nothing happens.
    Idle,
    /// CPU time and frames while small files are sent.
    Uploads,
    /// The drawer on very many rows.
    Drawer,
    /// A page of a listing, and very many keys.
    Listing,
}

/// Its word for the program, how often it is taken, and who judges it.
type Taken = (
    Figure,
    &'static str,
    usize,
    fn(&Value) -> Result<Vec<Verdict>>,
);

const FIGURES: [Taken; 5] = [
    (Figure::Start, "start", 10, told::start),
    (Figure::Idle, "idle", 3, told::idle),
    (Figure::Uploads, "uploads", 3, told::uploads),
    (Figure::Drawer, "drawer", 10, told::drawer),
    (Figure::Listing, "listing", 10, told::listing),
];

pub(crate) fn measure(options: &Options) -> Result<Vec<Verdict>> {
    prepare()?;
    let mut verdicts = Vec::new();
    for (figure, word, usual, judge) in FIGURES {
        if !options.figure.is_empty() && !options.figure.contains(&figure) {
            continue;
        }
        let runs = options.runs.unwrap_or(usual);
        let judged = take(word, runs, needed(figure, options)?).and_then(|told| judge(&told));
        match judged {
            Ok(judged) => verdicts.extend(judged),
            // The others are still worth taking.
            Err(stop) => {
                println!("   {stop}");
                verdicts.push(Verdict::at_most(
                    format!("window, {word}: not taken"),
                    f64::NAN,
                    0.0,
                ));
            }
        }
    }
    Ok(verdicts)
}

fn prepare() -> Result {
    apt::install(&[apt::TO_BUILD, apt::TO_TEST, apt::TO_MEASURE])?;
    node::build()?;
    say("Building the release (the first time takes some minutes)");
    for arguments in [
        &["--release", "-p", "shell", "-p", "cli", "-p", "xtask"][..],
        // Apart: what examples need besides must not get into what ships.
        &["--release", "-p", "shell", "--example", "empty"],
        // It only watches; and where the release stops at once, a debug build ends first what it has started.
        &["-p", "testkit", "--example", "window_figures"],
    ] {
        run(place::cargo(&["build"]).args(arguments))?;
    }
    Ok(())
}

/// A folder to drop: alone in a folder of its own, since everything in that one is dragged. Or a number.
fn needed(figure: Figure, options: &Options) -> Result<Option<PathBuf>> {
    let folder = place::target().join("bench/window");
    match figure {
        Figure::Start | Figure::Idle => Ok(None),
        Figure::Uploads => {
            let folder = folder.join("small");
            data::small_files(&folder, options.files.unwrap_or(5000))?;
            Ok(Some(folder))
        }
        Figure::Drawer => {
            let folder = folder.join("many");
            data::many_files(&folder, options.many)?;
            Ok(Some(folder))
        }
        Figure::Listing => Ok(Some(options.keys.to_string().into())),
    }
}

fn take(word: &str, runs: usize, needed: Option<PathBuf>) -> Result<Value> {
    let mut command = Command::new(place::built("debug/examples", "window_figures"));
    command.args([word, &runs.to_string()]).args(needed);
    command.env("SANDGLASS_PROFILE", "release");
    say(shown(&command));
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(Stop::because(shown(&command)))?;
    if !output.status.success() {
        return Err(Stop(format!("not taken: {}", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(Stop::because(shown(&command)))
}
