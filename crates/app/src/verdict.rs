//! What the findings of an examination come to: do uploads work?

use crate::finding::{Check, Finding, FindingCode, Said, State};

/// What all findings come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Verdict {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::WorksBut => "worksBut",
            Self::OpenEnd => "openEnd",
            Self::Broken => "broken",
        }
    }

    /// Do uploads work? What was not found out is no yes.
    pub fn is_yes(self) -> bool {
        match self {
            Self::Works | Self::WorksBut => true,
            Self::OpenEnd | Self::Broken => false,
        }
    }

    pub(crate) fn of(findings: &[Finding]) -> Self {
        let is_any_wrong = findings.iter().any(|found| found.state == State::Wrong);
        match (works(findings), is_any_wrong) {
            (true, false) => Self::Works,
            (true, true) => Self::WorksBut,
            (false, _) if findings.iter().any(stands_in_the_way) => Self::Broken,
            (false, _) => Self::OpenEnd,
        }
    }
}

/// Storing and parts were allowed, and no encryption is in the way.
fn works(findings: &[Finding]) -> bool {
    let state = |check| {
        let mut all = findings.iter();
        all.find(|found| found.check == check)
            .map(|found| found.state)
    };
    (state(Check::Store) == Some(State::Good) || findings.iter().any(is_kept_probe))
        && state(Check::Parts) == Some(State::Good)
        && state(Check::Kms) != Some(State::Wrong)
}

/// A right too many does not, nor does a list that is denied.
fn stands_in_the_way(found: &Finding) -> bool {
    let is_on_the_way = match (&found.said, found.check) {
        // What ended the examination: the server fell silent.
        (Said::Failure(_), check) => check <= Check::Kms,
        (Said::Found(_), Check::Store | Check::Parts | Check::Kms) => !is_kept_probe(found),
        // A shorter session uploads as well.
        (Said::Found(_), check) => check <= Check::Bucket && check != Check::Length,
    };
    is_on_the_way && found.state == State::Wrong
}

/// A test object was stored: uploads work, and somebody must remove it.
fn is_kept_probe(found: &Finding) -> bool {
    found.found() == Some(FindingCode::StoreKeptProbe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Found;
    use crate::{Code, Failure};

    /// All is well, but for these.
    fn verdict(others: &[(Check, State, FindingCode)]) -> Verdict {
        let finding = |check: &Check| {
            let other = others.iter().find(|(other, ..)| other == check);
            let (check, state, word) =
                *other.unwrap_or(&(*check, State::Good, FindingCode::StoreAllowed));
            let (about, more) = (String::new(), String::new());
            Finding {
                check,
                state,
                said: Said::Found(Found { word, about, more }),
                evidence: Vec::new(),
            }
        };
        Verdict::of(&Check::ALL.iter().map(finding).collect::<Vec<_>>())
    }

    const STORE_UNTOLD: (Check, State, FindingCode) =
        (Check::Store, State::CannotTell, FindingCode::StoreUntold);
    const PARTS_UNTOLD: (Check, State, FindingCode) =
        (Check::Parts, State::CannotTell, FindingCode::PartsUntold);
    const READS: (Check, State, FindingCode) =
        (Check::Read, State::Wrong, FindingCode::ReadAllowed);

    #[test]
    fn where_storing_and_parts_are_allowed_uploads_work_whatever_else_is_wrong() {
        assert_eq!(verdict(&[]), Verdict::Works);
        assert_eq!(verdict(&[READS]), Verdict::WorksBut);
    }

    #[test]
    fn a_right_too_many_a_denied_list_or_a_shorter_session_is_no_reason_to_say_that_uploads_do_not_work()
     {
        use FindingCode as F;
        for (check, word) in [
            (Check::Length, F::LengthLowered),
            (Check::List, F::ListDenied),
            (Check::List, F::DeniedAbove),
            (Check::Read, F::ReadAllowed),
            (Check::OtherFolders, F::OtherFoldersAllowed),
            (Check::OtherBuckets, F::OtherBucketsAllowed),
        ] {
            for untold in [STORE_UNTOLD, PARTS_UNTOLD] {
                let found = verdict(&[untold, (check, State::Wrong, word)]);
                assert_eq!(found, Verdict::OpenEnd, "{check:?} {word:?}");
            }
        }
        let kept = (Check::Store, State::Wrong, F::StoreKeptProbe);
        assert_eq!(verdict(&[kept, PARTS_UNTOLD]), Verdict::OpenEnd);
    }

    #[test]
    fn what_storing_needs_and_does_not_have_is_in_the_way() {
        use FindingCode as F;
        for (check, word) in [
            (Check::Store, F::StoreDeniedWhole),
            (Check::Parts, F::PartsDenied),
            (Check::Parts, F::DeniedAbove),
            (Check::Kms, F::KmsDenied),
        ] {
            let found = verdict(&[(check, State::Wrong, word), READS]);
            assert_eq!(found, Verdict::Broken, "{word:?}");
        }
    }

    #[test]
    fn a_server_that_falls_silent_is_in_the_way_until_uploads_are_known_to_work() {
        let silent = |check| Finding::failed(check, Failure::new(Code::Offline, "host"), None);
        for check in [Check::Key, Check::Bucket, Check::List, Check::Store] {
            assert_eq!(Verdict::of(&[silent(check)]), Verdict::Broken, "{check:?}");
        }
        let good = |check| Finding {
            state: State::Good,
            ..silent(check)
        };
        let known = [good(Check::Store), good(Check::Parts), silent(Check::Abort)];
        assert_eq!(Verdict::of(&known), Verdict::WorksBut);
    }
}
