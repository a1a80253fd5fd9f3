//! `account`: the AWS side, planned, made, taken back, or written as code.

use std::path::Path;
use std::process::ExitCode;

use app::{
    Administrator, App, Failure, Item, Kept, LineChange, Outcome, Plan, Standing, Thing, Withheld,
    plan_diff,
};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{AccountCommand, SignIn, What};
use crate::say::Voice;
use crate::{examine, exit};

const CHANGE_EXISTING: &str = "--change-existing";

#[derive(Debug, Serialize)]
struct ItemObject {
    kind: &'static str,
    thing: &'static str,
    standing: &'static str,
    is_foreign: bool,
    /// Why it is left, where it is.
    why: Option<&'static str>,
    is: Value,
    wanted: Value,
}

#[derive(Debug, Serialize)]
struct DoneObject {
    kind: &'static str,
    thing: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Serialize)]
struct ConnectedObject {
    kind: &'static str,
    destination: String,
    role_arn: String,
    key_ends: String,
    outcome: &'static str,
}

pub(crate) async fn account(
    app: &App,
    command: AccountCommand,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    match command {
        AccountCommand::Export {
            what,
            form,
            account,
        } => {
            let written = what.form();
            let setup = written.setup(app::partition_of(&written.region))?;
            let account = app::account_number(account.as_deref().unwrap_or_default())?;
            print!("{}", app::export(&setup, form.into(), account.as_deref()));
            Ok(ExitCode::from(exit::DONE))
        }
        AccountCommand::Plan(what)
        | AccountCommand::Apply {
            what,
            dry_run: true,
            ..
        } => plan(app, &what, voice).await,
        AccountCommand::Apply {
            what,
            change_existing,
            connect,
            drop_zone,
            ..
        } => {
            let connected = Connect {
                name: connect.as_deref(),
                drop_zone: drop_zone.as_deref(),
            };
            apply(app, &what, change_existing, &connected, voice).await
        }
        AccountCommand::Repair {
            destination,
            yes,
            profile,
        } => repair(app, destination.as_deref(), profile.as_deref(), yes, voice).await,
        AccountCommand::Undo { what, .. } => undo(app, &what, voice).await,
    }
}

async fn administrator(app: &App, what: &What) -> Result<Administrator, Failure> {
    let form = what.form();
    signed_in(app, form.region.trim(), what.profile.as_deref()).await
}

/// Says whose rights are used: the chain may have found another person than one thinks.
async fn signed_in(
    app: &App,
    region: &str,
    profile: Option<&str>,
) -> Result<Administrator, Failure> {
    let administrator = app.administrator(region, profile).await?;
    eprintln!("sandglass: as {}", administrator.arn);
    Ok(administrator)
}

async fn plan(app: &App, what: &What, voice: Voice) -> Result<ExitCode, Failure> {
    let administrator = administrator(app, what).await?;
    let setup = what.form().setup(&administrator.partition)?;
    let plan = app.plan_account(&administrator, &setup).await?;
    say_plan(plan, CHANGE_EXISTING, voice);
    Ok(ExitCode::from(exit::DONE))
}

async fn repair(
    app: &App,
    destination: Option<&str>,
    profile: Option<&str>,
    yes: bool,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let destination = app.destination_named(destination)?;
    let administrator = signed_in(app, &destination.target.region, profile).await?;
    if !yes {
        let plan = app.plan_repair(&destination.id, &administrator).await?;
        say_plan(plan, "--yes", voice);
        return Ok(ExitCode::from(exit::DONE));
    }
    let told = |thing: Thing, outcome: Outcome| say_done(voice, thing, outcome.as_str());
    app.repair(&destination.id, &administrator, None, told)
        .await?;
    if destination.mfa_serial.is_some() {
        eprintln!("sandglass: `sandglass examine --mfa-code-stdin` says whether uploads work now.");
        return Ok(ExitCode::from(exit::DONE));
    }
    let again = SignIn {
        destination: Some(destination.name),
        mfa_code_stdin: false,
    };
    examine::examine(app, &again, voice).await
}

/// `yes`: the option that lets the command change what is there.
fn say_plan(plan: Plan, yes: &str, voice: Voice) {
    if !plan.is_simulated {
        eprintln!(
            "sandglass: IAM did not simulate (iam:SimulatePrincipalPolicy), so a denial or a boundary may stand in the way unseen."
        );
    }
    for item in plan.items {
        let object = ItemObject {
            kind: "item",
            thing: item.thing.as_str(),
            standing: item.standing.as_str(),
            is_foreign: item.is_foreign,
            why: item.standing.why().map(Withheld::as_str),
            is: item.standing.is().clone(),
            wanted: item.wanted.clone(),
        };
        voice.say(&object, || item_words(&item, yes));
    }
}

