//! `account repair`, on moto: what is missing is added, and nothing that somebody wrote is taken away or got around.

use serde_json::Value;
use testkit::destination::Destination;
use testkit::moto::Moto;
use testkit::sandglass::Output;

use crate::provisioning::{Told, words};

const ROLE: &str = "sts-s3-example-role";
const USER: &str = "arn:aws:iam::123456789012:user/sts-s3-upload-user";
/// moto says nothing of its own about what an upload may do, so an examination has an open end.
const OPEN_END: i32 = 1;

impl Told {
    fn repair(&self, more: &[&str]) -> Output {
        let words = [&["account", "repair"][..], more].concat();
        self.person.sandglass.run(&words)
    }

    #[track_caller]
    fn assert_standings(&self, expected: [(&str, &str); 3]) -> Output {
        let planned = self.repair(&[]).expect_code(0);
        assert_eq!(words(&planned, "item", "standing"), expected);
        planned
    }

    fn trust(&self) -> String {
        let role = self.moto.aws(&format!("iam get-role --role-name {ROLE}"));
        let role: Value = serde_json::from_str(&role).expect("aws-cli prints JSON");
        role["Role"]["AssumeRolePolicyDocument"].to_string()
    }

    fn set_trust(&self, statement: &Value) {
        let trust = serde_json::json!({"Version": "2012-10-17", "Statement": [statement]});
        self.moto.aws(&format!(
            "iam update-assume-role-policy --role-name {ROLE} --policy-document {trust}"
        ));
    }

    /// The tutorial's account with all its mistakes, connected.
    fn mistaken(moto: impl Future<Output = Moto>) -> (Self, Destination) {
        let told = Self::on(moto);
        let mistaken = told.moto.mistaken_account();
        told.person.sandglass.connect(&mistaken).expect_code(0);
        (told, mistaken)
    }
}

fn letting_in(condition: Option<Value>) -> Value {
    let mut statement = serde_json::json!(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": USER}}
    );
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    statement
}

fn why(planned: &Output, thing: &str) -> Value {
    let mut items = planned.objects.iter();
    let item = items.find(|object| object["thing"] == thing);
    item.expect("planned")["why"].clone()
}

#[test]
fn a_role_that_was_set_up_wrongly_is_repaired_after_a_yes_and_what_its_trust_says_besides_stays() {
    let (told, _) = Told::mistaken(Moto::empty());
    // Within the account, a trust policy that names the user is enough: the user needs no policy of its own.
    told.assert_standings([
        ("role", "otherwise"),
        ("permissions", "missing"),
        ("userPolicy", "right"),
    ]);
    let made = told.repair(&["--yes"]).expect_code(OPEN_END);
    let outcomes = words(&made, "done", "outcome");
    let expected = [
        ("role", "changed"),
        ("permissions", "made"),
        ("userPolicy", "unchanged"),
    ];
    assert_eq!(outcomes, expected);
    let examined = made.objects.iter();
    let examined = examined.filter(|object| object["kind"] == "finding");
    assert!(examined.count() > 10, "it is examined again");
    let trust = told.trust();
    assert!(trust.contains("user/somebody-else"), "it stays: {trust}");
    assert!(trust.contains(USER), "{trust}");
    told.assert_standings([
        ("role", "right"),
        ("permissions", "right"),
        ("userPolicy", "right"),
    ]);
}

#[test]
fn an_address_that_the_trust_asks_for_stays_asked_for() {
    let told = Told::on_an_empty_account();
    let endpoint = told.moto.endpoint().to_owned();
    let made = [
        "--source-ip",
        "192.0.2.0/24",
        "--connect",
        "Field recordings",
        "--endpoint",
        &endpoint,
    ];
    told.account("apply", &made).expect_code(0);
    told.assert_standings([
        ("role", "right"),
        ("permissions", "right"),
        ("userPolicy", "right"),
    ]);
    told.repair(&["--yes"]).expect_code(OPEN_END);
    assert!(told.trust().contains("192.0.2.0/24"));
}

#[test]
fn a_one_time_code_that_the_trust_asks_for_is_never_got_around() {
    let (told, _) = Told::mistaken(Moto::empty());
    let mfa = serde_json::json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    told.set_trust(&letting_in(Some(mfa)));
    let before = told.trust();
    let planned = told.assert_standings([
        ("role", "withheld"),
        ("permissions", "missing"),
        ("userPolicy", "right"),
    ]);
    assert_eq!(why(&planned, "role"), "condition");
    let made = told.repair(&["--yes"]);
    assert!(words(&made, "done", "outcome").contains(&("role", "left")));
    assert_eq!(told.trust(), before);
}

