//! What a person who was refused sends to the administrator: who asked for what, which causes are possible, and the policies
//! that would allow it.

use serde_json::{Value, json};

use crate::permissions::{advice, pretty};
use crate::setup::{SetupOptions, asking};

/// The language of a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A session; STS did not tell why.
    Session,
    /// A session; the role is not there, or its trust policy does not let the user in.
    ByTrust,
    /// A session; the user's own policies do not allow it.
    ByUser,
    /// STS is not active in the region, or the account has not enabled the region.
    InRegion,
    /// The list, or an upload.
    InBucket,
    /// The user may not replace its own access key.
    OwnKeys,
}

/// Who was refused, and what.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// What was refused.
    pub refused: Refused,
    /// The user's ARN; none where STS did not tell it.
    pub caller: Option<&'a str>,
    /// The role.
    pub role_arn: &'a str,
    /// The region.
    pub region: &'a str,
    /// The bucket.
    pub bucket: &'a str,
    /// Empty, or ends in `/`.
    pub prefix: &'a str,
    /// Sent with the request.
    pub external_id: Option<&'a str>,
    /// Was a one-time code sent?
    pub has_mfa: bool,
    /// Were session tags sent?
    pub has_tags: bool,
    /// Was a source identity sent?
    pub has_source_identity: bool,
    /// What its uploads need besides.
    pub needs: Option<&'a SetupOptions>,
}

struct Words {
    greeting: &'static str,
    greeting_own_keys: &'static str,
    user: &'static str,
    role: &'static str,
    bucket: &'static str,
    causes: &'static str,
    cause_role: &'static str,
    cause_trust: &'static str,
    cause_user: &'static str,
    cause_region: &'static str,
    cause_bucket: &'static str,
    cause_own_keys: &'static str,
    either: &'static str,
    both: &'static str,
    trust: &'static str,
    policy: &'static str,
    permissions: &'static str,
    unknown: &'static str,
}

const ENGLISH: Words = Words {
    greeting: "Sandglass could not do its work with the role below. Could you please check it?",
    greeting_own_keys: "Sandglass could not rotate the access key of the user below. Could you please check the user's policies?",
    user: "User",
    role: "Role",
    bucket: "Bucket",
    causes: "Possible causes:",
    cause_role: "The role does not exist under this ARN.",
    cause_trust: "The role's trust policy does not allow this user (or it asks for an ExternalId or MFA that was not given).",
    cause_user: "The user's own policies do not allow sts:AssumeRole on this role, or something above them denies it.",
    cause_region: "STS is not active in this region, or the account has not enabled the region: IAM console, Account settings, Security Token Service (STS).",
    cause_bucket: "The role's permissions policy does not allow it. s3:ListBucket is an action on the bucket itself, not on bucket/*.",
    cause_own_keys: "The user's own policies do not allow it to list, make, deactivate and delete its own access keys.",
    either: "Both are in one account: the trust policy suffices by itself. The user's policy alone suffices only where the trust policy already trusts the whole account.",
    both: "User and role are in different accounts, so both policies are needed.",
    trust: "Trust policy of the role:",
    policy: "Inline policy of the user:",
    permissions: "Permissions policy of the role:",
    unknown: "(STS did not tell; ACCOUNT and USER stand for it below)",
};

const JAPANESE: Words = Words {
    greeting: "Sandglass で下記のロールを使えませんでした。設定をご確認いただけますでしょうか。",
    greeting_own_keys: "Sandglass で下記のユーザーのアクセスキーをローテーションできませんでした。ユーザーのポリシーをご確認いただけますでしょうか。",
    user: "ユーザー",
    role: "ロール",
    bucket: "バケット",
    causes: "考えられる原因:",
    cause_role: "この ARN のロールが存在しない。",
    cause_trust: "ロールの信頼ポリシーがこのユーザーを許可していない（または、渡されていない ExternalId や MFA を求めている）。",
    cause_user: "ユーザー自身のポリシーがこのロールへの sts:AssumeRole を許可していない、または上位のポリシーが拒否している。",
    cause_region: "このリージョンで STS が有効でない、またはアカウントでリージョンが有効化されていない（IAM コンソールの「アカウント設定」→「Security Token Service (STS)」）。",
    cause_bucket: "ロールのアクセス許可ポリシーが許可していない。s3:ListBucket は bucket/* ではなく、バケットそのものに対するアクションである。",
    cause_own_keys: "ユーザー自身のポリシーが、自分のアクセスキーの一覧・作成・無効化・削除を許可していない。",
    either: "同じアカウント内なので、信頼ポリシーだけで足ります。ユーザーのポリシーだけで足りるのは、信頼ポリシーがすでにアカウント全体を信頼している場合に限ります。",
    both: "ユーザーとロールのアカウントが異なるため、次の 2 つのポリシーの両方が必要です。",
    trust: "ロールの信頼ポリシー:",
    policy: "ユーザーのインラインポリシー:",
    permissions: "ロールのアクセス許可ポリシー:",
    unknown: "（STS から通知されませんでした。以下では ACCOUNT と USER で表します）",
};

