//! `examine`: what stands in the way of uploads, check by check.

use std::process::ExitCode;

use app::{App, Check, Failure, Finding, Said, State, Verdict};
use serde::Serialize;

use crate::arguments::SignIn;
use crate::exit;
use crate::run::line_of_input;
use crate::say::Voice;

#[derive(Debug, Serialize)]
struct FindingObject {
    kind: &'static str,
    check: &'static str,
    state: &'static str,
    code: &'static str,
    message: String,
    remedy: &'static str,
    evidence: Vec<String>,
}

#[derive(Debug, Serialize)]
struct VerdictObject {
    kind: &'static str,
    uploads_work: bool,
    verdict: &'static str,
}

/// Says each finding as its check ends. Exit 0 only where uploads are known to work.
pub(crate) async fn examine(
    app: &App,
    arguments: &SignIn,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let destination = app.destination_named(arguments.destination.as_deref())?;
    let code = arguments.mfa_code_stdin.then(line_of_input);
    let told = |finding: &Finding| say(finding, voice);
    let examination = app.examine(&destination.id, code.as_deref(), told).await?;
    let verdict = examination.verdict();
    let object = VerdictObject {
        kind: "verdict",
        uploads_work: verdict.is_yes(),
        verdict: verdict.as_str(),
    };
    voice.say(&object, || format!("\n{}", sentence(verdict)));
    Ok(ExitCode::from(if verdict.is_yes() {
        exit::DONE
    } else {
        exit::ROWS_FAILED
    }))
}

fn sentence(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Works => "Uploads work.",
        Verdict::WorksBut => "Uploads work; something else needs attention.",
        Verdict::OpenEnd => {
            "Nothing was found that keeps uploads from working, but the server does not tell whether they do."
        }
        Verdict::Broken => "Uploads do not work yet.",
    }
}

fn say(finding: &Finding, voice: Voice) {
    let object = FindingObject {
        kind: "finding",
        check: finding.check.as_str(),
        state: finding.state.as_str(),
        code: match &finding.said {
            Said::Found(found) => found.word.as_str(),
            Said::Failure(failure) => failure.code.as_str(),
        },
        message: finding.message(),
        remedy: finding.remedy().as_str(),
        evidence: finding.evidence.iter().map(ToString::to_string).collect(),
    };
    voice.say(&object, || words(finding, &object));
}

/// Signs that every terminal has.
fn words(finding: &Finding, object: &FindingObject) -> String {
    let sign = match finding.state {
        State::Good => "ok",
        State::Wrong => "WRONG",
        State::CannotTell => "?",
        State::NotNeeded => "-",
    };
    let mut text = format!("{sign:>5}  {}: {}", name(finding.check), object.message);
    if !object.evidence.is_empty() {
        text.push_str("\n       ");
        text.push_str(&object.evidence.join(", "));
    }
    text
}

fn name(check: Check) -> &'static str {
    match check {
        Check::Clock => "clock",
        Check::Key => "access key",
        Check::Sts => "STS in the region",
        Check::Role => "role",
        Check::Length => "session length",
        Check::Bucket => "bucket",
        Check::List => "list",
        Check::Store => "storing",
        Check::Overwrite => "no overwriting",
        Check::Parts => "large files",
        Check::Abort => "removing begun uploads",
        Check::Kms => "encryption key",
        Check::Read => "reading",
        Check::OtherFolders => "other folders",
        Check::OtherBuckets => "other buckets",
    }
}
