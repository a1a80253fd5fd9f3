//! The bench's server, in a process of its own: it drops bodies, and lists as many keys as it is told.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use testkit::destination::Destination;
use testkit::leash::Leash;
use testkit::place::built;

pub(crate) struct Sink {
    endpoint: String,
    line: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
    _program: Leash,
}

impl Sink {
    pub(crate) fn start(keys: usize) -> Self {
        let mut command = Command::new(built("xtask"));
        command
            .args(["sink", "--port", "0", "--keys", &keys.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut program = Leash::start(&mut command);
        let stdin = program.child().stdin.take().expect("stdin is piped");
        let stdout = program.child().stdout.take().expect("stdout is piped");
        let mut stdout = BufReader::new(stdout);
        let mut port = String::new();
        stdout
            .read_line(&mut port)
            .expect("the sink tells its port");
        Self {
            endpoint: format!("http://127.0.0.1:{}", port.trim()),
            line: RefCell::new((stdin, stdout)),
            _program: program,
        }
    }

    /// One of its counts, as `counts.rs` of the bench names them.
    pub(crate) fn count(&self, name: &str) -> u64 {
        let (stdin, stdout) = &mut *self.line.borrow_mut();
        let mut told = String::new();
        stdin
            .write_all(b"tell\n")
            .and_then(|()| stdout.read_line(&mut told))
            .expect("the sink tells its counts");
        let told: Value = serde_json::from_str(&told).expect("counts are JSON");
        told[name]
            .as_u64()
            .unwrap_or_else(|| panic!("no {name} in {told}"))
    }

    /// It takes every key.
    pub(crate) fn destination(&self) -> Destination {
        let text = str::to_owned;
        Destination {
            name: text("bench"),
            role_arn: text("arn:aws:iam::123456789012:role/sts-s3-example-role"),
            region: text("ap-northeast-1"),
            bucket: text("s3-fs-example-bucket"),
            prefix: String::new(),
            endpoint: self.endpoint.clone(),
            sts_endpoint: String::new(),
            session_seconds: None,
            access_key_id: text("AKIASINKEXAMPLE00000"),
            secret_access_key: text("not-checked-here-but-as-long-as-it-must-"),
        }
    }
}
