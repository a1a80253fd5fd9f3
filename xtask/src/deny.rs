//! What comes in from outside: licences, sources, crates that must not come (`deny.toml`). Advisories are asked for in the workflow, since
//! their database is elsewhere.

use std::path::PathBuf;
use std::process::Command;

use crate::place;
use crate::run::{Result, Stop, answer, run, say};

/// The version that was tried.
const VERSION: &str = "0.20.2";

pub(crate) fn check() -> Result {
    install()?;
    say("Licences, sources and bans");
    let mut deny = Command::new(program());
    deny.current_dir(place::root());
    run(deny.args(["--all-features", "check", "licenses", "bans", "sources"]))
}

fn tools() -> PathBuf {
    place::target().join("tools")
}

fn program() -> PathBuf {
    let name = format!("cargo-deny{}", std::env::consts::EXE_SUFFIX);
    tools().join("bin").join(name)
}

/// A debug build is there in a minute or two, and its check takes seconds all the same.
fn install() -> Result {
    let version = answer(Command::new(program()).arg("--version"));
    if version.is_some_and(|told| told.trim().ends_with(VERSION)) {
        return Ok(());
    }
    say("Installing cargo-deny");
    let words = ["install", "cargo-deny", "--locked", "--debug", "--version"];
    let mut install = place::cargo(&words);
    install.arg(VERSION).arg("--root").arg(tools());
    // Not into the workspace's own folder: its locks and profiles are others.
    let built = tools().join("build");
    run(install.env("CARGO_TARGET_DIR", &built))?;
    std::fs::remove_dir_all(&built).map_err(Stop::because(built.display()))
}
