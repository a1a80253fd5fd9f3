//! The real AWS CLI lists and uploads with what Sandglass prints.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use testkit::destination::Destination;
use testkit::place::{built, from_venv};

use crate::person::Person;
use crate::server::{Server, Which};

on_both_servers! {
    the_aws_cli_lists_and_uploads_with_the_key_in_the_keychain
}

/// As a person has it: their config file names Sandglass, their keychain holds the key.
fn aws(person: &Person, server: &Destination, words: &[&str]) -> Output {
    let config = person.folder().join("aws-config");
    let text = format!(
        "[profile field]\nregion = {}\ncredential_process = \"{}\" credential-process -d \"{}\"\n",
        server.region,
        built("sandglass").display(),
        server.name,
    );
    fs::write(&config, text).expect("written");
    let mut command = Command::new(from_venv("aws"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command
        .args(["--profile", "field", "--endpoint-url", &server.endpoint])
        .args(words)
        .envs(person.bus.env())
        .env("SANDGLASS_HOME", person.sandglass.home())
        .env("HOME", person.folder())
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .expect("the AWS CLI runs")
}

#[track_caller]
fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn the_aws_cli_lists_and_uploads_with_the_key_in_the_keychain(which: Which) {
    let server = Server::start(which);
    let destination = server.destination();
    let person = Person::connected_to(&destination);
    let file = person.small_file("dune.txt", b"sand from the real tool");
    let object = format!("s3://{}/by-aws/dune.txt", destination.bucket);

    let file = file.display().to_string();
    said(&aws(&person, &destination, &["s3", "cp", &file, &object]));
    assert_eq!(server.object("by-aws/dune.txt"), b"sand from the real tool");
    let folder = format!("s3://{}/by-aws/", destination.bucket);
    let listed = said(&aws(&person, &destination, &["s3", "ls", &folder]));
    assert!(listed.contains("dune.txt"), "{listed}");
}

/// Runs it alone: standard output and standard error, byte for byte.
fn run(person: &Person, words: &[&str]) -> Output {
    Command::new(built("sandglass"))
        .arg("credential-process")
        .args(words)
        .envs(person.bus.env())
        .env("SANDGLASS_HOME", person.sandglass.home())
        .output()
        .expect("it runs")
}

#[test]
fn only_one_object_is_printed_and_nothing_when_it_fails() {
    let server = Server::sandbox();
    let destination = server.destination();
    let person = Person::connected_to(&destination);
    let printed = said(&run(&person, &["--json"]));
    assert_eq!(printed.lines().count(), 1);
    let object: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(object["Version"], 1);
    let id = object["AccessKeyId"].as_str().expect("an id");
    assert!(id.starts_with("ASIA"), "a session's, not the user's");
    for field in ["SecretAccessKey", "SessionToken", "Expiration"] {
        let value = object[field].as_str().expect(field);
        assert!(!value.is_empty() && !value.contains(&destination.secret_access_key));
    }
    let ends: jiff::Timestamp = object["Expiration"]
        .as_str()
        .and_then(|time| time.parse().ok())
        .expect("a time");
    assert!(ends > jiff::Timestamp::now());

    let unknown = run(&person, &["--json", "-d", "Nowhere"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(unknown.stdout.is_empty(), "{:?}", unknown.stdout);
    assert!(!unknown.stderr.is_empty());
}

#[test]
fn what_was_printed_is_in_no_file() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let printed = said(&run(&person, &[]));
    let object: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    for field in ["SecretAccessKey", "SessionToken"] {
        let secret = object[field].as_str().expect(field);
        assert!(!holds(person.sandglass.home(), secret), "{field}");
    }
}

fn holds(folder: &Path, text: &str) -> bool {
    let entries = fs::read_dir(folder).expect("a test reads its folder");
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(text)
    })
}

/// Opens a terminal for the command, answers its question there, and keeps standard output apart.
const AT_A_TERMINAL: &str = "
import os, pty, sys
code, out, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.execv(command[0], command)
seen = b''
while b'code for' not in seen:
    seen += os.read(terminal, 1000)
os.write(terminal, code.encode() + b'\\n')
try:
    while os.read(terminal, 1000): pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";

#[test]
fn the_one_time_code_is_asked_for_at_the_terminal() {
    let server = Server::sandbox();
    let person = Person::new();
    let destination = server.destination();
    let mut arguments = vec!["connect".to_owned(), "--key-stdin".to_owned()];
    arguments.extend(destination.arguments());
    let account = destination.role_arn.split(':').nth(4).expect("an account");
    let serial = format!("arn:aws:iam::{account}:mfa/mira");
    arguments.extend(["--mfa-serial".to_owned(), serial]);
    let connected = person
        .sandglass
        .run_with_input(&arguments, &destination.key_lines());
    connected.expect_code(0);

    let out = person.folder().join("printed");
    let at_a_terminal = |code: &str| {
        Command::new("python3")
            .args(["-c", AT_A_TERMINAL, code])
            .arg(&out)
            .arg(built("sandglass"))
            .arg("credential-process")
            .envs(person.bus.env())
            .env("SANDGLASS_HOME", person.sandglass.home())
            .status()
            .expect("python runs")
    };
    // Five digits are none: the answer was taken from the terminal, and said to be wrong.
    assert_eq!(at_a_terminal("12345").code(), Some(2));
    assert_eq!(fs::read(&out).expect("made"), b"");
    assert_eq!(at_a_terminal("123456").code(), Some(0));
    let printed = fs::read_to_string(&out).expect("printed");
    assert!(printed.starts_with("{\"Version\":1,"), "no question in it");
}
