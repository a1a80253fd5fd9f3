//! A set-up as code, against what others know of it: cfn-lint, a parser of Terraform's language, and the real aws-cli on moto.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::command::{said, succeed};
use testkit::moto::Moto;
use testkit::place::{fresh_folder, from_venv};
use tokio::runtime::Runtime;

fn golden(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join("crates/account/tests/golden").join(name)
}

#[test]
fn cloudformations_own_linter_has_nothing_to_say() {
    for name in ["least", "most"] {
        let template = golden(&format!("{name}.cloudformation.json"));
        succeed(Command::new(from_venv("cfn-lint")).arg(template));
    }
}

#[test]
fn terraforms_language_is_kept_to() {
    let code = "import hcl2, sys; print(len(hcl2.load(open(sys.argv[1]))['resource']))";
    for name in ["least", "most"] {
        let mut python = Command::new(from_venv("python"));
        let resources = succeed(python.args(["-c", code]).arg(golden(&format!("{name}.tf"))));
        assert_eq!(resources.trim(), "10", "{name}");
    }
}

/// What IAM and S3 hold, as aws-cli shows it.
fn holds(moto: &Moto, words: &str) -> Value {
    let mut command = Command::new(from_venv("aws"));
    let shown = succeed(moto.give_to(&mut command).args(words.split(' ')));
    serde_json::from_str(&shown).expect("aws-cli prints JSON")
}

fn an_empty_account() -> Moto {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(Moto::empty())
}

fn the_script(moto: &Moto) -> Command {
    let mut command = Command::new("bash");
    moto.give_to(&mut command).arg(golden("least.sh"));
    command
}

/// The script, by the yes to changing what is there.
fn the_script_with_a_yes(moto: &Moto) -> Command {
    let mut command = the_script(moto);
    command.env("CHANGE_EXISTING", "1");
    command
}

