//! What the page may do is written down in three places; here they are held against each other.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

include!("command_names.rs");

fn file(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&file(path)).expect("json")
}

fn commands() -> BTreeSet<String> {
    COMMANDS.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_capability_allows_our_commands_one_by_one_and_nothing_of_tauris() {
    let capability = json("capabilities/main.json");
    let permissions = capability["permissions"].as_array().expect("a list");
    let allowed: BTreeSet<String> = permissions
        .iter()
        .map(|permission| permission.as_str().expect("a name"))
        .map(|name| {
            name.strip_prefix("allow-")
                .unwrap_or_else(|| panic!("{name} is not ours"))
        })
        .map(|name| name.replace('-', "_"))
        .collect();
    assert_eq!(allowed, commands());
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
}

#[test]
fn the_page_asks_for_exactly_the_commands_there_are() {
    let backend = file("../ui/src/ipc/backend.ts");
    let asked: BTreeSet<String> = backend
        .split("invoke('")
        .skip(1)
        .filter_map(|rest| rest.split('\'').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(asked, commands());
}

#[test]
fn every_command_is_handled() {
    let handled = file("src/commands.rs");
    let list = handled
        .split("generate_handler![")
        .nth(1)
        .and_then(|rest| rest.split(']').next());
    let names = list.expect("the handler's list").split(',').map(str::trim);
    // Some stand in a module of their own.
    let names = names.map(|name| name.rsplit("::").next().unwrap_or(name));
    let names: BTreeSet<String> = names
        .filter(|name| !name.is_empty())
        // Some stand in a module of their own.
        .filter_map(|name| name.rsplit("::").next())
        .map(str::to_owned)
        .collect();
    assert_eq!(names, commands());
}

#[test]
fn the_content_security_policy_lets_nothing_in_from_outside() {
    let config = json("tauri.conf.json");
    let security = &config["app"]["security"];
    let csp = security["csp"].as_str().expect("a policy");
    assert!(csp.starts_with("default-src 'none'"));
    for word in ["unsafe", "https:", "data:", "blob:", "*", "asset:"] {
        assert!(!csp.contains(word), "the policy contains {word}");
    }
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(security["assetProtocol"]["enable"], false);
    assert_eq!(config["app"]["withGlobalTauri"], false);
}

#[test]
fn the_window_stays_on_our_page() {
    let allowed = |url: &str| crate::window::is_our_page(&url.parse().expect("a url"));
    assert!(allowed("tauri://localhost/index.html"));
    for elsewhere in [
        "https://example.com/",
        "http://localhost/",
        "file:///etc/passwd",
        "data:text/html,x",
        "tauri://evil/",
    ] {
        assert!(!allowed(elsewhere), "{elsewhere}");
    }
}
