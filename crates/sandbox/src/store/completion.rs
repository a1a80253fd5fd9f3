//! Completing an upload: the parts that the client lists are compared with those that came, and become one object as they are.

use super::digest::{crc64nvme_text, joined_crc32, joined_crc64nvme, joined_etag};
use super::objects::{Condition, ObjectRow, check, replace};
use super::uploads::{Part, find, read_parts};
use super::{Refusal, Store, Sums};
use rusqlite::{TransactionBehavior, params};

/// S3's floor for every part but the last.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

/// A part as a Complete request lists it.
#[derive(Debug, Clone)]
pub(crate) struct ClaimedPart {
    pub(crate) number: u32,
    pub(crate) etag: String,
    pub(crate) sums: Sums,
}

/// A Complete request.
#[derive(Debug, Clone)]
pub(crate) struct Completion {
    pub(crate) key: String,
    pub(crate) upload_id: String,
    pub(crate) parts: Vec<ClaimedPart>,
    pub(crate) condition: Condition,
    /// Full-object checksums that the client gives.
    pub(crate) given: Sums,
    pub(crate) size: Option<u64>,
}

impl Store {
    /// Makes the object out of the listed parts. Parts that are not listed are dropped, as S3 does.
    pub(crate) fn complete(&self, wanted: &Completion) -> Result<(String, Sums), Refusal> {
        let id = &wanted.upload_id;
        let mut database = self.lock();
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let upload = find(&transaction, &wanted.key, id)?;
        let (listed, unlisted) = choose(read_parts(&transaction, id)?, &wanted.parts)?;
        let (size, crc64nvme, sums) = joined(&listed);
        if wanted.size.is_some_and(|given| given != size) {
            return Err(Refusal::WrongSize);
        }
        check_given(&sums, &wanted.given)?;
        check(&transaction, &wanted.key, &wanted.condition)?;
        let etag = joined_etag(listed.iter().map(|part| part.etag.as_str()));
        let new = &upload.new.object;
        let mut old = replace(
            &transaction,
            &ObjectRow {
                new,
                size,
                etag: &etag,
                crc64nvme,
                sums: &sums,
                body: id,
            },
        )?;
        for part in unlisted {
            transaction
                .prepare_cached("DELETE FROM segments WHERE body = ?1 AND number = ?2")?
                .execute(params![id, part.number])?;
            old.push(part.file);
        }
        transaction
            .prepare_cached("DELETE FROM uploads WHERE id = ?1")?
            .execute([id])?;
        transaction.commit()?;
        drop(database);
        self.remove_files(&old);
        Ok((etag, sums))
    }
}

/// The received parts that the client lists, and those that it does not.
fn choose(received: Vec<Part>, claimed: &[ClaimedPart]) -> Result<(Vec<Part>, Vec<Part>), Refusal> {
    if claimed.is_empty() {
        return Err(Refusal::InvalidPart);
    }
    if !claimed.is_sorted_by(|a, b| a.number < b.number) {
        return Err(Refusal::InvalidPartOrder);
    }
    let mut wanted = claimed.iter().peekable();
    let (mut listed, mut unlisted) = (Vec::new(), Vec::new());
    for part in received {
        match wanted.next_if(|claim| claim.number == part.number) {
            Some(claim)
                if claim.etag != part.etag || part.sums.difference(&claim.sums).is_some() =>
            {
                return Err(Refusal::InvalidPart);
            }
            Some(_) => listed.push(part),
            None => unlisted.push(part),
        }
    }
    if wanted.next().is_some() {
        return Err(Refusal::InvalidPart);
    }
    let before_last = &listed[..listed.len() - 1];
    if before_last.iter().any(|part| part.size < SMALLEST_PART) {
        return Err(Refusal::EntityTooSmall);
    }
    Ok((listed, unlisted))
}

/// Size and full-object sums; CRC32 and CRC32C where every part has them.
fn joined(parts: &[Part]) -> (u64, u64, Sums) {
    let size = parts.iter().map(|part| part.size).sum();
    let mut crc = None;
    for part in parts {
        crc = Some(match crc {
            None => part.crc64nvme,
            Some(before) => joined_crc64nvme(before, part.crc64nvme, part.size),
        });
    }
    let crc = crc.unwrap_or_default();
    let of = |algorithm: &str, sum: fn(&Sums) -> Option<&str>| {
        joined_crc32(
            algorithm,
            &parts
                .iter()
                .map(|part| (sum(&part.sums), part.size))
                .collect::<Vec<_>>(),
        )
    };
    let sums = Sums {
        crc32: of("CRC32", |sums| sums.crc32.as_deref()),
        crc32c: of("CRC32C", |sums| sums.crc32c.as_deref()),
        crc64nvme: Some(crc64nvme_text(crc)),
        ..Sums::default()
    };
    (size, crc, sums)
}

