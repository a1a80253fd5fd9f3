//! Accounts whose five steps are right: what a policy above the role's own denies, and what another server does not tell.

use app::Verdict;
use sandbox::{Fault, Operation, Sandbox};

use super::{Case, RIGHT, and, objects};

const SOURCE: &str =
    "IAM user guide, \"Troubleshoot access denied error messages\"; not verified on AWS";

/// AWS's sentence, by S3, for each of these.
fn denied(sandbox: &Sandbox, operations: &[Operation], reason: &str) {
    for operation in operations {
        let (action, resource) = match operation {
            Operation::ListObjectsV2 => ("s3:ListBucket", objects("")),
            _ => ("s3:PutObject", objects("any")),
        };
        let reason = reason.replace("{action}", action);
        let message = format!(
            "User: arn:aws:sts::123456789012:assumed-role/sts-s3-example-role/somebody is not authorized to perform: \
             {action} on resource: \"{resource}\" {reason}"
        );
        let fault = Fault::fail_saying(403, "AccessDenied", &message);
        sandbox.faults().next(*operation, 9, fault);
    }
}

const STORING: &[Operation] = &[Operation::PutObject, Operation::UploadPart];
const LISTING: &[Operation] = &[Operation::ListObjectsV2];

pub(super) fn all() -> Vec<Case> {
    vec![
        Case {
            what: "Above the role: a service control policy of the organization denies storing",
            then: |sandbox, _| {
                let reason = "with an explicit deny in a service control policy: \
                    arn:aws:organizations::987654321098:policy/o-qv5af4abcd/service_control_policy/p-2kgnabcd";
                denied(sandbox, STORING, reason);
            },
            finds: &[("store", "deniedAbove"), ("parts", "deniedAbove")],
            comes_to: Verdict::Broken,
            source: SOURCE,
            ..RIGHT
        },
        Case {
            what: "Above the role: its permissions boundary allows storing and no listing",
            then: |sandbox, _| {
                let reason = "because no permissions boundary allows the {action} action";
                denied(sandbox, LISTING, reason);
            },
            finds: &[("list", "deniedAbove")],
            comes_to: Verdict::WorksBut,
            source: SOURCE,
            ..RIGHT
        },
        Case {
            what: "Above the role: a resource control policy asks for an encryption that whole objects do not name",
            then: |sandbox, _| {
                let reason = "with an explicit deny in a resource control policy";
                denied(sandbox, &[Operation::PutObject], reason);
            },
            finds: &[("store", "deniedAbove"), ("parts", "partsBeginUntold")],
            comes_to: Verdict::Broken,
            source: SOURCE,
            ..RIGHT
        },
        Case {
            what: "Above the role: the policy of a VPC endpoint lets nothing through",
            then: |sandbox, _| {
                let reason = "because no VPC endpoint policy allows the {action} action";
                denied(sandbox, STORING, reason);
                denied(sandbox, LISTING, reason);
            },
            finds: &[
                ("list", "deniedAbove"),
                ("store", "deniedAbove"),
                ("parts", "deniedAbove"),
            ],
            comes_to: Verdict::Broken,
            source: SOURCE,
            ..RIGHT
        },
        Case {
            what: "Another server, which does not tell whether it would store; and the role may read objects",
            account: |options| options.role_policy = Some(and(&["s3:GetObject"], &objects(""))),
            then: |sandbox, _| {
                for operation in STORING {
                    let fault = Fault::fail(500, "InternalError");
                    sandbox.faults().next(*operation, 9, fault);
                }
            },
            finds: &[("read", "readAllowed")],
            comes_to: Verdict::OpenEnd,
            source: "none of AWS's: moto answers 500 to a part of an upload that nobody has begun",
            ..RIGHT
        },
    ]
}
