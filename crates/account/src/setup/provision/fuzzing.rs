//! A door for the fuzzer alone: what is read in policies that somebody else wrote, and what is made of them.

use serde_json::{Value, json};

use super::others::{concerns, why};
use super::policy::{read, statements, with_added, with_replaced};
use super::simulate::Question;
use super::trust::{Caller, Trusts, trusts, without_gone};

/// Reads the text as a trust policy and as a permissions policy, and mends it.
///
/// # Panics
/// Where a statement that stood there would be lost, where mending does not end, or where it does not mend.
pub fn mend(text: &str) {
    let Ok(policy) = read("GetRole", text) else {
        return;
    };
    mend_trust(&policy);
    let storing = Question {
        actions: vec!["s3:PutObject".to_owned()],
        resource: "arn:aws:s3:::field-recordings/incoming/grain.txt".to_owned(),
        context: Vec::new(),
    };
    for one in statements(&policy) {
        if concerns(&one, &storing) {
            let _ = why(&one);
        }
    }
    let ours = [
        json!({"Sid": "Upload", "Effect": "Allow", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::field-recordings/incoming/*"}),
    ];
    let added = with_added(&policy, &ours);
    assert_keeps(&policy, &added);
    assert_eq!(with_added(&added, &ours), added, "it is added once");
    let replaced = with_replaced(&policy, &ours);
    assert_eq!(with_replaced(&replaced, &ours), replaced);
}

fn mend_trust(policy: &Value) {
    for has_mfa in [false, true] {
        let arn = "arn:aws:iam::123456789012:user/up";
        let caller = Caller {
            arn: arn.to_owned(),
            account: ["123456789012", "arn:aws:iam::123456789012:root"].map(str::to_owned),
            has_mfa,
            external_id: has_mfa.then(|| "agreed".to_owned()),
        };
        let ours = json!({"Sid": "Upload", "Effect": "Allow", "Principal": {"AWS": arn},
            "Action": ["sts:AssumeRole", "sts:TagSession"]});
        if let Trusts::Lacks(wanted) = trusts(policy, &caller, &ours) {
            assert_keeps(&without_gone(policy), &wanted);
            let after = trusts(&wanted, &caller, &ours);
            assert!(matches!(after, Trusts::LetsIn { .. }), "it still {after:?}");
        }
    }
}

fn assert_keeps(before: &Value, after: &Value) {
    let after = statements(after);
    for one in statements(before) {
        assert!(after.contains(&one), "lost: {one}");
    }
}
