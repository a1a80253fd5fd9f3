//! A destination and its access key, as a person would type them.

use serde_json::Value;

/// What `sandglass connect` and the window's form ask for.
#[derive(Clone)]
pub struct Destination {
    /// The name in Sandglass.
    pub name: String,
    /// Role that a session acts as.
    pub role_arn: String,
    /// Region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Folder in the bucket; empty for none.
    pub prefix: String,
    /// S3 endpoint, and STS's where `sts_endpoint` is empty.
    pub endpoint: String,
    /// STS endpoint; empty for the same as `endpoint`.
    pub sts_endpoint: String,
    /// Session length; nothing for Sandglass's own choice.
    pub session_seconds: Option<u32>,
    /// Access key id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
}

impl Destination {
    /// From the object that `sandglass sandbox --json` prints first.
    pub fn of_sandbox(name: &str, printed: &Value) -> Self {
        let field = |field: &str| {
            let value = printed[field].as_str();
            value
                .unwrap_or_else(|| panic!("the sandbox printed no {field}: {printed}"))
                .to_owned()
        };
        Self {
            name: name.to_owned(),
            role_arn: field("role_arn"),
            region: field("region"),
            bucket: field("bucket"),
            prefix: String::new(),
            endpoint: field("endpoint"),
            sts_endpoint: String::new(),
            session_seconds: None,
            access_key_id: field("access_key_id"),
            secret_access_key: field("secret_access_key"),
        }
    }

    /// The arguments of `sandglass connect`; the key is not among them.
    pub fn arguments(&self) -> Vec<String> {
        let seconds = self
            .session_seconds
            .map(|seconds| seconds.to_string())
            .unwrap_or_default();
        let options = [
            ("--name", &self.name),
            ("--role-arn", &self.role_arn),
            ("--region", &self.region),
            ("--bucket", &self.bucket),
            ("--prefix", &self.prefix),
            ("--endpoint", &self.endpoint),
            ("--sts-endpoint", &self.sts_endpoint),
            ("--session-seconds", &seconds),
        ];
        let given = options.into_iter().filter(|(_, value)| !value.is_empty());
        given
            .flat_map(|(option, value)| [option.to_owned(), value.clone()])
            .collect()
    }

    /// The two lines that `--key-stdin` reads.
    pub fn key_lines(&self) -> String {
        format!("{}\n{}\n", self.access_key_id, self.secret_access_key)
    }
}
