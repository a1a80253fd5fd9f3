//! The examination of a bucket with a session: ordered checks by probes that change nothing.
//!
//! What STS tells (clock, key, role, length) is found by who holds the access key; those checks are named here, too, so that
//! the examination has one order.

mod answer;
mod check;
mod judge;
mod probe;
mod sentence;

pub use answer::Silence;
pub use check::{Cause, Check, Evidence, Finding, State};
pub use probe::{Access, Target};
pub use sentence::PolicyAbove;

use std::sync::Arc;

use probe::{Asking, Probe, Probes};

/// Asks, and tells each finding as it is there: from [`Check::Bucket`] on, in the order of [`Check::ALL`].
///
/// # Errors
/// The server became silent; what was found until then was told.
///
/// # Cancellation
/// Safe: nothing is changed by any request.
pub async fn examine(
    target: &Target,
    access: &Access,
    network: Option<&network::Client>,
    mut tell: impl FnMut(Finding),
) -> Result<(), Silence> {
    let probes = Probes::new(target, access, network);
    let head = probes.head_bucket().await?;
    let checks_sums = head.is_from_one_that_checks();
    let bucket = judge::bucket(target, &head);
    let ends_here = bucket.cause == Cause::BucketMissing;
    let moved = match &bucket.cause {
        Cause::BucketElsewhere { region } => Some(Target {
            region: region.clone(),
            ..target.clone()
        }),
        _ => None,
    };
    tell(bucket);
    if ends_here {
        for check in after(Check::Bucket) {
            tell(not_reached(check, Check::Bucket));
        }
        return Ok(());
    }
    match &moved {
        Some(moved) => {
            let probes = Arc::new(Probes::new(moved, access, network));
            inside(moved, &probes, checks_sums, tell).await
        }
        None => inside(target, &Arc::new(probes), checks_sums, tell).await,
    }
}

/// The checks behind this one.
pub fn after(check: Check) -> impl Iterator<Item = Check> {
    let all = Check::ALL.iter().copied();
    all.filter(move |other| *other > check)
}

/// A check that an earlier one stands in the way of.
pub fn not_reached(check: Check, after: Check) -> Finding {
    Finding {
        check,
        cause: Cause::NotReached { after },
        evidence: Vec::new(),
    }
}

/// Everything is asked at once; each finding is told as soon as it and all in front of it are known.
async fn inside(
    target: &Target,
    probes: &Arc<Probes>,
    checks_sums: bool,
    mut tell: impl FnMut(Finding),
) -> Result<(), Silence> {
    let ask = |probe| Asking::begin(probes, probe);
    let fresh_key = || Probes::fresh_key(&target.prefix);
    let put_key = fresh_key();
    let prefix = target.prefix.clone();
    let listed = ask(Probe::List { prefix });
    let part = ask(Probe::UploadPart { key: fresh_key() });
    let put = checks_sums.then(|| {
        let key = put_key.clone();
        ask(Probe::Put { key })
    });
    let abort = ask(Probe::Abort { key: fresh_key() });
    let got = ask(Probe::Get { key: fresh_key() });
    let beside = (!target.prefix.is_empty()).then(|| ask_beside(probes));
    let buckets = ask(Probe::ListBuckets);

    let (listed, part) = (listed.answer().await?, part.answer().await?);
    tell(judge::list(&listed, &part));
    let put = match put {
        Some(put) => Some(put.answer().await?),
        None => None,
    };
    tell(judge::store(put.as_ref(), &part, &put_key));
    tell(judge::overwrite(checks_sums));
    tell(judge::parts(put.as_ref(), &part));
    tell(judge::abort(&abort.answer().await?));
    tell(judge::kms(target, put.as_ref()));
    tell(judge::read(target, &got.answer().await?, &listed));
    tell(match beside {
        Some((listed, part)) => {
            judge::other_folders(&listed.answer().await?, &part.answer().await?)
        }
        None => judge::no_other_folders(),
    });
    tell(judge::other_buckets(&buckets.answer().await?));
    Ok(())
}

/// The whole bucket's list, and a part of an upload beside the destination's folder.
fn ask_beside(probes: &Arc<Probes>) -> (Asking, Asking) {
    let prefix = String::new();
    let key = Probes::fresh_key(&prefix);
    (
        Asking::begin(probes, Probe::List { prefix }),
        Asking::begin(probes, Probe::UploadPart { key }),
    )
}
