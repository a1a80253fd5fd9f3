//! The policies by themselves, for whoever sets up by hand.

use std::fmt::Write as _;

use crate::permissions::pretty;
use crate::setup::documents::Documents;
use crate::setup::{DAYS_OF_INCOMPLETE, Setup};

pub(super) fn text(setup: &Setup, account: &str) -> String {
    let documents = Documents::of(setup, account);
    let mut text = format!(
        "# Uploads to s3://{}/{} on temporary sessions\n\n\
         The five steps in the AWS console, with their policies filled in.\n\n\
         1. **STS** is active in {}: IAM, account settings. Most regions have it by default.\n\
         2. **Bucket** `{}` in {}, with a rule that removes incomplete uploads after {DAYS_OF_INCOMPLETE} days.\n\
         3. **User** `{}`, without rights; its access key goes into the keychain and nowhere else.\n\
         4. **Role** `{}`, with a trust policy and a permissions policy of its own, and sessions of up to {} s.\n\
         5. **Inline policy** on the user.\n",
        setup.bucket,
        setup.prefix,
        setup.region,
        setup.bucket,
        setup.region,
        setup.user,
        setup.role,
        setup.longest_session_seconds,
    );
    for (title, document) in [
        ("Step 2: the bucket's policy", &documents.bucket),
        ("Step 4: the role's trust policy", &documents.trust),
        (
            "Step 4: the role's permissions policy",
            &documents.permissions,
        ),
        ("Step 5: the user's inline policy", &documents.user),
    ] {
        // A string takes all.
        let _ = write!(text, "\n## {title}\n\n```json\n{}\n```\n", pretty(document));
    }
    text
}
