//! A set-up as code, as it was looked at and approved: `SANDGLASS_WRITE=1` writes the files anew.

use std::path::PathBuf;

use account::{Export, Setup, SetupOptions, export};

fn least() -> Setup {
    Setup {
        partition: "aws".to_owned(),
        region: "ap-northeast-1".to_owned(),
        bucket: "s3-fs-example-bucket".to_owned(),
        prefix: String::new(),
        user: "sts-s3-upload-user".to_owned(),
        user_account: None,
        role: "sts-s3-example-role".to_owned(),
        longest_session_seconds: 43_200,
        only_tls: true,
        options: SetupOptions::default(),
    }
}

/// Every choice, and a folder whose name is no friend of templates.
fn most() -> Setup {
    Setup {
        region: "us-east-1".to_owned(),
        prefix: "it's 100%{in}*/".to_owned(),
        longest_session_seconds: 3600,
        options: SetupOptions {
            needs_mfa: true,
            external_id: Some("alpha:1".to_owned()),
            source_ips: vec!["192.0.2.0/24".to_owned(), "2001:db8::/32".to_owned()],
            may_abort: true,
            kms_key: Some(
                "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
                    .to_owned(),
            ),
            tags_objects: true,
            ..SetupOptions::default()
        },
        ..least()
    }
}

#[test]
fn a_set_up_as_code_reads_as_it_was_approved() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut stale = Vec::new();
    for (name, setup) in [("least", least()), ("most", most())] {
        for form in Export::ALL {
            let extension = match form {
                Export::CloudFormation => "cloudformation.json",
                Export::Terraform => "tf",
                Export::AwsCli => "sh",
                Export::Policies => "md",
            };
            let text = export(&setup, *form, Some("123456789012"));
            let path = folder.join(format!("{name}.{extension}"));
            if std::env::var_os("SANDGLASS_WRITE").is_some() {
                std::fs::write(&path, &text).expect("write");
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != text {
                stale.push(path);
            }
        }
    }
    assert!(stale.is_empty(), "otherwise than approved: {stale:?}");
}

#[test]
fn no_form_makes_or_names_an_access_key() {
    for setup in [least(), most()] {
        for form in Export::ALL {
            let text = export(&setup, *form, None).to_lowercase();
            for word in [
                "create-access-key",
                "aws_iam_access_key",
                "aws::iam::accesskey",
                "secretaccesskey",
            ] {
                assert!(!text.contains(word), "{form:?} has {word}");
            }
        }
    }
}
