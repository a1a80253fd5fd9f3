use super::{Caller, Policy, Question, Unreadable, Verdict, is_like};
use Verdict::{Allowed, AllowedForAccount, Denied, Silent};
use serde_json::{Value, json};

const BUCKET: &str = "arn:aws:s3:::s3-fs-example-bucket";
const OBJECT: &str = "arn:aws:s3:::s3-fs-example-bucket/photos/a.jpg";

fn ask(document: &Value, action: &str, resource: &str, context: &[(&str, &str)]) -> Verdict {
    Policy::read(document).unwrap().verdict(&Question {
        action,
        resource,
        context,
        caller: None,
    })
}

fn statement(statement: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

#[test]
fn an_identity_policy_decides_as_iam_does() {
    let published = json!({"Effect": "Allow", "Action": ["s3:PutObject", "s3:ListBucket"],
        "Resource": "arn:aws:s3:::s3-fs-example-bucket/*"});
    let allow = |action: Value, resource: Value| json!({"Effect": "Allow", "Action": action, "Resource": resource});
    let cases = [
        (published.clone(), "s3:PutObject", OBJECT, Allowed),
        (published.clone(), "s3:ListBucket", BUCKET, Silent),
        (published, "s3:GetObject", OBJECT, Silent),
        (
            allow(json!("s3:ListBucket"), json!(BUCKET)),
            "s3:ListBucket",
            BUCKET,
            Allowed,
        ),
        (
            allow(json!("S3:putobject"), json!("*")),
            "s3:PutObject",
            OBJECT,
            Allowed,
        ),
        (
            allow(json!("s3:Put*"), json!("*")),
            "s3:PutObject",
            OBJECT,
            Allowed,
        ),
        (
            allow(json!("s3:Put*"), json!("*")),
            "s3:GetObject",
            OBJECT,
            Silent,
        ),
        (
            allow(json!("*"), json!("*")),
            "sts:AssumeRole",
            "arn:aws:iam::1:role/r",
            Allowed,
        ),
        (
            allow(json!("s3:?utObject"), json!("*")),
            "s3:PutObject",
            OBJECT,
            Allowed,
        ),
        (
            allow(json!("s3:*"), json!("arn:aws:s3:::S3-FS-example-bucket/*")),
            "s3:PutObject",
            OBJECT,
            Silent,
        ),
        (
            allow(json!("s3:*"), json!([BUCKET, "arn:aws:s3:::*/photos/*"])),
            "s3:PutObject",
            OBJECT,
            Allowed,
        ),
        (
            json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
            "s3:PutObject",
            OBJECT,
            Denied,
        ),
        (
            json!({"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}),
            "s3:PutObject",
            OBJECT,
            Allowed,
        ),
        (
            json!({"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}),
            "s3:GetObject",
            OBJECT,
            Silent,
        ),
        (
            json!({"Effect": "Allow", "Action": "*", "NotResource": OBJECT}),
            "s3:PutObject",
            OBJECT,
            Silent,
        ),
        (
            json!({"Effect": "Allow", "Action": "*", "NotResource": BUCKET}),
            "s3:PutObject",
            OBJECT,
            Allowed,
        ),
    ];
    for (document, action, resource, expected) in cases {
        assert_eq!(
            ask(&statement(&document), action, resource, &[]),
            expected,
            "{document} asked {action}"
        );
    }
}

#[test]
fn a_condition_holds_only_where_its_key_has_the_value() {
    let exists = [("s3:prefix", "photos/2026/")];
    let nothing: &[(&str, &str)] = &[];
    let with_mfa = [("aws:MultiFactorAuthPresent", "true")];
    let cases = [
        (
            json!({"StringLike": {"s3:prefix": "photos/*"}}),
            exists.as_slice(),
            Allowed,
        ),
        (
            json!({"StringLike": {"s3:prefix": ["docs/*", "photos/*"]}}),
            exists.as_slice(),
            Allowed,
        ),
        (
            json!({"StringLike": {"s3:prefix": "docs/*"}}),
            exists.as_slice(),
            Silent,
        ),
        (
            json!({"StringLike": {"s3:prefix": "photos/*"}}),
            nothing,
            Silent,
        ),
        (
            json!({"StringLikeIfExists": {"s3:prefix": "photos/*"}}),
            nothing,
            Allowed,
        ),
        (
            json!({"StringEquals": {"S3:Prefix": "photos/2026/"}}),
            exists.as_slice(),
            Allowed,
        ),
        (
            json!({"StringEquals": {"s3:prefix": "photos/*"}}),
            exists.as_slice(),
            Silent,
        ),
        (
            json!({"StringNotEquals": {"s3:prefix": "docs/"}}),
            exists.as_slice(),
            Allowed,
        ),
        (
            json!({"StringNotEquals": {"s3:prefix": "docs/"}}),
            nothing,
            Allowed,
        ),
        (
            json!({"StringNotLike": {"s3:prefix": "photos/*"}}),
            exists.as_slice(),
            Silent,
        ),
        (json!({"Null": {"s3:prefix": "true"}}), nothing, Allowed),
        (
            json!({"Null": {"s3:prefix": true}}),
            exists.as_slice(),
            Silent,
        ),
        (
            json!({"Null": {"s3:prefix": "false"}}),
            exists.as_slice(),
            Allowed,
        ),
        (
            json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            nothing,
            Silent,
        ),
        (
            json!({"Bool": {"aws:MultiFactorAuthPresent": true}}),
            with_mfa.as_slice(),
            Allowed,
        ),
        (
            json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
            nothing,
            Allowed,
        ),
    ];
    for (condition, context, expected) in cases {
        let document = statement(
            &json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}),
        );
        assert_eq!(
            ask(&document, "s3:ListBucket", BUCKET, context),
            expected,
            "{condition} in {context:?}"
        );
    }
}

#[test]
fn an_explicit_deny_outweighs_every_allow() {
    let document = json!({"Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::s3-fs-example-bucket/photos/*"},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]});
    assert_eq!(ask(&document, "s3:PutObject", OBJECT, &[]), Denied);
    assert_eq!(ask(&document, "s3:GetObject", OBJECT, &[]), Allowed);
}

#[test]
fn a_trust_policy_tells_the_user_from_the_users_account() {
    let user = "arn:aws:iam::123456789012:user/sts-s3-upload-user";
    let cases = [
        (json!({"AWS": user}), Allowed),
        (
            json!({"AWS": ["arn:aws:iam::123456789012:user/other", user]}),
            Allowed,
        ),
        (
            json!({"AWS": "arn:aws:iam::123456789012:user/other"}),
            Silent,
        ),
        (json!({"AWS": "arn:aws:iam::123456789012:user/*"}), Silent),
        (
            json!({"AWS": "arn:aws:iam::123456789012:root"}),
            AllowedForAccount,
        ),
        (json!({"AWS": "123456789012"}), AllowedForAccount),
        (json!({"AWS": "210987654321"}), Silent),
        (json!("*"), Allowed),
        (json!({"AWS": "*"}), Allowed),
        (json!({"Service": "s3.amazonaws.com"}), Silent),
    ];
    for (principal, expected) in cases {
        let document = statement(
            &json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}),
        );
        let question = Question {
            action: "sts:AssumeRole",
            resource: "arn:aws:iam::123456789012:role/sts-s3-example-role",
            context: &[],
            caller: Some(Caller {
                account: "123456789012",
                arn: user,
                role_arn: None,
            }),
        };
        assert_eq!(
            Policy::read(&document).unwrap().verdict(&question),
            expected,
            "{principal}"
        );
    }
}

