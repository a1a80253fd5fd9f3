//! The examination, over a matrix of accounts that are set up wrongly; it also writes `docs/examine.md`.

#[path = "../desk/mod.rs"]
mod desk;

mod cases;

use std::fmt::Write;
use std::path::PathBuf;

use app::{Check, Examination, Finding, Remedy, Said, State, Verdict};

use cases::Case;
use desk::Desk;

async fn examined(case: &Case) -> (Desk, Examination) {
    let desk = Desk::with(|options| (case.account)(options)).await;
    let destination = desk.connect(|form| (case.form)(form)).await;
    (case.then)(&desk.sandbox, &desk.clock);
    let mut told = Vec::new();
    let each = |finding: &Finding| told.push(finding.clone());
    let examination = desk.app.examine(&destination.id, None, each).await;
    let examination = examination.expect("it began");
    assert_eq!(told, examination.findings, "each was told: {}", case.what);
    (desk, examination)
}

fn word(finding: &Finding) -> &'static str {
    match &finding.said {
        Said::Found(found) => found.word.as_str(),
        Said::Failure(failure) => failure.code.as_str(),
    }
}

/// What a reader of the page is told: the wrong ones, the corrected region, and what a refusal leaves open.
fn notable(examination: &Examination) -> Vec<&Finding> {
    let all = examination.findings.iter();
    let is_notable = |found: &&Finding| {
        found.state == State::Wrong
            || ["bucketElsewhere", "partsBeginUntold"].contains(&word(found))
    };
    all.filter(is_notable).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_that_is_set_up_wrongly_is_told_from_the_others_and_nothing_is_changed() {
    let (mut page, mut others) = (head(), Vec::new());
    for case in cases::all() {
        let (desk, examination) = examined(&case).await;
        let checks: Vec<Check> = examination
            .findings
            .iter()
            .map(|found| found.check)
            .collect();
        assert_eq!(checks, Check::ALL, "{}", case.what);
        let notable = notable(&examination);
        let found: Vec<_> = notable
            .iter()
            .map(|finding| (finding.check.as_str(), word(finding)))
            .collect();
        let verdict = examination.verdict();
        if found != case.finds || verdict != case.comes_to {
            others.push(format!("{}: {verdict:?} {found:?}", case.what));
        }
        assert!(
            desk.sandbox.objects().expect("read").is_empty(),
            "{}",
            case.what
        );
        assert!(
            desk.sandbox.open_uploads().expect("read").is_empty(),
            "{}",
            case.what
        );
        let key = &desk.sandbox.address().access_key_id;
        write_row(&mut page, &case, &notable, &key[key.len() - 4..]);
    }
    assert!(others.is_empty(), "found otherwise: {others:#?}");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/examine.md");
    if std::env::var_os("SANDGLASS_WRITE").is_some() {
        std::fs::write(&path, &page).expect("write");
    }
    let on_disk = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        on_disk == page,
        "docs/examine.md is stale: run `cargo xtask bindings`"
    );
}

fn head() -> String {
    String::from(
        "# What an examination finds\n\n\
         Each account below was set up in the sandbox and examined by a test (`crates/app/tests/examine/`), which also writes this\n\
         page; nothing was stored, changed or deleted in any of them. A right account is in it, too, and ways that look wrong and\n\
         are not. *Works* says whether uploads do. What only AWS can tell is marked \"not verified on AWS\".\n\n\
         | set up like this | works | check: what is said | what helps | why AWS is believed to be like it |\n\
         |---|---|---|---|---|\n",
    )
}

fn write_row(page: &mut String, case: &Case, notable: &[&Finding], key_ends: &str) {
    let said: Vec<String> = notable
        .iter()
        .map(|finding| format!("**{}**: {}", finding.check.as_str(), finding.message()))
        // Every sandbox has a key of its own.
        .map(|line| line.replace(key_ends, "7RA2"))
        .collect();
    let said = if said.is_empty() {
        "all is well".to_owned()
    } else {
        said.join("<br>")
    };
    let is_settled = |found: &&&Finding| found.state != State::CannotTell;
    let settled = notable.iter().filter(is_settled);
    let mut helps: Vec<&str> = settled.map(|finding| helps(finding)).collect();
    helps.dedup();
    let works = match case.comes_to {
        Verdict::Works | Verdict::WorksBut => "yes",
        Verdict::OpenEnd => "not told",
        Verdict::Broken => "no",
    };
    writeln!(
        page,
        "| {} | {works} | {said} | {} | {} |",
        case.what,
        helps.join("<br>"),
        case.source
    )
    .expect("a string takes all");
}

fn helps(finding: &Finding) -> &'static str {
    if finding.is_mended_by_policy() {
        return "the corrected permissions policy, shown and copied";
    }
    match finding.remedy() {
        Remedy::AskAdministrator => "a letter to the administrator, copied",
        Remedy::EditDestination => "correct the destination",
        Remedy::EnterKeyAgain => "enter the access key again",
        Remedy::SetClock => "set the clock",
        Remedy::Nothing => "nothing: it was corrected",
        other => other.as_str(),
    }
}
