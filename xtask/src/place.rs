//! Where things are in the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace.
pub(crate) fn root() -> PathBuf {
    // Not made canonical: on Windows that gives `\\?\…`, where cmd.exe, which runs npm, does not start.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// A built program: `built("debug", "sandglass")`.
pub(crate) fn built(profile: &str, program: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// Cargo, in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(arguments);
    command
}

/// All packages that have tests; but the stories only where their surroundings exist: D-Bus, an X display. The fuzzer's targets are
/// built in their own way, and would open their door in everything else that is built with them.
pub(crate) fn all() -> &'static [&'static str] {
    if cfg!(target_os = "linux") {
        &["--workspace", "--exclude", "fuzz"]
    } else {
        without_stories()
    }
}

/// Nor this program: on Windows one that runs cannot be built anew.
pub(crate) fn without_stories() -> &'static [&'static str] {
    &[
        "--workspace",
        "--exclude",
        "fuzz",
        "--exclude",
        "testkit",
        "--exclude",
        "xtask",
    ]
}