#[test]
fn what_cannot_be_evaluated_is_refused() {
    let with = |condition: Value| {
        statement(
            &json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}),
        )
    };
    let cases = [
        (json!([]), Unreadable::NotAnObject),
        (
            json!({}),
            Unreadable::Element {
                element: "Statement",
            },
        ),
        (
            statement(&json!({"Effect": "Maybe"})),
            Unreadable::Element { element: "Effect" },
        ),
        (
            statement(&json!({"Effect": "Allow", "Resource": "*"})),
            Unreadable::Element { element: "Action" },
        ),
        (
            statement(&json!({"Effect": "Allow", "Action": "*"})),
            Unreadable::Element {
                element: "Resource",
            },
        ),
        (
            with(json!({"IpAddress": {"aws:SourceIp": "::1"}})),
            Unreadable::Operator {
                operator: "IpAddress".into(),
            },
        ),
        (
            with(json!({"StringLike": "x"})),
            Unreadable::Element {
                element: "Condition",
            },
        ),
    ];
    for (document, expected) in cases {
        assert_eq!(Policy::read(&document).unwrap_err(), expected, "{document}");
    }
}

#[test]
fn a_star_may_stand_for_nothing_and_is_retried_further_on() {
    for (pattern, text) in [
        ("a*", "a"),
        ("*", ""),
        ("a*b*c", "aXbXbc"),
        ("*abc", "ababc"),
        ("a**", "ab"),
        ("日?", "日本"),
    ] {
        assert!(is_like(pattern, text), "{pattern} against {text}");
    }
    for (pattern, text) in [("a?", "a"), ("a*b", "abc"), ("", "a"), ("abc*d", "abc")] {
        assert!(!is_like(pattern, text), "{pattern} against {text}");
    }
}
