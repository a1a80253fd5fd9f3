//! `cargo xtask test`: installs what tests need and runs every layer; the runners' closing lines come again at the end.

use std::process::Command;

use crate::run::{Result, run, run_and_keep, say};
use crate::{apt, fuzz, node, place, python, release};

/// Stories that need more than a keychain: a real server, the AWS CLI, a proxy, a screen for a prompt.
const WITH_OTHER_PROGRAMS: &[&str] = &[
    "seaweedfs",
    "credential_process",
    "keychain",
    "network::",
    "secrets_failures",
];

/// With `fast`, without the real window and the real server.
pub(crate) fn test(fast: bool) -> Result {
    apt::install(&[
        apt::TO_BUILD,
        if fast {
            apt::FOR_A_KEYCHAIN
        } else {
            apt::TO_TEST
        },
    ])?;
    if !fast && cfg!(unix) {
        python::install(&python::SEAWEEDFS)?;
        python::install(&python::AWSCLI)?;
        python::install(&python::MOTO)?;
        for linter in python::LINTERS {
            python::install(linter)?;
        }
    }
    node::build()?;
    say("Building the programs and the tests");
    // All targets at once: the programs that stories start then share every compiled crate with the tests.
    run(&mut place::cargo(
        &[&["build"], place::all(), &["--all-targets"]].concat(),
    ))?;
    if !fast && cfg!(target_os = "linux") {
        release::package(release::Profile::Debug)?;
    }
    say("Testing");
    let mut closing = Vec::new();
    let mut outcome = Ok(());
    for mut runner in runners(fast) {
        let (lines, result) = run_and_keep(&mut runner, is_closing_line);
        closing.extend(lines);
        outcome = outcome.and(result);
    }
    if !fast && cfg!(target_os = "linux") {
        let (lines, result) = fuzz::in_a_test();
        closing.extend(lines);
        outcome = outcome.and(result);
    }
    say("In short");
    for line in closing {
        println!("{line}");
    }
    outcome
}

fn runners(fast: bool) -> Vec<Command> {
    let page = node::npm(&["test"]);
    // They need a display and the webview's own browser.
    let pictures =
        (!fast && cfg!(target_os = "linux")).then(|| node::npm(&["run", "-s", "pictures"]));
    if fast {
        let crates =
            place::cargo(&[&["test"], place::without_stories(), &["--no-fail-fast"]].concat());
        // They need D-Bus.
        if !cfg!(target_os = "linux") {
            return vec![page, crates];
        }
        let mut stories = place::cargo(&["test", "-p", "testkit", "--test", "it", "--"]);
        for name in WITH_OTHER_PROGRAMS {
            stories.args(["--skip", name]);
        }
        vec![page, crates, stories]
    } else {
        let crates = place::cargo(&[&["test"], place::all(), &["--no-fail-fast"]].concat());
        [page].into_iter().chain(pictures).chain([crates]).collect()
    }
}

/// What cargo's test runner, Vitest and the pictures say last.
fn is_closing_line(line: &str) -> bool {
    let words = line.trim_start();
    ["test result:", "Test Files ", "Tests ", "Pictures: "]
        .iter()
        .any(|start| words.starts_with(start))
        // Which picture it was is all that is known of it where the pictures themselves are not kept.
        || words.contains(" of its pixels; see ")
}
