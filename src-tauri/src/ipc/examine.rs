//! An examination on the wire.

use serde::Serialize;
use ts_rs::TS;

use super::Failure;

/// How a check ended.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FindingState {
    /// As it should be.
    Good,
    /// Somebody must change something.
    Wrong,
    /// What the answers were leaves it open.
    CannotTell,
    /// It does not matter here.
    NotNeeded,
}

/// What all findings come to.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Uploads work.
    Works,
    /// Uploads work; something else must be changed.
    WorksBut,
    /// Nothing stands in the way of uploads, but the server does not tell that they work.
    OpenEnd,
    /// Something stands in the way of uploads.
    Broken,
}

/// What one check found.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Which check.
    #[ts(type = "Check")]
    pub check: &'static str,
    /// How it ended.
    pub state: FindingState,
    /// What only an examination says; null where `failure` says it.
    #[ts(type = "FindingCode | null")]
    pub code: Option<&'static str>,
    /// What its sentence names.
    pub about: String,
    /// What it names besides.
    pub more: String,
    /// What helps; nothing beside `failure`, which has its own.
    pub asks_administrator: bool,
    /// A failure as it is met elsewhere.
    pub failure: Option<Failure>,
    /// What was asked, and what came back.
    pub evidence: Vec<String>,
    /// The role's corrected permissions policy mends it.
    pub is_mended_by_policy: bool,
    /// An administrator's session can look for the right that is missing.
    pub is_repairable: bool,
}
