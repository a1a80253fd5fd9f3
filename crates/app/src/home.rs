//! Sandglass's folder on this computer: settings, ledger, logs, the sandbox. Readable by its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder, and the name under which its access keys stand in the keychain.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
    keychain_service: String,
}

impl Home {
    /// The platform's place for an application's data, or the folder that `SANDGLASS_HOME` names; then the keychain
    /// entries carry that folder, so that two homes never share a key.
    ///
    /// # Errors
    /// The folder cannot be made, or the platform tells no place for it.
    pub fn open() -> io::Result<Self> {
        keep_files_private();
        match std::env::var_os("SANDGLASS_HOME") {
            Some(folder) if !folder.is_empty() => Self::at(Path::new(&folder)),
            _ => {
                let data = dirs::data_dir().ok_or(io::ErrorKind::NotFound)?;
                let folder = data.join("sandglass");
                make_private(&folder)?;
                Ok(Self {
                    folder,
                    keychain_service: "Sandglass".to_owned(),
                })
            }
        }
    }

    /// A home in another folder.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn at(folder: &Path) -> io::Result<Self> {
        make_private(folder)?;
        let folder = std::fs::canonicalize(folder)?;
        let keychain_service = format!("Sandglass ({})", folder.display());
        Ok(Self {
            folder,
            keychain_service,
        })
    }

    /// The name under which access keys stand in the keychain.
    pub fn keychain_service(&self) -> &str {
        &self.keychain_service
    }

    /// The folder itself: the ledger's.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.folder.join("settings.json")
    }

    /// The certificates that are trusted besides the platform's.
    pub(crate) fn authorities(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub(crate) fn sandbox(&self) -> PathBuf {
        self.folder.join("sandbox")
    }

    pub(crate) fn samples(&self) -> PathBuf {
        self.folder.join("samples")
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }
}

/// What this process makes from now on, logs and locks too, only its owner reads.
fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Makes a folder that only its owner enters.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Puts these bytes in the place of a file that only its owner reads: the old ones, or the new ones, whatever happens meanwhile.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = private_file(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// An empty file that only its owner reads.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
