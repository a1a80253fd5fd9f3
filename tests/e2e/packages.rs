//! The Debian package, as `cargo xtask test` has made it of the debug build: installed, started, upgraded and removed, in a root folder of
//! its own, so that nothing of this computer changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use testkit::command::succeed;
use testkit::display::Display;
use testkit::keyring::PrivateBus;
use testkit::leash::Leash;
use testkit::place::{fresh_folder, target};

const STARTS: Duration = Duration::from_mins(1);

/// A system with nothing on it but dpkg's own files.
struct Root(TempDir);

impl Root {
    fn new() -> Self {
        let root = fresh_folder();
        for folder in ["info", "updates", "triggers"] {
            let folder = root.path().join("var/lib/dpkg").join(folder);
            fs::create_dir_all(folder).expect("made");
        }
        fs::write(root.path().join("var/lib/dpkg/status"), "").expect("written");
        Self(root)
    }

    /// fakeroot: dpkg gives every file to root. The libraries are those of this computer.
    fn dpkg(&self, words: &[&str]) {
        let root = format!("--root={}", self.0.path().display());
        // What the folder's own configuration leaves out (the manual, in small images) stays in.
        let options = [
            "--force-depends",
            "--force-not-root",
            "--path-include=/usr/share/*",
        ];
        let mut dpkg = Command::new("fakeroot");
        dpkg.arg("dpkg").arg(root).args(options).args(words);
        succeed(&mut dpkg);
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn version(&self) -> String {
        let root = format!("--root={}", self.0.path().display());
        let mut asked = Command::new("dpkg-query");
        asked.args([&root, "-W", "-f=${Version}", "sandglass"]);
        succeed(&mut asked)
    }
}

fn package() -> PathBuf {
    let made = target().join("debug/bundle/deb");
    let all = fs::read_dir(&made).expect("`cargo xtask test` makes the packages");
    let mut all = all.flatten().map(|entry| entry.path());
    let is_package = |path: &PathBuf| path.extension().is_some_and(|end| end == "deb");
    all.find(is_package).expect("a .deb")
}

/// The same package, as if it had been made earlier.
fn older(than: &Path, into: &Path) -> PathBuf {
    let open = into.join("open");
    succeed(Command::new("dpkg-deb").arg("-R").arg(than).arg(&open));
    let control = open.join("DEBIAN/control");
    let text = fs::read_to_string(&control).expect("read");
    let version = text.lines().find(|line| line.starts_with("Version: "));
    let text = text.replace(version.expect("it has one"), "Version: 0.0.9");
    fs::write(&control, text).expect("written");
    let made = into.join("older.deb");
    let mut build = Command::new("dpkg-deb");
    build.args(["-Znone", "--root-owner-group", "-b"]);
    succeed(build.arg(&open).arg(&made));
    made
}

#[test]
fn the_debian_package_is_installed_started_upgraded_and_removed() {
    let (root, folder) = (Root::new(), fresh_folder());
    let package = package();
    let older = older(&package, folder.path());
    root.dpkg(&["-i", &older.display().to_string()]);
    assert_eq!(root.version(), "0.0.9");

    let window = root.at("usr/bin/sandglass-window");
    let (display, bus) = (Display::start(), PrivateBus::start());
    let home = folder.path().join("home");
    let mut start = Command::new(&window);
    bus.give_to(&mut start);
    start.env("DISPLAY", display.name());
    start.env("SANDGLASS_HOME", &home).stdin(Stdio::null());
    let running = Leash::start_with_offspring(&mut start);
    display.wait_for_window("^Sandglass", STARTS);

    // While it runs, as package managers do it.
    root.dpkg(&["-i", &package.display().to_string()]);
    assert_eq!(root.version(), env!("CARGO_PKG_VERSION"));
    let told = succeed(Command::new(root.at("usr/bin/sandglass")).arg("--version"));
    assert!(told.contains(env!("CARGO_PKG_VERSION")), "{told}");
    drop(running);
    assert!(home.exists(), "it has begun to work");

    root.dpkg(&["-r", "sandglass"]);
    for gone in [
        "usr/bin/sandglass",
        "usr/bin/sandglass-window",
        "usr/share/applications",
    ] {
        assert!(!root.at(gone).exists(), "{gone} is left");
    }
    assert!(home.exists(), "what the person had stays");
}

#[test]
fn what_the_desktop_reads_of_the_package_is_what_the_desktop_takes() {
    let root = Root::new();
    root.dpkg(&["-i", &package().display().to_string()]);
    let share = root.at("usr/share");
    let entry = share.join("applications/Sandglass.desktop");
    succeed(Command::new("desktop-file-validate").arg(&entry));
    let text = fs::read_to_string(&entry).expect("read");
    assert!(text.contains("Exec=sandglass-window %f"), "{text}");
    assert!(text.contains("MimeType=application/x-sandglass;"), "{text}");
    let metainfo = share.join("metainfo/app.sandglass.desktop.metainfo.xml");
    let mut validate = Command::new("appstreamcli");
    succeed(validate.args(["validate", "--no-net"]).arg(metainfo));
    succeed(Command::new("update-mime-database").arg(share.join("mime")));
    let globs = fs::read_to_string(share.join("mime/globs")).expect("read");
    assert!(
        globs.contains("application/x-sandglass:*.sandglass"),
        "{globs}"
    );
    for file in [
        "man/man1/sandglass.1.gz",
        "man/man1/sandglass-account-repair.1.gz",
        "bash-completion/completions/sandglass",
        "zsh/vendor-completions/_sandglass",
        "fish/vendor_completions.d/sandglass.fish",
        "icons/hicolor/scalable/apps/sandglass-window.svg",
        "doc/sandglass/LICENSE-MIT",
    ] {
        assert!(share.join(file).exists(), "{file} is missing");
    }
    let rpm = fs::read_dir(target().join("debug/bundle/rpm")).expect("made, too");
    assert!(
        rpm.flatten()
            .any(|entry| entry.path().extension().is_some_and(|end| end == "rpm"))
    );
}
