//! TLS before a server, with a certificate for `localhost` of a private authority that no platform trusts: stunnel.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::leash::Leash;
use crate::place::{free_port, fresh_folder};
use crate::wait::until;

/// A running end of TLS; ends with this value.
pub struct TlsEnd {
    _process: Leash,
    ports: [u16; 2],
    folder: TempDir,
}

impl TlsEnd {
    /// Two ports, so that what is asked of STS and of S3 can be told apart.
    #[track_caller]
    pub fn before(server: SocketAddr) -> Self {
        let folder = fresh_folder();
        make_certificates(folder.path());
        let ports = [free_port(), free_port()];
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut said = format!(
            "foreground = yes\npid =\ncert = {}\nkey = {}\n",
            path("server.pem"),
            path("server.key")
        );
        for port in ports {
            let _ = write!(
                said,
                "[{port}]\naccept = 127.0.0.1:{port}\nconnect = {server}\n"
            );
        }
        fs::write(path("configuration"), said).expect("the configuration is written");
        let mut command = Command::new("stunnel4");
        command
            .arg(path("configuration"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = Leash::start(&mut command);
        for port in ports {
            until("stunnel listens", Duration::from_secs(20), || {
                TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
            });
        }
        Self {
            _process: process,
            ports,
            folder,
        }
    }

    /// For S3.
    pub fn s3_endpoint(&self) -> String {
        format!("https://localhost:{}", self.ports[0])
    }

    /// For STS.
    pub fn sts_endpoint(&self) -> String {
        format!("https://localhost:{}", self.ports[1])
    }

    /// The authority's certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// A file of PEM that is not a certificate: the server's private key.
    pub fn private_key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }
}

/// Two certificates, because rustls refuses one that is its own authority.
fn make_certificates(folder: &Path) {
    fs::write(
        folder.join("extensions.txt"),
        "subjectAltName = DNS:localhost\n",
    )
    .expect("the extensions are written");
    for arguments in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
         -subj /CN=sandglass-tests -keyout authority.key -out authority.pem",
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
         -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 30 \
         -extfile extensions.txt -out server.pem",
    ] {
        let mut openssl = Command::new("openssl");
        openssl
            .current_dir(folder)
            .args(arguments.split_whitespace())
            .stdin(Stdio::null());
        let output = openssl.output().expect("openssl runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {said}");
    }
}
