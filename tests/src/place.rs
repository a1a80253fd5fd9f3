//! Where the built programs and the installed servers are.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

/// Where cargo builds: `CARGO_TARGET_DIR`, or `target` in the workspace.
pub fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' folder lies in the workspace");
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// A program of this workspace, as `cargo build` leaves it. Stories play with debug builds; whoever takes figures sets
/// `SANDGLASS_PROFILE` to `release`.
pub fn built(program: &str) -> PathBuf {
    let profile = std::env::var_os("SANDGLASS_PROFILE").unwrap_or_else(|| "debug".into());
    let path = target()
        .join(profile)
        .join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "{} is not built; run `cargo xtask test`, which builds it",
        path.display()
    );
    path
}

/// A program in the Python environment of the tests.
pub fn from_venv(program: &str) -> PathBuf {
    let path = target().join("venv/bin").join(program);
    assert!(
        path.exists(),
        "{} is not installed; run `cargo xtask test`, which installs it",
        path.display()
    );
    path
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// A folder for one test, gone after it.
pub fn fresh_folder() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("sandglass-")
        .tempdir()
        .expect("the temporary folder takes a folder")
}
