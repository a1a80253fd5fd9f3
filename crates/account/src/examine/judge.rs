//! From answers to findings. Where an answer is neither a yes nor a no, the finding says so.

use super::answer::Answer;
use super::check::{Cause, Check, Evidence, Finding};
use super::probe::Target;
use super::sentence::{DeniedBy, Lacking};

/// What S3 answers for a part of an upload that is not there: the sender may send parts.
const NO_SUCH_UPLOAD: &str = "NoSuchUpload";

fn found(check: Check, cause: Cause, asked: &[(&'static str, &Answer)]) -> Finding {
    let evidence = asked.iter().map(|(asked, answer)| Evidence {
        asked,
        answer: answer.shown(),
    });
    Finding {
        check,
        cause,
        evidence: evidence.collect(),
    }
}

/// HeadBucket answers 403 to who may not list, and tells the region all the same ("HeadBucket", S3 API reference).
pub(super) fn bucket(target: &Target, head: &Answer) -> Finding {
    let elsewhere = head.region.as_ref().filter(|told| **told != target.region);
    let cause = match (head.status, elsewhere) {
        (404, _) => Cause::BucketMissing,
        (_, Some(region)) if is_region(region) => Cause::BucketElsewhere {
            region: region.clone(),
        },
        (200..300 | 403, _) => Cause::BucketThere,
        _ => Cause::BucketUntold,
    };
    found(Check::Bucket, cause, &[("HeadBucket", head)])
}

/// A header may say anything.
fn is_region(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(is_sign)
}

pub(super) fn list(listed: &Answer, part: &Answer) -> Finding {
    let cause = if listed.is_success() {
        Cause::ListAllowed
    } else if !listed.is_denied() {
        Cause::ListUntold
    } else {
        match listed.said.denied_by {
            Some(DeniedBy::Bucket) => Cause::ListDeniedByBucket,
            Some(DeniedBy::Above(by)) => Cause::DeniedAbove { by },
            None if part.is_code(NO_SUCH_UPLOAD) => Cause::ListDeniedOnly,
            None => Cause::ListDenied,
        }
    };
    found(Check::List, cause, &[("ListObjectsV2", listed)])
}

/// `put` is none for a server that might keep the probe; there the part alone tells, which needs the same permission
/// ("Multipart upload API and permissions", S3 user guide).
pub(super) fn store(put: Option<&Answer>, part: &Answer, key: &str) -> Finding {
    let Some(put) = put else {
        let cause = if part.is_code(NO_SUCH_UPLOAD) {
            Cause::StoreAllowed
        } else if part.is_denied() {
            store_denied(part)
        } else {
            Cause::StoreUntold
        };
        return found(Check::Store, cause, &[("UploadPart", part)]);
    };
    let cause = if put.is_success() {
        Cause::StoreKeptProbe {
            key: key.to_owned(),
        }
    } else if came_through(put) || is_about_kms(put) {
        Cause::StoreAllowed
    } else if put.is_denied() {
        match store_denied(put) {
            above @ Cause::DeniedAbove { .. } => above,
            _ if part.is_code(NO_SUCH_UPLOAD) => Cause::StoreDeniedWhole,
            denied => denied,
        }
    } else {
        Cause::StoreUntold
    };
    found(
        Check::Store,
        cause,
        &[("PutObject", put), ("UploadPart", part)],
    )
}

fn store_denied(answer: &Answer) -> Cause {
    match answer.said.denied_by {
        Some(DeniedBy::Bucket) => Cause::StoreDeniedByBucket,
        Some(DeniedBy::Above(by)) => Cause::DeniedAbove { by },
        None => Cause::StoreDenied,
    }
}

/// Only the checksum was wrong.
fn came_through(put: &Answer) -> bool {
    put.is_code("BadDigest") || put.is_code("XAmzContentChecksumMismatch")
}

/// KMS's own errors, as S3 hands them on, and S3's sentence when the session may not use the key.
fn is_about_kms(put: &Answer) -> bool {
    let is_kms_code = put
        .code
        .as_deref()
        .is_some_and(|code| code.starts_with("KMS."));
    is_kms_code || (put.is_denied() && put.said.lacking == Some(Lacking::Kms))
}

/// "Conditional writes" in the S3 user guide; SeaweedFS's are tried by our stories. No probe can tell: on a fresh key there is
/// nothing to refuse, and a key that is there must not be put at risk.
pub(super) fn overwrite(is_known_server: bool) -> Finding {
    let cause = if is_known_server {
        Cause::OverwriteGuarded
    } else {
        Cause::OverwriteUntold
    };
    found(Check::Overwrite, cause, &[])
}

/// An upload in parts begins with a request that names what a whole object names (encryption, class, tags) and needs the same
/// permission ("CreateMultipartUpload", S3 API reference), but it would leave an upload behind. So where a whole object is refused,
/// a part that would be taken says little.
pub(super) fn parts(put: Option<&Answer>, part: &Answer) -> Finding {
    let would_be_taken = part.is_code(NO_SUCH_UPLOAD);
    let refused = put.filter(|put| put.is_denied() && !is_about_kms(put));
    if let Some(put) = refused.filter(|_| would_be_taken) {
        let asked = [("PutObject", put), ("UploadPart", part)];
        return found(Check::Parts, Cause::PartsBeginUntold, &asked);
    }
    let cause = match part.said.denied_by {
        _ if would_be_taken => Cause::PartsAllowed,
        Some(DeniedBy::Above(by)) if part.is_denied() => Cause::DeniedAbove { by },
        _ if part.is_denied() => Cause::PartsDenied,
        _ => Cause::PartsUntold,
    };
    found(Check::Parts, cause, &[("UploadPart", part)])
}

pub(super) fn abort(abort: &Answer) -> Finding {
    // 204: some servers call an upload removed that never was.
    let cause = if abort.is_code(NO_SUCH_UPLOAD) || abort.is_success() {
        Cause::AbortAllowed
    } else if abort.is_denied() {
        Cause::AbortDenied
    } else {
        Cause::AbortUntold
    };
    found(Check::Abort, cause, &[("AbortMultipartUpload", abort)])
}

pub(super) fn kms(target: &Target, put: Option<&Answer>) -> Finding {
    let names_key = target.kms_key.is_some();
    let cause = match put {
        Some(put) if is_about_kms(put) && put.is_denied() => Cause::KmsDenied,
        Some(put) if is_about_kms(put) => Cause::KmsKeyUnusable,
        // Which of the two is looked at first, the checksum or the key, AWS does not say.
        _ if names_key || target.endpoint.is_none() => Cause::KmsUntold,
        _ => Cause::KmsNotUsed,
    };
    let asked: Vec<_> = put.map(|put| ("PutObject", put)).into_iter().collect();
    found(Check::Kms, cause, &asked)
}

/// For a key that is not there, S3 answers 404 to who may read and list, and 403 to all others ("GetObject", S3 API
/// reference). Its sentence may say which of the two is missing.
pub(super) fn read(target: &Target, got: &Answer, listed: &Answer) -> Finding {
    // The right to list may be bound to the prefix, and then says nothing here.
    let sees_all = listed.is_success() && target.prefix.is_empty();
    let lacks_only_list = got.is_denied() && got.said.lacking == Some(Lacking::List);
    let cause = if got.status == 404 || lacks_only_list {
        if target.reads {
            Cause::ReadWanted
        } else {
            Cause::ReadAllowed
        }
    } else if got.is_denied() && (sees_all || got.said.lacking == Some(Lacking::Get)) {
        Cause::ReadDenied
    } else {
        Cause::ReadUntold
    };
    let mut answer = got.shown();
    if lacks_only_list {
        answer.push_str(" (only s3:ListBucket is missing)");
    }
    Finding {
        check: Check::Read,
        cause,
        evidence: vec![Evidence {
            asked: "GetObject",
            answer,
        }],
    }
}

pub(super) fn no_other_folders() -> Finding {
    found(Check::OtherFolders, Cause::OtherFoldersNone, &[])
}

pub(super) fn other_folders(listed: &Answer, part: &Answer) -> Finding {
    let cause = if listed.is_success() || part.is_code(NO_SUCH_UPLOAD) {
        Cause::OtherFoldersAllowed
    } else if listed.is_denied() && part.is_denied() {
        Cause::OtherFoldersDenied
    } else {
        Cause::OtherFoldersUntold
    };
    let asked = [("ListObjectsV2", listed), ("UploadPart", part)];
    found(Check::OtherFolders, cause, &asked)
}

pub(super) fn other_buckets(listed: &Answer) -> Finding {
    let cause = if listed.is_success() {
        Cause::OtherBucketsAllowed
    } else if listed.is_denied() {
        Cause::OtherBucketsDenied
    } else {
        Cause::OtherBucketsUntold
    };
    found(Check::OtherBuckets, cause, &[("ListBuckets", listed)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examine::sentence::Sentence;

    fn answer(status: u16, code: &str, sentence: &str) -> Answer {
        Answer {
            status,
            code: Some(code.to_owned()),
            said: Sentence::read(sentence),
            region: None,
            server: None,
        }
    }

    fn denied(action: &str, reason: &str) -> Answer {
        let sentence = format!(
            "User: u is not authorized to perform: {action} on resource: \"arn:aws:s3:::b\" {reason}"
        );
        answer(403, "AccessDenied", &sentence)
    }

    fn target() -> Target {
        Target {
            bucket: "b".to_owned(),
            prefix: String::new(),
            region: "ap-northeast-1".to_owned(),
            endpoint: None,
            is_path_style: false,
            is_fips: false,
            is_dual_stack: false,
            kms_key: None,
            storage_class: None,
            tagging: None,
            reads: false,
        }
    }

    #[test]
    fn a_refusal_that_shows_that_reading_is_allowed_says_so_in_its_evidence() {
        let refused = denied("s3:ListBucket", "");
        let found = read(&target(), &refused, &refused);
        assert_eq!(found.cause, Cause::ReadAllowed);
        let ground = found.evidence[0].to_string();
        assert_eq!(
            ground,
            "GetObject: 403 AccessDenied (only s3:ListBucket is missing)"
        );
        let found = read(&target(), &denied("s3:GetObject", ""), &refused);
        assert_eq!(found.cause, Cause::ReadDenied);
        assert_eq!(found.evidence[0].to_string(), "GetObject: 403 AccessDenied");
    }

    #[test]
    fn where_a_whole_object_is_refused_a_part_that_would_be_taken_leaves_parts_open() {
        let taken = answer(404, NO_SUCH_UPLOAD, "");
        let refused = denied(
            "s3:PutObject",
            "with an explicit deny in a resource-based policy",
        );
        let found = parts(Some(&refused), &taken);
        assert_eq!(found.cause, Cause::PartsBeginUntold);
        assert_eq!(found.evidence.len(), 2);
        assert_eq!(
            store(Some(&refused), &taken, "k").cause,
            Cause::StoreDeniedWhole
        );
        for put in [
            None,
            Some(&answer(400, "BadDigest", "")),
            // What keeps the key from being used is said where it belongs.
            Some(&denied("kms:GenerateDataKey", "")),
        ] {
            assert_eq!(parts(put, &taken).cause, Cause::PartsAllowed, "{put:?}");
        }
    }
}
