//! The keychain that the started programs meet: the person's own, or a private one where none answers.
//!
//! The private one is a D-Bus session bus of its own with a real gnome-keyring on it. It lives under `target/`, so
//! it persists between demos and never touches the person's own keyring.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::apt;
use crate::run::{Leashed, Result, Stop, answer, say};

/// How long bus and keyring may take to come up.
const DEADLINE: Duration = Duration::from_secs(20);

/// Held while programs run that need the keychain.
pub(crate) struct Keychain {
    environment: Vec<(String, String)>,
    /// Ended in this order: the keyring before its bus.
    _programs: Vec<Leashed>,
    runtime: Option<PathBuf>,
}

impl Keychain {
    /// The person's own where it answers (macOS, Windows, a desktop); else a private one with its files in `folder`.
    pub(crate) fn own_or_private(folder: &Path) -> Result<Self> {
        if !cfg!(target_os = "linux") || person_has_one() {
            return Ok(Self {
                environment: Vec::new(),
                _programs: Vec::new(),
                runtime: None,
            });
        }
        say(format!(
            "No Secret Service answers here: starting a private bus with gnome-keyring, kept in {}",
            folder.display()
        ));
        Self::private(folder)
    }

    /// A private one with its files in `folder`.
    pub(crate) fn private(folder: &Path) -> Result<Self> {
        apt::install(&[apt::FOR_A_KEYCHAIN])?;
        make_private_folder(folder)?;
        // Not under `target/`: a socket's path must fit into 107 bytes.
        let runtime =
            std::env::temp_dir().join(format!("sandglass-keychain-{}", std::process::id()));
        make_private_folder(&runtime)?;
        let (bus, address) = start_bus()?;
        let keyring = start_keyring(folder, &runtime, &address)?;
        let keychain = Self {
            environment: vec![("DBUS_SESSION_BUS_ADDRESS".to_owned(), address)],
            _programs: vec![keyring, bus],
            runtime: Some(runtime),
        };
        keychain.wait_until_unlocked()?;
        Ok(keychain)
    }

    /// Makes `command` use this keychain.
    pub(crate) fn give_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.envs(self.environment.iter().map(|(name, value)| (name, value)))
    }

    fn wait_until_unlocked(&self) -> Result {
        let begun = Instant::now();
        while !self.is_unlocked() {
            if begun.elapsed() > DEADLINE {
                return Err(Stop(
                    "gnome-keyring started, but did not unlock its keyring".to_owned(),
                ));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// A question to a service that is not there yet would make the bus start another one, in the person's own home:
    /// so the bus is asked first.
    fn is_unlocked(&self) -> bool {
        let mut command = Command::new("dbus-send");
        command.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/org/freedesktop/DBus",
        ]);
        command.args([
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        ]);
        answer(self.give_to(&mut command)).is_some_and(|reply| reply.contains("boolean true"))
            && default_collection(|command| _ = self.give_to(command)) == Some(Collection::Unlocked)
    }
}

impl Drop for Keychain {
    fn drop(&mut self) {
        if let Some(runtime) = &self.runtime {
            // Only sockets are in it.
            let _ = fs::remove_dir_all(runtime);
        }
    }
}

/// Is there a screen to draw on, and to ask questions on?
pub(crate) fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// A locked keyring counts where there is a display: it asks for its password there.
fn person_has_one() -> bool {
    has_bus()
        && match default_collection(|_| ()) {
            Some(Collection::Unlocked) => true,
            Some(Collection::Locked) => has_display(),
            None => false,
        }
}

fn has_bus() -> bool {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || runtime.is_some_and(|folder| folder.join("bus").exists())
}

#[derive(PartialEq)]
enum Collection {
    Locked,
    Unlocked,
}

/// Asks the Secret Service for the keyring that new entries go to. Nothing is changed by it.
fn default_collection(prepare: impl FnOnce(&mut Command)) -> Option<Collection> {
    let mut command = Command::new("dbus-send");
    command
        .args([
            "--session",
            "--print-reply",
            "--reply-timeout=5000",
            "--dest=org.freedesktop.secrets",
        ])
        .args([
            "/org/freedesktop/secrets/aliases/default",
            "org.freedesktop.DBus.Properties.Get",
            "string:org.freedesktop.Secret.Collection",
            "string:Locked",
        ]);
    prepare(&mut command);
    let reply = answer(&mut command)?;
    Some(if reply.contains("boolean false") {
        Collection::Unlocked
    } else {
        Collection::Locked
    })
}

fn start_bus() -> Result<(Leashed, String)> {
    let mut bus = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--print-address=1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Stop::because("dbus-daemon"))?;
    let stdout = bus.stdout.take();
    let bus = Leashed(bus);
    let mut address = String::new();
    if let Some(stdout) = stdout {
        BufReader::new(stdout)
            .read_line(&mut address)
            .map_err(Stop::because("dbus-daemon's address"))?;
    }
    Ok((bus, address.trim().to_owned()))
}

/// The keyring's password is an empty line: it guards a folder in `target/`. Without a line, no keyring is made.
fn start_keyring(folder: &Path, runtime: &Path, address: &str) -> Result<Leashed> {
    let keyring = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--unlock", "--components=secrets"])
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_RUNTIME_DIR", runtime)
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Stop::because("gnome-keyring-daemon"))?;
    let mut keyring = Leashed(keyring);
    if let Some(mut stdin) = keyring.0.stdin.take() {
        stdin
            .write_all(b"\n")
            .map_err(Stop::because("gnome-keyring-daemon's password"))?;
    }
    Ok(keyring)
}

fn make_private_folder(folder: &Path) -> Result {
    fs::create_dir_all(folder).map_err(Stop::because(folder.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let only_mine = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder, only_mine).map_err(Stop::because(folder.display()))?;
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_private_keychain_opens_again() {
        let folder =
            std::env::temp_dir().join(format!("sandglass-xtask-test-{}", std::process::id()));
        for _ in 0..2 {
            let keychain = Keychain::private(&folder).expect("gnome-keyring unlocks its keyring");
            assert!(keychain.is_unlocked());
            assert!(
                folder.join("keyrings/login.keyring").exists(),
                "the keyring is somewhere else"
            );
        }
        fs::remove_dir_all(&folder).expect("the keyring's folder is one's own");
    }
}
