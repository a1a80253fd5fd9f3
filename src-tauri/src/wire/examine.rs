//! An examination, for the wire.

use app::{Said, State};

use super::failure;
use crate::ipc;

pub(crate) fn finding(finding: &app::Finding) -> ipc::Finding {
    let (code, about, more, failed) = match &finding.said {
        Said::Found(found) => (
            Some(found.word.as_str()),
            found.about.clone(),
            found.more.clone(),
            None,
        ),
        Said::Failure(why) => (None, String::new(), String::new(), Some(failure(why))),
    };
    ipc::Finding {
        check: finding.check.as_str(),
        state: match finding.state {
            State::Good => ipc::FindingState::Good,
            State::Wrong => ipc::FindingState::Wrong,
            State::CannotTell => ipc::FindingState::CannotTell,
            State::NotNeeded => ipc::FindingState::NotNeeded,
        },
        code,
        about,
        more,
        asks_administrator: finding.remedy() == app::Remedy::AskAdministrator && failed.is_none(),
        failure: failed,
        evidence: finding.evidence.iter().map(ToString::to_string).collect(),
        is_mended_by_policy: finding.is_mended_by_policy(),
        is_repairable: finding.is_repairable(),
    }
}

pub(crate) fn verdict(verdict: app::Verdict) -> ipc::Verdict {
    match verdict {
        app::Verdict::Works => ipc::Verdict::Works,
        app::Verdict::WorksBut => ipc::Verdict::WorksBut,
        app::Verdict::OpenEnd => ipc::Verdict::OpenEnd,
        app::Verdict::Broken => ipc::Verdict::Broken,
    }
}
