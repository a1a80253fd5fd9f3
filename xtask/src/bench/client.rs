//! The clients, each as one would call it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ground::Ground;
use super::server::{BUCKET, Key, REGION, Server};
use crate::run::{Result, Stop};
use crate::{place, python};

/// Who uploads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Client {
    Sandglass,
    /// The floor: it signs nothing and hashes nothing.
    Curl,
    S5cmd,
    /// aws-cli 1, the one that PyPI carries. It ignores `preferred_transfer_client = crt`.
    AwsCli,
    /// What aws-cli 2 uses under its command line: s3transfer on the Common Runtime.
    AwsCrt,
    Rclone,
}

/// A client, and how much it does at once; none for its own choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entrant {
    pub(crate) client: Client,
    pub(crate) setting: Option<u32>,
}

/// What is uploaded: one file or a folder.
pub(crate) struct Job {
    pub(crate) title: String,
    pub(crate) path: PathBuf,
    pub(crate) is_folder: bool,
}

impl Client {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sandglass => "sandglass",
            Self::Curl => "curl",
            Self::S5cmd => "s5cmd",
            Self::AwsCli => "aws-cli 1",
            Self::AwsCrt => "aws CRT",
            Self::Rclone => "rclone",
        }
    }

    pub(crate) fn untuned(self) -> Entrant {
        Entrant {
            client: self,
            setting: None,
        }
    }

    /// Settings worth a trial: its own choice (none), and others that may be better.
    pub(crate) fn trials(self, job: &Job) -> Vec<Entrant> {
        let settings: &[Option<u32>] = match (self, job.is_folder) {
            (Self::Sandglass | Self::Curl | Self::AwsCli, _) => &[None],
            // Parts of the file at once; by itself s5cmd takes 5 and rclone 4.
            (Self::S5cmd, false) => &[None, Some(2), Some(10), Some(20)],
            (Self::Rclone, false) => &[None, Some(8), Some(16)],
            // Files at once. s5cmd takes 256 by itself; rclone takes 4, which is never the best.
            (Self::S5cmd, true) => &[None, Some(64), Some(512)],
            (Self::Rclone, true) => &[Some(32), Some(128), Some(256)],
            // Gigabits a second to aim at, which decides its connections; 10 by itself.
            (Self::AwsCrt, false) => &[None, Some(1), Some(100)],
            (Self::AwsCrt, true) => &[None, Some(100)],
        };
        let entrants = settings.iter().map(|&setting| Entrant {
            client: self,
            setting,
        });
        entrants.collect()
    }
}

impl Entrant {
    pub(crate) fn name(self) -> String {
        match self.setting {
            Some(setting) => format!("{} {setting}", self.client.name()),
            None => self.client.name().to_owned(),
        }
    }

    /// The command that is measured.
    pub(crate) fn command(self, ground: &Ground, server: &Server, job: &Job) -> Command {
        match self.client {
            Client::Sandglass => {
                let mut command = ground.sandglass(server, &["put", "-d", "bench"]);
                command.arg(&job.path);
                command
            }
            Client::Curl => curl(ground, server, job),
            Client::S5cmd => self.s5cmd(ground, server, job),
            Client::AwsCli => aws_cli(server, job),
            Client::AwsCrt => self.aws_crt(server, job),
            Client::Rclone => self.rclone(server, job),
        }
    }

    fn s5cmd(self, ground: &Ground, server: &Server, job: &Job) -> Command {
        let mut command = Command::new(ground.s5cmd());
        command.args(["--endpoint-url", &server.endpoint, "--log", "error"]);
        let setting = self.setting.map(|setting| setting.to_string());
        if let (Some(setting), true) = (&setting, job.is_folder) {
            command.args(["--numworkers", setting]);
        }
        command.arg("cp");
        if let (Some(setting), false) = (&setting, job.is_folder) {
            command.args(["--concurrency", setting]);
        }
        command.arg(&job.path).arg(format!("s3://{BUCKET}/"));
        aws_environment(&mut command, server);
        command
    }

    fn aws_crt(self, server: &Server, job: &Job) -> Command {
        let mut command = Command::new(python::venv().join("bin/python"));
        command.arg(place::root().join("xtask/src/bench/crt.py"));
        command
            .args([&server.endpoint, REGION, BUCKET])
            .arg(&job.path);
        command.args(self.setting.map(|setting| setting.to_string()));
        aws_environment(&mut command, server);
        command
    }

