//! `account apply` and `undo`, on moto: twice, broken off after every call, and with uploads under the policies that came of it.

use sandbox::Operation;
use serde_json::Value;
use testkit::fault_line::{Fault, FaultLine};
use testkit::moto::Moto;
use testkit::sandglass::{Output, Sandglass};
use tokio::runtime::Runtime;

use crate::person::Person;

pub(crate) const WHAT: [&str; 4] = [
    "--bucket",
    "s3-fs-example-bucket",
    "--region",
    "ap-northeast-1",
];

pub(crate) struct Told {
    pub(crate) moto: Moto,
    pub(crate) person: Person,
    /// Under moto.
    runtime: Runtime,
}

impl Told {
    pub(crate) fn on_an_empty_account() -> Self {
        Self::on(Moto::empty())
    }

    pub(crate) fn on(moto: impl Future<Output = Moto>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let moto = runtime.block_on(moto);
        let mut person = Person::new();
        moto.sign_in(&mut person.sandglass, moto.endpoint());
        Self {
            moto,
            person,
            runtime,
        }
    }

    #[track_caller]
    fn assert_all(&self, standing: &str, calls: u64) {
        let planned = self.account("plan", &[]).expect_code(0);
        let all = words(&planned, "item", "standing");
        let are_so = all.iter().all(|(_, found)| *found == standing);
        assert!(are_so, "after call {calls}: {all:?}");
    }

    pub(crate) fn account(&self, command: &str, more: &[&str]) -> Output {
        account(&self.person.sandglass, command, more)
    }
}

/// The call is carried out; its answer is lost, and nothing goes through after it.
fn break_off_after(line: &FaultLine, calls: u64) {
    line.clear();
    line.next_after(Operation::Other, calls, 1, Fault::LoseAnswer);
    line.next_after(Operation::Other, calls + 1, 10_000, Fault::Refuse);
}

fn account(sandglass: &Sandglass, command: &str, more: &[&str]) -> Output {
    sandglass.run(&[&["account", command][..], &WHAT, more].concat())
}

pub(crate) fn words<'a>(output: &'a Output, kind: &str, word: &str) -> Vec<(&'a str, &'a str)> {
    let text = |object: &'a Value, field: &str| object[field].as_str().unwrap_or_default();
    let told = output
        .objects
        .iter()
        .filter(|object| object["kind"] == kind);
    told.map(|object| (text(object, "thing"), text(object, word)))
        .collect()
}

#[test]
fn a_set_up_is_planned_made_once_and_taken_back() {
    let told = Told::on_an_empty_account();
    let planned = told.account("plan", &[]).expect_code(0);
    let missing = words(&planned, "item", "standing");
    assert_eq!(missing.len(), 10);
    assert!(
        missing.iter().all(|(_, standing)| *standing == "missing"),
        "{missing:?}"
    );

    let made = told.account("apply", &[]).expect_code(0);
    assert!(
        words(&made, "done", "outcome")
            .iter()
            .all(|(_, outcome)| *outcome == "made")
    );
    let again = told.account("apply", &[]).expect_code(0);
    assert!(
        words(&again, "done", "outcome")
            .iter()
            .all(|(_, outcome)| *outcome == "unchanged")
    );
    let planned = told.account("plan", &[]).expect_code(0);
    assert!(
        words(&planned, "item", "standing")
            .iter()
            .all(|(_, standing)| *standing == "right")
    );

    let undone = told.account("undo", &["--yes"]).expect_code(0);
    let removed = words(&undone, "done", "outcome");
    assert_eq!(
        removed,
        [
            ("user", "removed"),
            ("role", "removed"),
            ("bucket", "removed")
        ]
    );
    let planned = told.account("plan", &[]).expect_code(0);
    assert!(
        words(&planned, "item", "standing")
            .iter()
            .all(|(_, standing)| *standing == "missing")
    );
}

