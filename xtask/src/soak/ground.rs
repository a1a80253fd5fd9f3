//! What the lanes stand on: the release, a keychain, one home, a sandbox for each lane.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::keychain::Keychain;
use crate::run::{Leashed, Result, Stop, run, say, shown};
use crate::{apt, place};

/// Reads the databases: this package links no SQLite.
const LOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/soak/look.py");

/// Held while the soak runs.
pub(super) struct Ground {
    folder: PathBuf,
    keychain: Keychain,
}

/// A small AWS in a process of its own.
pub(super) struct Account {
    told: Value,
    pub(super) folder: PathBuf,
    _program: Leashed,
}

impl Ground {
    /// Installs what is missing, builds the release, empties `target/soak`.
    pub(super) fn prepare() -> Result<Self> {
        apt::install(&[apt::TO_MEASURE])?;
        say("Building the release (the first time takes some minutes)");
        run(&mut place::cargo(&["build", "--release", "-p", "cli"]))?;
        let folder = place::target().join("soak");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Stop::because(folder.display()))?;
        }
        fs::create_dir_all(&folder).map_err(Stop::because(folder.display()))?;
        let keychain = Keychain::private(&folder.join("keyring"))?;
        Ok(Self { folder, keychain })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// The release, on the soak's own home and keychain.
    pub(super) fn sandglass(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(place::built("release", "sandglass"));
        command.args(arguments).env("SANDGLASS_HOME", self.home());
        self.keychain.give_to(&mut command);
        command
    }

    /// Its sessions last as long as asked for, or this many seconds.
    pub(super) fn account(&self, name: &str, session_seconds: Option<u64>) -> Result<Account> {
        let folder = self.folder.join(format!("bucket-{name}"));
        let mut command = self.sandglass(&["sandbox", "--dir"]);
        command.arg(&folder);
        if let Some(seconds) = session_seconds {
            command.args(["--session-seconds", &seconds.to_string()]);
        }
        let mut program = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Stop::because("sandglass sandbox"))?;
        let stdout = program.stdout.take();
        let program = Leashed(program);
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(Stop::because("sandglass sandbox"))?;
        }
        let told =
            serde_json::from_str(&line).map_err(Stop::because("what the sandbox printed"))?;
        Ok(Account {
            told,
            folder,
            _program: program,
        })
    }

    /// A destination of this name at the end of this line. The key goes through a pipe: a secret is never an argument.
    pub(super) fn connect(
        &self,
        name: &str,
        account: &Account,
        endpoint: &str,
        session_seconds: Option<u64>,
    ) -> Result {
        let mut command = self.sandglass(&["connect", "--name", name, "--key-stdin"]);
        for field in ["role_arn", "region", "bucket"] {
            let option = format!("--{}", field.replace('_', "-"));
            command.arg(option).arg(account.field(field)?);
        }
        command.args(["--endpoint", endpoint]);
        if let Some(seconds) = session_seconds {
            command.args(["--session-seconds", &seconds.to_string()]);
        }
        println!("$ {}", shown(&command));
        let mut child = command
            .stdin(Stdio::piped())
            .spawn()
            .map_err(Stop::because("sandglass connect"))?;
        if let Some(mut stdin) = child.stdin.take() {
            let (id, secret) = (
                account.field("access_key_id")?,
                account.field("secret_access_key")?,
            );
            writeln!(stdin, "{id}\n{secret}").map_err(Stop::because("sandglass connect"))?;
        }
        let status = child.wait().map_err(Stop::because("sandglass connect"))?;
        if status.success() {
            Ok(())
        } else {
            Err(Stop(format!("sandglass connect ended with {status}")))
        }
    }
}

impl Account {
    fn field(&self, name: &str) -> Result<&str> {
        let missing = || Stop(format!("the sandbox did not print its {name}"));
        self.told[name].as_str().ok_or_else(missing)
    }

    pub(super) fn address(&self) -> Result<SocketAddr> {
        let endpoint = self.field("endpoint")?;
        let address = endpoint.trim_start_matches("http://");
        address.parse().map_err(Stop::because(endpoint))
    }
}

/// One look into a database.
pub(super) fn look(arguments: &[&Path]) -> Result<Value> {
    let mut command = Command::new("python3");
    let output = command
        .arg(LOOK)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(Stop::because("python3"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Stop(format!("{}: {said}", shown(&command))));
    }
    serde_json::from_slice(&output.stdout).map_err(Stop::because("look.py"))
}
