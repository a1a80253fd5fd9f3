//! `SeaweedFS`: a real S3 and STS server that nobody here wrote. It verifies signatures and evaluates trust and role policies.
//!
//! Where it is not AWS: the account is always 000000000000, sessions last 900 to 43,200 seconds whatever the role says, a
//! role with an `ExternalId` can never be assumed, and an ended session answers 403 `InvalidAccessKeyId`.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::destination::Destination;
use crate::leash::Leash;
use crate::onlooker::Onlooker;
use crate::place::{fresh_folder, from_venv};

/// The names of the tutorial whose account Sandglass serves.
const BUCKET: &str = "s3-fs-example-bucket";
const USER: &str = "sts-s3-upload-user";
const ROLE: &str = "sts-s3-example-role";
const REGION: &str = "ap-northeast-1";
const ACCOUNT: &str = "000000000000";

const USER_KEY: (&str, &str) = (
    "AKIAUPLOADEXAMPLE001",
    "Upload/Example+Secret0000000000000000001",
);
const ADMIN_KEY: (&str, &str) = (
    "AKIAADMINEXAMPLE0001",
    "Admin/Example+Secret00000000000000000001",
);
const SIGNING_KEY: &[u8; 32] = b"sandglass-tests-sign-with-this-!";

/// Its gRPC ports are its HTTP ports plus this.
const GRPC: u16 = 10_000;
const DEADLINE: Duration = Duration::from_secs(30);
const ATTEMPTS: usize = 5;

/// What the role allows.
#[derive(Clone, Copy)]
pub enum Policy {
    /// Upload and list, as it should be written.
    Corrected,
    /// As the tutorial published it: uploads work, every listing is denied.
    Published,
    /// Upload and list under this prefix only.
    Under(&'static str),
}

/// A running server; SIGKILL ends it when this goes away.
pub struct Weed {
    port: u16,
    server: Leash,
    folder: TempDir,
}

impl Weed {
    /// With the tutorial's bucket, user, role and trust.
    pub async fn start(policy: Policy) -> Self {
        for _ in 0..ATTEMPTS {
            let folder = fresh_folder();
            configure(folder.path(), policy);
            let ports = free_ports();
            let server = Leash::start(&mut command(folder.path(), ports));
            let mut weed = Self {
                port: ports[4],
                server,
                folder,
            };
            // Between looking for a free port and taking it, somebody else may take it.
            if weed.becomes_ready().await {
                return weed;
            }
            eprintln!(
                "{}",
                fs::read_to_string(weed.folder.path().join("weed.log")).unwrap_or_default()
            );
        }
        panic!("SeaweedFS did not come up in {ATTEMPTS} attempts; its log is above");
    }

    /// It says that it is healthy before it has made its bucket, so the bucket is what one looks for.
    async fn becomes_ready(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE && self.server.ended().is_none() {
            // The SDK would wait longer and longer for a port that is not open yet.
            if tokio::net::TcpStream::connect(self.address()).await.is_ok() {
                let onlooker = self.onlooker();
                if onlooker
                    .client()
                    .head_bucket()
                    .bucket(BUCKET)
                    .send()
                    .await
                    .is_ok()
                {
                    return true;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// Of S3 and STS.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The same, as an address.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The tutorial's destination under this name.
    pub fn destination(&self, name: &str) -> Destination {
        Destination {
            name: name.to_owned(),
            role_arn: format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}"),
            region: REGION.to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: String::new(),
            endpoint: self.endpoint(),
            sts_endpoint: String::new(),
            session_seconds: None,
            access_key_id: USER_KEY.0.to_owned(),
            secret_access_key: USER_KEY.1.to_owned(),
        }
    }

    /// Sees the bucket with the administrator's key.
    pub fn onlooker(&self) -> Onlooker {
        Onlooker::new(&self.endpoint(), REGION, BUCKET, ADMIN_KEY, None)
    }

    /// What signs its session tokens.
    pub fn signing_key(&self) -> &'static [u8] {
        SIGNING_KEY
    }
}

fn configure(folder: &Path, policy: Policy) {
    let identity = |name: &str, key: (&str, &str), actions: &[&str]| json!({"name": name, "credentials": [{"accessKey": key.0, "secretKey": key.1}], "actions": actions});
    let s3 = json!({"identities": [
        identity(USER, USER_KEY, &[]),
        identity("admin", ADMIN_KEY, &["Admin", "Read", "List", "Tagging", "Write"]),
    ]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:user/{USER}")},
    }]});
    let iam = json!({
        "sts": {"tokenDuration": "1h", "maxSessionLength": "12h", "issuer": "sandglass-tests", "accountId": ACCOUNT,
            "signingKey": STANDARD.encode(SIGNING_KEY)},
        "policy": {"defaultEffect": "Deny"},
        "policies": [{"name": "upload", "document": document(policy)}],
        "roles": [{"roleName": ROLE, "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}"),
            "trustPolicy": trust, "attachedPolicies": ["upload"]}],
    });
    for (name, value) in [("s3.json", s3), ("iam.json", iam)] {
        fs::write(folder.join(name), value.to_string()).expect("a fresh folder takes files");
    }
    fs::create_dir(folder.join("data")).expect("a fresh folder takes folders");
}

