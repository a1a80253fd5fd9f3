//! Receipts as a file, for other programs and for later: written, read back, compared with disk and listing.
//!
//! CSV (RFC 4180, UTF-8, a header row) or JSON (one array of objects). Both have the same fields in the same order:
//!
//! | field | holds |
//! |---|---|
//! | `key` | the object's key |
//! | `name` | the file's name inside its drop, as it is on disk, `/` between segments |
//! | `size_bytes` | size |
//! | `crc64nvme` | of the whole object, base64 as in S3's headers |
//! | `proof` | `checksum`, `etag` or `notReported`: what shows that the object holds these bytes |
//! | `etag` | with its quotes, as S3 wrote it |
//! | `version_id` | in a bucket with versions; else empty, or `null` |
//! | `stored_at` | RFC 3339, UTC |
//! | `destination`, `bucket` | where it went |
//! | `drop` | the drop's number; 0 from before drops were remembered |
//!
//! Spreadsheets run cells that begin with `=`, `+`, `-` or `@` as formulas. Names and keys may begin so, and are
//! written as they are: a changed name would verify nothing. Who opens the CSV in a spreadsheet imports it as text.

mod read;
mod verify;
mod write;

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};

use crate::{Crc64Nvme, DropId, Error, Proof, Receipt, StoredFile};
pub use read::read;
pub use verify::{Difference, InBucket, OnDisk, in_listing, on_disk};
pub use write::{export, write};

/// How receipts are written. Which one a file has is seen from its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180.
    Csv,
    /// One array.
    Json,
}

/// What can go wrong with a file of receipts.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptsError {
    /// The file cannot be read or written.
    #[error("the file of receipts cannot be used")]
    File(#[source] io::Error),
    /// The file holds something else.
    #[error("this is no file of receipts")]
    NotReceipts {
        /// From 1, where it stops being one.
        line: Option<u64>,
    },
    /// The ledger cannot be read.
    #[error("the receipts cannot be read")]
    Ledger(#[source] Error),
}

/// The fields, as they stand in both formats.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a> {
    key: Cow<'a, str>,
    name: Cow<'a, str>,
    size_bytes: u64,
    crc64nvme: Cow<'a, str>,
    proof: ProofWord,
    etag: Cow<'a, str>,
    version_id: Option<Cow<'a, str>>,
    stored_at: Cow<'a, str>,
    destination: Cow<'a, str>,
    bucket: Cow<'a, str>,
    drop: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ProofWord {
    Checksum,
    #[serde(rename = "etag")]
    ETag,
    NotReported,
}

impl<'a> Line<'a> {
    fn of(file: &'a StoredFile) -> Self {
        let receipt = &file.receipt;
        Self {
            key: Cow::Borrowed(&receipt.key),
            name: Cow::Borrowed(&file.name),
            size_bytes: receipt.size_bytes,
            crc64nvme: receipt.crc64nvme.to_header().into(),
            proof: match receipt.proof {
                Proof::Checksum => ProofWord::Checksum,
                Proof::ETag => ProofWord::ETag,
                Proof::NotReported => ProofWord::NotReported,
            },
            etag: Cow::Borrowed(&receipt.etag),
            version_id: receipt.version_id.as_deref().map(Cow::Borrowed),
            stored_at: receipt.stored_at.to_string().into(),
            destination: Cow::Borrowed(&file.destination),
            bucket: Cow::Borrowed(&file.bucket),
            drop: file.drop.0,
        }
    }

    /// None when a field does not hold what it should.
    fn into_file(self) -> Option<StoredFile> {
        Some(StoredFile {
            drop: DropId(self.drop),
            destination: self.destination.into(),
            bucket: self.bucket.into_owned(),
            name: self.name.into_owned(),
            receipt: Receipt {
                key: self.key.into_owned(),
                size_bytes: self.size_bytes,
                crc64nvme: Crc64Nvme::from_header(&self.crc64nvme)?,
                proof: match self.proof {
                    ProofWord::Checksum => Proof::Checksum,
                    ProofWord::ETag => Proof::ETag,
                    ProofWord::NotReported => Proof::NotReported,
                },
                etag: self.etag.into_owned(),
                version_id: self.version_id.map(Cow::into_owned),
                stored_at: self.stored_at.parse().ok()?,
            },
        })
    }
}

#[cfg(test)]
mod tests;
