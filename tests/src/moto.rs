//! moto: IAM, STS and S3 in one Python program that nobody here wrote.
//!
//! Where it is not AWS: it stores an object whose declared checksum is wrong, and answers 500 for a part of an upload that
//! nobody has begun. Policies are enforced only where it is told to.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::destination::Destination;
use crate::leash::Leash;
use crate::onlooker::Onlooker;
use crate::place::{free_port, fresh_folder, from_venv};
use crate::sandglass::Sandglass;

const BUCKET: &str = "s3-fs-example-bucket";
const REGION: &str = "ap-northeast-1";
const DEADLINE: Duration = Duration::from_mins(1);
/// Without enforcement any key is good.
const ANY_KEY: (&str, &str) = (
    "AKIAANYKEYISGOOD0001",
    "Any/Example+Secret0000000000000000000001",
);

/// A running server; SIGKILL ends it when this goes away.
pub struct Moto {
    endpoint: String,
    #[expect(dead_code, reason = "held for its Drop")]
    server: Leash,
    #[expect(dead_code, reason = "held for its Drop")]
    folder: TempDir,
}

impl Moto {
    /// With the tutorial's bucket, and without enforcement.
    pub async fn start() -> Self {
        let moto = Self::empty().await;
        let onlooker = moto.onlooker();
        let made = onlooker.client().create_bucket().bucket(BUCKET);
        let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
            .location_constraint(REGION.into())
            .build();
        let made = made.create_bucket_configuration(place).send().await;
        made.expect("moto makes the bucket");
        moto
    }

    /// An account in which nothing is.
    pub async fn empty() -> Self {
        Self::run(&[]).await
    }

    /// The same, and IAM simulates what a user or a role may do, which moto alone does not.
    pub async fn that_simulates() -> Self {
        Self::run(&["--simulates"]).await
    }

    async fn run(options: &[&str]) -> Self {
        let (folder, port) = (fresh_folder(), free_port());
        let mut command = Command::new(from_venv("python"));
        command
            .args(["-c", include_str!("moto_server.py")])
            .args(options)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let moto = Self {
            endpoint: format!("http://127.0.0.1:{port}"),
            server: Leash::start(&mut command),
            folder,
        };
        moto.wait_until_ready(port).await;
        moto
    }

    async fn wait_until_ready(&self, port: u16) {
        let listens = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_err()
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let in_time = tokio::time::timeout(DEADLINE, listens).await;
        in_time.expect("moto listens");
    }

    /// The tutorial's destination under this name.
    pub fn destination(&self, name: &str) -> Destination {
        Destination {
            name: name.to_owned(),
            role_arn: "arn:aws:iam::123456789012:role/sts-s3-example-role".to_owned(),
            region: REGION.to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: String::new(),
            endpoint: self.endpoint.clone(),
            sts_endpoint: String::new(),
            session_seconds: None,
            access_key_id: ANY_KEY.0.to_owned(),
            secret_access_key: ANY_KEY.1.to_owned(),
        }
    }

    /// Of IAM, STS and S3.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The same, as an address.
    pub fn address(&self) -> SocketAddr {
        let address = self.endpoint.trim_start_matches("http://");
        address.parse().expect("moto listens on an address")
    }

    /// Makes this person an administrator of the account at `endpoint`, by the environment, as `aws login` would by its files.
    pub fn sign_in(&self, sandglass: &mut Sandglass, endpoint: &str) {
        for (name, value) in administrator_at(endpoint) {
            sandglass.set_env(name, value);
        }
    }

    /// The tutorial's account with its usual mistakes: a trust policy that names somebody else, and no policies at all. Gives the
    /// destination with the user's key.
    pub fn mistaken_account(&self) -> Destination {
        self.aws(&format!(
            "s3api create-bucket --bucket {BUCKET} --create-bucket-configuration LocationConstraint={REGION}"
        ));
        for user in ["somebody-else", "sts-s3-upload-user"] {
            self.aws(&format!("iam create-user --user-name {user}"));
        }
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/somebody-else"}}]}"#;
        self.aws(&format!(
            "iam create-role --role-name sts-s3-example-role --assume-role-policy-document {trust}"
        ));
        let key = self.new_key("sts-s3-upload-user");
        Destination {
            access_key_id: key.0,
            secret_access_key: key.1,
            ..self.destination("Field recordings")
        }
    }