/// The whole text. Holds no secret; an ExternalId, which is none, stands in it.
pub fn letter(letter: &Letter<'_>, language: Language) -> String {
    let words = match language {
        Language::English => &ENGLISH,
        Language::Japanese => &JAPANESE,
    };
    let user = letter.caller.unwrap_or(words.unknown);
    let bucket = format!(
        "s3://{}/{} ({})",
        letter.bucket, letter.prefix, letter.region
    );
    let mut lines = match letter.refused {
        // The role has no part in it.
        Refused::OwnKeys => vec![
            words.greeting_own_keys.to_owned(),
            String::new(),
            format!("{}: {user}", words.user),
        ],
        _ => vec![
            words.greeting.to_owned(),
            String::new(),
            format!("{}: {user}", words.user),
            format!("{}: {}", words.role, letter.role_arn),
            format!("{}: {bucket}", words.bucket),
        ],
    };
    lines.extend([String::new(), words.causes.to_owned()]);
    let causes = causes(letter.refused, words).into_iter();
    lines.extend(causes.map(|cause| format!("- {cause}")));
    for (head, document) in documents(letter, words) {
        lines.extend([String::new(), head, document]);
    }
    lines.push(String::new());
    lines.join("\n")
}

fn causes(refused: Refused, words: &Words) -> Vec<&'static str> {
    match refused {
        Refused::Session => vec![words.cause_role, words.cause_trust, words.cause_user],
        Refused::ByTrust => vec![words.cause_role, words.cause_trust],
        Refused::ByUser => vec![words.cause_user],
        Refused::InRegion => vec![words.cause_region],
        Refused::InBucket => vec![words.cause_bucket],
        Refused::OwnKeys => vec![words.cause_own_keys],
    }
}

fn documents(letter: &Letter<'_>, words: &Words) -> Vec<(String, String)> {
    let partition = letter.role_arn.split(':').nth(1).unwrap_or("aws");
    let unknown = format!("arn:{partition}:iam::ACCOUNT:user/USER");
    match letter.refused {
        Refused::InRegion => Vec::new(),
        Refused::InBucket => {
            let document = advice(
                partition,
                letter.bucket,
                letter.prefix,
                letter.needs.unwrap_or(&SetupOptions::default()),
            )
            .document;
            vec![(words.permissions.to_owned(), document)]
        }
        Refused::OwnKeys => {
            let policy = own_keys_policy(letter.caller.unwrap_or(&unknown));
            vec![(words.policy.to_owned(), pretty(&policy))]
        }
        Refused::ByTrust => vec![trust_policy(letter, words, &unknown, "")],
        Refused::ByUser => vec![inline_policy(letter, words)],
        Refused::Session => {
            let needed = match letter.caller {
                Some(caller) if account_of(caller) == account_of(letter.role_arn) => words.either,
                Some(_) => words.both,
                None => "",
            };
            vec![
                trust_policy(letter, words, &unknown, needed),
                inline_policy(letter, words),
            ]
        }
    }
}

fn trust_policy(
    letter: &Letter<'_>,
    words: &Words,
    unknown: &str,
    needed: &str,
) -> (String, String) {
    let before = if needed.is_empty() {
        String::new()
    } else {
        format!("{needed}\n\n")
    };
    let user = letter.caller.unwrap_or(unknown);
    (
        format!("{before}{}", words.trust),
        pretty(&trust(user, letter)),
    )
}

fn inline_policy(letter: &Letter<'_>, words: &Words) -> (String, String) {
    (words.policy.to_owned(), pretty(&user_policy(letter)))
}