    /// Without what it would ask beforehand, and without a second reading for MD5.
    fn rclone(self, server: &Server, job: &Job) -> Command {
        let mut command = Command::new(python::venv().join("bin/rclone"));
        command.args(["--config", "", "copy"]).arg(&job.path);
        command.arg(format!(
            ":s3:{BUCKET}/{}",
            if job.is_folder { "folder" } else { "" }
        ));
        command.args([
            "--no-check-dest",
            "--ignore-checksum",
            "--s3-no-check-bucket",
        ]);
        command.args([
            "--s3-no-head",
            "--s3-disable-checksum",
            "--s3-chunk-size=8M",
        ]);
        if let Some(setting) = self.setting {
            let option = if job.is_folder {
                "--transfers"
            } else {
                "--s3-upload-concurrency"
            };
            command.arg(option).arg(setting.to_string());
        }
        if let Some(authority) = &server.authority {
            command.arg("--ca-cert").arg(authority);
        }
        command
            .env("RCLONE_S3_PROVIDER", "Other")
            .env("RCLONE_S3_ENDPOINT", &server.endpoint)
            .env("RCLONE_S3_REGION", REGION)
            .env("RCLONE_S3_ACCESS_KEY_ID", server.peer.id)
            .env("RCLONE_S3_SECRET_ACCESS_KEY", server.peer.secret);
        command
    }
}

fn curl(ground: &Ground, server: &Server, job: &Job) -> Command {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--fail"]);
    let to = format!("{}/{BUCKET}/", server.endpoint);
    if job.is_folder {
        let config = ground.folder().join("curl.txt");
        // A file that cannot be written is a file that curl cannot read: it says so.
        let _ = fs::write(&config, curl_config(&job.path, &to));
        command.args([
            "--parallel",
            "--parallel-immediate",
            "--parallel-max",
            "32",
            "--config",
        ]);
        command.arg(config);
    } else {
        command
            .args(["--output", "/dev/null", "-T"])
            .arg(&job.path)
            .arg(to);
    }
    command
}

fn curl_config(folder: &Path, to: &str) -> String {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let lines = files.map(|file| {
        format!(
            "upload-file = \"{}\"\nurl = \"{to}\"\noutput = \"/dev/null\"\n",
            file.path().display()
        )
    });
    lines.collect::<Vec<_>>().concat()
}

fn aws_cli(server: &Server, job: &Job) -> Command {
    let mut command = Command::new(python::venv().join("bin/aws"));
    command
        .args([
            "--endpoint-url",
            &server.endpoint,
            "s3",
            "cp",
            "--only-show-errors",
        ])
        .arg(&job.path)
        .arg(format!("s3://{BUCKET}/"));
    if job.is_folder {
        command.arg("--recursive");
    }
    aws_environment(&mut command, server);
    command
}

/// No file of the person's is read, and nobody is asked for an instance's role.
pub(crate) fn aws_environment(command: &mut Command, server: &Server) {
    let Key { id, secret } = server.peer;
    command
        .env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_REGION", REGION)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    if let Some(authority) = &server.authority {
        command.env("AWS_CA_BUNDLE", authority);
        command.env("SSL_CERT_FILE", authority);
    }
}

impl Ground {
    /// The release, on the bench's own home and keychain.
    pub(crate) fn sandglass(&self, server: &Server, arguments: &[&str]) -> Command {
        let mut command = Command::new(place::built("release", "sandglass"));
        command.args(arguments);
        self.give_to(&mut command);
        if let Some(authority) = &server.authority {
            command.env("SSL_CERT_FILE", authority);
        }
        command
    }

    /// An empty ledger and one destination. Signing in is part of what is measured.
    pub(crate) fn connect_anew(&self, server: &Server) -> Result {
        let home = self.home();
        if home.exists() {
            fs::remove_dir_all(&home).map_err(Stop::because(home.display()))?;
        }
        let mut command = self.sandglass(server, &["connect", "--name", "bench", "--key-stdin"]);
        command.args(["--region", REGION, "--role-arn", &server.role_arn()]);
        command.args(["--bucket", BUCKET, "--endpoint", &server.endpoint]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(Stop::because("sandglass connect"))?;
        if let Some(mut stdin) = child.stdin.take() {
            let Key { id, secret } = server.user;
            write!(stdin, "{id}\n{secret}\n").map_err(Stop::because("sandglass connect"))?;
        }
        let status = child.wait().map_err(Stop::because("sandglass connect"))?;
        if status.success() {
            Ok(())
        } else {
            Err(Stop(format!("sandglass connect ended with {status}")))
        }
    }
}
