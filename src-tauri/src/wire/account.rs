//! The AWS side, for the wire.

use app::{Item, Kept, LineChange, Outcome, Plan, Seen, Setup, SetupForm, Step, Thing, Withheld};

use crate::ipc::{
    DiffLine, SetupDone, SetupFields, SetupItem, SetupPaste, SetupPlan, SetupSeen, SetupStep,
    SetupTexts,
};

pub(crate) fn setup_form(fields: &SetupFields) -> SetupForm {
    let ips = fields.source_ips.split([',', ' ', '\n']);
    let ips = ips.map(str::trim).filter(|ip| !ip.is_empty());
    SetupForm {
        region: fields.region.clone(),
        bucket: fields.bucket.clone(),
        prefix: fields.prefix.clone(),
        user: fields.user.clone(),
        role: fields.role.clone(),
        needs_mfa: fields.needs_mfa,
        external_id: fields.external_id.clone(),
        source_ips: ips.map(str::to_owned).collect(),
        may_abort: fields.may_abort,
        kms_key: fields.kms_key.clone(),
        endpoint: String::new(),
    }
}

/// `account` stands in the console's documents; where nobody knows it, a word that says so.
pub(crate) fn setup_texts(setup: &Setup, account: Option<&str>) -> SetupTexts {
    let account = account.unwrap_or("ACCOUNT");
    let export = |form| app::export(setup, form, Some(account));
    let step = |step: &Step| SetupStep {
        step: step.as_str(),
        pastes: app::pastes(setup, account, *step)
            .into_iter()
            .map(|(paste, text)| SetupPaste {
                paste: paste.as_str(),
                text,
            })
            .collect(),
    };
    SetupTexts {
        steps: Step::ALL.iter().map(step).collect(),
        cloudformation: export(app::Export::CloudFormation),
        terraform: export(app::Export::Terraform),
        aws_cli: export(app::Export::AwsCli),
        user: setup.user.clone(),
        role: setup.role.clone(),
    }
}

pub(crate) fn setup_plan(administrator: &str, plan: &Plan) -> SetupPlan {
    let items = plan.items.iter().map(|item| SetupItem {
        thing: item.thing.as_str(),
        standing: item.standing.as_str(),
        why: item.standing.why().map(Withheld::as_str),
        is_foreign: item.is_foreign,
        diff: diff(item),
    });
    SetupPlan {
        administrator: administrator.to_owned(),
        seal: plan.seal(),
        is_simulated: plan.is_simulated,
        items: items.collect(),
    }
}

fn diff(item: &Item) -> Vec<DiffLine> {
    let lines = app::plan_diff(item).into_iter();
    let line = |(change, text): (LineChange, String)| DiffLine {
        change: change.as_str(),
        text,
    };
    lines.map(line).collect()
}

pub(crate) fn setup_seen(seen: SetupSeen) -> Seen {
    Seen {
        administrator: seen.administrator,
        seal: seen.seal,
    }
}

pub(crate) fn setup_done(thing: Thing, outcome: Outcome) -> SetupDone {
    SetupDone {
        thing: thing.as_str(),
        outcome: outcome.as_str(),
    }
}

pub(crate) fn setup_undone(thing: Thing, removed: Result<(), Kept>) -> SetupDone {
    SetupDone {
        thing: thing.as_str(),
        outcome: match removed {
            Ok(()) => "removed",
            Err(Kept::NotOurs) => "notOurs",
            Err(Kept::HoldsObjects) => "holdsObjects",
            Err(Kept::HoldsMore) => "holdsMore",
        },
    }
}
