//! A certificate for 127.0.0.1, and the authority that the clients are told to trust.
//!
//! Two certificates, because rustls refuses one that is its own authority.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{Result, Stop, shown};

/// Files of PEM.
pub(crate) struct Certificate {
    pub(crate) authority: PathBuf,
    pub(crate) server: PathBuf,
    pub(crate) key: PathBuf,
}

/// Makes them in `folder`, with OpenSSL's command line; for a month.
pub(crate) fn make(folder: &Path) -> Result<Certificate> {
    fs::create_dir_all(folder).map_err(Stop::because(folder.display()))?;
    let extensions = folder.join("extensions.txt");
    fs::write(&extensions, "subjectAltName = IP:127.0.0.1\n")
        .map_err(Stop::because(extensions.display()))?;
    openssl(
        folder,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
         -subj /CN=sandglass-bench -keyout authority.key -out authority.pem",
    )?;
    openssl(
        folder,
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 \
         -keyout server.key -out server.csr",
    )?;
    openssl(
        folder,
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 30 \
         -extfile extensions.txt -out server.pem",
    )?;
    Ok(Certificate {
        authority: folder.join("authority.pem"),
        server: folder.join("server.pem"),
        key: folder.join("server.key"),
    })
}

fn openssl(folder: &Path, arguments: &str) -> Result {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .stdin(Stdio::null());
    let output = command.output().map_err(Stop::because("openssl"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Stop(format!("{}: {said}", shown(&command))))
}
