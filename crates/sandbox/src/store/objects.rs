//! Objects: put under a condition, looked up, deleted, filled in by the thousand.

use super::{Body, Refusal, Segment, Store, Sums, add_segment, now_millis, take_segments, to_sql};
use crate::random;
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use std::collections::HashMap;

/// What must be so for a write to go through.
#[derive(Debug, Clone, Default)]
pub(crate) struct Condition {
    /// `If-None-Match: *`
    pub(crate) absent: bool,
    /// `If-Match: "etag"`, without quotes; `*` for any.
    pub(crate) etag: Option<String>,
}

/// The object that a request makes.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewObject {
    pub(crate) key: String,
    pub(crate) content_type: Option<String>,
    pub(crate) metadata: HashMap<String, String>,
}

/// One stored object.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) crc64nvme: u64,
    pub(crate) modified: i64,
    pub(crate) body: Option<String>,
    pub(crate) sums: Sums,
    pub(crate) content_type: Option<String>,
    pub(crate) metadata: HashMap<String, String>,
}

/// The row of an object, before it is written.
pub(super) struct ObjectRow<'a> {
    pub(super) new: &'a NewObject,
    pub(super) size: u64,
    pub(super) etag: &'a str,
    pub(super) crc64nvme: u64,
    pub(super) sums: &'a Sums,
    pub(super) body: &'a str,
}

const COLUMNS: &str = "key, size, etag, crc64nvme, modified, body, sums, content_type, metadata";
/// MD5 of nothing.
const EMPTY_ETAG: &str = "d41d8cd98f00b204e9800998ecf8427e";

impl Store {
    /// Stores a received body under a key. Checking the condition and writing are one step: of racing writers one wins.
    pub(crate) fn put(
        &self,
        new: &NewObject,
        condition: &Condition,
        mut body: Body,
    ) -> Result<(), Refusal> {
        let id = random::plain();
        let mut database = self.lock();
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        check(&transaction, &new.key, condition)?;
        let old = replace(
            &transaction,
            &ObjectRow {
                new,
                size: body.size,
                etag: &body.etag,
                crc64nvme: body.crc64nvme,
                sums: &body.sums,
                body: &id,
            },
        )?;
        add_segment(&transaction, &id, 1, &body)?;
        transaction.commit()?;
        drop(database);
        body.keep();
        self.remove_files(&old);
        Ok(())
    }

    /// One object.
    pub(crate) fn object(&self, key: &str) -> Result<Option<Object>, Refusal> {
        let database = self.lock();
        let mut select =
            database.prepare_cached(&format!("SELECT {COLUMNS} FROM objects WHERE key = ?1"))?;
        select
            .query_row([key.as_bytes()], |row| Ok(read(row)))
            .optional()?
            .transpose()
    }

    /// Every object, in key order.
    pub(crate) fn objects(&self) -> Result<Vec<Object>, Refusal> {
        let database = self.lock();
        let mut select =
            database.prepare_cached(&format!("SELECT {COLUMNS} FROM objects ORDER BY key"))?;
        let mut rows = select.query([])?;
        let mut objects = Vec::new();
        while let Some(row) = rows.next()? {
            objects.push(read(row)?);
        }
        Ok(objects)
    }

    /// The files that make up an object's body, in order.
    pub(crate) fn segments(&self, object: &Object) -> Result<Vec<Segment>, Refusal> {
        let Some(body) = &object.body else {
            return Ok(Vec::new());
        };
        let database = self.lock();
        let mut select = database
            .prepare_cached("SELECT file, size FROM segments WHERE body = ?1 ORDER BY number")?;
        let segment = |row: &Row<'_>| {
            let file: String = row.get(0)?;
            Ok(Segment {
                path: self.bodies.join(file),
                size: row.get::<_, i64>(1)?.unsigned_abs(),
            })
        };
        Ok(select
            .query_map([body], segment)?
            .collect::<Result<_, _>>()?)
    }

    /// Removes an object; one that is not there is no error, as in S3.
    pub(crate) fn delete(&self, key: &str) -> Result<(), Refusal> {
        let mut database = self.lock();
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let old = take(&transaction, key)?;
        transaction.commit()?;
        drop(database);
        self.remove_files(&old);
        Ok(())
    }

    /// Adds empty objects, all in one transaction.
    pub(crate) fn fill(&self, keys: impl Iterator<Item = String>) -> Result<(), Refusal> {
        let mut database = self.lock();
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut insert = transaction.prepare(
            "INSERT OR IGNORE INTO objects (key, size, etag, crc64nvme, modified) VALUES (?1, 0, ?2, 0, ?3)",
        )?;
        let now = now_millis();
        for key in keys {
            insert.execute(params![key.as_bytes(), EMPTY_ETAG, now])?;
        }
        drop(insert);
        transaction.commit()?;
        Ok(())
    }
}

