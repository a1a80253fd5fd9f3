//! Values that SQLite has no type for.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;

use crate::row::Content;
use crate::{BucketName, OnConflict, Proof};

/// A text that is no time is damage: nothing else writes that column.
pub(super) fn time_from_text(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}

pub(super) fn name_from_text(row: &Row<'_>, column: usize) -> rusqlite::Result<BucketName> {
    let text: String = row.get(column)?;
    BucketName::new(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}

/// For lists of texts or numbers: SQLite takes them apart with `json_each`.
pub(super) fn to_json<T: serde::Serialize>(list: &[T]) -> String {
    // Such a list always has a JSON form.
    serde_json::to_string(list).unwrap_or_default()
}

pub(super) fn from_json(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}

pub(super) fn to_number(choice: OnConflict) -> u8 {
    match choice {
        OnConflict::Ask => 0,
        OnConflict::Skip => 1,
        OnConflict::Replace => 2,
        OnConflict::KeepBoth => 3,
    }
}

/// A number that a newer version wrote asks: never a silent overwrite.
pub(super) fn from_number(number: u8) -> OnConflict {
    match number {
        1 => OnConflict::Skip,
        2 => OnConflict::Replace,
        3 => OnConflict::KeepBoth,
        _ => OnConflict::Ask,
    }
}

pub(super) fn content_to_number(content: Content) -> u8 {
    match content {
        Content::File => 0,
        Content::FolderMarker => 1,
    }
}

pub(super) fn content_from_number(number: u8) -> Content {
    match number {
        1 => Content::FolderMarker,
        _ => Content::File,
    }
}

pub(super) fn proof_to_number(proof: Proof) -> u8 {
    match proof {
        Proof::NotReported => 0,
        Proof::Checksum => 1,
        Proof::ETag => 2,
    }
}

/// A number that a newer version wrote proves nothing.
pub(super) fn proof_from_number(number: u8) -> Proof {
    match number {
        1 => Proof::Checksum,
        2 => Proof::ETag,
        _ => Proof::NotReported,
    }
}

#[cfg(unix)]
pub(super) fn path_to_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(unix)]
pub(super) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    let path: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    PathBuf::from(path)
}

#[cfg(windows)]
pub(super) fn path_to_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str()
        .encode_wide()
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[cfg(windows)]
pub(super) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    let wide: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let path: std::ffi::OsString = std::os::windows::ffi::OsStringExt::from_wide(&wide);
    PathBuf::from(path)
}