fn document(policy: Policy) -> Value {
    let statement = |action: Value, resource: String| json!({"Effect": "Allow", "Action": action, "Resource": resource});
    let objects = format!("arn:aws:s3:::{BUCKET}/*");
    let bucket = format!("arn:aws:s3:::{BUCKET}");
    let statements = match policy {
        Policy::Published => vec![statement(json!(["s3:PutObject", "s3:ListBucket"]), objects)],
        Policy::Corrected => {
            vec![
                statement(json!("s3:PutObject"), objects),
                statement(json!("s3:ListBucket"), bucket),
            ]
        }
        Policy::Under(prefix) => {
            let mut listing = statement(json!("s3:ListBucket"), bucket.clone());
            listing["Condition"] = json!({"StringLike": {"s3:prefix": format!("{prefix}*")}});
            vec![
                statement(json!("s3:PutObject"), format!("{bucket}/{prefix}*")),
                listing,
            ]
        }
    };
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// Everything on loopback, telemetry and the doors that are not needed closed.
fn command(folder: &Path, [admin, master, volume, filer, s3]: [u16; 5]) -> Command {
    let log = File::create(folder.join("weed.log")).expect("a fresh folder takes files");
    let path = |name: &str| folder.join(name).display().to_string();
    let mut command = Command::new(from_venv("weed"));
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
        "-s3.iam.readOnly=false",
    ]);
    command
        .args(["-s3.port.iceberg=0", "-s3.port.lance=0"])
        .arg(format!("-bucket={BUCKET}"));
    for (option, port) in [
        ("admin", admin),
        ("master", master),
        ("volume", volume),
        ("filer", filer),
        ("s3", s3),
    ] {
        command.arg(format!("-{option}.port={port}"));
    }
    for (option, name) in [
        ("dir", "data"),
        ("filer.localSocket", "filer.sock"),
        ("s3.localSocket", "s3.sock"),
        ("s3.config", "s3.json"),
        ("s3.iam.config", "iam.json"),
    ] {
        command.arg(format!("-{option}={}", path(name)));
    }
    command
        .env("WEED_S3_SSE_KEY", "any-passphrase")
        .current_dir(folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    command
}

/// Five ports whose gRPC twins are free too.
fn free_ports() -> [u16; 5] {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok();
    let mut held = Vec::new();
    while held.len() < 5 {
        let Some(listener) = bind(0) else { continue };
        let port = listener
            .local_addr()
            .expect("a bound socket has an address")
            .port();
        // Below both the ports that the system hands out and the end of the range.
        let port = 20_000 + port % 12_000;
        if let (Some(http), Some(grpc)) = (bind(port), bind(port + GRPC)) {
            held.push((port, http, grpc));
        }
    }
    let mut ports = [0; 5];
    for (port, (held, ..)) in ports.iter_mut().zip(&held) {
        *port = *held;
    }
    ports
}

#[cfg(test)]
pub(crate) mod tests {
    use aws_sdk_sts::config::{BehaviorVersion, Builder, Credentials, Region};

    use super::*;

    /// The user's session, through this STS endpoint.
    pub(crate) async fn assume(weed: &Weed, sts_endpoint: &str) -> Onlooker {
        let config = Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(sts_endpoint)
            .credentials_provider(Credentials::new(USER_KEY.0, USER_KEY.1, None, None, "test"))
            .build();
        let client = aws_sdk_sts::Client::from_conf(config);
        let role = weed.destination("any").role_arn;
        let answer = client
            .assume_role()
            .role_arn(role)
            .role_session_name("test")
            .send()
            .await;
        let answer = answer.expect("the user may assume the role");
        let session = answer.credentials().expect("a session has credentials");
        let key = (session.access_key_id(), session.secret_access_key());
        Onlooker::new(
            &weed.endpoint(),
            REGION,
            BUCKET,
            key,
            Some(session.session_token()),
        )
    }

    #[tokio::test]
    async fn seaweedfs_comes_up_and_issues_a_session() {
        let weed = Weed::start(Policy::Corrected).await;
        let session = assume(&weed, &weed.endpoint()).await;
        session.store("grain.txt", b"sand").await;
        assert_eq!(session.keys().await, ["grain.txt"]);
        assert_eq!(weed.onlooker().read("grain.txt").await, b"sand");
    }

    #[tokio::test]
    async fn the_published_policy_uploads_but_does_not_list() {
        let weed = Weed::start(Policy::Published).await;
        let session = assume(&weed, &weed.endpoint()).await;
        session.store("grain.txt", b"sand").await;
        let listing = session
            .client()
            .list_objects_v2()
            .bucket(BUCKET)
            .send()
            .await;
        assert!(listing.is_err(), "the published policy must deny the list");
        assert_eq!(weed.onlooker().keys().await, ["grain.txt"]);
    }
}
