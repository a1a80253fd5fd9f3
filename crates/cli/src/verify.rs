//! `verify`: receipts against the files on disk and the listing.

use std::process::ExitCode;

use app::{App, Difference, Failure, InBucket, OnDisk, Verified};
use serde::Serialize;

use crate::arguments::Verify;
use crate::exit;
use crate::run::sign_in;
use crate::say::{Voice, proof_word};

#[derive(Debug, Serialize)]
struct VerifiedObject {
    key: String,
    name: String,
    size_bytes: u64,
    proof: &'static str,
    on_disk: &'static str,
    in_bucket: Option<&'static str>,
}

pub(crate) async fn verify(
    app: &App,
    arguments: &Verify,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let destination = if arguments.listing {
        Some(sign_in(app, &arguments.sign_in).await?.id)
    } else {
        None
    };
    let mut any_differs = false;
    let each = |verified: Verified| {
        any_differs |= !is_as_it_was(&verified);
        let object = VerifiedObject::from(verified);
        voice.say(&object, || object.words());
    };
    app.verify(
        &arguments.file,
        &arguments.under,
        destination.as_ref(),
        each,
    )
    .await?;
    Ok(ExitCode::from(if any_differs {
        exit::ROWS_FAILED
    } else {
        exit::DONE
    }))
}

fn is_as_it_was(verified: &Verified) -> bool {
    verified.on_disk == OnDisk::Same
        && !matches!(
            verified.in_bucket,
            Some(InBucket::Missing | InBucket::Differs)
        )
}

impl From<Verified> for VerifiedObject {
    fn from(verified: Verified) -> Self {
        Self {
            size_bytes: verified.file.receipt.size_bytes,
            proof: proof_word(verified.file.receipt.proof),
            key: verified.file.receipt.key,
            name: verified.file.name,
            on_disk: match verified.on_disk {
                OnDisk::Same => "same",
                OnDisk::Missing => "missing",
                OnDisk::Differs(Difference::Size) => "other_size",
                OnDisk::Differs(Difference::Bytes) => "other_bytes",
                OnDisk::Unreadable(_) => "unreadable",
            },
            in_bucket: verified.in_bucket.map(|found| match found {
                InBucket::Same => "same",
                InBucket::SameSize => "same_size",
                InBucket::Missing => "missing",
                InBucket::Differs => "differs",
            }),
        }
    }
}

impl VerifiedObject {
    fn words(&self) -> String {
        let on_disk = self.on_disk.replace('_', " ");
        match self.in_bucket {
            Some(found) => {
                let found = found.replace('_', " ");
                format!("{}: {on_disk} on disk, {found} in the bucket", self.key)
            }
            None => format!("{}: {on_disk} on disk", self.key),
        }
    }
}
