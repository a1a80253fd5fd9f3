//! The set-ups of `docs/examine.md` that are marked "not verified on AWS", but for those of an organization and of a VPC endpoint, made for a moment in an account of one's own: a bucket, a
//! user, a role and a KMS key of their own, examined once for each mistake, and all taken back at the end.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::told;
use crate::run::{Result, Stop, run, say, shown};
use crate::{place, python};

const PAUSE: Duration = Duration::from_secs(3);
const ROLE_POLICY: &str = "sandglass-live";

/// Where the mistakes are made.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) region: String,
    pub(crate) profile: Option<String>,
    /// How long each mistake may take to show.
    pub(crate) patience: Duration,
    pub(crate) as_built: bool,
}

/// A way of being set up, and what `docs/examine.md` says that an examination finds.
struct Mistake {
    says: &'static str,
    make: fn(&Stage) -> Result,
    unmake: fn(&Stage) -> Result,
    believed: &'static [(&'static str, &'static str)],
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        says: "the bucket's policy denies storing to everybody",
        make: |stage| stage.put_bucket_policy(&stage.deny_storing(None)),
        unmake: Stage::delete_bucket_policy,
        believed: &[("store", "storeDeniedByBucket")],
    },
    Mistake {
        says: "the bucket's policy asks for an encryption that whole objects do not name",
        make: |stage| {
            let unnamed = json!({"Null": {"s3:x-amz-server-side-encryption": "true"}});
            stage.put_bucket_policy(&stage.deny_storing(Some(unnamed)))
        },
        unmake: Stage::delete_bucket_policy,
        believed: &[
            ("store", "storeDeniedWhole"),
            ("store", "storeDeniedByBucket"),
        ],
    },
    Mistake {
        says: "the bucket encrypts with a KMS key that the role may not use",
        make: Stage::encrypt_with_key,
        unmake: Stage::encrypt_with_s3,
        believed: &[("kms", "kmsDenied")],
    },
    Mistake {
        says: "the bucket's KMS key is disabled",
        make: |stage| {
            stage.let_role_use_key()?;
            stage.encrypt_with_key()?;
            stage.aws(&["kms", "disable-key", "--key-id", stage.key_id()])
        },
        unmake: Stage::encrypt_with_s3,
        believed: &[("kms", "kmsKeyUnusable")],
    },
    Mistake {
        says: "the role's permissions boundary does not allow storing",
        make: |stage| {
            let put = ["put-role-permissions-boundary", "--role-name", &stage.role];
            let bounds = ["--permissions-boundary", &stage.bounds];
            stage.aws(&[&["iam"][..], &put, &bounds].concat())
        },
        unmake: |stage| {
            let delete = ["delete-role-permissions-boundary", "--role-name"];
            stage.aws(&[&["iam"][..], &delete, &[&stage.role]].concat())
        },
        believed: &[("store", "deniedAbove")],
    },
    Mistake {
        says: "the trust policy names another user, and AWS says which policy is missing",
        make: |stage| stage.trust(&stage.other_user),
        unmake: |stage| stage.trust(&stage.user),
        believed: &[("role", "roleTrustRefused")],
    },
];

struct Stage {
    options: Options,
    name: String,
    role: String,
    /// By ARN.
    user: String,
    other_user: String,
    key: String,
    /// A policy that allows listing only, by ARN.
    bounds: String,
}

/// Needs an administrator's session that aws-cli finds, too. Nothing that was there before is touched.
pub(crate) fn mistakes(options: Options) -> Result {
    if !options.as_built {
        python::install(&python::AWSCLI)?;
        run(&mut place::cargo(&["build", "-p", "cli"]))?;
    }
    let mut stage = Stage::named(options)?;
    let outcome = stage.play();
    say("Taking everything back");
    outcome.and(stage.take_back())
}