    /// Of the mistakes of [`Moto::mistaken_account`], those that keep the user out; what is left is that the role may do nothing.
    /// (moto itself denies as soon as one statement of a trust policy names somebody else.)
    pub fn let_user_in(&self) {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/sts-s3-upload-user"}}]}"#;
        self.aws(&format!(
            "iam update-assume-role-policy --role-name sts-s3-example-role --policy-document {trust}"
        ));
        let ask = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;
        self.aws(&format!(
            "iam put-user-policy --user-name sts-s3-upload-user --policy-name ask --policy-document {ask}"
        ));
    }

    /// An administrator's key, good also where policies decide.
    pub fn administrator_key(&self) -> (String, String) {
        self.aws("iam create-user --user-name administrator");
        let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        self.aws(&format!(
            "iam put-user-policy --user-name administrator --policy-name all --policy-document {all}"
        ));
        self.new_key("administrator")
    }

    /// The ids of a user's access keys.
    pub fn key_ids(&self, user: &str) -> Vec<String> {
        let listed = self.aws(&format!("iam list-access-keys --user-name {user}"));
        let listed: Value = serde_json::from_str(&listed).expect("aws-cli prints JSON");
        let keys = listed["AccessKeyMetadata"].as_array();
        let ids = keys.into_iter().flatten().map(|key| &key["AccessKeyId"]);
        ids.filter_map(|id| id.as_str().map(str::to_owned))
            .collect()
    }

    fn new_key(&self, user: &str) -> (String, String) {
        let made = self.aws(&format!("iam create-access-key --user-name {user}"));
        let made: Value = serde_json::from_str(&made).expect("aws-cli prints JSON");
        let text = |field: &str| made["AccessKey"][field].as_str().map(str::to_owned);
        let key = (text("AccessKeyId"), text("SecretAccessKey"));
        (key.0.expect("an id"), key.1.expect("a secret"))
    }

    /// From now on policies decide, or no longer.
    pub fn enforce_policies(&self, enforces: bool) {
        let free_actions = if enforces { "0" } else { "1000000" };
        let request = format!(
            "POST /moto-api/reset-auth HTTP/1.1\r\nHost: moto\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{free_actions}",
            free_actions.len()
        );
        let mut answer = String::new();
        let mut stream = TcpStream::connect(self.address()).expect("moto listens");
        stream.write_all(request.as_bytes()).expect("moto reads");
        stream.read_to_string(&mut answer).expect("moto answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// What aws-cli prints.
    pub fn aws(&self, words: &str) -> String {
        let mut command = Command::new(from_venv("aws"));
        let output = self.give_to(&mut command).args(words.split(' ')).output();
        let output = output.expect("aws-cli is installed");
        assert!(output.status.success(), "aws {words}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// To aws-cli, or to what calls it: where moto is, and a key.
    pub fn give_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        let programs = from_venv("aws");
        let programs = programs.parent().map(|folder| folder.display().to_string());
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{}:{path}", programs.unwrap_or_default()))
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", ANY_KEY.0)
            .env("AWS_SECRET_ACCESS_KEY", ANY_KEY.1)
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    }

    /// Sees the bucket.
    pub fn onlooker(&self) -> Onlooker {
        Onlooker::new(&self.endpoint, REGION, BUCKET, ANY_KEY, None)
    }
}

/// The environment of an administrator of the account at `endpoint`.
pub fn administrator_at(endpoint: &str) -> [(&str, &str); 6] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", ANY_KEY.0),
        ("AWS_SECRET_ACCESS_KEY", ANY_KEY.1),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_MAX_ATTEMPTS", "1"),
    ]
}