/// What the script says where it leaves something as it is.
#[track_caller]
fn leave(command: &mut Command) -> String {
    let output = command.output().expect("bash is installed");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const POLICY: &str = "s3api get-bucket-policy --bucket s3-fs-example-bucket";
const LIFECYCLE: &str = "s3api get-bucket-lifecycle-configuration --bucket s3-fs-example-bucket";
const ENCRYPTION: &str = "s3api get-bucket-encryption --bucket s3-fs-example-bucket";
const PUBLIC_ACCESS: &str = "s3api get-public-access-block --bucket s3-fs-example-bucket";
const TAGS: &str = "s3api get-bucket-tagging --bucket s3-fs-example-bucket";
const ROLE: &str = "iam get-role --role-name sts-s3-example-role";
const UPLOAD: &str = "iam get-role-policy --role-name sts-s3-example-role --policy-name upload";
const ASK: &str =
    "iam get-user-policy --user-name sts-s3-upload-user --policy-name ask-for-a-session";

fn policy(moto: &Moto) -> Value {
    let shown = holds(moto, POLICY);
    let policy = shown["Policy"].as_str().expect("a policy");
    serde_json::from_str(policy).expect("a policy is JSON")
}

fn put_policy(moto: &Moto, policy: &Value) {
    moto.aws(&format!(
        "s3api put-bucket-policy --bucket s3-fs-example-bucket --policy {policy}"
    ));
}

fn put_upload(moto: &Moto, policy: &Value) {
    moto.aws(&format!(
        "iam put-role-policy --role-name sts-s3-example-role --policy-name upload --policy-document {policy}"
    ));
}

fn put_trust(moto: &Moto, trust: &Value) {
    moto.aws(&format!(
        "iam update-assume-role-policy --role-name sts-s3-example-role --policy-document {trust}"
    ));
}

fn put_rules(moto: &Moto, rules: &Value) {
    let all = json!({"Rules": rules});
    moto.aws(&format!(
        "s3api put-bucket-lifecycle-configuration --bucket s3-fs-example-bucket --lifecycle-configuration {all}"
    ));
}

fn add(list: &mut Value, one: Value) {
    list.as_array_mut().expect("a list").push(one);
}

fn their_statement() -> Value {
    json!({
        "Sid": "NothingIsRemoved", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject",
        "Resource": "arn:aws:s3:::s3-fs-example-bucket/*",
    })
}

fn their_rule() -> Value {
    json!({
        "ID": "old-logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30},
    })
}

/// Somebody's bucket, with a policy and a rule of theirs.
fn make_their_bucket(moto: &Moto) {
    moto.aws(
        "s3api create-bucket --bucket s3-fs-example-bucket --create-bucket-configuration LocationConstraint=ap-northeast-1",
    );
    put_policy(
        moto,
        &json!({"Version": "2012-10-17", "Statement": [their_statement()]}),
    );
    put_rules(moto, &json!([their_rule()]));
}

/// Somebody's role, which trusts nobody yet.
fn make_their_role(moto: &Moto) {
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    moto.aws(&format!(
        "iam create-role --role-name sts-s3-example-role --assume-role-policy-document {trust}"
    ));
}

#[test]
fn the_script_sets_up_what_the_model_says_and_a_second_run_changes_nothing() {
    let moto = an_empty_account();
    let everything = || {
        [
            POLICY,
            ENCRYPTION,
            PUBLIC_ACCESS,
            "s3api get-bucket-ownership-controls --bucket s3-fs-example-bucket",
            LIFECYCLE,
            TAGS,
            "iam get-user --user-name sts-s3-upload-user",
            ROLE,
            UPLOAD,
            ASK,
        ]
        .map(|words| holds(&moto, words))
    };
    let run = || succeed(&mut the_script(&moto));
    let told = run();
    assert!(
        told.contains("arn:aws:iam::123456789012:role/sts-s3-example-role"),
        "{told}"
    );
    let first = everything();
    let trust = &first[7]["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"];
    assert_eq!(
        trust["AWS"],
        "arn:aws:iam::123456789012:user/sts-s3-upload-user"
    );
    let list = &first[8]["PolicyDocument"]["Statement"][1];
    assert_eq!(list["Resource"], "arn:aws:s3:::s3-fs-example-bucket");
    assert_eq!(first[7]["Role"]["MaxSessionDuration"], 43_200);
    run();
    assert_eq!(everything(), first);
    let keys = holds(&moto, "iam list-access-keys --user-name sts-s3-upload-user");
    assert_eq!(keys["AccessKeyMetadata"], Value::Array(Vec::new()));
}

#[test]
fn every_choice_at_once_is_taken_by_aws_cli_in_the_region_that_takes_no_location() {
    let moto = an_empty_account();
    succeed(moto.give_to(Command::new("bash").arg(golden("most.sh"))));
    let tags = holds(&moto, TAGS);
    assert_eq!(
        tags["TagSet"][0]["Value"],
        "s3-fs-example-bucket/it-s-100--in--/"
    );
}

#[test]
fn what_somebody_wrote_since_stays_when_the_script_runs_again_and_is_told_where_it_is_not_ours() {
    let moto = an_empty_account();
    succeed(&mut the_script(&moto));
    let policies = || {
        let trust = holds(&moto, ROLE)["Role"]["AssumeRolePolicyDocument"].take();
        let upload = holds(&moto, UPLOAD)["PolicyDocument"].take();
        (policy(&moto), trust, upload)
    };
    let all =
        || [POLICY, LIFECYCLE, ROLE, UPLOAD, ASK, ENCRYPTION].map(|words| holds(&moto, words));

    // Beside ours, and ours in other words.
    let (mut bucket, mut trust, mut upload) = policies();
    let resources = bucket["Statement"][0]["Resource"].as_array_mut();
    resources.expect("a list").reverse();
    add(&mut bucket["Statement"], their_statement());
    put_policy(&moto, &bucket);
    let mut rules = holds(&moto, LIFECYCLE);
    add(&mut rules["Rules"], their_rule());
    put_rules(&moto, &rules["Rules"]);
    let they = json!({"AWS": "arn:aws:iam::123456789012:root"});
    add(
        &mut trust["Statement"],
        json!({"Effect": "Allow", "Principal": they, "Action": "sts:AssumeRole"}),
    );
    put_trust(&moto, &trust);
    upload["Statement"][0]["Sid"] = json!("OnlyNew");
    upload["Statement"][0]["Action"] = json!(["s3:PutObject"]);
    put_upload(&moto, &upload);
    let by_their_key = json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/theirs"});
    let encryption = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": by_their_key}]});
    moto.aws(&format!(
        "s3api put-bucket-encryption --bucket s3-fs-example-bucket --server-side-encryption-configuration {encryption}"
    ));
    let before = all();
    succeed(&mut the_script(&moto));
    assert_eq!(all(), before);

    // Ours, and changed; then even a yes is none to undoing it.
    let (mut bucket, mut trust, mut upload) = policies();
    bucket["Statement"][0]["Condition"]["Bool"] = json!({"aws:SecureTransport": "true"});
    put_policy(&moto, &bucket);
    trust["Statement"][0]["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    trust["Statement"] = json!([trust["Statement"][0]]);
    put_trust(&moto, &trust);
    upload["Statement"][0]["Resource"] = json!("arn:aws:s3:::s3-fs-example-bucket/incoming/*");
    put_upload(&moto, &upload);
    let mut ask = holds(&moto, ASK)["PolicyDocument"].take();
    ask["Statement"][0]["Action"] = json!(["sts:AssumeRole", "sts:TagSession"]);
    moto.aws(&format!(
        "iam put-user-policy --user-name sts-s3-upload-user --policy-name ask-for-a-session --policy-document {ask}"
    ));
    let before = all();
    let told = leave(&mut the_script_with_a_yes(&moto));
    assert_eq!(all(), before);
    for sentence in [
        "The bucket s3-fs-example-bucket has another policy, which was left as it is",
        "The role sts-s3-example-role has another trust policy, which was left as it is",
        "The role sts-s3-example-role has another policy upload, which was left as it is",
        "The user sts-s3-upload-user has another policy ask-for-a-session, which was left as it is",
    ] {
        assert!(told.contains(sentence), "{told}");
    }
    assert_eq!(documents_in(&told).len(), 4, "{told}");
}

#[test]
fn a_bucket_of_somebody_elses_is_left_as_it_is_and_that_is_no_success() {
    let moto = an_empty_account();
    make_their_bucket(&moto);
    let all = || [POLICY, LIFECYCLE].map(|words| holds(&moto, words));
    let before = all();
    let told = leave(&mut the_script(&moto));
    let sentence = "The bucket s3-fs-example-bucket was there before and was left as it is";
    assert!(told.contains(sentence), "{told}");
    assert_eq!(all(), before);
    holds(&moto, ROLE);
}

#[test]
fn a_yes_does_not_remove_what_somebody_elses_bucket_and_role_have_and_ends_well_once_ours_is_added()
{
    let moto = an_empty_account();
    make_their_bucket(&moto);
    make_their_role(&moto);
    let their_upload =
        json!({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::theirs/*"});
    put_upload(
        &moto,
        &json!({"Version": "2012-10-17", "Statement": their_upload}),
    );
    let all = || [POLICY, LIFECYCLE, UPLOAD].map(|words| holds(&moto, words));
    let before = all();
    let told = leave(&mut the_script_with_a_yes(&moto));
    assert_eq!(all(), before);
    let trust = &holds(&moto, ROLE)["Role"]["AssumeRolePolicyDocument"];
    assert_eq!(trust["Statement"][0]["Sid"], "OnlyThisUser", "it was empty");
    // As the person does who reads it: the documents in it are what to add.
    let documents = documents_in(&told);
    let [lifecycle, policy_of_ours, upload] = &documents[..] else {
        panic!("{told}");
    };
    put_rules(&moto, &json!([their_rule(), lifecycle["Rules"][0]]));
    let mut statements = policy(&moto);
    add(
        &mut statements["Statement"],
        policy_of_ours["Statement"][0].clone(),
    );
    put_policy(&moto, &statements);
    put_upload(&moto, upload);
    let completed = all();
    succeed(&mut the_script_with_a_yes(&moto));
    assert_eq!(all(), completed);
}

/// Those that begin and end on lines of their own.
fn documents_in(text: &str) -> Vec<Value> {
    let documents = text.split("\n{\n").skip(1);
    let documents = documents.filter_map(|rest| rest.split("\n}").next());
    documents
        .map(|inner| serde_json::from_str(&format!("{{{inner}}}")).expect("JSON"))
        .collect()
}

#[test]
fn a_user_or_a_role_of_somebody_elses_ends_the_script_before_it_is_given_anything() {
    let moto = an_empty_account();
    moto.aws("iam create-user --user-name sts-s3-upload-user");
    let told = leave(&mut the_script(&moto));
    assert!(
        told.contains("The user sts-s3-upload-user was there before"),
        "{told}"
    );
    let policies = holds(
        &moto,
        "iam list-user-policies --user-name sts-s3-upload-user",
    );
    assert_eq!(policies["PolicyNames"], json!([]));
    moto.aws("iam delete-user --user-name sts-s3-upload-user");
    make_their_role(&moto);
    let told = leave(&mut the_script(&moto));
    assert!(
        told.contains("The role sts-s3-example-role was there before"),
        "{told}"
    );
    let policies = holds(
        &moto,
        "iam list-role-policies --role-name sts-s3-example-role",
    );
    assert_eq!(policies["PolicyNames"], json!([]));
}

/// The script, which finds this in the place of aws-cli; in it, `real` is aws-cli.
fn the_script_through(moto: &Moto, stand_in: &str) -> (Command, TempDir) {
    let folder = fresh_folder();
    let real = from_venv("aws");
    let text = format!(
        "#!/usr/bin/env bash\nreal() {{ '{}' \"$@\"; }}\n{stand_in}",
        real.display()
    );
    let path = folder.path().join("aws");
    std::fs::write(&path, text).expect("the folder takes a file");
    std::fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("it is ours");
    let mut command = the_script(moto);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", folder.path().display()));
    (command, folder)
}

#[test]
fn a_run_that_broke_off_right_after_the_bucket_was_made_is_finished_by_the_next() {
    let moto = an_empty_account();
    // As S3, which moto is not: a bucket's tags are taken with it. Then the line is cut.
    let stand_in = r#"
[ ! -e "$0.cut" ] || exit 255
real "$@" || exit
case "$*" in
  *create-bucket*Tags*s3-fs-example-bucket/*)
    real s3api put-bucket-tagging --bucket s3-fs-example-bucket --tagging 'TagSet=[{Key=sandglass,Value=s3-fs-example-bucket/}]' ;;
esac
case "$*" in *create-bucket*) touch "$0.cut" ;; esac
"#;
    let (mut broken, folder) = the_script_through(&moto, stand_in);
    assert!(!broken.output().expect("bash is installed").status.success());
    assert!(folder.path().join("aws.cut").exists(), "it came that far");
    succeed(&mut the_script(&moto));
    assert_eq!(policy(&moto)["Statement"][0]["Sid"], "OnlyWithTls");
    holds(&moto, LIFECYCLE);
    holds(&moto, PUBLIC_ACCESS);
}

#[test]
fn an_older_aws_cli_that_knows_no_tags_of_a_new_bucket_marks_it_afterwards() {
    let moto = an_empty_account();
    let stand_in = r#"
case "$*" in
  *create-bucket*Tags*)
    echo 'Unknown parameter in CreateBucketConfiguration: "Tags", must be one of: LocationConstraint' >&2
    exit 252 ;;
esac
real "$@"
"#;
    let (mut older, _folder) = the_script_through(&moto, stand_in);
    succeed(&mut older);
    let tags = holds(&moto, TAGS);
    assert_eq!(tags["TagSet"][0]["Value"], "s3-fs-example-bucket/");
}
