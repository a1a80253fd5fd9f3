//! Values that SQLite has no type for.

use std::path::{Path, PathBuf};

use crate::OnConflict;

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
