//! Terraform, with the provider `hashicorp/aws`.

use serde_json::{Value, json};

use super::filled;
use crate::permissions::pretty;
use crate::setup::documents::{Arns, Documents};
use crate::setup::{DAYS_OF_INCOMPLETE, LIFECYCLE_RULE, ROLE_POLICY, Setup, TAG, USER_POLICY};

pub(super) fn configuration(setup: &Setup) -> String {
    let bucket = reference("aws_s3_bucket.uploads");
    let documents = Documents::with(
        setup,
        &Arns {
            user: json!(reference("aws_iam_user.uploads")),
            role: json!(reference("aws_iam_role.uploads")),
            all_objects: json!(format!("{bucket}/*")),
            objects: json!(format!("{bucket}/{}*", setup.literal_prefix())),
            bucket: json!(bucket),
        },
    );
    filled(
        include_str!("terraform.tf"),
        &[
            ("@BUCKET_POLICY@", &document(&documents.bucket)),
            ("@TRUST@", &document(&documents.trust)),
            ("@PERMISSIONS@", &document(&documents.permissions)),
            ("@USER_DOCUMENT@", &document(&documents.user)),
            ("@ENCRYPTION@", &encryption(setup)),
            ("@REGION@", &text(&setup.region)),
            ("@BUCKET@", &text(&setup.bucket)),
            ("@USER@", &text(&setup.user)),
            ("@ROLE@", &text(&setup.role)),
            ("@MARK@", &text(&setup.mark())),
            ("@LONGEST@", &setup.longest_session_seconds.to_string()),
            ("@DAYS@", &DAYS_OF_INCOMPLETE.to_string()),
            ("@RULE@", LIFECYCLE_RULE),
            ("@TAG@", TAG),
            ("@ROLE_POLICY@", ROLE_POLICY),
            ("@USER_POLICY@", USER_POLICY),
        ],
    )
}

/// Stands in a document for the ARN of what is made; no name holds that character, and JSON writes it as below.
const MARK: char = '\u{1}';
const WRITTEN_MARK: &str = r"\u0001";

fn reference(to: &str) -> String {
    format!("{MARK}{to}.arn{MARK}")
}

/// Terraform reads JSON's objects as its own ("Types and values", maps and objects with `:`), once what begins its
/// expressions is escaped; the references come in after that.
fn document(document: &Value) -> String {
    let text = plain(&pretty(document)).replace('\n', "\n  ");
    let parts = text.split(WRITTEN_MARK).enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => format!("${{{part}}}"),
    });
    parts.collect()
}

fn encryption(setup: &Setup) -> String {
    match &setup.options.kms_key {
        Some(key) => format!(
            "      sse_algorithm     = \"aws:kms\"\n      kms_master_key_id = {}",
            text(key)
        ),
        None => "      sse_algorithm = \"AES256\"".to_owned(),
    }
}

fn text(text: &str) -> String {
    plain(&json!(text).to_string())
}

/// `${` and `%{` begin Terraform's own expressions ("Strings and templates", escape sequences).
fn plain(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::documents::tests::plain as plain_setup;

    #[test]
    fn a_folder_whose_name_reads_as_an_expression_stays_that_folder() {
        let setup = Setup {
            prefix: "100%{a}*/".to_owned(),
            ..plain_setup()
        };
        let text = configuration(&setup);
        assert!(
            text.contains(r#""${aws_s3_bucket.uploads.arn}/100%%{a}$${*}/*""#),
            "{text}"
        );
        assert!(
            text.contains(r#""AWS": "${aws_iam_user.uploads.arn}""#),
            "{text}"
        );
    }
}