fn actions(letter: &Letter<'_>) -> Value {
    asking(letter.has_tags, letter.has_source_identity)
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// Who may assume the role. It names exactly that user, with what the destination gives besides.
fn trust(user: &str, letter: &Letter<'_>) -> Value {
    let mut statement =
        json!({"Effect": "Allow", "Principal": {"AWS": user}, "Action": actions(letter)});
    if let Some(external_id) = letter.external_id {
        statement["Condition"]["StringEquals"] = json!({"sts:ExternalId": external_id});
    }
    if letter.has_mfa {
        statement["Condition"]["Bool"] = json!({"aws:MultiFactorAuthPresent": "true"});
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn user_policy(letter: &Letter<'_>) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions(letter), "Resource": letter.role_arn}],
    })
}

/// What a user needs to replace its own access key, and no other's.
fn own_keys_policy(user: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": [
                "iam:ListAccessKeys",
                "iam:GetAccessKeyLastUsed",
                "iam:CreateAccessKey",
                "iam:UpdateAccessKey",
                "iam:DeleteAccessKey",
            ],
            "Resource": user,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: Letter<'_> = Letter {
        refused: Refused::Session,
        caller: Some("arn:aws:iam::123456789012:user/sts-s3-upload-user"),
        role_arn: "arn:aws:iam::123456789012:role/sts-s3-example-role",
        region: "ap-northeast-1",
        bucket: "s3-fs-example-bucket",
        prefix: "incoming/",
        external_id: None,
        has_mfa: false,
        has_tags: false,
        has_source_identity: false,
        needs: None,
    };

    /// Every JSON document in the text.
    fn documents_in(text: &str) -> Vec<Value> {
        text.split("\n{")
            .skip(1)
            .map(|rest| {
                let (inner, _) = rest.split_once("\n}").expect("an end");
                serde_json::from_str(&format!("{{{inner}\n}}")).expect("json")
            })
            .collect()
    }

    #[test]
    fn the_trust_policy_names_exactly_that_user_and_what_the_destination_gives() {
        let text = letter(
            &Letter {
                external_id: Some("agreed-word"),
                has_mfa: true,
                ..LETTER
            },
            Language::English,
        );
        let documents = documents_in(&text);
        let statement = &documents[0]["Statement"][0];
        assert_eq!(
            statement["Principal"]["AWS"],
            LETTER.caller.expect("a user")
        );
        let condition = &statement["Condition"];
        assert_eq!(condition["StringEquals"]["sts:ExternalId"], "agreed-word");
        assert_eq!(condition["Bool"]["aws:MultiFactorAuthPresent"], "true");
        assert_eq!(documents[1]["Statement"][0]["Resource"], LETTER.role_arn);
        assert!(text.contains("the trust policy suffices by itself"));
    }

    #[test]
    fn across_accounts_both_policies_are_asked_for() {
        let other = Letter {
            caller: Some("arn:aws:iam::210987654321:user/u"),
            ..LETTER
        };
        assert!(letter(&other, Language::English).contains("both policies are needed"));
        assert!(letter(&other, Language::Japanese).contains("両方が必要です"));
    }

    #[test]
    fn only_the_causes_that_are_possible_stand_in_it() {
        let causes = |refused| {
            let text = letter(&Letter { refused, ..LETTER }, Language::English);
            text.lines().filter(|line| line.starts_with("- ")).count()
        };
        assert_eq!(causes(Refused::Session), 3);
        assert_eq!(causes(Refused::ByTrust), 2);
        assert_eq!(causes(Refused::ByUser), 1);
    }

    #[test]
    fn the_policies_allow_what_the_sign_in_asks_for_besides() {
        let asked = Letter {
            has_tags: true,
            has_source_identity: true,
            ..LETTER
        };
        for document in documents_in(&letter(&asked, Language::English)) {
            let actions = &document["Statement"][0]["Action"];
            assert_eq!(
                *actions,
                json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
            );
        }
    }

    #[test]
    fn what_the_trust_policy_refused_is_not_mended_by_the_users_policy() {
        let documents = |refused| {
            let text = letter(&Letter { refused, ..LETTER }, Language::English);
            assert!(!text.contains("suffices"), "{text}");
            documents_in(&text)
        };
        let by_trust = documents(Refused::ByTrust);
        assert_eq!(by_trust.len(), 1);
        assert!(by_trust[0]["Statement"][0]["Principal"].is_object());
        let by_user = documents(Refused::ByUser);
        assert_eq!(by_user.len(), 1);
        assert_eq!(by_user[0]["Statement"][0]["Resource"], LETTER.role_arn);
    }

    #[test]
    fn an_unknown_user_and_another_partition_are_written_so() {
        let text = letter(
            &Letter {
                caller: None,
                role_arn: "arn:aws-cn:iam::123456789012:role/r",
                ..LETTER
            },
            Language::English,
        );
        let user = &documents_in(&text)[0]["Statement"][0]["Principal"]["AWS"];
        assert_eq!(user, "arn:aws-cn:iam::ACCOUNT:user/USER");
    }

    #[test]
    fn who_may_not_replace_the_own_key_asks_for_the_rights_to_it_and_to_no_other() {
        let refused = Refused::OwnKeys;
        let text = letter(&Letter { refused, ..LETTER }, Language::English);
        let statement = &documents_in(&text)[0]["Statement"][0];
        assert_eq!(statement["Resource"], LETTER.caller.expect("a user"));
        assert_eq!(statement["Action"].as_array().map(Vec::len), Some(5));
        assert!(
            !text.contains(LETTER.role_arn),
            "the role has no part in it"
        );
    }

    #[test]
    fn a_denied_list_asks_for_the_corrected_permissions() {
        let refused = Refused::InBucket;
        let text = letter(&Letter { refused, ..LETTER }, Language::Japanese);
        let list = &documents_in(&text)[0]["Statement"][1];
        assert_eq!(list["Resource"], "arn:aws:s3:::s3-fs-example-bucket");
    }
}
