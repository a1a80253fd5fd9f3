//! `cargo xtask dev`: the page is built at every edit, and the window opens anew with it.
//!
//! The window embeds its page, so a new page means a new window: some seconds. `npm run dev` in `ui/` draws the page in a browser,
//! without Rust, and is faster for looks.

use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::keychain::Keychain;
use crate::run::{Leashed, Result, Stop, run, say, shown};
use crate::{apt, node, place};

/// Runs until the window is closed.
pub(crate) fn dev() -> Result {
    apt::install(&[apt::TO_BUILD, apt::FOR_THE_WINDOW])?;
    node::build()?;
    let folder = place::target().join("dev");
    let keychain = Keychain::own_or_private(&folder.join("keyring"))?;
    let watch = node::npm(&["exec", "--", "vite", "build", "--watch"])
        .spawn()
        .map_err(Stop::because("vite"))?;
    let _watch = Leashed(watch);
    loop {
        let page = node::built_at();
        run(&mut place::cargo(&["build", "-p", "shell"]))?;
        say("The window is open; close it to end");
        let mut window = Command::new(place::built("debug", "sandglass-window"));
        keychain.give_to(window.env("SANDGLASS_HOME", folder.join("home")));
        let window = window.spawn().map_err(Stop::because(shown(&window)))?;
        if !is_outlived(Leashed(window), page)? {
            return Ok(());
        }
    }
}

/// Waits for the window's own end, or ends it when there is a newer page that has come to rest.
fn is_outlived(mut window: Leashed, page: Option<SystemTime>) -> Result<bool> {
    let mut last = page;
    loop {
        std::thread::sleep(Duration::from_millis(500));
        if window
            .0
            .try_wait()
            .map_err(Stop::because("the window"))?
            .is_some()
        {
            return Ok(false);
        }
        let now = node::built_at();
        if now.is_some() && now != page && now == last {
            return Ok(true);
        }
        last = now;
    }
}
