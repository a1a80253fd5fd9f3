use super::*;
use crate::list::Column;

fn object(key: &str, size_bytes: u64) -> Entry {
    Entry::Object {
        key: key.to_owned(),
        size_bytes,
        modified: None,
        storage_class: Some("STANDARD".to_owned()),
        etag: Some(format!("\"{size_bytes:032x}\"")),
    }
}

fn folder(key: &str) -> Entry {
    Entry::Folder {
        key: key.to_owned(),
    }
}

fn page(entries: &[Entry], next: Option<&str>) -> Page {
    Page {
        entries: entries.to_vec(),
        next: next.map(str::to_owned),
    }
}

fn in_folder(entries: &[Entry]) -> Held {
    let mut held = Held::of(Folder::as_listed("in/").expect("a folder"));
    held.begin(page(entries, None));
    held
}

fn keys(held: &Held) -> Vec<String> {
    let shown = held.lines(0, usize::MAX);
    shown
        .iter()
        .map(|shown| shown.entry.key().to_owned())
        .collect()
}

fn by(by: Column, is_descending: bool) -> Order {
    Order { by, is_descending }
}

#[test]
fn folders_come_first_then_what_arrived_then_the_servers_order() {
    let mut held = in_folder(&[folder("in/x/"), object("in/b", 1), object("in/c", 2)]);
    held.arrive(&[
        object("in/z", 9),
        object("in/deep/er/d", 9),
        object("elsewhere/e", 9),
    ]);
    held.arrive(&[object("in/c", 3)]);
    assert_eq!(keys(&held), ["in/x/", "in/deep/", "in/c", "in/z", "in/b"]);
    let new: Vec<bool> = held.lines(0, 9).iter().map(|line| line.is_new).collect();
    assert_eq!(new, [false, true, true, true, false]);
}

#[test]
fn an_object_and_a_folder_may_have_the_same_name() {
    let mut held = in_folder(&[folder("in/a/"), object("in/a", 1)]);
    assert_eq!(keys(&held), ["in/a/", "in/a"]);
    assert_eq!(held.find("in/a/"), Some(0));
    assert_eq!(held.find("in/a"), Some(1));
    held.arrive(&[object("in/a/b", 1)]);
    assert_eq!(held.len(), 2);
    assert_eq!(held.lines(0, 1)[0].name, "a");
}

#[test]
fn the_object_that_stands_for_the_folder_is_no_line() {
    let mut held = in_folder(&[object("in/", 0), object("in/a", 1)]);
    assert_eq!(keys(&held), ["in/a"]);
    assert!(!held.arrive(&[object("in/", 0)]));
}

#[test]
fn another_first_page_keeps_what_arrived_and_is_not_in_it() {
    let mut held = in_folder(&[object("in/a", 1)]);
    held.arrive(&[object("in/late", 1), object("in/b", 1)]);
    held.begin(page(&[object("in/a", 1), object("in/b", 1)], Some("more")));
    assert_eq!(keys(&held), ["in/late", "in/a", "in/b"]);
    assert_eq!(held.next(), Some("more"));
    held.go_on(
        page(&[object("in/late", 1), object("in/m", 1)], None),
        false,
    );
    assert_eq!(keys(&held), ["in/late", "in/a", "in/b", "in/m"]);
}

#[test]
fn a_word_is_found_in_any_case_and_width() {
    let mut held = in_folder(&[
        folder("in/takes/"),
        object("in/Take-2", 1),
        object("in/note", 1),
        object("in/録音", 1),
    ]);
    held.arrange(Words::new(" ＴＡＫＥ "), None);
    assert_eq!(keys(&held), ["in/takes/", "in/Take-2"]);
    held.arrange(Words::new("録"), None);
    assert_eq!(keys(&held), ["in/録音"]);
    held.arrange(Words::new("  "), None);
    assert_eq!(held.shown(), 4);
}

#[test]
fn names_are_sorted_as_a_person_sorts_them() {
    let names = ["take-10", "take-9", "Take-1", "ノート", "あ"];
    let entries: Vec<Entry> = names
        .iter()
        .map(|name| object(&format!("in/{name}"), 1))
        .collect();
    let mut held = in_folder(&entries);
    held.arrange(Words::default(), Some(by(Column::Name, false)));
    assert_eq!(
        keys(&held),
        ["in/Take-1", "in/take-9", "in/take-10", "in/あ", "in/ノート"]
    );
    held.arrange(Words::default(), Some(by(Column::Name, true)));
    assert_eq!(keys(&held)[0], "in/ノート");
}

