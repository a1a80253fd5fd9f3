//! `cargo xtask release`: packages of this system, in `target/PROFILE/bundle`, from what is built here.
//!
//! The window and the command line go into one package, with the manual, the shells' completions and what a desktop needs to know.
//! `docs/releasing.md` says what of this was seen, and what only the other systems can show.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::run::{Result, Stop, run, say};
use crate::{apt, node, place};

/// Which build is packaged: tests take the one that they have anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// Where the window asks for updates, and whose signature it takes. Nobody's by default: then it holds no updater.
struct Updates {
    url: String,
    key: String,
}

impl Updates {
    fn of_environment() -> Result<Option<Self>> {
        let told = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (told("SANDGLASS_UPDATE_URL"), told("SANDGLASS_UPDATE_KEY")) {
            (Some(url), Some(key)) => Ok(Some(Self { url, key })),
            (None, None) => Ok(None),
            _ => Err(Stop(
                "updates need both SANDGLASS_UPDATE_URL and SANDGLASS_UPDATE_KEY, the public key"
                    .to_owned(),
            )),
        }
    }

    fn asked_by_the_window(&self) -> Value {
        // With the version in the signature, so that nobody offers an old release as a new one.
        json!({"plugins": {"updater": {
            "endpoints": [self.url], "pubkey": self.key, "requireSignedVersion": true
        }}})
    }
}

/// The kinds of packages that this system's own tools make.
fn kinds() -> &'static str {
    if cfg!(target_os = "macos") {
        "app,dmg"
    } else if cfg!(windows) {
        "nsis"
    } else {
        "deb,rpm"
    }
}

/// Builds everything and packages it.
pub(crate) fn release() -> Result {
    apt::install(&[apt::TO_BUILD])?;
    node::build()?;
    say("Building the programs as they ship");
    let mut build = place::cargo(&["build", "--release", "--locked", "-p", "shell", "-p", "cli"]);
    if let Some(updates) = Updates::of_environment()? {
        say("This build asks for updates");
        build.args(["--features", "shell/updater"]);
        build.env("TAURI_CONFIG", updates.asked_by_the_window().to_string());
    }
    run(&mut build)?;
    package(Profile::Release)
}

/// Packages what is built.
pub(crate) fn package(profile: Profile) -> Result {
    node::install()?;
    stage(profile)?;
    say("Packaging");
    let tauri = place::root().join("ui/node_modules/.bin/tauri");
    let mut bundle = Command::new(if cfg!(windows) {
        tauri.with_extension("cmd")
    } else {
        tauri
    });
    bundle.current_dir(place::root());
    bundle.args(["bundle", "--ci", "--bundles", kinds()]);
    if profile == Profile::Debug {
        bundle.arg("--debug");
    }
    if let Some(besides) = besides_the_window() {
        bundle.args(["--config", &besides.to_string()]);
    }
    if profile == Profile::Release
        && let Some(updates) = Updates::of_environment()?
    {
        // Signed with `TAURI_SIGNING_PRIVATE_KEY`, which the bundler reads; it wants to see the window's settings, too.
        let mut signed = updates.asked_by_the_window();
        signed["bundle"] = json!({"createUpdaterArtifacts": true});
        bundle.args(["--config", &signed.to_string()]);
    }
    run(&mut bundle)?;
    let made = place::target().join(profile.folder()).join("bundle");
    println!("The packages are in {}.", made.display());
    Ok(())
}

/// Where `sandglass` goes on the systems whose packages are not described in `tauri.conf.json`: a build reads that file, too, and fails
/// where what it names is not there yet. And what the programs and the installer of Windows are signed with: the bundler finds the
/// certificate in the store by its thumbprint.
fn besides_the_window() -> Option<Value> {
    if cfg!(target_os = "macos") {
        let files = json!({"MacOS/sandglass": "../target/package/sandglass"});
        return Some(json!({"bundle": {"macOS": {"files": files}}}));
    }
    if !cfg!(windows) {
        return None;
    }
    let resources = json!({"../target/package/sandglass.exe": "sandglass.exe"});
    let mut besides = json!({"bundle": {"resources": resources}});
    if let Ok(thumbprint) = std::env::var("SANDGLASS_WINDOWS_THUMBPRINT") {
        besides["bundle"]["windows"] = json!({
            "certificateThumbprint": thumbprint,
            "digestAlgorithm": "sha256",
            "timestampUrl": "http://timestamp.digicert.com",
        });
    }
    Some(besides)
}

/// Puts what the packages hold besides the window where `tauri.conf.json` takes it from.
fn stage(profile: Profile) -> Result {
    let staged = place::target().join("package");
    if staged.exists() {
        fs::remove_dir_all(&staged).map_err(Stop::because(staged.display()))?;
    }
    let program = place::built(profile.folder(), "sandglass");
    let name = program.file_name().unwrap_or_default();
    copy(&program, &staged.join(name))?;
    if cfg!(target_os = "linux") {
        stage_share(&program, &staged.join("share"))?;
    }
    Ok(())
}

/// `/usr/share`, as the Filesystem Hierarchy Standard and each reader has it.
fn stage_share(program: &Path, share: &Path) -> Result {
    let pages = share.join("man/man1");
    run(Command::new(program).args(["manual", "--into"]).arg(&pages))?;
    let all = fs::read_dir(&pages).map_err(Stop::because(pages.display()))?;
    let all: Vec<PathBuf> = all.flatten().map(|page| page.path()).collect();
    // Without a name and a time, so that two builds give the same bytes.
    run(Command::new("gzip").args(["-9", "-n"]).args(all))?;
    for (shell, place) in [
        ("bash", "bash-completion/completions/sandglass"),
        ("zsh", "zsh/vendor-completions/_sandglass"),
        ("fish", "fish/vendor_completions.d/sandglass.fish"),
    ] {
        let asked = Command::new(program).args(["completions", shell]).output();
        let printed = asked.map_err(Stop::because(program.display()))?;
        write(&share.join(place), &printed.stdout)?;
    }
    copy(
        &place::root().join("icons/icon.svg"),
        &share.join("icons/hicolor/scalable/apps/sandglass-window.svg"),
    )?;
    let linux = place::root().join("packaging/linux");
    let id = "app.sandglass.desktop";
    let metainfo = format!("{id}.metainfo.xml");
    copy(
        &linux.join(&metainfo),
        &share.join("metainfo").join(&metainfo),
    )?;
    let mime = format!("{id}.xml");
    copy(&linux.join(&mime), &share.join("mime/packages").join(&mime))?;
    let words = share.join("doc/sandglass");
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "CHANGELOG.md"] {
        copy(&place::root().join(name), &words.join(name))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result {
    make_room(to)?;
    fs::copy(from, to).map_err(Stop::because(from.display()))?;
    Ok(())
}

fn write(to: &Path, bytes: &[u8]) -> Result {
    make_room(to)?;
    fs::write(to, bytes).map_err(Stop::because(to.display()))
}

fn make_room(file: &Path) -> Result {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(Stop::because(folder.display()))
}