#[test]
fn what_was_there_before_is_not_touched_without_a_yes_and_never_removed() {
    let told = Told::on_an_empty_account();
    told.moto.aws("s3api create-bucket --bucket s3-fs-example-bucket --create-bucket-configuration LocationConstraint=ap-northeast-1");
    told.moto
        .aws("iam create-user --user-name sts-s3-upload-user");
    let made = told.account("apply", &[]).expect_code(1);
    let outcomes = words(&made, "done", "outcome");
    assert!(outcomes.contains(&("encryption", "left")), "{outcomes:?}");
    assert!(outcomes.contains(&("userPolicy", "left")), "{outcomes:?}");
    assert!(outcomes.contains(&("role", "made")), "{outcomes:?}");
    told.account("apply", &["--change-existing"]).expect_code(0);
    let undone = told.account("undo", &["--yes"]).expect_code(1);
    let removed = words(&undone, "done", "outcome");
    assert_eq!(
        removed,
        [
            // The right that it was given goes.
            ("userPolicy", "removed"),
            ("user", "kept: not ours"),
            ("role", "removed"),
            ("bucket", "kept: not ours")
        ]
    );
}

#[test]
fn a_bucket_with_objects_stays() {
    let told = Told::on_an_empty_account();
    // It has no TLS, and enforces the bucket's policy.
    let endpoint = ["--endpoint", told.moto.endpoint()];
    told.account("apply", &endpoint).expect_code(0);
    let store = told.moto.onlooker();
    told.runtime.block_on(store.store("there.txt", b"already"));
    let undone = told
        .account("undo", &[&endpoint[..], &["--yes"]].concat())
        .expect_code(1);
    let removed = words(&undone, "done", "outcome");
    assert!(
        removed.contains(&("bucket", "kept: not empty")),
        "{removed:?}"
    );
    assert_eq!(told.runtime.block_on(store.keys()), ["there.txt"]);
}

#[test]
fn a_set_up_and_an_undo_that_break_off_after_any_call_are_finished_by_the_next_run() {
    let told = Told::on_an_empty_account();
    let line = FaultLine::to(told.moto.address());
    let mut broken = Person::new();
    told.moto.sign_in(&mut broken.sandglass, &line.endpoint());
    let mut calls = 0;
    loop {
        break_off_after(&line, calls);
        let interrupted = account(&broken.sandglass, "apply", &[]);
        if interrupted.code == Some(0) {
            break;
        }
        told.account("apply", &[]).expect_code(0);
        told.assert_all("right", calls);
        // Undo is done in fewer calls: then it is not interrupted, and the second one finds nothing.
        break_off_after(&line, calls);
        account(&broken.sandglass, "undo", &["--yes"]);
        told.account("undo", &["--yes"]).expect_code(0);
        told.assert_all("missing", calls);
        calls += 1;
    }
    assert!(calls >= 30, "all calls were met: {calls}");
}

#[test]
fn a_key_whose_secret_was_lost_on_the_way_goes_and_the_next_run_makes_the_only_one() {
    let told = Told::on_an_empty_account();
    let line = FaultLine::to(told.moto.address());
    let endpoint = told.moto.endpoint().to_owned();
    let connect = ["--connect", "Field recordings", "--endpoint", &endpoint];
    let over_the_line = || {
        let mut person = Person::new();
        told.moto.sign_in(&mut person.sandglass, &line.endpoint());
        person
    };
    account(&over_the_line().sandglass, "apply", &connect).expect_code(0);
    let calls = line.requests_of(Operation::Other) as u64;
    told.account("undo", &["--endpoint", &endpoint, "--yes"])
        .expect_code(0);

    // The call that makes the key: its mark came before it, and the word that it is kept comes after it.
    line.next_after(Operation::Other, calls - 3, 1, Fault::LoseAnswer);
    line.next_after(Operation::Other, calls - 3 + 1, 10_000, Fault::Refuse);
    let broken = over_the_line();
    let interrupted = account(&broken.sandglass, "apply", &connect).expect_code(3);
    assert_eq!(interrupted.failure_code(), Some("offline"));
    assert_eq!(told.moto.key_ids("sts-s3-upload-user").len(), 1);
    let tags = told
        .moto
        .aws("iam list-user-tags --user-name sts-s3-upload-user");
    assert!(tags.contains("sandglass-key"), "a key waits: {tags}");

    let made = told.account("apply", &connect).expect_code(0);
    let connected = made
        .objects
        .iter()
        .find(|object| object["kind"] == "connected");
    let ends = connected.expect("told")["key_ends"]
        .as_str()
        .expect("four characters")
        .to_owned();
    let keys = told.moto.key_ids("sts-s3-upload-user");
    assert!(
        keys.len() == 1 && keys[0].ends_with(&ends),
        "{keys:?}, …{ends}"
    );

    // Another destination of the same user is told that there is a key, and takes none away.
    let second = ["--connect", "Another", "--endpoint", &endpoint];
    let refused = told.account("apply", &second).expect_code(1);
    assert_eq!(refused.failure_code(), Some("userKeyInUse"));
    assert_eq!(told.moto.key_ids("sts-s3-upload-user"), keys);
}

