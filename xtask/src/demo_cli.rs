//! The demo without a display: the sandbox in one process, `sandglass` beside it doing a person's steps.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::keychain::Keychain;
use crate::place;
use crate::run::{Leashed, Result, Stop, run, say, shown};

/// Connects to a sandbox, signs in, puts a small folder, lists it. All of it is made anew each time.
pub(crate) fn without_a_window() -> Result {
    let folder = place::target().join("demo/without-a-window");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Stop::because(folder.display()))?;
    }
    let keychain = Keychain::own_or_private(&folder.join("keyring"))?;
    let demo = Demo {
        keychain,
        home: folder.join("home"),
    };

    say("Starting the sandbox: a small AWS (STS, IAM, S3) on this computer only");
    let (_sandbox, account) = demo.start_sandbox(&folder.join("sandbox"))?;
    println!("{} answers at {}", account.bucket, account.endpoint);

    say("Connecting: the destination goes into the settings, the access key into the keychain");
    demo.connect(&account)?;
    say("Signing in: the access key becomes a session that ends by itself");
    run(&mut demo.sandglass(&["sign-in"]))?;
    let shots = make_a_small_folder(&folder)?;
    say("Putting a small folder: nested, an empty file, a Japanese name");
    run(demo.sandglass(&["put"]).arg(shots))?;
    say("Listing what is in the bucket now");
    run(&mut demo.sandglass(&["ls", "--recursive"]))?;
    say("Done. With a display, `cargo xtask demo` opens the window");
    Ok(())
}

struct Demo {
    keychain: Keychain,
    home: PathBuf,
}

/// What `sandglass sandbox` prints about itself.
struct Account {
    endpoint: String,
    role_arn: String,
    bucket: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
}

impl Demo {
    fn sandglass(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(place::built("debug", "sandglass"));
        command.args(arguments).env("SANDGLASS_HOME", &self.home);
        self.keychain.give_to(&mut command);
        command
    }

    fn start_sandbox(&self, folder: &Path) -> Result<(Leashed, Account)> {
        fs::create_dir_all(folder).map_err(Stop::because(folder.display()))?;
        let mut command = self.sandglass(&["sandbox", "--json", "--dir"]);
        command
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        println!("$ {}", shown(&command));
        let sandbox = command
            .spawn()
            .map_err(Stop::because("sandglass sandbox"))?;
        let mut sandbox = Leashed(sandbox);
        let mut line = String::new();
        if let Some(stdout) = sandbox.0.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(Stop::because("sandglass sandbox"))?;
        }
        Ok((sandbox, account(&line)?))
    }

    /// The access key goes through a pipe: a secret is never an argument.
    fn connect(&self, account: &Account) -> Result {
        let mut command = self.sandglass(&["connect", "--name", "demo", "--key-stdin"]);
        command.args([
            "--role-arn",
            &account.role_arn,
            "--region",
            &account.region,
            "--bucket",
            &account.bucket,
        ]);
        command
            .args(["--endpoint", &account.endpoint])
            .stdin(Stdio::piped());
        println!("$ {}", shown(&command));
        let mut child = command
            .spawn()
            .map_err(Stop::because("sandglass connect"))?;
        if let Some(mut stdin) = child.stdin.take() {
            writeln!(
                stdin,
                "{}\n{}",
                account.access_key_id, account.secret_access_key
            )
            .map_err(Stop::because("sandglass connect"))?;
        }
        let status = child.wait().map_err(Stop::because("sandglass connect"))?;
        if status.success() {
            Ok(())
        } else {
            Err(Stop(format!("sandglass connect ended with {status}")))
        }
    }
}

fn account(line: &str) -> Result<Account> {
    let told: Value =
        serde_json::from_str(line).map_err(Stop::because("what the sandbox printed"))?;
    let field = |name: &str| {
        let value = told[name].as_str().map(str::to_owned);
        value.ok_or_else(|| Stop(format!("the sandbox did not print its {name}")))
    };
    Ok(Account {
        endpoint: field("endpoint")?,
        role_arn: field("role_arn")?,
        bucket: field("bucket")?,
        region: field("region")?,
        access_key_id: field("access_key_id")?,
        secret_access_key: field("secret_access_key")?,
    })
}

fn make_a_small_folder(folder: &Path) -> Result<PathBuf> {
    let field_trip = folder.join("field trip");
    let notes = "Sand in the upper half, files in the lower.\n".repeat(200);
    let files: [(&str, &str); 4] = [
        ("notes.txt", &notes),
        ("day 1/deep/inside.txt", "nested\n"),
        ("empty.dat", ""),
        ("録音/砂時計.txt", "さらさら\n"),
    ];
    for (name, text) in files {
        let path = field_trip.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&field_trip))
            .map_err(Stop::because(path.display()))?;
        fs::write(&path, text).map_err(Stop::because(path.display()))?;
    }
    Ok(field_trip)
}
