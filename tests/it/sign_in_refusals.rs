//! Why STS said no, as far as it tells; and what the person sends to the administrator.

use sandbox::{Options, documents};
use serde_json::json;
use testkit::destination::Destination;
use testkit::sandglass::Output;

use crate::person::Person;
use crate::server::Server;

/// A trust policy for somebody else.
pub(crate) fn trust_of_another() -> serde_json::Value {
    let mut policy = documents::trust_policy();
    policy["Statement"][0]["Principal"]["AWS"] = json!("arn:aws:iam::123456789012:user/another");
    policy
}

/// The trust policy leaves it to the user's own, and that says nothing.
pub(crate) fn without_a_user_policy(options: &mut Options) {
    options.trust_policy = Some(documents::trust_policy_for_account());
    options.user_policy = Some(documents::empty_policy());
}

fn connect(person: &Person, destination: &Destination, options: &[&str]) {
    let arguments = [
        vec!["connect".to_owned(), "--key-stdin".to_owned()],
        destination.arguments(),
        options.iter().map(|word| (*word).to_owned()).collect(),
    ]
    .concat();
    let connected = person
        .sandglass
        .run_with_input(&arguments, &destination.key_lines());
    connected.expect_code(0);
}

/// A person connected to a sandbox that is set up so.
fn person_at(change: impl FnOnce(&mut Options), options: &[&str]) -> (Server, Person) {
    let server = Server::sandbox_with(change);
    let person = Person::new();
    connect(&person, &server.destination(), options);
    (server, person)
}

fn sign_in(person: &Person) -> Output {
    person.sandglass.run(&["sign-in"])
}

fn sign_in_with_code(person: &Person, code: &str) -> Output {
    let words = ["sign-in", "--mfa-code-stdin"];
    person
        .sandglass
        .run_with_input(&words, &format!("{code}\n"))
}

#[track_caller]
fn assert_refused(output: Output, code: &str) {
    let refused = output.expect_code(3);
    assert_eq!(refused.failure_code(), Some(code));
}

#[test]
fn a_role_that_trusts_another_user_is_told_as_far_as_sts_tells() {
    let untold = |options: &mut Options| options.trust_policy = Some(trust_of_another());
    let (_server, person) = person_at(untold, &[]);
    assert_refused(sign_in(&person), "roleRefused");
    let told = |options: &mut Options| {
        untold(options);
        options.sts.tells_trust = true;
    };
    let (_server, person) = person_at(told, &[]);
    assert_refused(sign_in(&person), "roleTrustRefused");
}

#[test]
fn a_user_whose_own_policy_does_not_allow_it_is_told_from_a_role_that_does_not_trust() {
    let (_server, person) = person_at(without_a_user_policy, &[]);
    assert_refused(sign_in(&person), "userMayNotAssume");
    let hidden = |options: &mut Options| {
        without_a_user_policy(options);
        options.sts.tells_nothing = true;
    };
    let (_server, person) = person_at(hidden, &[]);
    assert_refused(sign_in(&person), "roleRefused");
}

#[test]
fn an_external_id_that_does_not_match_is_named_as_a_possible_cause() {
    let asks = |options: &mut Options| {
        options.trust_policy = Some(documents::trust_policy_with_external_id("agreed-word"));
    };
    let (_server, person) = person_at(asks, &["--external-id", "another-word"]);
    assert_refused(sign_in(&person), "externalIdRefused");
    let (_server, person) = person_at(asks, &["--external-id", "agreed-word"]);
    sign_in(&person).expect_code(0);
}

#[test]
fn a_missing_a_wrong_and_a_used_code_and_a_strange_device_are_four_things() {
    let asks = |options: &mut Options| {
        options.trust_policy = Some(documents::trust_policy_with_mfa());
    };
    let serial = "arn:aws:iam::123456789012:mfa/sts-s3-upload-user";
    let (_server, person) = person_at(asks, &["--mfa-serial", serial]);
    assert_refused(sign_in(&person), "mfaMissing");
    assert_refused(sign_in_with_code(&person, "000000"), "mfaRefused");
    sign_in_with_code(&person, "123456").expect_code(0);
    // Another process knows nothing of the first one's code; the server does.
    assert_refused(sign_in_with_code(&person, "123456"), "mfaRefused");
    sign_in_with_code(&person, "234 567").expect_code(0);
    let strange = "arn:aws:iam::210987654321:mfa/another";
    let (_server, person) = person_at(asks, &["--mfa-serial", strange]);
    assert_refused(sign_in_with_code(&person, "123456"), "mfaDeviceUnknown");
}

#[test]
fn a_role_that_refuses_a_good_code_is_not_taken_for_a_wrong_code() {
    let trust = |options: &mut Options| options.trust_policy = Some(trust_of_another());
    let serial = "arn:aws:iam::123456789012:mfa/sts-s3-upload-user";
    let (_server, person) = person_at(trust, &["--mfa-serial", serial]);
    assert_refused(sign_in_with_code(&person, "123456"), "roleRefused");
}

#[test]
fn a_region_whose_sts_is_switched_off_is_named() {
    let (_server, person) = person_at(|options| options.sts.is_inactive = true, &[]);
    let refused = sign_in(&person).expect_code(3);
    assert_eq!(refused.failure_code(), Some("regionDisabled"));
    let region = &refused.objects[0]["failure"]["about"];
    assert_eq!(region, "ap-northeast-1");
}

#[test]
fn tags_and_a_source_identity_go_along_where_the_role_takes_them() {
    let wishes = [
        "--session-tag",
        "project=Field Recordings",
        "--source-identity",
        "mira",
        "--session-name",
        "mira@studio",
    ];
    let (_server, person) = person_at(|_| {}, &wishes);
    assert_refused(sign_in(&person), "sessionTagsRefused");
    let takes = |options: &mut Options| {
        let mut policy = documents::trust_policy();
        policy["Statement"][0]["Action"] =
            json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
        options.trust_policy = Some(policy);
    };
    let (_server, person) = person_at(takes, &wishes);
    let signed_in = sign_in(&person).expect_code(0);
    let role = signed_in.objects[0]["assumed_role"].as_str();
    assert!(
        role.is_some_and(|arn| arn.ends_with("/mira@studio")),
        "{role:?}"
    );
}

#[test]
fn the_letter_names_the_user_the_causes_that_are_possible_and_the_policies_that_would_help() {
    let (server, person) = person_at(without_a_user_policy, &[]);
    let address = server.as_sandbox().address().clone();
    let letter = |words: &[&str]| {
        let written = person.sandglass.run(words).expect_code(0);
        let text = written.objects[0]["letter"].as_str();
        text.expect("a letter").to_owned()
    };
    let english = letter(&["letter"]);
    for expected in [
        address.user_arn.as_str(),
        address.role_arn.as_str(),
        "Inline policy of the user:",
        "\"Action\": \"sts:AssumeRole\"",
    ] {
        assert!(english.contains(expected), "{expected} is not in {english}");
    }
    assert_eq!(
        english
            .lines()
            .filter(|line| line.starts_with("- "))
            .count(),
        1
    );
    assert!(letter(&["letter", "--ja"]).contains("ユーザーのインラインポリシー"));
    for secret in [&address.secret_access_key, &address.access_key_id] {
        assert!(!english.contains(secret.as_str()));
    }
}