#[test]
fn a_sorted_folder_stays_sorted_when_pages_come() {
    let mut held = Held::of(Folder::default());
    held.begin(page(
        &[folder("f/"), object("a", 5), object("b", 1)],
        Some("1"),
    ));
    held.arrange(Words::default(), Some(by(Column::Size, true)));
    for first in 0..50_u64 {
        let entries = [
            object(&format!("c{first:03}"), first),
            folder(&format!("d{first:03}/")),
        ];
        held.go_on(page(&entries, Some("n")), true);
    }
    held.settle();
    let shown = held.lines(0, usize::MAX);
    let is_folder = |shown: &Shown| matches!(shown.entry, Entry::Folder { .. });
    assert_eq!(
        shown.iter().take_while(|shown| is_folder(shown)).count(),
        51
    );
    let size = |shown: &Shown| match &shown.entry {
        Entry::Object { size_bytes, .. } => *size_bytes,
        Entry::Folder { .. } => u64::MAX,
    };
    assert!(
        shown
            .windows(2)
            .all(|pair| size(&pair[0]) >= size(&pair[1]))
    );
    assert_eq!(shown.len(), 103);
}

#[test]
fn a_page_that_is_read_alone_is_sorted_in_at_once() {
    let mut held = Held::of(Folder::default());
    let first: Vec<Entry> = (0..100)
        .map(|number| object(&format!("b{number:03}"), 5))
        .collect();
    held.begin(page(&first, Some("1")));
    held.arrange(Words::default(), Some(by(Column::Name, false)));
    held.go_on(page(&[object("a", 1)], Some("2")), true);
    assert_eq!(keys(&held)[100], "a", "it may wait while more follow");
    held.go_on(page(&[object("a0", 1)], None), false);
    assert_eq!(keys(&held)[..2], ["a", "a0"]);
}

#[test]
fn what_arrives_in_a_filtered_folder_is_shown_when_it_matches() {
    let mut held = in_folder(&[
        folder("in/tales/"),
        object("in/take", 1),
        object("in/note", 1),
    ]);
    held.arrange(Words::new("ta"), Some(by(Column::Name, false)));
    held.arrive(&[
        object("in/tar", 2),
        object("in/sand", 2),
        object("in/take", 7),
    ]);
    assert_eq!(keys(&held), ["in/tales/", "in/take", "in/tar"]);
}

#[test]
fn a_search_keeps_what_it_finds_and_counts_what_it_looked_at() {
    let words = Words::new("take");
    let mut held = Held::found_below(Folder::as_listed("in/").expect("a folder"), words);
    held.begin(page(
        &[object("in/a/take-1", 1), object("in/b", 1)],
        Some("1"),
    ));
    held.go_on(
        page(&[object("in/z/note", 1), object("in/z/take/2", 1)], None),
        true,
    );
    assert_eq!(keys(&held), ["in/a/take-1", "in/z/take/2"]);
    assert_eq!(held.lines(1, 1)[0].name, "z/take/2");
    assert_eq!(held.looked(), 4);
    assert!(held.arrive(&[object("in/new/take-3", 1), object("in/new/other", 1)]));
    assert_eq!(held.shown(), 3);
}

#[test]
fn a_server_with_another_order_is_believed() {
    let mut held = in_folder(&[object("in/b", 1), object("in/a", 2)]);
    held.arrive(&[object("in/a", 3)]);
    assert_eq!(keys(&held), ["in/a", "in/b"]);
    assert!(held.remove(&["in/b".to_owned()]));
    assert_eq!(keys(&held), ["in/a"]);
}

#[test]
fn a_key_that_is_stored_twice_between_two_tellings_is_one_line() {
    let mut held = in_folder(&[]);
    held.arrange(Words::new("a"), None);
    held.arrive(&[object("in/a", 1), object("in/a", 2)]);
    assert_eq!(held.shown(), 1);
    held.arrange(Words::default(), None);
    assert_eq!(held.shown(), 1);
}
