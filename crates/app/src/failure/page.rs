//! `docs/failures.md` and the guide's troubleshooting pages, written from the table and the page's texts.

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
    assert_fresh("docs/failures.md", &page);
}

/// A language of the user guide: what its page says besides the sentences, and what stands where a failure has no button.
struct Guide {
    language: &'static str,
    head: &'static str,
    correct_input: &'static str,
}

const GUIDES: [Guide; 2] = [
    Guide {
        language: "en",
        head: "# Troubleshooting\n\nStart with *Examine…*, in the menu under the destination's name: it finds out what stands in the way of uploads, and\n\
               changes nothing. What only an administrator can mend, *Copy for the administrator* puts into a letter. On the command line:\n\n\
               ```sh\nsandglass examine\nsandglass letter\nsandglass support\n```\n\n\
               If nothing here helps, send *Text for support…* (in *Settings…*) to whoever helps you; no secret is in it.\n\n\
               ## Every failure\n\nThe sentence stands on the row or at the top of the window; `…` is the file, role, bucket or server it is about. What helps is the\n\
               button beside it; a dash means that there is none. The code stands in the log and in the answers of `--json`.\n\n\
               | what is said | what helps | code |\n|---|---|---|\n",
        correct_input: "Correct what was entered.",
    },
    Guide {
        language: "ja",
        head: "# 困ったときは\n\nまず、送り先のメニューの「診断…」を使ってください。アップロードの妨げになっているものを調べるだけで、何も変更しません。\
               管理者にしか直せない問題は、「管理者に伝える文をコピー」で、管理者に送る文をコピーできます。\
               コマンドラインでは次のとおりです。\n\n\
               ```sh\nsandglass examine\nsandglass letter\nsandglass support\n```\n\n\
               それでも解決しない場合は、「設定…」にある「サポート用の情報…」を、相談する相手に送ってください。秘密の値は含まれません。\n\n\
               ## すべての失敗\n\n失敗を知らせる文は、行またはウィンドウの上部に表示されます。`…` には、対象のファイル、ロール、バケット、サーバーなどが入ります。\
               対処は、文の横のボタンで行えます。「—」は、ボタンがないことを示します。\
               コードは、ログと `--json` の出力に使われます。\n\n\
               | 表示される文 | 対処 | コード |\n|---|---|---|\n",
        correct_input: "入力を直してください。",
    },
];

impl Guide {
    fn troubleshooting(&self) -> String {
        let messages = messages(self.language);
        let mut page = self.head.to_owned();
        for code in Code::ALL {
            let said = text(&messages, &format!("failure_{}", code.as_str()));
            let helps = match code.remedy() {
                Remedy::Nothing => "—",
                Remedy::CorrectInput => self.correct_input,
                remedy => text(&messages, &format!("remedy_{}", remedy.as_str())),
            };
            let said = said.replace("{about}", "`…`");
            writeln!(page, "| {said} | {helps} | `{}` |", code.as_str())
                .expect("a string takes all");
        }
        page
    }
}

#[test]
fn the_guides_failures_pages_are_fresh() {
    for guide in GUIDES {
        let name = format!("docs/guide/{}/troubleshooting.md", guide.language);
        assert_fresh(&name, &guide.troubleshooting());
    }
}

/// With `SANDGLASS_WRITE` it is written first.
#[track_caller]
fn assert_fresh(name: &str, page: &str) {
    let path = project().join(name);
    if std::env::var_os("SANDGLASS_WRITE").is_some() {
        std::fs::write(&path, page).expect("write");
    }
    let on_disk = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        on_disk == page,
        "{name} is stale: run `cargo xtask bindings`"
    );
}
