//! Views of folders: their lines stay in Rust, and the page asks for those in sight.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// One line of the listing.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// A folder (a common prefix)?
    pub is_folder: bool,
    /// What comes after the folder that is shown.
    pub name: String,
    /// The whole key, or the folder's prefix.
    pub key: String,
    /// Size of an object.
    #[ts(type = "number | null")]
    pub size_bytes: Option<u64>,
    /// When it was stored, RFC 3339.
    pub modified: Option<String>,
    /// Storage class, when told.
    pub storage_class: Option<String>,
    /// `ETag`, without its quotes, when told.
    pub etag: Option<String>,
    /// It was stored while somebody looked.
    pub is_new: bool,
}

/// Some lines, as they are shown.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Lines {
    /// Compare it with the view's: lines of another edition are old.
    #[ts(type = "number")]
    pub edition: u64,
    /// They.
    pub entries: Vec<Entry>,
}

/// What is known of a view's lines.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Which.
    #[ts(type = "number")]
    pub id: u64,
    /// Grows whenever a line may be another one than before.
    #[ts(type = "number")]
    pub edition: u64,
    /// Lines that are held.
    #[ts(type = "number")]
    pub loaded: u64,
    /// Lines that are shown.
    #[ts(type = "number")]
    pub shown: u64,
    /// Lines that the server told, those that a search did not keep among them.
    #[ts(type = "number")]
    pub looked: u64,
    /// There are further pages.
    pub has_more: bool,
    /// Page after page is being read.
    pub is_looking_through: bool,
    /// Why looking through stopped before the end.
    pub failure: Option<Failure>,
}

/// What lines are sorted by.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Column {
    /// As a person sorts names.
    Name,
    /// Size.
    Size,
    /// When it was stored.
    Modified,
}

/// In which order lines are shown; folders stay before objects.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// By what.
    pub by: Column,
    /// The last one first.
    pub is_descending: bool,
}
