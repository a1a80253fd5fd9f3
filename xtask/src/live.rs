//! What is believed of AWS, held against a real account: a destination of the person's own is examined, and the answers are
//! compared with what the examination builds on. Nothing in the bucket is stored, changed or deleted; the list before and after says so.

mod mistakes;

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::place;
use crate::run::{Result, Stop, run, say, shown};

pub(crate) use mistakes::{Options as Mistakes, mistakes};

/// A statement about AWS that `docs/examine.md` and decision 0014 build on.
struct Belief {
    says: &'static str,
    check: &'static str,
    /// The request, as evidence names it, and the answers that are believed.
    asked: &'static str,
    believed: &'static [&'static str],
}

const BELIEFS: &[Belief] = &[
    Belief {
        says: "HeadBucket answers 200, or 403 to who may not list",
        check: "bucket",
        asked: "HeadBucket",
        believed: &["200", "403"],
    },
    Belief {
        says: "a part of an upload that nobody has begun is answered NoSuchUpload to who may store",
        check: "parts",
        asked: "UploadPart",
        believed: &["404 NoSuchUpload"],
    },
    Belief {
        says: "an object whose checksum is wrong is answered BadDigest, and not stored",
        check: "store",
        asked: "PutObject",
        believed: &["400 BadDigest"],
    },
    Belief {
        says: "removing an upload that nobody has begun is answered NoSuchUpload, or refused",
        check: "abort",
        asked: "AbortMultipartUpload",
        believed: &["404 NoSuchUpload", "403 AccessDenied"],
    },
    Belief {
        says: "a missing object is answered NoSuchKey to who may read and list, else AccessDenied",
        check: "read",
        asked: "GetObject",
        believed: &[
            "403 AccessDenied",
            "403 AccessDenied (only s3:ListBucket is missing)",
            "404 NoSuchKey",
        ],
    },
    Belief {
        says: "the account's buckets are refused to a role that may not list them",
        check: "otherBuckets",
        asked: "ListBuckets",
        believed: &["403 AccessDenied"],
    },
];

/// Needs a destination on AWS that is connected here, whose role may store.
pub(crate) fn live(destination: &str) -> Result {
    run(&mut place::cargo(&["build", "-p", "cli"]))?;
    let before = listed(destination)?;
    say("Examining it");
    let findings = told(&["examine", "-d", destination], &[0, 1])?;
    let mut others = 0;
    say("What is believed of AWS, and what it answered");
    for belief in BELIEFS {
        let answer = answer_of(&findings, belief);
        let word = match answer {
            Some(answer) if belief.believed.contains(&answer) => "holds",
            Some(_) => {
                others += 1;
                "OTHERWISE"
            }
            None => "not asked",
        };
        let answer = answer.unwrap_or_default();
        println!("   {word:<10} {}: {answer}", belief.says);
    }
    if listed(destination)? != before {
        others += 1;
        println!(
            "   OTHERWISE  the list is not what it was: did somebody else store something meanwhile?"
        );
    }
    println!(
        "   What needs an account that is set up wrongly on purpose is asked by `cargo xtask live --mistakes --region REGION`."
    );
    if others == 0 {
        Ok(())
    } else {
        Err(Stop(format!(
            "{others} answers are otherwise than believed"
        )))
    }
}

fn answer_of<'a>(findings: &'a [Value], belief: &Belief) -> Option<&'a str> {
    let finding = findings
        .iter()
        .find(|found| found["check"] == belief.check)?;
    let evidence = finding["evidence"].as_array()?.iter();
    let mut answers = evidence.filter_map(|one| one.as_str()?.split_once(": "));
    let (_, answer) = answers.find(|(asked, _)| *asked == belief.asked)?;
    Some(answer)
}

/// None where the role may not list.
fn listed(destination: &str) -> Result<Option<Vec<Value>>> {
    let entries = told(&["ls", "--recursive", "-d", destination], &[0, 1])?;
    let is_denied = entries.iter().any(|entry| entry["failure"].is_object());
    Ok((!is_denied).then_some(entries))
}

/// The objects that a command prints.
fn told(words: &[&str], may_end_with: &[i32]) -> Result<Vec<Value>> {
    let mut command = Command::new(place::built("debug", "sandglass"));
    command
        .args(words)
        .arg("--json")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    println!("$ {}", shown(&command));
    let output = command.output().map_err(Stop::because(shown(&command)))?;
    if !output
        .status
        .code()
        .is_some_and(|code| may_end_with.contains(&code))
    {
        return Err(Stop(format!(
            "{} ended with {}",
            shown(&command),
            output.status
        )));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(Stop::because(shown(&command))))
        .collect()
}
