//! Takes the window's figures: for `cargo xtask bench window`, which builds the release first and judges what is told here.
//!
//! Arguments: which figure, how many runs, and what it needs (a folder to drop, a number of keys). It prints one JSON object.
//!
//! | figure | needs | tells |
//! |---|---|---|
//! | `start` | | milliseconds from the process's start to a window that can be used, beside an empty Tauri window |
//! | `idle` | | what a window costs in which nothing happens |
//! | `uploads` | folder | what the window costs beside the command line while small files are sent, and its frames |
//! | `drawer` | folder | how long the drawer takes to open on very many rows |
//! | `listing` | keys | how long a page of a listing takes to be drawn; frames while very many keys are scrolled |

#![cfg(target_os = "linux")]

mod drawer;
mod frames;
mod idle;
mod listing;
mod plain;
mod processes;
mod screen;
mod sink;
mod stage;
mod start;
mod uploads;

use std::path::PathBuf;

use stage::Stage;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = |what: &str| {
        arguments
            .next()
            .unwrap_or_else(|| panic!("{what} is missing"))
    };
    let figure = next("the figure");
    let runs = number(&next("the number of runs").to_string_lossy());
    let stage = Stage::set();
    let told = match figure.to_string_lossy().as_ref() {
        "start" => start::measure(&stage, runs),
        "idle" => idle::measure(&stage, runs),
        "uploads" => uploads::measure(&stage, runs, &PathBuf::from(next("the folder"))).await,
        "drawer" => drawer::measure(&stage, runs, &PathBuf::from(next("the folder"))).await,
        "listing" => {
            let keys = number(&next("the number of keys").to_string_lossy());
            listing::measure(&stage, runs, keys).await
        }
        other => panic!("there is no figure {other}"),
    };
    println!("{told}");
}

fn number(text: &str) -> usize {
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is not a number"))
}
