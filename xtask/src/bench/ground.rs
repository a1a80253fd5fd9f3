//! What every measurement stands on: release builds, peers, a keychain, a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::client::{Client, Entrant, Job};
use super::figures::Figures;
use super::server::Server;
use crate::keychain::Keychain;
use crate::run::{Result, Stop, answer, run, say, shown};
use crate::{apt, place, python};

/// Held while anything is measured.
pub(crate) struct Ground {
    folder: PathBuf,
    keychain: Keychain,
    s5cmd: PathBuf,
}

impl Ground {
    /// Installs what is missing and builds what is measured.
    pub(crate) fn prepare() -> Result<Self> {
        apt::install(&[apt::TO_BUILD, apt::TO_MEASURE])?;
        for package in python::PEERS {
            python::install(package)?;
        }
        say("Building the release (the first time takes some minutes)");
        // The server too: an unoptimised one would stand in the clients' way.
        run(&mut place::cargo(&[
            "build",
            "--release",
            "-p",
            "cli",
            "-p",
            "xtask",
        ]))?;
        let folder = place::target().join("bench");
        fs::create_dir_all(&folder).map_err(Stop::because(folder.display()))?;
        let keychain = Keychain::private(&folder.join("keyring"))?;
        Ok(Self {
            folder,
            keychain,
            s5cmd: python::s5cmd()?,
        })
    }

    /// For data, and what the clients leave behind.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn s5cmd(&self) -> &Path {
        &self.s5cmd
    }

    /// Sandglass's folder: emptied before each run.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// Makes `command` use the keychain and the folder in which `sandglass connect` was run.
    pub(crate) fn give_to(&self, command: &mut Command) {
        command.env("SANDGLASS_HOME", self.home());
        self.keychain.give_to(command);
    }

    /// One upload, from a state in which this client has never uploaded.
    pub(crate) fn put(&self, entrant: Entrant, server: &Server, job: &Job) -> Result<Figures> {
        if entrant.client == Client::Sandglass {
            self.connect_anew(server)?;
        }
        self.timed(&entrant.command(self, server, job))
    }

    /// Uploads by each, one after the other and round again, so that a busy minute meets them all; medians.
    pub(crate) fn rounds(
        &self,
        entrants: &[Entrant],
        server: &Server,
        job: &Job,
        runs: usize,
    ) -> Result<Vec<(Entrant, Figures)>> {
        let mut taken: Vec<Vec<Figures>> = vec![Vec::new(); entrants.len()];
        for _ in 0..runs {
            for (entrant, figures) in entrants.iter().zip(&mut taken) {
                figures.push(self.put(*entrant, server, job)?);
            }
        }
        let medians = taken.iter().map(|runs| Figures::median(runs));
        Ok(entrants.iter().copied().zip(medians).collect())
    }

    /// Runs it under GNU time.
    pub(crate) fn timed(&self, inner: &Command) -> Result<Figures> {
        let told = self.folder.join("time.txt");
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", Figures::FORMAT, "-o"]).arg(&told);
        command.arg(inner.get_program()).args(inner.get_args());
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

/// Commit, system and processor: without them no figure means anything.
pub(crate) fn machine() -> String {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        answer(git.current_dir(place::root()).args(arguments)).unwrap_or_default()
    };
    let dirty = if git(&["status", "--porcelain"]).trim().is_empty() {
        ""
    } else {
        " and changes"
    };
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default();
    let count = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{}, commit {}{dirty}, {count} x {}, Linux {}, load {}",
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        git(&["rev-parse", "--short", "HEAD"]).trim(),
        model.trim_start_matches(|letter| " \t:".contains(letter)),
        kernel.trim(),
        load.split(' ').next().unwrap_or_default(),
    )
}