#[test]
fn files_go_through_under_the_policies_that_were_made_and_a_second_run_makes_no_second_key() {
    let told = Told::on_an_empty_account();
    let endpoint = told.moto.endpoint().to_owned();
    let connect = ["--connect", "Field recordings", "--endpoint", &endpoint];
    let handed_on = told.person.sandglass.home().join("../reef.sandglass");
    let file = handed_on.display().to_string();
    let with_file = [&connect[..], &["--drop-zone", &file]].concat();
    told.account("apply", &with_file).expect_code(0);
    let zone = std::fs::read_to_string(&handed_on).expect("written");
    assert!(zone.contains("role/sts-s3-example-role"), "{zone}");
    assert!(!zone.contains("AKIA"), "no key is in it: {zone}");
    let again = told.account("apply", &connect).expect_code(0);
    let connected = again
        .objects
        .iter()
        .find(|object| object["kind"] == "connected");
    assert_eq!(connected.expect("told")["outcome"], "unchanged");
    let file = told.person.small_file("grain.txt", b"sand");
    told.moto.enforce_policies(true);
    told.person
        .sandglass
        .run(&crate::person::put(&[], &[&file]))
        .expect_code(0);
    told.person.sandglass.run(&["ls"]).expect_code(0);
    told.moto.enforce_policies(false);
    let keys = told.runtime.block_on(told.moto.onlooker().keys());
    assert_eq!(keys, ["grain.txt"]);
}

#[test]
fn nobody_signed_in_is_said_with_what_to_do() {
    let told = Told::on_an_empty_account();
    let mut person = Person::new();
    person
        .sandglass
        .set_env("AWS_EC2_METADATA_DISABLED", "true");
    person.sandglass.set_env("AWS_CONFIG_FILE", "/dev/null");
    person
        .sandglass
        .set_env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    person
        .sandglass
        .set_env("AWS_ENDPOINT_URL", told.moto.endpoint());
    let refused = account(&person.sandglass, "plan", &[]).expect_code(3);
    assert_eq!(refused.failure_code(), Some("noAdministrator"));
}