/// Does what is stored under `key` meet the condition?
pub(super) fn check(
    database: &Connection,
    key: &str,
    condition: &Condition,
) -> Result<(), Refusal> {
    if !condition.absent && condition.etag.is_none() {
        return Ok(());
    }
    let stored: Option<String> = database
        .prepare_cached("SELECT etag FROM objects WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| row.get(0))
        .optional()?;
    match (&condition.etag, stored) {
        (_, Some(_)) if condition.absent => Err(Refusal::Precondition),
        (None, _) => Ok(()),
        (Some(_), None) => Err(Refusal::NoSuchKey),
        (Some(wanted), Some(stored)) if wanted == "*" || *wanted == stored => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::Precondition),
    }
}

/// Writes an object's row and returns the files of the one that it replaces.
pub(super) fn replace(database: &Connection, row: &ObjectRow<'_>) -> Result<Vec<String>, Refusal> {
    let old = take(database, &row.new.key)?;
    let insert =
        format!("INSERT INTO objects ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    database.prepare_cached(&insert)?.execute(params![
        row.new.key.as_bytes(),
        to_sql(row.size),
        row.etag,
        row.crc64nvme.cast_signed(),
        now_millis(),
        row.body,
        serde_json::to_string(row.sums)?,
        row.new.content_type,
        serde_json::to_string(&row.new.metadata)?
    ])?;
    Ok(old)
}

fn take(database: &Connection, key: &str) -> Result<Vec<String>, Refusal> {
    let body: Option<Option<String>> = database
        .prepare_cached("DELETE FROM objects WHERE key = ?1 RETURNING body")?
        .query_row([key.as_bytes()], |row| row.get(0))
        .optional()?;
    match body.flatten() {
        Some(body) => Ok(take_segments(database, &body)?),
        None => Ok(Vec::new()),
    }
}

fn read(row: &Row<'_>) -> Result<Object, Refusal> {
    let (sums, metadata): (Option<String>, Option<String>) = (row.get(6)?, row.get(8)?);
    Ok(Object {
        key: String::from_utf8_lossy(&row.get::<_, Vec<u8>>(0)?).into_owned(),
        size: row.get::<_, i64>(1)?.unsigned_abs(),
        etag: row.get(2)?,
        crc64nvme: row.get::<_, i64>(3)?.cast_unsigned(),
        modified: row.get(4)?,
        body: row.get(5)?,
        sums: sums
            .map(|text| serde_json::from_str(&text))
            .transpose()?
            .unwrap_or_default(),
        content_type: row.get(7)?,
        metadata: metadata
            .map(|text| serde_json::from_str(&text))
            .transpose()?
            .unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn new(key: &str) -> NewObject {
        NewObject {
            key: key.into(),
            ..NewObject::default()
        }
    }

    #[test]
    fn of_racing_conditional_writers_exactly_one_wins() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (won, lost) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for writer in 0..12_u8 {
                let (store, won, lost) = (&store, &won, &lost);
                scope.spawn(move || {
                    let body = store.receive_bytes(&[writer]).unwrap();
                    let absent = Condition {
                        absent: true,
                        etag: None,
                    };
                    match store.put(&new("a"), &absent, body) {
                        Ok(()) => won.fetch_add(1, Ordering::SeqCst),
                        Err(Refusal::Precondition) => lost.fetch_add(1, Ordering::SeqCst),
                        Err(other) => panic!("{other}"),
                    };
                });
            }
        });
        assert_eq!((won.into_inner(), lost.into_inner()), (1, 11));
        assert_eq!(
            std::fs::read_dir(&store.bodies).unwrap().count(),
            1,
            "the losers' bodies are gone"
        );
    }

    #[test]
    fn if_match_wants_the_stored_etag() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let put = |condition: &Condition| {
            store.put(&new("a"), condition, store.receive_bytes(b"x").unwrap())
        };
        let matching = |etag: &str| Condition {
            absent: false,
            etag: Some(etag.into()),
        };
        assert!(matches!(put(&matching("*")), Err(Refusal::NoSuchKey)));
        put(&Condition::default()).unwrap();
        let etag = store.object("a").unwrap().unwrap().etag;
        put(&matching(&etag)).unwrap();
        put(&matching("*")).unwrap();
        assert!(matches!(
            put(&matching("other")),
            Err(Refusal::Precondition)
        ));
    }

    #[test]
    fn a_replaced_body_leaves_the_disk_and_an_orphan_goes_at_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        for bytes in [&b"one"[..], b"two"] {
            store
                .put(
                    &new("a"),
                    &Condition::default(),
                    store.receive_bytes(bytes).unwrap(),
                )
                .unwrap();
        }
        std::fs::write(dir.path().join("bodies/orphan"), b"x").unwrap();
        drop(store);
        let store = Store::open(dir.path()).unwrap();
        let object = store.object("a").unwrap().unwrap();
        let segments = store.segments(&object).unwrap();
        assert_eq!(std::fs::read(&segments[0].path).unwrap(), b"two");
        assert_eq!(
            std::fs::read_dir(dir.path().join("bodies"))
                .unwrap()
                .count(),
            1
        );
    }
}
