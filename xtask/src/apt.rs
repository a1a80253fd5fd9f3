//! Debian and Ubuntu packages. Elsewhere nothing is installed: macOS and Windows bring what the app needs.

use std::path::Path;
use std::process::Command;

use crate::run::{Result, Stop, answer, exists, run, say};

/// What a build needs. No OpenSSL, no CMake, no librsvg.
pub(crate) const TO_BUILD: &[&str] = &["build-essential", "libwebkit2gtk-4.1-dev"];

/// A keychain where there is none.
pub(crate) const FOR_A_KEYCHAIN: &[&str] = &["dbus", "gnome-keyring"];

/// Letters for Japanese names, the portal and its dialogs: what a bare system lacks to use the window.
pub(crate) const FOR_THE_WINDOW: &[&str] = &["fonts-noto-cjk", "xdg-desktop-portal-gtk"];

/// A display without a screen, a window manager, hands, eyes, ears, file managers and a WebDriver.
pub(crate) const TO_TEST: &[&str] = &[
    "appstream",
    "at-spi2-core",
    "dbus",
    "desktop-file-utils",
    "fakeroot",
    "fonts-noto-cjk",
    "gcr",
    "gnome-keyring",
    "imagemagick",
    "libfaketime",
    "libsecret-tools",
    "locales",
    "openbox",
    "openssl",
    "pcmanfm",
    "python3-venv",
    "scrot",
    "shared-mime-info",
    "stunnel4",
    "tinyproxy-bin",
    "webkit2gtk-driver",
    "x11-utils",
    "xdg-desktop-portal-gtk",
    "xdotool",
    "xvfb",
    "zenity",
];

/// Python for the peers, GNU time for the figures, OpenSSL for a certificate.
pub(crate) const TO_MEASURE: &[&str] = &[
    "curl",
    "dbus",
    "gnome-keyring",
    "openssl",
    "python3-venv",
    "time",
];

/// Installs those that are missing: as root, or through a `sudo` that asks nothing; otherwise says the one command.
pub(crate) fn install(packages: &[&[&str]]) -> Result {
    if !Path::new("/etc/debian_version").exists() {
        return Ok(());
    }
    let missing = missing(&packages.concat());
    if missing.is_empty() {
        return Ok(());
    }
    say(format!("Missing packages: {}", missing.join(" ")));
    let before: &[&str] = match rights() {
        Rights::Root => &[],
        Rights::Sudo => &["sudo", "-n"],
        Rights::None => {
            let command = format!("sudo apt-get install -y {}", missing.join(" "));
            return Err(Stop(format!(
                "these packages are needed. Please run this, then start again:\n\n    {command}\n"
            )));
        }
    };
    // A fresh container has no package lists; stale ones name files that are gone.
    run(&mut apt_get(before, &["update", "-q"]))?;
    run(apt_get(before, &["install", "-y", "-q"]).args(&missing))
}

enum Rights {
    Root,
    Sudo,
    None,
}

fn rights() -> Rights {
    if answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0") {
        Rights::Root
    } else if exists("sudo") && answer(Command::new("sudo").args(["-n", "true"])).is_some() {
        Rights::Sudo
    } else {
        Rights::None
    }
}

fn apt_get(before: &[&str], arguments: &[&str]) -> Command {
    let words = [
        before,
        &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
        arguments,
    ]
    .concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let mut missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

fn is_installed(package: &str) -> bool {
    answer(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]))
        .is_some_and(|status| status == "installed")
}
