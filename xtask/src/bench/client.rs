//! The clients, each as one would call it, under GNU time.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::figures::Figures;
use crate::keychain::Keychain;
use crate::run::{Result, Stop, shown};
use crate::{place, python};

const BUCKET: &str = "s3-fs-example-bucket";
const REGION: &str = "ap-northeast-1";

/// Who uploads.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Client {
    Sandglass,
    S5cmd,
}

impl Client {
    pub(crate) const ALL: [Self; 2] = [Self::Sandglass, Self::S5cmd];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sandglass => "sandglass",
            Self::S5cmd => "s5cmd",
        }
    }
}

/// Where the clients find server, keychain and their folders.
pub(crate) struct Bench {
    folder: PathBuf,
    endpoint: String,
    keychain: Keychain,
    s5cmd: PathBuf,
}

impl Bench {
    pub(crate) fn new(folder: PathBuf, port: u16, keychain: Keychain) -> Result<Self> {
        Ok(Self {
            folder,
            endpoint: format!("http://127.0.0.1:{port}"),
            keychain,
            s5cmd: python::s5cmd()?,
        })
    }

    /// The command that is measured.
    pub(crate) fn command(&self, client: Client, path: &Path) -> Command {
        match client {
            Client::Sandglass => {
                let mut command = self.sandglass(&["put", "-d", "bench"]);
                command.arg(path);
                command
            }
            Client::S5cmd => {
                let mut command = Command::new(&self.s5cmd);
                command
                    .args(["--endpoint-url", &self.endpoint, "--log", "error", "cp"])
                    .arg(path);
                command.arg(format!("s3://{BUCKET}/"));
                command
                    .env("AWS_ACCESS_KEY_ID", "AKIASINKEXAMPLE00000")
                    .env("AWS_SECRET_ACCESS_KEY", "not-checked-here");
                command.env("AWS_REGION", REGION);
                command
            }
        }
    }

    /// One upload of `path` by `client`, from a state in which it has never uploaded.
    pub(crate) fn put(&self, client: Client, path: &Path) -> Result<Figures> {
        if client == Client::Sandglass {
            self.connect_anew()?;
        }
        self.timed(&self.command(client, path))
    }

    fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    fn sandglass(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(place::built("release", "sandglass"));
        command.args(arguments).env("SANDGLASS_HOME", self.home());
        self.keychain.give_to(&mut command);
        command
    }

    /// An empty ledger and one destination. Signing in is part of what is measured.
    fn connect_anew(&self) -> Result {
        if self.home().exists() {
            fs::remove_dir_all(self.home()).map_err(Stop::because(self.home().display()))?;
        }
        let mut command = self.sandglass(&[
            "connect",
            "--name",
            "bench",
            "--key-stdin",
            "--region",
            REGION,
        ]);
        command.args([
            "--role-arn",
            "arn:aws:iam::123456789012:role/sts-s3-example-role",
        ]);
        command.args(["--bucket", BUCKET, "--endpoint", &self.endpoint]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(Stop::because("sandglass connect"))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin
                .write_all(b"AKIASINKEXAMPLE00000\nnot-checked-here\n")
                .map_err(Stop::because("sandglass connect"))?;
        }
        let status = child.wait().map_err(Stop::because("sandglass connect"))?;
        if status.success() {
            Ok(())
        } else {
            Err(Stop(format!("sandglass connect ended with {status}")))
        }
    }

    fn timed(&self, inner: &Command) -> Result<Figures> {
        let told = self.folder.join("time.txt");
        let mut command = Command::new("/usr/bin/time");
        command
            .args(["-f", Figures::FORMAT, "-o"])
            .arg(&told)
            .arg(inner.get_program())
            .args(inner.get_args());
        for (name, value) in inner.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(Stop::because("/usr/bin/time"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Stop(format!(
                "{} ended with {}: {said}",
                shown(inner),
                output.status
            )));
        }
        let told = fs::read_to_string(&told).map_err(Stop::because(told.display()))?;
        Figures::parse(&told).ok_or_else(|| Stop(format!("GNU time said {told}")))
    }
}
