//! The policies of the tutorial that the sandbox's account follows, and the variants that tests ask for.

use serde_json::{Value, json};

/// The account that everything belongs to.
pub const ACCOUNT: &str = "123456789012";
/// The one region.
pub const REGION: &str = "ap-northeast-1";
/// The one bucket.
pub const BUCKET: &str = "s3-fs-example-bucket";
/// The user whose access key the keychain holds.
pub const USER: &str = "sts-s3-upload-user";
/// The role that sessions act as.
pub const ROLE: &str = "sts-s3-example-role";

/// `arn:aws:iam::ACCOUNT:user/USER`
pub fn user_arn() -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{USER}")
}

/// `arn:aws:iam::ACCOUNT:role/ROLE`
pub fn role_arn() -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}")
}

/// The role's permissions as they should be: uploads, and the list.
pub fn role_policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Upload", "Effect": "Allow", "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{BUCKET}/*")},
        {"Sid": "SeeTheList", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": format!("arn:aws:s3:::{BUCKET}")}]})
}

/// The role's permissions narrowed to one prefix.
pub fn role_policy_under(prefix: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Upload", "Effect": "Allow", "Action": "s3:PutObject",
         "Resource": format!("arn:aws:s3:::{BUCKET}/{prefix}*")},
        {"Sid": "SeeTheList", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": format!("arn:aws:s3:::{BUCKET}"),
         "Condition": {"StringLike": {"s3:prefix": format!("{prefix}*")}}}]})
}

/// The role's permissions as the tutorial published them: listing is named, but on the objects, so every listing is denied.
pub fn published_role_policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "VisualEditor0", "Effect": "Allow",
        "Action": ["s3:PutObject", "s3:ListBucket"], "Resource": format!("arn:aws:s3:::{BUCKET}/*")}]})
}

/// The role trusts the user by name.
pub fn trust_policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": user_arn()}, "Action": "sts:AssumeRole"}]})
}

/// The role trusts the user by name, under a condition.
pub fn trust_policy_if(condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": user_arn()}, "Action": "sts:AssumeRole", "Condition": condition}]})
}

/// The role asks for an external id.
pub fn trust_policy_with_external_id(external_id: &str) -> Value {
    trust_policy_if(&json!({"StringEquals": {"sts:ExternalId": external_id}}))
}

/// The role asks for a second factor.
pub fn trust_policy_with_mfa() -> Value {
    trust_policy_if(&json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
}

/// The role trusts the account, so that the user's own policy decides.
pub fn trust_policy_for_account() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}]})
}

/// The user may assume the role.
pub fn user_policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "VisualEditor0", "Effect": "Allow",
        "Action": "sts:AssumeRole", "Resource": role_arn()}]})
}

/// The user may assume the role, and replace its own access key.
pub fn user_policy_with_own_keys() -> Value {
    let mut policy = user_policy();
    if let Some(statements) = policy["Statement"].as_array_mut() {
        statements.push(json!({"Sid": "OwnKeys", "Effect": "Allow", "Resource": user_arn(),
            "Action": ["iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:CreateAccessKey", "iam:UpdateAccessKey",
                       "iam:DeleteAccessKey"]}));
    }
    policy
}

/// A document that says nothing.
pub fn empty_policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": []})
}
