//! What the commands are called with, and all that it is exchanged for.

use serde_json::{Value, json};

use super::{Arguments, HUGE_BYTES, NOBODYS, never};

/// Every argument that any command reads: of the right type, and of no use. `form` is that of `connect` and of
/// `set_network`. The preferences are those that hold, since any others would rightly be saved.
pub(super) fn arguments(destination: &str) -> Arguments {
    let all = json!({
        "about": "signIn",
        "changesExisting": true,
        "channel": "__CHANNEL__:1",
        "choice": "replace",
        "connectAs": "?",
        "count": NOBODYS,
        "deletes": "?",
        "destination": destination,
        "download": NOBODYS,
        "drop": NOBODYS,
        "each": "__CHANNEL__:2",
        "fields": set_up(),
        "find": "?",
        "folder": "?/",
        "form": form(),
        "format": "csv",
        "from": NOBODYS,
        "keeps": true,
        "key": "?",
        "keys": ["?"],
        "language": "en",
        "mfaCode": "?",
        // No name at all: a destination that is known must keep its own.
        "name": "",
        "objects": [{ "key": "?", "sizeBytes": 1 }],
        "order": { "by": "name", "isDescending": true },
        "preferences": preferences(),
        "profile": "?",
        "row": NOBODYS,
        "seen": { "administrator": "?", "seal": "?" },
        "step": "?",
        "token": NOBODYS,
        "view": NOBODYS,
        "words": "?",
    });
    object(all)
}

/// More than one field is wrong, so that the form stays wrong whichever is exchanged.
fn form() -> Value {
    json!({
        "name": "?", "roleArn": "?", "region": "?", "bucket": "?", "prefix": "?", "endpoint": "?", "stsEndpoint": "?",
        "sessionSeconds": "?", "externalId": "?", "mfaSerial": "?",
        "addressing": { "style": "path", "isFips": true, "isDualStack": true },
        "session": { "tags": "?", "sourceIdentity": "?", "name": "?", "isWholeRole": true, "mayDelete": true },
        "uploads": {
            "keepsMtime": true, "storageClass": "?", "kmsKey": "?", "tags": "?", "followsLinks": true,
            "marksEmptyFolders": true, "leavesOut": "?",
        },
        "isKeyNew": true,
        "key": { "from": "typed", "id": "?", "secret": "?" },
        "replaces": "?",
        "proxy": "manual", "url": "?", "user": "?", "password": "?", "noProxy": "?",
    })
}

fn set_up() -> Value {
    json!({
        "region": "?", "bucket": "?", "prefix": "?", "user": "?", "role": "?", "account": "?", "needsMfa": true,
        "externalId": "?", "sourceIps": "?", "mayAbort": true, "kmsKey": "?",
    })
}

fn preferences() -> Value {
    json!({
        "mostRequests": null, "kibPerSecond": null, "looksFirst": false, "looksFirstFrom": 1, "notifies": true,
        "idleMinutes": null, "endsOnLock": false, "language": null, "theme": "system", "logsInDetail": false,
    })
}

fn object(value: Value) -> Arguments {
    match value {
        Value::Object(fields) => fields,
        other => panic!("no object: {other}"),
    }
}

/// JSON pointers to a value and to all that it holds.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                places(inner, &format!("{here}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                places(inner, &format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// One variation for each place among the arguments and each value that `others` puts there.
pub(super) fn exchanged(read: &Arguments, others: impl Fn(&Value) -> Vec<Value>) -> Vec<Arguments> {
    let whole = Value::Object(read.clone());
    let mut found = Vec::new();
    places(&whole, "", &mut found);
    let mut varied = Vec::new();
    for place in found.iter().filter(|place| !place.is_empty()) {
        let now = whole.pointer(place).expect("its own place");
        for other in others(now) {
            let mut exchanged = whole.clone();
            *exchanged.pointer_mut(place).expect("its own place") = other;
            varied.push(object(exchanged));
        }
    }
    varied
}

pub(super) fn of_other_types(now: &Value) -> Vec<Value> {
    let all = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!("?"),
        never(),
        json!({}),
        json!({ "?": [] }),
    ];
    let is_other = |other: &Value| std::mem::discriminant(other) != std::mem::discriminant(now);
    // No number of ours is negative, broken, or so large.
    let counts = |other: &Value| is_other(other) || now.is_number();
    all.into_iter().filter(counts).collect()
}

/// Of one byte each, of three bytes each, and a folder.
fn huge() -> [String; 3] {
    let thrice = "砂".repeat(HUGE_BYTES / 3);
    ["a".repeat(HUGE_BYTES), thrice.clone(), format!("{thrice}/")]
}

pub(super) fn huge_instead(now: &Value) -> Vec<Value> {
    if now.is_string() {
        huge().map(Value::String).into()
    } else {
        Vec::new()
    }
}
