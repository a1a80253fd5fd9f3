//! `docs/failures.md`, written from the table and the page's texts.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::Value;

use super::{Code, Remedy};

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn messages(language: &str) -> Value {
    let path = project().join(format!("ui/messages/{language}.json"));
    let text = std::fs::read_to_string(&path).expect("the page's texts");
    serde_json::from_str(&text).expect("json")
}

fn text<'a>(messages: &'a Value, key: &str) -> &'a str {
    messages[key]
        .as_str()
        .unwrap_or_else(|| panic!("ui/messages lacks {key}"))
}

#[test]
fn the_page_says_the_same_english_sentence_for_every_code() {
    let english = messages("en");
    for code in Code::ALL {
        let key = format!("failure_{}", code.as_str());
        assert_eq!(text(&english, &key), code.sentence(), "{key}");
    }
}

#[test]
fn the_failures_page_is_fresh() {
    let (english, japanese) = (messages("en"), messages("ja"));
    let mut page = String::from(
        "# Failures\n\nEvery failure a user can meet: its code, its sentence and what can be done. `{about}` stands for the\n\
         thing it names. Written by `cargo xtask bindings` from `crates/app/src/failure.rs` and `ui/messages/`.\n\n\
         | code | English | 日本語 | remedy |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let key = format!("failure_{}", code.as_str());
        let remedy = |messages: &'_ Value| -> String {
            match code.remedy() {
                Remedy::Nothing | Remedy::CorrectInput => String::new(),
                remedy => text(messages, &format!("remedy_{}", remedy.as_str())).to_owned(),
            }
        };
        writeln!(
            page,
            "| `{}` | {} | {} | {} / {} |",
            code.as_str(),
            text(&english, &key),
            text(&japanese, &key),
            remedy(&english),
            remedy(&japanese),
        )
        .expect("a string takes all");
    }
    let path = project().join("docs/failures.md");
    if std::env::var_os("SANDGLASS_WRITE").is_some() {
        std::fs::write(&path, &page).expect("write");
    }
    let on_disk = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        on_disk == page,
        "docs/failures.md is stale: run `cargo xtask bindings`"
    );
}
