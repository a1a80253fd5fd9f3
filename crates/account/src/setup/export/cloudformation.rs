//! CloudFormation ("AWS::S3::Bucket" and its neighbours in the template reference).

use serde_json::{Value, json};

use crate::permissions::pretty;
use crate::setup::documents::{Arns, Documents};
use crate::setup::{DAYS_OF_INCOMPLETE, LIFECYCLE_RULE, ROLE_POLICY, Setup, TAG, USER_POLICY};

/// Names stand in the template: a stack of it is one set-up. Removing the stack leaves the bucket and what is in it.
pub(super) fn template(setup: &Setup) -> String {
    let arn = |of: &str| json!({"Fn::GetAtt": [of, "Arn"]});
    // Joined, not substituted: in a substitution, a folder's name could hold what it reads as its own.
    let below = |path: String| json!({"Fn::Join": ["", [arn("Bucket"), path]]});
    let arns = Arns {
        user: arn("User"),
        role: arn("Role"),
        bucket: arn("Bucket"),
        all_objects: below("/*".to_owned()),
        objects: below(format!("/{}*", setup.literal_prefix())),
    };
    let documents = Documents::with(setup, &arns);
    let tags = json!([{"Key": TAG, "Value": setup.mark()}]);
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A bucket that one IAM user uploads to on temporary sessions, made by Sandglass. The access key is not in it: make one for the user, and keep it in the keychain. The user and the role have names: a stack of it needs the capability CAPABILITY_NAMED_IAM.",
        "Resources": {
            "Bucket": bucket(setup, &tags),
            "BucketPolicy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": documents.bucket},
            },
            "User": {
                "Type": "AWS::IAM::User",
                "Properties": {"UserName": setup.user, "Tags": tags},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": setup.role, "Tags": tags,
                    "MaxSessionDuration": setup.longest_session_seconds,
                    "AssumeRolePolicyDocument": documents.trust,
                    "Policies": [{"PolicyName": ROLE_POLICY, "PolicyDocument": documents.permissions}],
                },
            },
            // Apart from the user: the role's trust needs the user, and this the role.
            "UserPolicy": {
                "Type": "AWS::IAM::UserPolicy",
                "Properties": {
                    "UserName": {"Ref": "User"}, "PolicyName": USER_POLICY, "PolicyDocument": documents.user,
                },
            },
        },
        "Outputs": {
            "RoleArn": {"Description": "For the destination in Sandglass", "Value": arn("Role")},
        },
    });
    pretty(&template) + "\n"
}

fn bucket(setup: &Setup, tags: &Value) -> Value {
    let encryption = setup.encryption();
    json!({
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "BucketName": setup.bucket,
            "Tags": tags,
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": encryption}]},
            "LifecycleConfiguration": {"Rules": [{
                "Id": LIFECYCLE_RULE, "Status": "Enabled",
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": DAYS_OF_INCOMPLETE},
            }]},
        },
    })
}
