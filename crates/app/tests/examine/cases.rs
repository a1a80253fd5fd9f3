//! Accounts that are set up wrongly in their usual ways, and what an examination must say of each.
//! One table, though long.

use app::{DestinationForm, SessionOptions, Verdict};
use jiff::SignedDuration;
use sandbox::{Fault, Operation, Options, Sandbox, documents};
use serde_json::{Value, json};

use crate::desk::HandClock;

mod beyond;

const BUCKET: &str = documents::BUCKET;
const OTHER_USER: &str = "arn:aws:iam::123456789012:user/someone-else";

/// One way of being set up.
pub(crate) struct Case {
    /// As `docs/examine.md` has it.
    pub(crate) what: &'static str,
    pub(crate) account: fn(&mut Options),
    pub(crate) form: fn(&mut DestinationForm),
    /// Once everything stands.
    pub(crate) then: fn(&Sandbox, &HandClock),
    /// What must be found, as `check: word`; every other check is good, not needed or open, or not reached.
    pub(crate) finds: &'static [(&'static str, &'static str)],
    pub(crate) comes_to: Verdict,
    /// Where the belief comes from that AWS behaves so, too.
    pub(crate) source: &'static str,
}

/// The account of the tutorial, corrected.
const RIGHT: Case = Case {
    what: "Nothing is wrong: the corrected policies",
    account: |_| (),
    form: |_| (),
    then: |_, _| (),
    finds: &[],
    comes_to: Verdict::Works,
    source: "IAM user guide, \"Policy evaluation logic\"",
};

const ASSUME: &str =
    "STS API reference, \"AssumeRole\"; kiam issue 33: a missing role is refused in the same words";
const ACTIONS: &str =
    "Service Authorization Reference, \"Actions, resources, and condition keys for Amazon S3\"";
const EVALUATION: &str = "IAM user guide, \"Policy evaluation logic\"";

fn objects(prefix: &str) -> String {
    format!("arn:aws:s3:::{BUCKET}/{prefix}*")
}

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]})
}

#[expect(clippy::needless_pass_by_value, reason = "made for the call")]
fn trust(principal: Value) -> Value {
    json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})
}

/// The role's policy with one more statement.
fn and(actions: &[&str], resource: &str) -> Value {
    let mut policy = documents::role_policy();
    if let Some(all) = policy["Statement"].as_array_mut() {
        all.push(json!({"Effect": "Allow", "Action": actions, "Resource": resource}));
    }
    policy
}

fn under_incoming(form: &mut DestinationForm) {
    "incoming/".clone_into(&mut form.prefix);
}

/// Every request for a whole object is answered so.
fn puts_fail(sandbox: &Sandbox, status: u16, code: &str, message: &str) {
    let fault = Fault::fail_saying(status, code, message);
    sandbox.faults().next(Operation::PutObject, 9, fault);
}

pub(crate) fn all() -> Vec<Case> {
    let mut all = steps();
    all.extend(beyond::all());
    all
}

const DENIED_ROLE: &[(&str, &str)] = &[("role", "roleRefused")];
const NOTHING_ALLOWED: &[(&str, &str)] = &[
    ("list", "listDenied"),
    ("store", "storeDenied"),
    ("parts", "partsDenied"),
];

