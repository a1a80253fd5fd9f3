//! Who sits before the computer: a keychain, a data folder, files to drop.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use testkit::destination::Destination;
use testkit::files::{big_file, write};
use testkit::keyring::PrivateBus;
use testkit::line::Part;
use testkit::place::fresh_folder;
use testkit::sandglass::Sandglass;
use testkit::wait::until;

pub(crate) const MIB: usize = 1024 * 1024;
/// Sandglass's parts.
pub(crate) const PART: usize = 8 * MIB;
/// Four parts, the last one shorter.
pub(crate) const BIG: usize = 3 * PART + 1_234_567;
/// For whatever must happen by itself.
pub(crate) const SOON: Duration = Duration::from_mins(1);

pub(crate) struct Person {
    pub(crate) sandglass: Sandglass,
    pub(crate) bus: PrivateBus,
    folder: TempDir,
}

impl Person {
    /// With an unlocked keychain and nothing connected.
    pub(crate) fn new() -> Self {
        Self::on(PrivateBus::start())
    }

    pub(crate) fn on(bus: PrivateBus) -> Self {
        Self {
            sandglass: Sandglass::on(&bus),
            bus,
            folder: fresh_folder(),
        }
    }

    pub(crate) fn connected_to(destination: &Destination) -> Self {
        let person = Self::new();
        person.sandglass.connect(destination).expect_code(0);
        person
    }

    /// Where this person's files lie.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn small_file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder().join(name);
        write(&path, bytes);
        path
    }

    /// Four parts of noise.
    pub(crate) fn big_file(&self, name: &str) -> PathBuf {
        big_file(&self.folder().join(name), BIG, 7)
    }

    /// What `status` says of the row of this key.
    pub(crate) fn waiting_row(&self, key: &str) -> Option<Value> {
        let status = self.sandglass.run(&["status"]).expect_code(0);
        let mut rows = status.objects.into_iter();
        rows.find(|object| object["kind"] == "row" && object["key"] == key)
    }

    /// Waits until the ledger knows this many confirmed bytes.
    #[track_caller]
    pub(crate) fn wait_for_confirmed(&self, key: &str, bytes: usize) {
        let what = format!("{bytes} bytes of {key} are confirmed");
        until(&what, SOON, || {
            let row = self.waiting_row(key)?;
            (row["sent_bytes"] == bytes).then_some(())
        });
    }
}

/// How many bytes of a big file these parts are, whichever they are.
pub(crate) fn bytes_of(parts: &[Part]) -> usize {
    let size = |part: &Part| {
        if part.number == 4 {
            BIG - 3 * PART
        } else {
            PART
        }
    };
    parts.iter().map(size).sum()
}

/// The arguments of a `put`.
pub(crate) fn put(options: &[&str], paths: &[&Path]) -> Vec<String> {
    let paths = paths.iter().map(|path| path.display().to_string());
    let words = ["put"].iter().chain(options).map(|word| (*word).to_owned());
    words.chain(paths).collect()
}
