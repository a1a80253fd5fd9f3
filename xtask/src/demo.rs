//! `cargo xtask demo`: from a fresh checkout to an open window with the sandbox ready.

use std::process::Command;

use crate::keychain::{Keychain, has_display};
use crate::run::{Result, Stop, run, say};
use crate::{apt, demo_cli, node, place};

/// Builds and shows; everything it writes is under `target/demo`, so a person's own settings stay untouched.
pub(crate) fn demo() -> Result {
    apt::install(&[apt::TO_BUILD])?;
    node::build()?;
    say("Building Sandglass (the first time takes some minutes)");
    run(&mut place::cargo(&["build", "-p", "shell", "-p", "cli"]))?;
    if has_display() {
        in_the_window()
    } else {
        say("There is no display here, so the command line does the same job");
        demo_cli::without_a_window()
    }
}

fn in_the_window() -> Result {
    apt::install(&[apt::FOR_THE_WINDOW])?;
    let folder = place::target().join("demo");
    std::fs::create_dir_all(&folder).map_err(Stop::because(folder.display()))?;
    let keychain = Keychain::own_or_private(&folder.join("keyring"))?;
    say("Opening the window. Sign in, then drop files on it; close it to end the demo");
    let mut window = Command::new(place::built("debug", "sandglass-window"));
    window
        .arg("--sandbox")
        .env("SANDGLASS_HOME", folder.join("home"));
    run(keychain.give_to(&mut window))
}