#[expect(clippy::too_many_lines, reason = "a table")]
fn steps() -> Vec<Case> {
    vec![
        RIGHT,
        Case {
            what: "Step 1: STS is not active in the region",
            account: |options| options.sts.is_inactive = true,
            finds: &[("sts", "regionDisabled")],
            comes_to: Verdict::Broken,
            source: "STS API reference, `RegionDisabledException`",
            ..RIGHT
        },
        Case {
            what: "Step 2: the bucket does not exist",
            form: |form| "s3-fs-other-bucket".clone_into(&mut form.bucket),
            finds: &[("bucket", "bucketMissing")],
            comes_to: Verdict::Broken,
            source: "S3 API reference, \"HeadBucket\"",
            ..RIGHT
        },
        Case {
            what: "Step 2: the bucket is in another region",
            form: |form| "us-west-2".clone_into(&mut form.region),
            finds: &[("bucket", "bucketElsewhere")],
            source: "S3 API reference, \"HeadBucket\": the header `x-amz-bucket-region` comes regardless of permissions",
            ..RIGHT
        },
        Case {
            what: "Step 2: the bucket's policy denies storing to everybody",
            account: |options| {
                options.bucket_policy =
                    Some(json!({"Statement": [{"Effect": "Deny", "Principal": "*",
                    "Action": "s3:PutObject", "Resource": objects("")}]}));
            },
            finds: &[("store", "storeDeniedByBucket"), ("parts", "partsDenied")],
            comes_to: Verdict::Broken,
            source: "AWS security blog, enhanced access denied messages; not verified on AWS",
            ..RIGHT
        },
        Case {
            what: "Step 2: the bucket's policy denies listing to everybody",
            account: |options| {
                options.bucket_policy =
                    Some(json!({"Statement": [{"Effect": "Deny", "Principal": "*",
                    "Action": "s3:ListBucket", "Resource": format!("arn:aws:s3:::{BUCKET}")}]}));
            },
            finds: &[("list", "listDeniedByBucket")],
            comes_to: Verdict::WorksBut,
            source: EVALUATION,
            ..RIGHT
        },
        Case {
            what: "Step 2: the bucket's policy asks for an encryption that whole objects do not name",
            then: |sandbox, _| puts_fail(sandbox, 403, "AccessDenied", "Access Denied"),
            finds: &[("store", "storeDeniedWhole"), ("parts", "partsBeginUntold")],
            comes_to: Verdict::Broken,
            source: "S3 user guide, \"Requiring encryption\"; not verified on AWS: whether parts are refused, too",
            ..RIGHT
        },
        Case {
            what: "Step 2: the bucket encrypts with a KMS key that the role may not use",
            then: |sandbox, _| {
                let message =
                    "User: arn is not authorized to perform: kms:GenerateDataKey on resource: arn";
                puts_fail(sandbox, 403, "AccessDenied", message);
            },
            finds: &[("kms", "kmsDenied")],
            comes_to: Verdict::Broken,
            source: "S3 user guide, \"Using server-side encryption with AWS KMS keys\"; not verified on AWS: whether the key is looked at before the checksum",
            ..RIGHT
        },
        Case {
            what: "Step 2: the bucket's KMS key is disabled",
            then: |sandbox, _| {
                puts_fail(
                    sandbox,
                    400,
                    "KMS.DisabledException",
                    "The key is disabled.",
                );
            },
            finds: &[("kms", "kmsKeyUnusable")],
            comes_to: Verdict::Broken,
            source: "KMS API reference, `DisabledException`; not verified on AWS: S3's name for it",
            ..RIGHT
        },
        Case {
            what: "Step 3: the access key is inactive, or was deleted",
            then: |sandbox, _| sandbox.deactivate_keys(),
            finds: &[("key", "accessKeyUnknown")],
            comes_to: Verdict::Broken,
            source: "STS API reference, common errors: `InvalidClientTokenId`",
            ..RIGHT
        },
        Case {
            what: "Step 3: the secret is another key's",
            then: |sandbox, _| {
                let fault = Fault::fail(403, "SignatureDoesNotMatch");
                sandbox
                    .faults()
                    .next(Operation::AssumeRole, 9, fault.clone());
                sandbox
                    .faults()
                    .next(Operation::GetCallerIdentity, 9, fault);
            },
            finds: &[("key", "secretWrong")],
            comes_to: Verdict::Broken,
            source: "STS API reference, common errors: `SignatureDoesNotMatch`",
            ..RIGHT
        },
        Case {
            what: "This computer's clock is twenty minutes off",
            then: |sandbox, clock| {
                clock.set_wall(SignedDuration::from_mins(20));
                let fault = Fault::fail(403, "SignatureDoesNotMatch");
                sandbox
                    .faults()
                    .next(Operation::AssumeRole, 9, fault.clone());
                sandbox
                    .faults()
                    .next(Operation::GetCallerIdentity, 9, fault);
            },
            finds: &[("clock", "clockOff")],
            comes_to: Verdict::Broken,
            source: "IAM user guide, \"Troubleshoot signed requests\"",
            ..RIGHT
        },
        Case {
            what: "Step 4: the role does not exist",
            form: |form| "arn:aws:iam::123456789012:role/misspelt".clone_into(&mut form.role_arn),
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 4: the role's ARN names another account",
            form: |form| {
                "arn:aws:iam::210987654321:role/sts-s3-example-role".clone_into(&mut form.role_arn);
            },
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 4: the trust policy still names the service S3, from the console's first page",
            account: |options| {
                options.trust_policy = Some(trust(json!({"Service": "s3.amazonaws.com"})));
            },
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 4: the trust policy names another user",
            account: |options| options.trust_policy = Some(trust(json!({"AWS": OTHER_USER}))),
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 4: the trust policy names another user, and AWS says which policy is missing",
            account: |options| {
                options.trust_policy = Some(trust(json!({"AWS": OTHER_USER})));
                options.sts.tells_trust = true;
            },
            finds: &[("role", "roleTrustRefused")],
            comes_to: Verdict::Broken,
            source: "AWS security blog, enhanced access denied messages; not verified on AWS for trust policies",
            ..RIGHT
        },
        Case {
            what: "Step 4: the user was deleted and made again, so that the trust policy names its old id (AIDA…)",
            account: |options| {
                options.trust_policy = Some(trust(json!({"AWS": "AIDAEXAMPLEOLDUSER01"})));
            },
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: "IAM user guide, \"AWS JSON policy elements: Principal\"",
            ..RIGHT
        },
        Case {
            what: "Step 4: the trust policy allows another action only",
            account: |options| {
                options.trust_policy = Some(json!({"Statement": [{"Effect": "Allow",
                    "Principal": {"AWS": documents::user_arn()}, "Action": "sts:AssumeRoleWithSAML"}]}));
            },
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 4: the trust policy demands MFA, and the destination names no device",
            account: |options| options.trust_policy = Some(documents::trust_policy_with_mfa()),
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: "IAM user guide, \"Configuring MFA-protected API access\"",
            ..RIGHT
        },
        Case {
            what: "Step 4: the trust policy demands an ExternalId, and the destination has none",
            account: |options| {
                options.trust_policy = Some(documents::trust_policy_with_external_id("alpha"));
            },
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 4: the ExternalId is another one",
            account: |options| {
                options.trust_policy = Some(documents::trust_policy_with_external_id("alpha"));
            },
            form: |form| "beta".clone_into(&mut form.external_id),
            finds: &[("role", "externalIdRefused")],
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 4: the role allows sessions of an hour, and the destination asks for two",
            account: |options| options.max_session_seconds = 3600,
            form: |form| "7200".clone_into(&mut form.session_seconds),
            finds: &[("length", "lengthLowered")],
            comes_to: Verdict::WorksBut,
            source: "STS API reference, \"AssumeRole\": `DurationSeconds`",
            ..RIGHT
        },
        Case {
            what: "Step 4: the permissions policy as the tutorial published it, which allows ListBucket on `bucket/*`",
            account: |options| options.role_policy = Some(documents::published_role_policy()),
            finds: &[("list", "listDeniedOnly")],
            comes_to: Verdict::WorksBut,
            source: ACTIONS,
            ..RIGHT
        },
        Case {
            what: "Step 4: the role has no permissions policy",
            account: |options| options.role_policy = Some(documents::empty_policy()),
            finds: NOTHING_ALLOWED,
            comes_to: Verdict::Broken,
            source: EVALUATION,
            ..RIGHT
        },
        Case {
            what: "Step 4: the permissions policy names another bucket",
            account: |options| {
                options.role_policy = Some(allow(&["s3:*"], "arn:aws:s3:::another-bucket/*"));
            },
            finds: NOTHING_ALLOWED,
            comes_to: Verdict::Broken,
            source: EVALUATION,
            ..RIGHT
        },
        Case {
            what: "Step 4: the permissions policy allows PutObject on the bucket and not on its objects",
            account: |options| {
                let bucket = format!("arn:aws:s3:::{BUCKET}");
                options.role_policy = Some(allow(&["s3:PutObject", "s3:ListBucket"], &bucket));
            },
            finds: &[("store", "storeDenied"), ("parts", "partsDenied")],
            comes_to: Verdict::Broken,
            source: ACTIONS,
            ..RIGHT
        },
        Case {
            what: "Step 4: the permissions policy is for another folder than the destination's",
            account: |options| {
                options.role_policy = Some(documents::role_policy_under("outgoing/"));
            },
            form: under_incoming,
            finds: NOTHING_ALLOWED,
            comes_to: Verdict::Broken,
            source: EVALUATION,
            ..RIGHT
        },
        Case {
            what: "Step 4: limited to the destination's folder, as it should be",
            account: |options| {
                options.role_policy = Some(documents::role_policy_under("incoming/"));
            },
            form: under_incoming,
            source: EVALUATION,
            ..RIGHT
        },
        Case {
            what: "Too much: the role is not limited to the destination's folder",
            form: under_incoming,
            finds: &[("otherFolders", "otherFoldersAllowed")],
            comes_to: Verdict::WorksBut,
            source: EVALUATION,
            ..RIGHT
        },
        Case {
            what: "Too much: the role may read objects",
            account: |options| options.role_policy = Some(and(&["s3:GetObject"], &objects(""))),
            finds: &[("read", "readAllowed")],
            comes_to: Verdict::WorksBut,
            source: "S3 API reference, \"GetObject\": 404 to who may list and read, else 403",
            ..RIGHT
        },
        Case {
            what: "The role may read objects, and the destination wants that",
            account: |options| options.role_policy = Some(and(&["s3:GetObject"], &objects(""))),
            form: |form| {
                form.session = SessionOptions {
                    is_whole_role: true,
                    ..SessionOptions::default()
                };
            },
            source: "S3 API reference, \"GetObject\"",
            ..RIGHT
        },
        Case {
            what: "Too much: `s3:*` on everything (AmazonS3FullAccess)",
            account: |options| options.role_policy = Some(allow(&["s3:*"], "*")),
            form: under_incoming,
            finds: &[
                ("read", "readAllowed"),
                ("otherFolders", "otherFoldersAllowed"),
                ("otherBuckets", "otherBucketsAllowed"),
            ],
            comes_to: Verdict::WorksBut,
            source: ACTIONS,
            ..RIGHT
        },
        Case {
            what: "Step 5: no policy on the user, where the trust policy names the user: it is not needed",
            account: |options| options.user_policy = Some(documents::empty_policy()),
            source: "IAM user guide, \"Cross-account policy evaluation logic\": within one account one of the two suffices",
            ..RIGHT
        },
        Case {
            what: "Step 5: no policy on the user, where the trust policy names the account: it is needed",
            account: |options| {
                options.trust_policy = Some(documents::trust_policy_for_account());
                options.user_policy = Some(documents::empty_policy());
            },
            finds: &[("role", "userMayNotAssume")],
            comes_to: Verdict::Broken,
            source: "AWS security blog, enhanced access denied messages",
            ..RIGHT
        },
        Case {
            what: "Step 5: the same, and STS tells no reason",
            account: |options| {
                options.trust_policy = Some(documents::trust_policy_for_account());
                options.user_policy = Some(documents::empty_policy());
                options.sts.tells_nothing = true;
            },
            finds: DENIED_ROLE,
            comes_to: Verdict::Broken,
            source: ASSUME,
            ..RIGHT
        },
        Case {
            what: "Step 5: the user's policy names another role, where the trust policy names the account",
            account: |options| {
                options.trust_policy = Some(documents::trust_policy_for_account());
                options.user_policy = Some(allow(
                    &["sts:AssumeRole"],
                    "arn:aws:iam::123456789012:role/other",
                ));
            },
            finds: &[("role", "userMayNotAssume")],
            comes_to: Verdict::Broken,
            source: "AWS security blog, enhanced access denied messages",
            ..RIGHT
        },
        Case {
            what: "Step 5: a policy of the user's denies AssumeRole",
            account: |options| {
                options.user_policy = Some(
                    json!({"Statement": [{"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}]}),
                );
            },
            finds: &[("role", "userMayNotAssume")],
            comes_to: Verdict::Broken,
            source: EVALUATION,
            ..RIGHT
        },
    ]
}
