//! What a plan would change of a document, line by line.

use account::{Item, Standing};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineChange {
    /// It stays.
    Stays,
    /// It goes.
    Goes,
    /// It comes.
    Comes,
}

impl LineChange {
    /// As it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stays => "stays",
            Self::Goes => "goes",
            Self::Comes => "comes",
        }
    }

    /// As every diff has it.
    pub fn sign(self) -> char {
        match self {
            Self::Stays => ' ',
            Self::Goes => '-',
            Self::Comes => '+',
        }
    }
}

/// The lines of the item's document, as it is and as it would be written; none where it has none, or nothing would be written.
pub fn plan_diff(item: &Item) -> Vec<(LineChange, String)> {
    let (is, wanted) = (text(item.standing.is()), text(&item.wanted));
    if wanted.is_empty() || item.standing == Standing::Right {
        return Vec::new();
    }
    let diff = TextDiff::from_lines(&is, &wanted);
    let lines = diff.iter_all_changes().map(|change| {
        let what = match change.tag() {
            ChangeTag::Equal => LineChange::Stays,
            ChangeTag::Delete => LineChange::Goes,
            ChangeTag::Insert => LineChange::Comes,
        };
        (what, change.value().trim_end().to_owned())
    });
    lines.collect()
}

fn text(document: &Value) -> String {
    if document.is_null() {
        return String::new();
    }
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    format!("{text}\n")
}

#[cfg(test)]
mod tests {
    use account::Thing;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stays_is_told_from_what_goes_and_what_comes() {
        let item = Item {
            thing: Thing::Ownership,
            standing: Standing::Otherwise {
                is: json!({"Id": "theirs", "ObjectOwnership": "ObjectWriter"}),
            },
            wanted: json!({"Id": "theirs", "ObjectOwnership": "BucketOwnerEnforced"}),
            is_foreign: true,
        };
        let lines = plan_diff(&item);
        let lines: Vec<String> = lines
            .iter()
            .map(|(change, line)| format!("{}{line}", change.sign()))
            .collect();
        let expected = [
            " {",
            "   \"Id\": \"theirs\",",
            "-  \"ObjectOwnership\": \"ObjectWriter\"",
            "+  \"ObjectOwnership\": \"BucketOwnerEnforced\"",
            " }",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_is_missing_comes_whole() {
        let item = Item {
            thing: Thing::UserPolicy,
            standing: Standing::Missing,
            wanted: json!({"Version": "2012-10-17"}),
            is_foreign: false,
        };
        let lines = plan_diff(&item);
        assert!(lines.iter().all(|(change, _)| *change == LineChange::Comes));
        assert_eq!(lines.len(), 3);
    }
}
