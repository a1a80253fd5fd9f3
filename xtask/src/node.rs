//! The page: npm packages, and `ui/dist` when it is older than what it is made from.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::place;
use crate::run::{Result, Stop, answer, run, say};

/// Vite 8 and Vitest 4 start with this one.
const OLDEST_NODE: u32 = 20;

/// `npm`, in `ui/`.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(ui()).args(arguments);
    command
}

/// Installs the packages of the lock file, if they are not there.
pub(crate) fn install() -> Result {
    require_node()?;
    let installed = modified(&ui().join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&ui().join("package-lock.json")) {
        return Ok(());
    }
    say("Installing the page's packages");
    run(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds the page that the window embeds, if any of its sources is newer.
pub(crate) fn build() -> Result {
    install()?;
    let built = built_at();
    if built.is_some() && built >= newest_source() {
        return Ok(());
    }
    say("Building the page");
    run(&mut npm(&["run", "build"]))
}

/// When the page was built last.
pub(crate) fn built_at() -> Option<SystemTime> {
    modified(&ui().join("dist/index.html"))
}

fn ui() -> PathBuf {
    place::root().join("ui")
}

fn require_node() -> Result {
    let version = answer(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        Some(major) => Err(Stop(format!(
            "Node {OLDEST_NODE} or newer is needed, this is Node {major}: https://nodejs.org"
        ))),
        None => Err(Stop(format!(
            "Node {OLDEST_NODE} or newer is needed: https://nodejs.org"
        ))),
    }
}

fn newest_source() -> Option<SystemTime> {
    let files = std::fs::read_dir(ui())
        .into_iter()
        .flatten()
        .filter_map(std::result::Result::ok);
    files
        .filter(|entry| {
            !["node_modules", "dist", "coverage", "stories"]
                .iter()
                .any(|made| entry.file_name() == *made)
        })
        .filter_map(|entry| newest(&entry.path()))
        .max()
}

/// The newest file under `path`. What paraglide writes into `src/` is made by the build itself.
fn newest(path: &Path) -> Option<SystemTime> {
    if path.ends_with("paraglide") {
        return None;
    }
    if !path.is_dir() {
        return modified(path);
    }
    let entries = std::fs::read_dir(path).ok()?;
    entries
        .filter_map(std::result::Result::ok)
        .filter_map(|entry| newest(&entry.path()))
        .max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}
