//! The crates depend on each other in one direction:
//!
//! ```text
//! ui -> shell --> app --> session | bucket | account      session, bucket, account, app --> network
//!       cli ----> app                    sandbox: used by app only for "try it", and by testkit
//! ```

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// A dependency, and who alone may have it. Tests' own dependencies are not edges.
const ONLY: &[(&str, &[&str])] = &[
    ("session", &["app", "testkit", "fuzz"]),
    ("bucket", &["app", "testkit", "fuzz"]),
    ("account", &["app", "fuzz"]),
    ("network", &["session", "bucket", "account", "app"]),
    ("app", &["cli", "shell", "testkit", "fuzz"]),
    ("sandbox", &["app", "testkit"]),
    ("cli", &[]),
    ("fuzz", &[]),
    ("shell", &[]),
    ("xtask", &[]),
    ("testkit", &[]),
    ("aws-sdk-sts", &["session", "account"]),
    ("aws-sdk-iam", &["session", "account"]),
    ("aws-sdk-s3", &["bucket", "account", "testkit"]),
    ("aws-smithy-http-client", &["network"]),
    ("tauri", &["shell"]),
    ("tauri-build", &["shell"]),
    ("tauri-plugin-notification", &["shell"]),
    ("tauri-plugin-single-instance", &["shell"]),
    ("tauri-plugin-updater", &["shell"]),
    ("tauri-plugin-window-state", &["shell"]),
    ("rfd", &["shell"]),
    ("keyring-core", &["session"]),
    ("zbus-secret-service-keyring-store", &["session"]),
    ("apple-native-keyring-store", &["session"]),
    ("windows-native-keyring-store", &["session"]),
    ("rusqlite", &["bucket", "sandbox"]),
    ("s3s", &["sandbox"]),
];

/// A new dependency of these families belongs into the table, whatever it is called.
const FAMILIES: &[&str] = &["aws-sdk-", "tauri", "keyring"];

/// What a user's words are made of may not be missing.
const NEEDED: &[(&str, &str)] = &[
    ("app", "session"),
    ("app", "bucket"),
    ("app", "account"),
    ("app", "network"),
    ("session", "network"),
    ("bucket", "network"),
    ("account", "network"),
    ("app", "sandbox"),
    ("cli", "app"),
    ("shell", "app"),
    ("session", "aws-sdk-sts"),
    ("bucket", "aws-sdk-s3"),
    ("session", "keyring-core"),
    ("shell", "tauri"),
];

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .arg("--manifest-path")
        .arg(manifest)
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

/// Package and dependency, without what only tests need.
fn edges(metadata: &Value) -> Vec<(&str, &str)> {
    let packages = metadata["packages"].as_array().expect("packages");
    let mut edges = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        let real = dependencies.iter().filter(|needed| needed["kind"] != "dev");
        edges.extend(real.filter_map(|needed| Some((name, needed["name"].as_str()?))));
    }
    edges
}

fn wrong_edges(metadata: &Value) -> Vec<String> {
    let edges = edges(metadata);
    let mut wrong = Vec::new();
    for (package, needed) in &edges {
        let rule = ONLY.iter().find(|(name, _)| name == needed);
        let belongs_here = FAMILIES.iter().any(|family| needed.contains(family));
        match rule {
            Some((_, allowed)) if !allowed.contains(package) => {
                wrong.push(format!("{package} may not depend on {needed}"));
            }
            None if belongs_here => wrong.push(format!("{needed} (of {package}) has no rule")),
            Some(_) | None => {}
        }
    }
    let missing = NEEDED.iter().filter(|edge| !edges.contains(edge));
    wrong.extend(missing.map(|(package, needed)| format!("{package} lost {needed}")));
    wrong
}

#[test]
fn no_edge_turns() {
    let wrong = wrong_edges(&metadata());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_edge_that_turns_is_named() {
    let mut metadata = metadata();
    let packages = metadata["packages"].as_array_mut().expect("packages");
    let mut add = |package: &str, needed: Value| {
        let found = packages.iter_mut().find(|found| found["name"] == package);
        let found = found.expect("the package is there");
        let dependencies = found["dependencies"].as_array_mut();
        dependencies.expect("dependencies").push(needed);
    };
    add("bucket", json!({"name": "session", "kind": null}));
    add("cli", json!({"name": "sandbox", "kind": null}));
    add("app", json!({"name": "tauri-plugin-tray", "kind": null}));
    add("account", json!({"name": "sandbox", "kind": "dev"}));
    let mut wrong = wrong_edges(&metadata);
    wrong.sort();
    let expected = [
        "bucket may not depend on session",
        "cli may not depend on sandbox",
        "tauri-plugin-tray (of app) has no rule",
    ];
    assert_eq!(wrong, expected);
}

#[test]
fn the_room_of_each_crate_is_where_the_tree_says() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let mut names: Vec<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    names.sort_unstable();
    let expected = [
        "account", "app", "bucket", "cli", "fuzz", "network", "sandbox", "session", "shell",
        "testkit", "xtask",
    ];
    assert_eq!(
        names, expected,
        "a crate exists only for a reason, which ARCHITECTURE.md gives"
    );
}

/// What only developers are for: the web inspector, and the fuzzer's door into `account`.
#[test]
fn what_is_handed_out_has_no_developer_tools_and_no_door_for_the_fuzzer() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let package = |name: &str| {
        let found = packages.iter().find(|found| found["name"] == name);
        found.expect("there")
    };
    let by_default = |name: &str, needed: &str| {
        let dependencies = package(name)["dependencies"].as_array();
        let edge = dependencies.expect("dependencies").iter();
        let mut edge = edge.filter(|edge| edge["name"] == needed && edge["kind"].is_null());
        edge.next().expect("it needs that")["features"].clone()
    };
    let has = |features: &Value, name: &str| {
        let all = features.as_array().expect("features");
        all.iter().any(|feature| feature == name)
    };
    assert!(!has(&by_default("shell", "tauri"), "devtools"));
    let features = &package("shell")["features"];
    assert!(features["updater"].is_array());
    assert!(features["default"].is_null(), "no updater unasked");
    assert!(!has(&by_default("app", "account"), "fuzzing"));
    assert!(
        has(&by_default("fuzz", "account"), "fuzzing"),
        "the test sees it"
    );
    let window = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/src/window.rs");
    let window = std::fs::read_to_string(window).expect("text");
    assert!(window.contains(".devtools(cfg!(debug_assertions))"));
}