impl Stage {
    fn named(options: Options) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_err(Stop::because("the clock"))?.as_millis();
        let name = format!("sandglass-live-{now:x}");
        Ok(Self {
            role: name.clone(),
            options,
            name,
            user: String::new(),
            other_user: String::new(),
            key: String::new(),
            bounds: String::new(),
        })
    }

    fn play(&mut self) -> Result {
        say("Setting up what is right");
        self.account("apply", &["--connect", &self.name.clone()])?;
        self.user = self.made_user(&self.name.clone(), false)?;
        self.other_user = self.made_user(&format!("{}-other", self.name), true)?;
        self.key = self.made_key()?;
        self.bounds = self.made_bounds()?;
        let mut others = 0;
        for mistake in MISTAKES {
            say(mistake.says);
            (mistake.make)(self)?;
            let (is_so, found) = self.examined_until(mistake.believed)?;
            (mistake.unmake)(self)?;
            let word = if is_so { "holds" } else { "OTHERWISE" };
            println!("   {word:<10} {}: {found}", mistake.says);
            others += usize::from(!is_so);
        }
        if others == 0 {
            Ok(())
        } else {
            Err(Stop(format!(
                "{others} mistakes are found otherwise than believed"
            )))
        }
    }

    /// Whether one of `believed` was found in time, and what was found last.
    fn examined_until(&self, believed: &[(&str, &str)]) -> Result<(bool, String)> {
        let begun = Instant::now();
        loop {
            let findings = told(&["examine", "-d", &self.name], &[0, 1])?;
            let is = |found: &Value, (check, code): &(&str, &str)| {
                found["check"] == *check && found["code"] == *code
            };
            let is_found = |one: &(&str, &str)| findings.iter().any(|found| is(found, one));
            let is_so = believed.iter().any(is_found);
            if is_so || begun.elapsed() > self.options.patience {
                let wrong = findings.iter().filter(|found| found["state"] == "wrong");
                let wrong: Vec<String> = wrong.map(in_short).collect();
                return Ok((is_so, wrong.join("; ")));
            }
            sleep(PAUSE);
        }
    }

    /// Whatever is there: an earlier step may have failed.
    fn take_back(&self) -> Result {
        let mut outcome = Ok(());
        let mut keep = |done: Result| {
            if let Err(Stop(sentence)) = &done {
                println!("   {sentence}");
            }
            outcome = std::mem::replace(&mut outcome, Ok(())).and(done);
        };
        if !self.key.is_empty() {
            let week = ["--pending-window-in-days", "7"];
            let delete = ["kms", "schedule-key-deletion", "--key-id", self.key_id()];
            keep(self.aws(&[&delete[..], &week].concat()));
        }
        if !self.bounds.is_empty() {
            keep(self.aws(&["iam", "delete-policy", "--policy-arn", &self.bounds]));
        }
        if !self.other_user.is_empty() {
            let other = format!("{}-other", self.name);
            keep(self.aws(&["iam", "delete-user", "--user-name", &other]));
        }
        let role = ["--role-name", &self.role, "--policy-name", ROLE_POLICY];
        // Only there if the KMS key was reached.
        let _ = self.aws(&[&["iam", "delete-role-policy"][..], &role].concat());
        keep(self.account("undo", &["--yes"]));
        let mut remove = Command::new(place::built("debug", "sandglass"));
        remove.args(["destination", "remove", &self.name, "--yes"]);
        keep(run(&mut remove));
        outcome
    }

    fn account(&self, command: &str, more: &[&str]) -> Result {
        let (user, role) = (&self.name, &self.role);
        let mut asked = Command::new(place::built("debug", "sandglass"));
        asked.args(["account", command, "--bucket", &self.name]);
        asked.args(["--region", &self.options.region, "--user", user]);
        asked.args(["--role", role]).args(more);
        if let Some(profile) = &self.options.profile {
            asked.args(["--profile", profile]);
        }
        // Another server than AWS, to try this task itself.
        if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL") {
            asked.args(["--endpoint", &endpoint]);
        }
        run(&mut asked)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut aws = Command::new(python::venv().join("bin/aws"));
        aws.args(words).args(["--region", &self.options.region]);
        if let Some(profile) = &self.options.profile {
            aws.args(["--profile", profile]);
        }
        aws
    }

    fn aws(&self, words: &[&str]) -> Result {
        run(&mut self.command(words))
    }

    /// A value of what aws-cli prints.
    fn asked(&self, words: &[&str], pointer: &str) -> Result<String> {
        let mut command = self.command(&[words, &["--output", "json"]].concat());
        println!("$ {}", shown(&command));
        let output = command.output().map_err(Stop::because(shown(&command)))?;
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let value = printed.pointer(pointer).and_then(Value::as_str);
        value.map(str::to_owned).ok_or_else(|| {
            let said = String::from_utf8_lossy(&output.stderr);
            Stop(format!("{}: {}", shown(&command), said.trim()))
        })
    }

    fn made_user(&self, name: &str, makes: bool) -> Result<String> {
        let command = if makes { "create-user" } else { "get-user" };
        self.asked(&["iam", command, "--user-name", name], "/User/Arn")
    }

    fn made_key(&self) -> Result<String> {
        let about = format!("{}, of an hour", self.name);
        let words = ["kms", "create-key", "--description", &about];
        self.asked(&words, "/KeyMetadata/Arn")
    }

    fn made_bounds(&self) -> Result<String> {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"},
        ]});
        let policy = policy.to_string();
        let create = ["iam", "create-policy", "--policy-name", &self.name];
        let with = ["--policy-document", &policy];
        self.asked(&[&create[..], &with].concat(), "/Policy/Arn")
    }

    fn key_id(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or_default()
    }

    fn deny_storing(&self, condition: Option<Value>) -> Value {
        let mut statement = json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": format!("arn:aws:s3:::{}/*", self.name),
        });
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }

    fn put_bucket_policy(&self, policy: &Value) -> Result {
        let policy = policy.to_string();
        let words = ["--bucket", &self.name, "--policy", &policy];
        self.aws(&[&["s3api", "put-bucket-policy"][..], &words].concat())
    }

    fn delete_bucket_policy(&self) -> Result {
        self.aws(&["s3api", "delete-bucket-policy", "--bucket", &self.name])
    }

    fn put_encryption(&self, by_default: &Value) -> Result {
        let rules = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]});
        let rules = rules.to_string();
        let put = ["s3api", "put-bucket-encryption", "--bucket", &self.name];
        let with = ["--server-side-encryption-configuration", &rules];
        self.aws(&[&put[..], &with].concat())
    }

    fn encrypt_with_key(&self) -> Result {
        self.put_encryption(&json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}))
    }

    fn encrypt_with_s3(&self) -> Result {
        self.put_encryption(&json!({"SSEAlgorithm": "AES256"}))
    }

    fn let_role_use_key(&self) -> Result {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": self.key},
        ]});
        let policy = policy.to_string();
        let put = ["iam", "put-role-policy", "--role-name", &self.role];
        let with = ["--policy-name", ROLE_POLICY, "--policy-document", &policy];
        self.aws(&[&put[..], &with].concat())
    }

    fn trust(&self, user: &str) -> Result {
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sts:AssumeRole"},
        ]});
        let trust = trust.to_string();
        let update = [
            "iam",
            "update-assume-role-policy",
            "--role-name",
            &self.role,
        ];
        self.aws(&[&update[..], &["--policy-document", &trust]].concat())
    }
}

fn in_short(found: &Value) -> String {
    let text = |field: &str| found[field].as_str().unwrap_or_default();
    let evidence = found["evidence"].as_array().into_iter().flatten();
    let evidence: Vec<&str> = evidence.filter_map(Value::as_str).collect();
    format!(
        "{} {} ({})",
        text("check"),
        text("code"),
        evidence.join(", ")
    )
}
