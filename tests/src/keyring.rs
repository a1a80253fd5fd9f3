//! A private D-Bus session bus with a real gnome-keyring on it, in a home of its own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::display::Display;
use crate::leash::Leash;
use crate::place::fresh_folder;
use crate::wait::until;

const DEADLINE: Duration = Duration::from_secs(20);

/// The D-Bus name of every Secret Service.
const SECRETS: &str = "org.freedesktop.secrets";

/// Of its keyring; a person may have to type it into the prompt.
pub const PASSWORD: &str = "sand";

/// Its keyring.
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// Own bus, own home, own runtime folder; nothing of the person who runs the tests is reachable from it.
pub struct PrivateBus {
    /// Ended before the bus and before the folder.
    service: Option<Leash>,
    _bus: Leash,
    address: String,
    display: Option<String>,
    folder: TempDir,
}

impl PrivateBus {
    /// With a Secret Service whose login keyring is unlocked, and without a display: nothing can ask questions.
    pub fn start() -> Self {
        let mut bus = Self::start_bus(None);
        bus.start_service();
        bus
    }

    /// [`PrivateBus::start`] with a display: unlock prompts and file dialogs appear there.
    pub fn on(display: &Display) -> Self {
        let mut bus = Self::start_bus(Some(display.name().to_owned()));
        bus.start_service();
        bus
    }

    /// A bus on which no Secret Service answers and none can be activated.
    pub fn without_secret_service() -> Self {
        Self::start_bus(None)
    }