fn item_words(item: &Item, yes: &str) -> String {
    let name = name(item.thing);
    let whose = if item.is_foreign {
        format!(", of what was not made by Sandglass: only with {yes}")
    } else {
        String::new()
    };
    let diff = diff(item);
    match &item.standing {
        Standing::Right => format!("  right    {name}"),
        Standing::Missing => format!("  make     {name}{whose}{diff}"),
        Standing::Otherwise { .. } => format!("  change   {name}, only with {yes}{diff}"),
        Standing::Withheld { why, .. } => format!("  left     {name}: {}", why_words(*why)),
    }
}

fn why_words(why: Withheld) -> &'static str {
    match why {
        Withheld::Condition => {
            "it is allowed under a condition that is not met; an MFA device or an ExternalId belongs in the destination, anything else is for whoever wrote it"
        }
        Withheld::Deny => {
            "a statement denies it, which no other can outweigh; whoever wrote it decides"
        }
        Withheld::Above => "a permissions boundary or the organization does not allow it",
        Withheld::OtherAccount => "the user is in another account; its policy is to be made there",
        Withheld::Unclear => {
            "it is written by what it is not (NotAction, NotPrincipal), which only whoever wrote it can judge"
        }
    }
}

fn diff(item: &Item) -> String {
    let line =
        |(change, line): (LineChange, String)| format!("\n         {} {line}", change.sign());
    plan_diff(item).into_iter().map(line).collect()
}

fn name(thing: Thing) -> &'static str {
    match thing {
        Thing::Bucket => "bucket",
        Thing::PublicAccess => "bucket: public access blocked",
        Thing::Ownership => "bucket: its owner owns its objects",
        Thing::Encryption => "bucket: encryption",
        Thing::Lifecycle => "bucket: rule for incomplete uploads",
        Thing::BucketPolicy => "bucket: policy, TLS only",
        Thing::User => "user",
        Thing::Role => "role and its trust policy",
        Thing::Permissions => "role: permissions policy",
        Thing::UserPolicy => "user: inline policy",
    }
}

/// What becomes of the set-up on this computer.
struct Connect<'a> {
    name: Option<&'a str>,
    drop_zone: Option<&'a Path>,
}

async fn apply(
    app: &App,
    what: &What,
    change_existing: bool,
    connect: &Connect<'_>,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let administrator = administrator(app, what).await?;
    let told = |thing: Thing, outcome: Outcome| say_done(voice, thing, outcome.as_str());
    let form = what.form();
    let set_up = app
        .set_up_account(
            &administrator,
            &form,
            change_existing,
            connect.name,
            None,
            told,
        )
        .await?;
    if let Some(destination) = set_up.destination {
        if let Some(file) = connect.drop_zone {
            app.save_drop_zone(&destination.id, file)?;
        }
        let object = ConnectedObject {
            kind: "connected",
            destination: destination.name.clone(),
            role_arn: destination.role_arn.to_string(),
            key_ends: destination.key.ends.clone(),
            outcome: if set_up.was_connected {
                "unchanged"
            } else {
                "made"
            },
        };
        voice.say(&object, || {
            format!(
                "The destination “{}” is ready; its access key …{} is in the keychain.",
                object.destination, object.key_ends
            )
        });
    }
    if set_up.is_anything_left {
        eprintln!(
            "sandglass: what is there and differs is left as it is; {CHANGE_EXISTING} changes it."
        );
        return Ok(ExitCode::from(exit::ROWS_FAILED));
    }
    Ok(ExitCode::from(exit::DONE))
}

fn say_done(voice: Voice, thing: Thing, outcome: &'static str) {
    let object = DoneObject {
        kind: "done",
        thing: thing.as_str(),
        outcome,
    };
    voice.say(&object, || format!("  {outcome:<18} {}", name(thing)));
}

async fn undo(app: &App, what: &What, voice: Voice) -> Result<ExitCode, Failure> {
    let administrator = administrator(app, what).await?;
    let setup = what.form().setup(&administrator.partition)?;
    let mut is_anything_kept = false;
    let told = |thing: Thing, removed: Result<(), Kept>| {
        is_anything_kept |= removed.is_err();
        let word = match removed {
            Ok(()) => "removed",
            Err(Kept::NotOurs) => "kept: not ours",
            Err(Kept::HoldsObjects) => "kept: not empty",
            Err(Kept::HoldsMore) => "kept: holds more",
        };
        say_done(voice, thing, word);
    };
    app.undo_account(&administrator, &setup, None, told).await?;
    Ok(ExitCode::from(if is_anything_kept {
        exit::ROWS_FAILED
    } else {
        exit::DONE
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_names_the_option_of_the_command_that_made_it() {
        let item = Item {
            thing: Thing::Role,
            standing: Standing::Otherwise { is: Value::Null },
            is_foreign: true,
            wanted: Value::Null,
        };
        assert_eq!(
            item_words(&item, "--yes"),
            "  change   role and its trust policy, only with --yes"
        );
    }
}
