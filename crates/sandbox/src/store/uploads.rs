//! Multipart uploads: begun, given parts, completed without copying, aborted.

use super::objects::NewObject;
use super::{Body, Refusal, Store, Sums, add_segment, now_millis, take_segments};
use crate::random;
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

/// The upload that a request begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewUpload {
    pub(crate) object: NewObject,
    /// The checksum algorithm named at the beginning.
    pub(crate) algorithm: Option<String>,
}

/// An upload that is open.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) begun: i64,
    pub(crate) new: NewUpload,
}

/// A part that was received.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) number: u32,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) crc64nvme: u64,
    pub(crate) sums: Sums,
    pub(crate) modified: i64,
    pub(super) file: String,
}

impl Store {
    /// Begins an upload and returns its id.
    pub(crate) fn begin_upload(&self, new: &NewUpload) -> Result<String, Refusal> {
        let id = format!("{}{}", random::plain(), random::plain());
        self.lock()
            .prepare_cached(
                "INSERT INTO uploads (id, key, begun, algorithm, content_type, metadata) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                id,
                new.object.key.as_bytes(),
                now_millis(),
                new.algorithm,
                new.object.content_type,
                serde_json::to_string(&new.object.metadata)?
            ])?;
        Ok(id)
    }

    /// An open upload of `key`.
    pub(crate) fn upload(&self, key: &str, id: &str) -> Result<Upload, Refusal> {
        find(&self.lock(), key, id)
    }

    /// Every open upload, in key order.
    pub(crate) fn uploads(&self) -> Result<Vec<Upload>, Refusal> {
        let database = self.lock();
        let mut select = database.prepare_cached(
            "SELECT id, key, begun, algorithm, content_type, metadata FROM uploads ORDER BY key, begun",
        )?;
        let mut rows = select.query([])?;
        let mut uploads = Vec::new();
        while let Some(row) = rows.next()? {
            uploads.push(read_upload(row)?);
        }
        Ok(uploads)
    }

    /// Adds a part; one with the same number is replaced.
    pub(crate) fn add_part(
        &self,
        key: &str,
        id: &str,
        number: u32,
        mut body: Body,
    ) -> Result<(), Refusal> {
        let mut database = self.lock();
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        find(&transaction, key, id)?;
        let old: Option<String> = transaction
            .prepare_cached("SELECT file FROM segments WHERE body = ?1 AND number = ?2")?
            .query_row(params![id, number], |row| row.get(0))
            .optional()?;
        add_segment(&transaction, id, number, &body)?;
        transaction.commit()?;
        drop(database);
        body.keep();
        self.remove_files(old.as_slice());
        Ok(())
    }

    /// The parts received so far.
    pub(crate) fn parts(&self, key: &str, id: &str) -> Result<Vec<Part>, Refusal> {
        let database = self.lock();
        find(&database, key, id)?;
        read_parts(&database, id)
    }

    /// Drops an upload and its parts.
    pub(crate) fn abort(&self, key: &str, id: &str) -> Result<(), Refusal> {
        let mut database = self.lock();
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        find(&transaction, key, id)?;
        transaction
            .prepare_cached("DELETE FROM uploads WHERE id = ?1")?
            .execute([id])?;
        let old = take_segments(&transaction, id)?;
        transaction.commit()?;
        drop(database);
        self.remove_files(&old);
        Ok(())
    }
}

pub(super) fn find(database: &Connection, key: &str, id: &str) -> Result<Upload, Refusal> {
    let upload = database
        .prepare_cached(
            "SELECT id, key, begun, algorithm, content_type, metadata FROM uploads WHERE id = ?1",
        )?
        .query_row([id], |row| Ok(read_upload(row)))
        .optional()?
        .transpose()?;
    upload
        .filter(|upload| upload.new.object.key == key)
        .ok_or(Refusal::NoSuchUpload)
}

fn read_upload(row: &Row<'_>) -> Result<Upload, Refusal> {
    let metadata: Option<String> = row.get(5)?;
    let object = NewObject {
        key: String::from_utf8_lossy(&row.get::<_, Vec<u8>>(1)?).into_owned(),
        content_type: row.get(4)?,
        metadata: metadata
            .map(|text| serde_json::from_str(&text))
            .transpose()?
            .unwrap_or_default(),
    };
    Ok(Upload {
        id: row.get(0)?,
        begun: row.get(2)?,
        new: NewUpload {
            object,
            algorithm: row.get(3)?,
        },
    })
}

pub(super) fn read_parts(database: &Connection, id: &str) -> Result<Vec<Part>, Refusal> {
    let mut select = database.prepare_cached(
        "SELECT number, size, etag, crc64nvme, sums, modified, file FROM segments WHERE body = ?1 ORDER BY number",
    )?;
    let mut rows = select.query([id])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        parts.push(Part {
            number: row.get(0)?,
            size: row.get::<_, i64>(1)?.unsigned_abs(),
            etag: row.get(2)?,
            crc64nvme: row.get::<_, i64>(3)?.cast_unsigned(),
            sums: serde_json::from_str(&row.get::<_, String>(4)?)?,
            modified: row.get(5)?,
            file: row.get(6)?,
        });
    }
    Ok(parts)
}
