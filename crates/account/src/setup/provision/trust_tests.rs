use super::*;

const USER: &str = "arn:aws:iam::123456789012:user/sts-s3-upload-user";
const OTHER: &str = "arn:aws:iam::123456789012:user/other";
const ROOT: &str = "arn:aws:iam::123456789012:root";
const GONE: &str = "AIDAEXAMPLEOLDUSER01";

fn caller() -> Caller {
    Caller {
        arn: USER.to_owned(),
        account: [ROOT.to_owned(), "123456789012".to_owned()],
        has_mfa: false,
        external_id: None,
    }
}

fn with_mfa() -> Caller {
    Caller {
        has_mfa: true,
        ..caller()
    }
}

fn ours(actions: &Value) -> Value {
    json!({"Sid": "OnlyThisUser", "Effect": "Allow", "Principal": {"AWS": USER}, "Action": actions})
}

fn allow(principal: &Value, condition: Option<Value>) -> Value {
    let mut statement =
        json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    statement
}

fn deny(principal: &Value, condition: Option<Value>) -> Value {
    let mut statement = allow(principal, condition);
    statement["Effect"] = json!("Deny");
    statement
}

fn said_to(caller: &Caller, statements: &[Value]) -> Trusts {
    let trust = json!({"Version": "2012-10-17", "Statement": statements});
    trusts(&trust, caller, &ours(&json!("sts:AssumeRole")))
}

fn said(statements: &[Value]) -> Trusts {
    said_to(&caller(), statements)
}

fn lacking(found: Trusts) -> Vec<Value> {
    match found {
        Trusts::Lacks(trust) => statements(&trust),
        other => panic!("{other:?}"),
    }
}

fn mfa() -> Value {
    json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})
}

fn network() -> Value {
    json!({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}})
}

#[test]
fn the_user_or_its_whole_account_is_let_in() {
    let by_name = said(&[allow(&json!({"AWS": USER}), None)]);
    assert_eq!(by_name, Trusts::LetsIn { by_name: true });
    let by_account = said(&[allow(&json!({"AWS": ["x", ROOT]}), None)]);
    assert_eq!(by_account, Trusts::LetsIn { by_name: false });
    let mut any_action = allow(&json!({"AWS": USER}), None);
    any_action["Action"] = json!("sts:assume*");
    assert_eq!(said(&[any_action]), Trusts::LetsIn { by_name: true });
}

#[test]
fn another_user_stays_beside_the_one_that_is_added() {
    let mut named = allow(&json!({"AWS": OTHER}), None);
    named["Sid"] = json!("OnlyThisUser");
    let all = lacking(said(&[named.clone()]));
    assert_eq!(all[0], named);
    assert_eq!(all[1]["Sid"], "OnlyThisUser2");
    assert_eq!(all[1]["Principal"]["AWS"], USER);
}

#[test]
fn a_condition_on_the_network_is_kept_and_taken_for_met() {
    let found = said(&[allow(&json!({"AWS": USER}), Some(network()))]);
    assert_eq!(found, Trusts::LetsIn { by_name: true });
}

#[test]
fn a_condition_that_the_destination_does_not_meet_is_never_got_around() {
    let user = json!({"AWS": USER});
    let withheld = Trusts::Withheld(Withheld::Condition);
    assert_eq!(said(&[allow(&user, Some(mfa()))]), withheld);
    let mut by_pattern = allow(&user, Some(mfa()));
    by_pattern["Action"] = json!("sts:Assume*");
    assert_eq!(said(&[by_pattern]), withheld);
    let word = json!({"StringEquals": {"sts:ExternalId": "alpha"}});
    assert_eq!(said(&[allow(&user, Some(word.clone()))]), withheld);
    let brings = Caller {
        external_id: Some("alpha".to_owned()),
        ..with_mfa()
    };
    let found = said_to(
        &brings,
        &[allow(&user, Some(word)), allow(&user, Some(mfa()))],
    );
    assert_eq!(found, Trusts::LetsIn { by_name: true });
}

#[test]
fn a_denial_is_not_outweighed() {
    let lets_in = allow(&json!({"AWS": USER}), None);
    let found = said(&[lets_in.clone(), deny(&json!("*"), None)]);
    assert_eq!(found, Trusts::Withheld(Withheld::Deny));
    let without_code = json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}});
    let all = [lets_in.clone(), deny(&json!("*"), Some(without_code))];
    assert_eq!(said(&all), Trusts::Withheld(Withheld::Condition));
    assert_eq!(said_to(&with_mfa(), &all), Trusts::LetsIn { by_name: true });
    let elsewhere = [lets_in, deny(&json!("*"), Some(network()))];
    assert_eq!(said(&elsewhere), Trusts::LetsIn { by_name: true });
}

#[test]
fn what_is_written_by_what_it_is_not_is_left_to_whoever_wrote_it() {
    let mut around = deny(&json!({"AWS": OTHER}), None);
    around["NotPrincipal"] = around["Principal"].take();
    let lets_in = allow(&json!({"AWS": USER}), None);
    let unclear = Trusts::Withheld(Withheld::Unclear);
    assert_eq!(said(&[lets_in, around]), unclear);
    let mut all_but = allow(&json!({"AWS": USER}), None);
    all_but["NotAction"] = json!("sts:GetFederationToken");
    all_but["Action"] = Value::Null;
    assert_eq!(said(&[all_but]), unclear);
}

#[test]
fn the_id_of_a_user_that_was_deleted_goes_since_iam_saves_none() {
    let gone = allow(&json!({"AWS": GONE}), None);
    let both = allow(&json!({"AWS": [GONE, OTHER]}), None);
    let service = allow(&json!({"AWS": GONE, "Service": "ec2.amazonaws.com"}), None);
    let all = lacking(said(&[gone, both, service]));
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(all[0]["Principal"]["AWS"], json!([OTHER]));
    assert_eq!(all[1]["Principal"], json!({"Service": "ec2.amazonaws.com"}));
    assert_eq!(all[2]["Principal"]["AWS"], USER);
}

#[test]
fn a_user_that_was_made_again_comes_in_under_the_old_ones_condition_only() {
    let all = lacking(said(&[allow(&json!({"AWS": GONE}), Some(network()))]));
    assert_eq!(all[0]["Principal"]["AWS"], USER);
    assert_eq!(all[0]["Condition"], network());
    let demanding = allow(&json!({"AWS": GONE}), Some(mfa()));
    // Of two ways in, the one that is open to this caller.
    let by_another = allow(&json!({"AWS": GONE}), Some(network()));
    let all = lacking(said(&[demanding.clone(), by_another]));
    assert_eq!(all[0]["Condition"], network());
    assert_eq!(said(&[demanding]), Trusts::Withheld(Withheld::Condition));
}

#[test]
fn tags_are_allowed_under_the_condition_that_stands_there() {
    let trust = json!({"Statement": [allow(&json!({"AWS": USER}), Some(network()))]});
    let wants = ours(&json!(["sts:AssumeRole", "sts:TagSession"]));
    let all = lacking(trusts(&trust, &caller(), &wants));
    assert_eq!(all[1]["Action"], json!(["sts:TagSession"]));
    assert_eq!(all[1]["Condition"], network());
}
