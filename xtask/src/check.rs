//! `cargo xtask check`: what can be said about the code without running it.

use crate::run::{Result, run, say};
use crate::{apt, deny, icons, node, place};

/// Format, clippy, crates, types of the page, lint, icons.
pub(crate) fn check() -> Result {
    say("Format");
    run(&mut place::cargo(&["fmt", "--all", "--check"]))?;
    apt::install(&[apt::TO_BUILD])?;
    // The window embeds the page, so not even clippy can look at the shell without it.
    node::build()?;
    say("Clippy");
    // The fuzzer's targets, too, where they are built.
    let packages = if cfg!(target_os = "linux") {
        &["--workspace"]
    } else {
        place::all()
    };
    let clippy = [
        &["clippy"],
        packages,
        &["--all-targets", "--", "-D", "warnings"],
    ]
    .concat();
    run(&mut place::cargo(&clippy))?;
    // Off in every build but a release that was told where to ask, so that nothing else would compile it.
    run(&mut place::cargo(&[
        "clippy",
        "--package",
        "shell",
        "--features",
        "updater",
        "--",
        "-D",
        "warnings",
    ]))?;
    deny::check()?;
    say("Page");
    run(&mut node::npm(&["run", "check"]))?;
    say("Icons");
    icons::check()
}
