//! `THREATS.md` says which test shows what.

use std::fs;
use std::path::{Path, PathBuf};

use crate::secrets::below;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust source below these folders, as one text.
fn sources(folders: &[&str]) -> String {
    let all = folders.iter().flat_map(|name| below(&root().join(name)));
    let is_source = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs");
    let read = |path: PathBuf| fs::read_to_string(path).expect("text");
    all.filter(is_source).map(read).collect()
}

#[test]
fn each_test_that_threats_names_is_there_and_each_line_names_one_or_says_that_nothing_helps() {
    let threats = fs::read_to_string(root().join("THREATS.md")).expect("there");
    let sources = sources(&["crates", "src-tauri/src", "tests"]);
    let mut named = 0;
    for name in threats.split('`').skip(1).step_by(2) {
        let is_test = name.matches('_').count() > 1 && !name.contains(['.', '/']);
        if is_test {
            assert!(sources.contains(&format!("fn {name}(")), "{name} is gone");
            named += 1;
        }
    }
    assert!(named > 30, "{named}");
    let lines = threats
        .lines()
        .filter(|line| line.matches(" | ").count() == 2);
    for line in lines.filter(|line| !line.starts_with("| threat")) {
        let shown = line.rsplit(" | ").next().unwrap_or_default();
        let is_shown = shown.contains('`') || line.contains("**");
        assert!(is_shown, "neither shown nor said: {line}");
    }
}

/// What is fuzzed has a target, an entry and something to begin with.
#[test]
fn each_fuzz_target_is_built_and_has_seeds() {
    let names = |folder: &str| {
        let all = fs::read_dir(root().join("fuzz").join(folder)).expect("there");
        let stem = |path: PathBuf| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        };
        let mut all: Vec<String> = all.flatten().map(|entry| stem(entry.path())).collect();
        all.sort();
        all
    };
    let targets = names("fuzz_targets");
    assert_eq!(targets, names("seeds"));
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("there");
    for name in &targets {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), targets.len());
}