/// A given checksum that cannot be compared is refused: passing it over would say that it was right.
fn check_given(own: &Sums, given: &Sums) -> Result<(), Refusal> {
    for ((algorithm, own), (_, given)) in own.each().into_iter().zip(given.each()) {
        match (own, given) {
            (None, Some(_)) => return Err(Refusal::NoPartSums { algorithm }),
            (Some(own), Some(given)) if own != given => {
                return Err(Refusal::BadDigest { algorithm });
            }
            (_, None) | (Some(_), Some(_)) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{NewObject, NewUpload};

    const MIB5: usize = 5 * 1024 * 1024;

    struct Begun {
        store: Store,
        id: String,
        parts: Vec<ClaimedPart>,
        _dir: tempfile::TempDir,
    }

    fn begun(bodies: &[&[u8]]) -> Begun {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let object = NewObject {
            key: "a".into(),
            ..NewObject::default()
        };
        let id = store
            .begin_upload(&NewUpload {
                object,
                algorithm: None,
            })
            .unwrap();
        let mut parts = Vec::new();
        for (number, bytes) in (1..).zip(bodies) {
            let body = store.receive_bytes(bytes).unwrap();
            parts.push(ClaimedPart {
                number,
                etag: body.etag.clone(),
                sums: Sums::default(),
            });
            store.add_part("a", &id, number, body).unwrap();
        }
        Begun {
            store,
            id,
            parts,
            _dir: dir,
        }
    }

    fn complete(
        begun: &Begun,
        change: impl FnOnce(&mut Completion),
    ) -> Result<(String, Sums), Refusal> {
        let mut completion = Completion {
            key: "a".into(),
            upload_id: begun.id.clone(),
            parts: begun.parts.clone(),
            condition: Condition::default(),
            given: Sums::default(),
            size: None,
        };
        change(&mut completion);
        begun.store.complete(&completion)
    }

    #[test]
    fn a_completed_upload_has_the_crc_of_the_whole_and_s3s_etag() {
        let (first, last) = (vec![7; MIB5], vec![9; 1000]);
        let begun = begun(&[&first, &last]);
        let whole = begun.store.receive_bytes(&[first, last].concat()).unwrap();
        let (etag, sums) = complete(&begun, |_| ()).unwrap();
        assert_eq!(sums.crc64nvme, whole.sums.crc64nvme);
        assert!(etag.ends_with("-2"), "{etag}");
        let object = begun.store.object("a").unwrap().unwrap();
        assert_eq!(
            (object.size, object.crc64nvme),
            (whole.size, whole.crc64nvme)
        );
        assert!(matches!(
            complete(&begun, |_| ()),
            Err(Refusal::NoSuchUpload)
        ));
    }

    #[test]
    fn a_completion_is_refused_for_every_reason_that_s3_has() {
        let (first, last) = (vec![7; MIB5], vec![9; 1000]);
        let begun = begun(&[&first, &last]);
        assert!(matches!(
            complete(&begun, |c| c.parts[1].etag = "x".into()),
            Err(Refusal::InvalidPart)
        ));
        assert!(matches!(
            complete(&begun, |c| c.parts[1].number = 3),
            Err(Refusal::InvalidPart)
        ));
        assert!(matches!(
            complete(&begun, |c| c.parts.clear()),
            Err(Refusal::InvalidPart)
        ));
        assert!(matches!(
            complete(&begun, |c| c.parts.reverse()),
            Err(Refusal::InvalidPartOrder)
        ));
        assert!(matches!(
            complete(&begun, |c| c.size = Some(1)),
            Err(Refusal::WrongSize)
        ));
        assert!(matches!(
            complete(&begun, |c| c.key = "b".into()),
            Err(Refusal::NoSuchUpload)
        ));
        let wrong = Sums {
            crc64nvme: Some("AAAAAAAAAAA=".into()),
            ..Sums::default()
        };
        assert!(matches!(
            complete(&begun, |c| c.given = wrong),
            Err(Refusal::BadDigest {
                algorithm: "CRC64NVME"
            })
        ));
        complete(&begun, |c| c.size = Some((MIB5 + 1000) as u64)).unwrap();
    }

    #[test]
    fn only_the_last_part_may_be_small_and_unlisted_parts_are_dropped() {
        let too_small = begun(&[b"small", b"last"]);
        assert!(matches!(
            complete(&too_small, |_| ()),
            Err(Refusal::EntityTooSmall)
        ));
        complete(&too_small, |c| c.parts.truncate(1)).unwrap();
        let object = too_small.store.object("a").unwrap().unwrap();
        assert_eq!(object.size, 5);
        assert_eq!(
            std::fs::read_dir(&too_small.store.bodies).unwrap().count(),
            1
        );
    }

    #[test]
    fn an_aborted_upload_leaves_nothing() {
        let begun = begun(&[b"one"]);
        begun.store.abort("a", &begun.id).unwrap();
        assert_eq!(std::fs::read_dir(&begun.store.bodies).unwrap().count(), 0);
        assert!(matches!(
            begun.store.abort("a", &begun.id),
            Err(Refusal::NoSuchUpload)
        ));
    }
}
