//! A real HTTP proxy: tinyproxy.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::leash::Leash;
use crate::place::{free_port, fresh_folder};
use crate::wait::until;

/// How it differs from one that lets everything through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// User and password that it asks for.
    pub user: Option<(&'a str, &'a str)>,
    /// A host that it does not let through.
    pub refuses: Option<&'a str>,
}

/// A running proxy; ends with this value.
pub struct Proxy {
    process: Leash,
    port: u16,
    folder: TempDir,
}

impl Proxy {
    /// On a port of loopback.
    #[track_caller]
    pub fn start(rules: Rules<'_>) -> Self {
        let folder = fresh_folder();
        let port = free_port();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut said = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nLogLevel Connect\nLogFile \"{}\"\n",
            path("log")
        );
        if let Some((user, password)) = rules.user {
            let _ = writeln!(said, "BasicAuth {user} {password}");
        }
        if let Some(host) = rules.refuses {
            fs::write(path("filter"), format!("{host}\n")).expect("the filter is written");
            let _ = writeln!(said, "Filter \"{}\"", path("filter"));
        }
        fs::write(path("configuration"), said).expect("the configuration is written");
        let mut command = Command::new("tinyproxy");
        command
            .args(["-d", "-c", &path("configuration")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = Leash::start(&mut command);
        until("the proxy listens", Duration::from_secs(20), || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        Self {
            process,
            port,
            folder,
        }
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `127.0.0.1:port`, as sentences name it.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What it was asked for, a line for each: `CONNECT host:port HTTP/1.1`, `PUT http://host:port/key HTTP/1.1`.
    pub fn asked(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let requests = log.lines().filter(|line| line.contains("Request (file"));
        requests
            .filter_map(|line| Some(line.split_once("): ")?.1.to_owned()))
            .collect()
    }

    /// From now on nobody listens there.
    pub fn stop(&mut self) {
        self.process.kill_9();
    }
}