#[test]
fn what_others_wrote_into_a_bucket_and_a_role_stays_and_is_shown_to_stay() {
    let told = Told::on_an_empty_account();
    let aws = |words: &str| told.moto.aws(words);
    aws(
        "s3api create-bucket --bucket s3-fs-example-bucket --create-bucket-configuration LocationConstraint=ap-northeast-1",
    );
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::s3-fs-example-bucket/*"}]}"#;
    aws(&format!(
        "s3api put-bucket-policy --bucket s3-fs-example-bucket --policy {theirs}"
    ));
    let rule = r#"{"Rules":[{"ID":"theirs","Status":"Enabled","Filter":{"Prefix":"old/"},"Expiration":{"Days":30}}]}"#;
    aws(&format!(
        "s3api put-bucket-lifecycle-configuration --bucket s3-fs-example-bucket --lifecycle-configuration {rule}"
    ));
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}"#;
    aws(&format!(
        "iam create-role --role-name sts-s3-example-role --max-session-duration 3600 --assume-role-policy-document {trust}"
    ));
    let planned = told.account("plan", &[]).expect_code(0);
    let wanted = |thing: &str| {
        let mut items = planned.objects.iter();
        let item = items.find(|object| object["thing"] == thing);
        item.expect("planned")["wanted"].clone()
    };
    let sids = wanted("bucketPolicy")["Statement"].clone();
    assert_eq!(
        (&sids[0]["Sid"], &sids[1]["Sid"]),
        (&"Theirs".into(), &"OnlyWithTls".into())
    );
    assert_eq!(wanted("lifecycle")["Rules"][0]["ID"], "theirs");
    let trusted = wanted("role")["Statement"].clone();
    assert_eq!(trusted[0]["Principal"]["Service"], "ec2.amazonaws.com");
    assert_eq!(trusted[1]["Sid"], "OnlyThisUser");

    told.account("apply", &["--change-existing"]).expect_code(0);
    let policy = aws("s3api get-bucket-policy --bucket s3-fs-example-bucket");
    assert!(
        policy.contains("Theirs") && policy.contains("OnlyWithTls"),
        "{policy}"
    );
    let rules = aws("s3api get-bucket-lifecycle-configuration --bucket s3-fs-example-bucket");
    assert!(
        rules.contains("old/") && rules.contains("sandglass-incomplete-uploads"),
        "{rules}"
    );
    let found = aws("iam get-role --role-name sts-s3-example-role");
    assert!(found.contains("\"MaxSessionDuration\": 3600"), "{found}");
    assert!(found.contains("ec2.amazonaws.com"), "{found}");
    assert!(found.contains("user/sts-s3-upload-user"), "{found}");
}

#[test]
fn where_the_bucket_encrypts_with_a_kms_key_the_role_gets_the_right_to_use_it() {
    let told = Told::on_an_empty_account();
    told.moto.aws("s3api create-bucket --bucket s3-fs-example-bucket --create-bucket-configuration LocationConstraint=ap-northeast-1");
    let kms = r#"{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"11111111-2222-3333-4444-555555555555"}}]}"#;
    told.moto.aws(&format!(
        "s3api put-bucket-encryption --bucket s3-fs-example-bucket --server-side-encryption-configuration {kms}"
    ));
    let planned = told.account("plan", &[]).expect_code(0);
    let standings = words(&planned, "item", "standing");
    assert!(
        standings.contains(&("encryption", "right")),
        "{standings:?}"
    );
    told.account("apply", &["--change-existing"]).expect_code(0);
    let policy = told
        .moto
        .aws("iam get-role-policy --role-name sts-s3-example-role --policy-name upload");
    assert!(
        policy.contains("key/11111111-2222-3333-4444-555555555555")
            && policy.contains("kms:GenerateDataKey"),
        "{policy}"
    );
}

#[test]
fn what_somebody_set_up_by_hand_is_not_taken_back() {
    let told = Told::on_an_empty_account();
    let aws = |words: &str| told.moto.aws(words);
    aws("iam create-user --user-name sts-s3-upload-user");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"AskForASession","Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::123456789012:role/sts-s3-example-role"}]}"#;
    aws(&format!(
        "iam put-user-policy --user-name sts-s3-upload-user --policy-name ask-for-a-session --policy-document {policy}"
    ));
    let made = told.account("apply", &["--change-existing"]).expect_code(0);
    assert!(words(&made, "done", "outcome").contains(&("userPolicy", "unchanged")));
    let undone = told.account("undo", &["--yes"]).expect_code(1);
    let removed = words(&undone, "done", "outcome");
    assert_eq!(
        removed,
        [
            ("user", "kept: not ours"),
            ("role", "removed"),
            ("bucket", "removed")
        ]
    );
    aws("iam get-user-policy --user-name sts-s3-upload-user --policy-name ask-for-a-session");
}
