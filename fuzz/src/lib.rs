//! What the targets share. Each of them reads one kind of input as the program does, and holds that it neither panics nor takes for
//! ever; what must hold besides, it asserts. `cargo xtask fuzz` builds and runs them, and `cargo xtask test` does so briefly.

#![expect(
    clippy::missing_panics_doc,
    reason = "a target ends by panicking: that is what libFuzzer looks for"
)]

mod answering;

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

pub use answering::Answering;
use tempfile::TempDir;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// The one runtime of all inputs: starting one costs more than reading most of them.
pub fn runtime() -> &'static Runtime {
    &RUNTIME
}

/// Waits for what an input started, but not for the pauses of whoever would ask a busy server again.
pub fn briefly<T>(asked: impl Future<Output = T>) -> Option<T> {
    let enough = Duration::from_millis(300);
    runtime().block_on(async { tokio::time::timeout(enough, asked).await.ok() })
}

/// This process's own folder. Nothing tidies up after a fuzzer; `TMPDIR` says where it is.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| tempfile::tempdir().expect("a folder"))
        .path()
}

/// The input as a file of this name, in the place of the last one.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder().join(name);
    std::fs::write(&path, bytes).expect("the disk takes it");
    path
}