#[test]
fn what_the_role_may_do_for_others_it_may_do_after() {
    let (told, _) = Told::mistaken(Moto::empty());
    told.set_trust(&letting_in(None));
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Upload","Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::another-bucket/*"}]}"#;
    told.moto.aws(&format!(
        "iam put-role-policy --role-name {ROLE} --policy-name upload --policy-document {theirs}"
    ));
    told.assert_standings([
        ("role", "right"),
        ("permissions", "otherwise"),
        ("userPolicy", "right"),
    ]);
    told.repair(&["--yes"]).expect_code(OPEN_END);
    let policy = told.moto.aws(&format!(
        "iam get-role-policy --role-name {ROLE} --policy-name upload"
    ));
    assert!(policy.contains("another-bucket/*"), "{policy}");
    assert!(policy.contains("s3-fs-example-bucket/*"), "{policy}");
}

#[test]
fn where_iam_simulates_any_policy_that_allows_the_job_will_do() {
    let (told, _) = Told::mistaken(Moto::that_simulates());
    told.set_trust(&letting_in(None));
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:ListBucket"],"Resource":"*"}]}"#;
    told.moto.aws(&format!(
        "iam put-role-policy --role-name {ROLE} --policy-name of-another-name --policy-document {all}"
    ));
    told.assert_standings([
        ("role", "right"),
        ("permissions", "right"),
        ("userPolicy", "right"),
    ]);
}

#[test]
fn a_denial_and_a_boundary_are_told_from_a_right_that_is_missing() {
    let (told, _) = Told::mistaken(Moto::that_simulates());
    told.set_trust(&letting_in(None));
    let missing = told.assert_standings([
        ("role", "right"),
        ("permissions", "missing"),
        ("userPolicy", "right"),
    ]);
    assert_eq!(why(&missing, "permissions"), Value::Null);

    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}]}"#;
    told.moto.aws(&format!(
        "iam put-role-policy --role-name {ROLE} --policy-name no --policy-document {deny}"
    ));
    let planned = told.repair(&[]).expect_code(0);
    assert_eq!(why(&planned, "permissions"), "deny");
    told.moto.aws(&format!(
        "iam delete-role-policy --role-name {ROLE} --policy-name no"
    ));

    let least = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}"#;
    told.moto.aws(&format!(
        "iam create-policy --policy-name least --policy-document {least}"
    ));
    told.moto.aws(&format!(
        "iam put-role-permissions-boundary --role-name {ROLE} --permissions-boundary arn:aws:iam::123456789012:policy/least"
    ));
    let planned = told.repair(&[]).expect_code(0);
    assert_eq!(why(&planned, "permissions"), "above");

    let made = told.repair(&["--yes"]);
    assert!(words(&made, "done", "outcome").contains(&("permissions", "left")));
    let policies = format!("iam list-role-policies --role-name {ROLE}");
    let policies = told.moto.aws(&policies);
    assert!(
        !policies.contains("upload"),
        "nothing is written: {policies}"
    );
}

#[test]
fn a_right_that_is_given_under_a_condition_is_not_given_without_it() {
    let bound = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Put*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}"#;
    let whether_iam_simulates = [
        Told::mistaken(Moto::that_simulates()),
        Told::mistaken(Moto::empty()),
    ];
    for (told, _) in whether_iam_simulates {
        told.set_trust(&letting_in(None));
        told.moto.aws(&format!(
            "iam put-role-policy --role-name {ROLE} --policy-name theirs --policy-document {bound}"
        ));
        let planned = told.assert_standings([
            ("role", "right"),
            ("permissions", "withheld"),
            ("userPolicy", "right"),
        ]);
        assert_eq!(why(&planned, "permissions"), "condition");
        told.repair(&["--yes"]);
        let policies = format!("iam list-role-policies --role-name {ROLE}");
        let policies = told.moto.aws(&policies);
        assert!(!policies.contains("upload"), "{policies}");
    }
}

#[test]
fn where_iam_does_not_simulate_that_is_said() {
    let (told, _) = Told::mistaken(Moto::empty());
    let planned = told.repair(&[]).expect_code(0);
    assert!(
        planned.stderr.contains("iam:SimulatePrincipalPolicy"),
        "{}",
        planned.stderr
    );
    let (told, _) = Told::mistaken(Moto::that_simulates());
    let planned = told.repair(&[]).expect_code(0);
    assert!(!planned.stderr.contains("SimulatePrincipalPolicy"));
}

#[test]
fn a_role_with_a_path_is_named_and_not_taken_for_the_one_without() {
    let (told, mistaken) = Told::mistaken(Moto::empty());
    let trust = serde_json::json!({"Version": "2012-10-17", "Statement": [letting_in(None)]});
    told.moto.aws(&format!(
        "iam create-role --role-name deep --path /team/ --assume-role-policy-document {trust}"
    ));
    let shallow = Destination {
        name: "Shallow".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/deep".to_owned(),
        ..mistaken
    };
    told.person.sandglass.connect(&shallow).expect_code(0);
    let refused = told.repair(&["--destination", "Shallow", "--yes"]);
    assert_eq!(refused.failure_code(), Some("roleNamedOtherwise"));
}

#[test]
fn an_administrator_of_another_account_is_told_so_and_changes_nothing() {
    let (told, mistaken) = Told::mistaken(Moto::empty());
    let elsewhere = Destination {
        name: "Elsewhere".to_owned(),
        role_arn: "arn:aws:iam::210987654321:role/sts-s3-example-role".to_owned(),
        ..mistaken
    };
    told.person.sandglass.connect(&elsewhere).expect_code(0);
    let refused = told.repair(&["--destination", "Elsewhere", "--yes"]);
    assert_eq!(refused.failure_code(), Some("otherAccount"));
}