    /// What a program needs in its environment to live here.
    pub fn env(&self) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = surroundings(self.folder.path()).into();
        env.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), self.address.clone()));
        env.extend(
            self.display
                .iter()
                .map(|display| ("DISPLAY".to_owned(), display.clone())),
        );
        env
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Makes `command` live here. Without a display it also loses the tester's.
    pub fn give_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .envs(self.env())
    }

    /// Locks the login keyring, as a screen lock or a suspend may.
    pub fn lock(&self) {
        let login = format!("array:objpath:{LOGIN}");
        // Not `secret-tool lock`: it locks and then crashes (libsecret 0.20).
        let reply = self.call(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &[&login],
        );
        reply.expect("the Secret Service locks its keyring");
        until("the keyring is locked", DEADLINE, || {
            (self.is_unlocked() == Some(false)).then_some(())
        });
    }

    /// Unlocks it again, as a person who types the password: by the daemon's control socket, as PAM does.
    pub fn unlock(&self) {
        const UNLOCK: u32 = 1;
        let socket = self.folder.path().join("runtime/keyring/control");
        let mut socket = UnixStream::connect(socket).expect("gnome-keyring listens for PAM");
        let password = PASSWORD.as_bytes();
        let length = u32::try_from(password.len()).expect("a password is short");
        // A byte for the credentials that come with it, then big-endian: the length of all, what to do, the password.
        let mut message = vec![0];
        for number in [12 + length, UNLOCK, length] {
            message.extend(number.to_be_bytes());
        }
        message.extend(password);
        socket
            .write_all(&message)
            .expect("gnome-keyring reads from PAM");
        until("the keyring is unlocked", DEADLINE, || {
            (self.is_unlocked() == Some(true)).then_some(())
        });
    }

    /// Ends the Secret Service; from now on nobody answers for it.
    pub fn kill_service(&mut self) {
        self.service = None;
        until("the Secret Service is gone", DEADLINE, || {
            self.is_unlocked().is_none().then_some(())
        });
    }

    /// Starts the Secret Service, the first time or again; its keyring is unlocked.
    pub fn start_service(&mut self) {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut service = Leash::start(self.give_to(&mut command));
        type_password(&mut service);
        self.service = Some(service);
        until("gnome-keyring unlocks its keyring", DEADLINE, || {
            (self.is_unlocked() == Some(true)).then_some(())
        });
    }

    /// Is the login keyring unlocked? Nothing when no Secret Service answers.
    pub fn is_unlocked(&self) -> Option<bool> {
        let locked = ["string:org.freedesktop.Secret.Collection", "string:Locked"];
        let reply = self.call(LOGIN, "org.freedesktop.DBus.Properties.Get", &locked)?;
        Some(reply.contains("boolean false"))
    }

    /// Asks the Secret Service; nothing when it is not there or refuses.
    fn call(&self, object: &str, method: &str, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("dbus-send");
        command.args([
            "--session",
            "--print-reply",
            "--reply-timeout=5000",
            &format!("--dest={SECRETS}"),
        ]);
        command.args([object, method]).args(arguments);
        let reply = self.give_to(&mut command).output().expect("dbus-send runs");
        reply
            .status
            .success()
            .then(|| String::from_utf8_lossy(&reply.stdout).into_owned())
    }

    fn start_bus(display: Option<String>) -> Self {
        let folder = fresh_folder();
        make_home(folder.path());
        let configuration = folder.path().join("session.conf");
        fs::write(&configuration, configure(folder.path()))
            .expect("the bus' configuration can be written");
        let mut command = Command::new("dbus-daemon");
        command
            .arg("--config-file")
            .arg(&configuration)
            .args(["--nofork", "--print-address=1"]);
        command
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        command
            .envs(surroundings(folder.path()))
            .envs(display.iter().map(|display| ("DISPLAY", display)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut bus = Leash::start_with_offspring(&mut command);
        let stdout = bus.child().stdout.take().expect("stdout is piped");
        let mut address = String::new();
        BufReader::new(stdout)
            .read_line(&mut address)
            .expect("dbus-daemon prints its address");
        assert!(
            !address.trim().is_empty(),
            "dbus-daemon ended without an address"
        );
        Self {
            service: None,
            _bus: bus,
            address: address.trim().to_owned(),
            display,
            folder,
        }
    }
}

fn type_password(daemon: &mut Leash) {
    let mut stdin = daemon.child().stdin.take().expect("stdin is piped");
    stdin
        .write_all(PASSWORD.as_bytes())
        .expect("gnome-keyring-daemon reads its password");
}

fn make_home(folder: &Path) {
    for name in ["home", "runtime", "services"] {
        let path = folder.join(name);
        fs::create_dir(&path).expect("a fresh folder takes folders");
        // D-Bus and gnome-keyring refuse a runtime folder that others may enter.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))
            .expect("one's own folder takes a mode");
    }
    link_services(&folder.join("services"));
}

fn surroundings(folder: &Path) -> [(String, String); 6] {
    let entry = |name: &str, path: &str| (name.to_owned(), folder.join(path).display().to_string());
    [
        entry("HOME", "home"),
        entry("XDG_CONFIG_HOME", "home/.config"),
        entry("XDG_DATA_HOME", "home/.local/share"),
        entry("XDG_CACHE_HOME", "home/.cache"),
        entry("XDG_RUNTIME_DIR", "runtime"),
        // No dconf: nothing outside this folder is written.
        ("GSETTINGS_BACKEND".to_owned(), "memory".to_owned()),
    ]
}

/// Everything that the system can activate, but no Secret Service: it is there when a test started it, and only then.
fn link_services(into: &Path) {
    let Ok(entries) = fs::read_dir("/usr/share/dbus-1/services") else {
        return;
    };
    for entry in entries.flatten() {
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        if !text.contains(SECRETS) && !text.contains("gnome-keyring") {
            symlink(entry.path(), into.join(entry.file_name()))
                .expect("a fresh folder takes links");
        }
    }
}

fn configure(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret_tool(bus: &PrivateBus, arguments: &[&str], stdin: &str) -> Option<String> {
        let mut command = Command::new("secret-tool");
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = bus.give_to(&mut command).spawn().expect("secret-tool runs");
        child
            .stdin
            .take()
            .expect("stdin is piped")
            .write_all(stdin.as_bytes())
            .expect("secret-tool reads");
        let output = child.wait_with_output().expect("secret-tool ends");
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn store(bus: &PrivateBus) -> Option<String> {
        secret_tool(
            bus,
            &["store", "--label=grain", "sandglass", "test"],
            "of sand",
        )
    }

    fn look_up(bus: &PrivateBus) -> Option<String> {
        secret_tool(bus, &["lookup", "sandglass", "test"], "")
    }

    #[test]
    fn a_private_keyring_keeps_a_secret() {
        let bus = PrivateBus::start();
        store(&bus).expect("an unlocked keyring takes a secret");
        assert_eq!(look_up(&bus).as_deref(), Some("of sand"));
    }

    #[test]
    fn a_locked_keyring_gives_nothing_until_it_is_unlocked() {
        let bus = PrivateBus::start();
        store(&bus).expect("an unlocked keyring takes a secret");
        bus.lock();
        assert_eq!(look_up(&bus), None);
        bus.unlock();
        assert_eq!(look_up(&bus).as_deref(), Some("of sand"));
    }

    #[test]
    fn a_keyring_that_starts_later_still_has_its_secrets() {
        let mut bus = PrivateBus::without_secret_service();
        assert_eq!(store(&bus), None);
        bus.start_service();
        store(&bus).expect("an unlocked keyring takes a secret");
        bus.kill_service();
        assert_eq!(look_up(&bus), None);
        bus.start_service();
        assert_eq!(look_up(&bus).as_deref(), Some("of sand"));
    }
}
