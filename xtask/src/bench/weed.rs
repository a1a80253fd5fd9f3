//! `SeaweedFS`: a real S3 and STS server that nobody here wrote, over http and over TLS; empty at each start.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client;
use super::ground::Ground;
use super::server::{BUCKET, Key, ROLE, Server};
use super::tls::Certificate;
use crate::python;
use crate::run::{Leashed, Result, Stop, answer};

const USER: &str = "sts-s3-upload-user";
const USER_KEY: Key = Key {
    id: "AKIAUPLOADEXAMPLE001",
    secret: "Upload/Example+Secret0000000000000000001",
};
const PEER_KEY: Key = Key {
    id: "AKIAPEEREXAMPLE00001",
    secret: "Peer/Example+Secret000000000000000000001",
};
/// Its only one.
const ACCOUNT: &str = "000000000000";
/// 32 bytes, in base64.
const SIGNING_KEY: &str = "c2FuZGdsYXNzLWJlbmNoLXNpZ25zLXdpdGgtdGhpcyE=";
/// Its gRPC ports are its HTTP ports plus this.
const GRPC: u16 = 10_000;
const DEADLINE: Duration = Duration::from_secs(30);

/// A running server; SIGKILL ends it when this goes away, and its data goes too.
pub(crate) struct Weed {
    pub(crate) http: Server,
    pub(crate) https: Server,
    program: Leashed,
    folder: PathBuf,
    sockets: PathBuf,
}

impl Drop for Weed {
    fn drop(&mut self) {
        let _ = self.program.0.kill();
        let _ = self.program.0.wait();
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_dir_all(&self.sockets);
    }
}

impl Weed {
    /// Empty, and ready.
    pub(crate) fn start(ground: &Ground, tls: &Certificate) -> Result<Self> {
        let folder = ground.folder().join("weed");
        // A socket's path must fit into 107 bytes.
        let sockets = std::env::temp_dir().join(format!("sandglass-bench-{}", std::process::id()));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Stop::because(folder.display()))?;
        }
        for folder in [&folder.join("data"), &sockets] {
            fs::create_dir_all(folder).map_err(Stop::because(folder.display()))?;
        }
        write_settings(&folder).map_err(Stop::because(folder.display()))?;
        let ports = free_ports();
        let log = folder.join("weed.log");
        let log = File::create(&log).map_err(Stop::because(log.display()))?;
        let program = command(&folder, &sockets, ports, tls)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(Stop::because("weed"))?;
        let server = |scheme, port, authority| Server {
            endpoint: format!("{scheme}://127.0.0.1:{port}"),
            account: ACCOUNT,
            user: USER_KEY,
            peer: PEER_KEY,
            authority,
        };
        let weed = Self {
            http: server("http", ports[4], None),
            https: server("https", ports[5], Some(tls.authority.clone())),
            program: Leashed(program),
            folder,
            sockets,
        };
        weed.wait_for_the_bucket(ground)?;
        Ok(weed)
    }

    /// It says that it is healthy before it has made its bucket.
    fn wait_for_the_bucket(&self, ground: &Ground) -> Result {
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE {
            let mut list = Command::new(ground.s5cmd());
            list.args(["--retry-count", "0", "--endpoint-url", &self.https.endpoint]);
            list.args(["ls", &format!("s3://{BUCKET}/")]);
            client::aws_environment(&mut list, &self.https);
            if answer(&mut list).is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.join("weed.log")).unwrap_or_default();
        Err(Stop(format!("SeaweedFS does not come up: {log}")))
    }
}

fn write_settings(folder: &Path) -> std::io::Result<()> {
    let identity = |name: &str, key: Key, actions: &[&str]| json!({"name": name, "credentials": [{"accessKey": key.id, "secretKey": key.secret}], "actions": actions});
    let s3 = json!({"identities": [
        identity(USER, USER_KEY, &[]),
        identity("peer", PEER_KEY, &["Admin", "Read", "List", "Tagging", "Write"]),
    ]});
    let allow = |action: &str, resource: String| json!({"Effect": "Allow", "Action": action, "Resource": resource});
    let version = "2012-10-17";
    let policy = json!({"Version": version, "Statement": [
        allow("s3:PutObject", format!("arn:aws:s3:::{BUCKET}/*")),
        allow("s3:ListBucket", format!("arn:aws:s3:::{BUCKET}")),
    ]});
    let trust = json!({"Version": version, "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:user/{USER}")}}]});
    let iam: Value = json!({
        "sts": {"tokenDuration": "12h", "maxSessionLength": "12h", "issuer": "sandglass-bench", "accountId": ACCOUNT,
            "signingKey": SIGNING_KEY},
        "policy": {"defaultEffect": "Deny"},
        "policies": [{"name": "upload", "document": policy}],
        "roles": [{"roleName": ROLE, "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}"),
            "trustPolicy": trust, "attachedPolicies": ["upload"]}],
    });
    fs::write(folder.join("s3.json"), s3.to_string())?;
    fs::write(folder.join("iam.json"), iam.to_string())
}

/// Everything on loopback, telemetry and the doors that are not needed closed.
fn command(folder: &Path, sockets: &Path, ports: [u16; 6], tls: &Certificate) -> Command {
    let mut command = Command::new(python::venv().join("bin/weed"));
    command.args([
        "-logtostderr=true",
        "mini",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
    ]);
    command.args([
        "-master.telemetry=false",
        "-webdav=false",
        "-admin.ui=false",
    ]);
    command.args([
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.iam.readOnly=false",
    ]);
    command.arg(format!("-bucket={BUCKET}"));
    let names = [
        "admin.port",
        "master.port",
        "volume.port",
        "filer.port",
        "s3.port",
        "s3.port.https",
    ];
    for (name, port) in names.into_iter().zip(ports) {
        command.arg(format!("-{name}={port}"));
    }
    for (name, path) in [
        ("dir", &folder.join("data")),
        ("filer.localSocket", &sockets.join("filer.sock")),
        ("s3.localSocket", &sockets.join("s3.sock")),
        ("s3.config", &folder.join("s3.json")),
        ("s3.iam.config", &folder.join("iam.json")),
        ("s3.cert.file", &tls.server),
        ("s3.key.file", &tls.key),
    ] {
        command.arg(format!("-{name}={}", path.display()));
    }
    command
        .env("WEED_S3_SSE_KEY", "any-passphrase")
        .current_dir(folder);
    command
}

/// Ports whose gRPC twins are free too, below both the ports that the system hands out and the end of the range.
fn free_ports() -> [u16; 6] {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok();
    let mut held = Vec::new();
    let mut ports = [0; 6];
    for port in &mut ports {
        *port = (20_000..32_000)
            .find(|&port| {
                let both = bind(port).zip(bind(port + GRPC));
                let is_free = both.is_some();
                held.extend(both);
                is_free
            })
            .unwrap_or(0);
    }
    ports
}
