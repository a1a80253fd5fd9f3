//! Stories of previews, with real folders and a listing from memory.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use super::*;
use crate::Entry;

/// Lists these keys as S3 does, two a page; remembers what was asked for.
#[derive(Clone)]
struct Bucket {
    keys: Arc<BTreeSet<String>>,
    asked: Arc<Mutex<Vec<String>>>,
    fails_after: usize,
}

impl Bucket {
    fn of(keys: &[&str]) -> Self {
        Self {
            keys: Arc::new(keys.iter().map(|key| (*key).to_owned()).collect()),
            asked: Arc::default(),
            fails_after: usize::MAX,
        }
    }

    fn page(&self, folder: &Folder, is_recursive: bool, next: Option<&str>) -> Result<Page, Error> {
        let mut asked = self.asked.lock().expect("asked");
        if asked.len() == self.fails_after {
            return Err(Error::NotS3);
        }
        asked.push(folder.to_string());
        let mut entries: Vec<Entry> = Vec::new();
        let below = self.keys.iter().filter_map(|key| {
            let rest = key.strip_prefix(folder.as_str())?;
            match rest.find('/').filter(|_| !is_recursive) {
                Some(end) => Some(format!("{folder}{}", &rest[..=end])),
                None => Some(key.clone()),
            }
        });
        let below: BTreeSet<String> = below.filter(|key| Some(key.as_str()) > next).collect();
        for key in below.iter().take(2) {
            entries.push(if key.ends_with('/') {
                Entry::Folder { key: key.clone() }
            } else {
                Entry::Object {
                    key: key.clone(),
                    size_bytes: 1,
                    modified: None,
                    storage_class: None,
                    etag: None,
                }
            });
        }
        let next = (below.len() > 2).then(|| below.iter().nth(1).expect("two").clone());
        Ok(Page { entries, next })
    }

    async fn preview(&self, paths: Vec<PathBuf>) -> Preview {
        let bucket = self.clone();
        let ask = move |folder: Folder, is_recursive, next: Option<String>| {
            std::future::ready(bucket.page(&folder, is_recursive, next.as_deref()))
        };
        let folder = Folder::new("in").expect("a folder");
        last(start(Some(ask), paths, folder, WalkRules::default())).await
    }
}

async fn last(mut receiver: watch::Receiver<Preview>) -> Preview {
    while receiver.changed().await.is_ok() {}
    let preview = receiver.borrow().clone();
    assert_eq!(preview.stage, Stage::Done);
    preview
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, bytes).expect("write");
}

#[tokio::test]
async fn a_preview_counts_what_a_drop_would_do() {
    let dir = tempfile::tempdir().expect("a folder");
    write(&dir.path().join("1/d/a"), b"123");
    write(&dir.path().join("1/d/.DS_Store"), b"x");
    write(&dir.path().join("1/d/sub/Thumbs.db"), b"x");
    write(&dir.path().join("2/d/a"), b"12");
    let paths = ["1/d", "2/d", "gone"].map(|name| dir.path().join(name));
    let receiver = preview(None, paths.into(), Folder::default(), WalkRules::default());
    let preview = last(receiver).await;
    assert_eq!((preview.files, preview.bytes), (2, 5));
    // 1/d, 1/d/sub and 2/d.
    assert_eq!((preview.folders, preview.empty_folders), (3, 1));
    let reasons = [(Unusable::LeftOut, 2), (Unusable::Vanished, 1)];
    assert_eq!(preview.skipped_by_reason, reasons);
    assert_eq!(preview.skipped.count, 3);
    let other = "d/a".to_owned();
    let twin = ("d/a".to_owned(), Conflict::SameKey { other });
    assert_eq!(preview.twins.first, [twin]);
    assert!(matches!(preview.looked, Looked::Not));
}

#[tokio::test]
async fn conflicts_are_looked_for_only_where_the_drop_goes() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["d/a", "d/z/か\u{3099}", "d/new", "file", "other"] {
        write(&dir.path().join(name), b"x");
    }
    let bucket = Bucket::of(&[
        "in/a",
        "in/d/a",
        "in/d/b",
        "in/d/c",
        "in/d/z/が",
        "in/d/zz/1",
        "in/d/zz/2",
        "in/d/zz/3",
        "in/e/1",
        "in/file",
        "in/file 2",
        "in/g",
        "in/h",
        "in/x",
        "in/y",
        "in/z",
        "other",
    ]);
    let paths = ["d", "file"].map(|name| dir.path().join(name));
    let preview = bucket.preview(paths.into()).await;
    assert_eq!(preview.conflicts.first, ["in/file", "in/d/a", "in/d/z/が"]);
    assert!(matches!(preview.looked, Looked::Wholly));
    // Two pages each: behind the last expected key nothing is asked for.
    let asked = ["in/", "in/", "in/d/", "in/d/"];
    assert_eq!(*bucket.asked.lock().expect("asked"), asked);
}

#[tokio::test]
async fn a_listing_that_breaks_off_is_said_and_what_it_showed_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["d/a", "d/e"] {
        write(&dir.path().join(name), b"x");
    }
    let mut bucket = Bucket::of(&["in/d/a", "in/d/b", "in/d/c", "in/d/e"]);
    bucket.fails_after = 1;
    let preview = bucket.preview(vec![dir.path().join("d")]).await;
    assert_eq!(preview.conflicts.first, ["in/d/a"]);
    let Looked::BrokeOff(error) = preview.looked else {
        panic!("{:?}", preview.looked);
    };
    assert!(matches!(*error, Error::NotS3));
}

#[tokio::test]
async fn a_denied_listing_is_another_thing_than_a_broken_one() {
    let dir = tempfile::tempdir().expect("a folder");
    write(&dir.path().join("a"), b"x");
    let ask = |_: Folder, _: bool, _: Option<String>| std::future::ready(Err(Error::Denied));
    let paths = vec![dir.path().join("a")];
    let preview = last(start(
        Some(ask),
        paths,
        Folder::default(),
        WalkRules::default(),
    ))
    .await;
    assert_eq!(preview.files, 1);
    assert!(matches!(preview.looked, Looked::Denied));
}

#[tokio::test]
async fn a_preview_that_nobody_watches_ends() {
    let dir = tempfile::tempdir().expect("a folder");
    write(&dir.path().join("a"), b"x");
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let ask = move |_: Folder, _: bool, _: Option<String>| {
        let _ = &held;
        std::future::pending()
    };
    let paths = vec![dir.path().join("a")];
    drop(start(
        Some(ask),
        paths,
        Folder::default(),
        WalkRules::default(),
    ));
    tokio::time::timeout(Duration::from_secs(10), async {
        while Arc::strong_count(&alive) > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it ends");
}

#[test]
fn the_first_thousand_are_told_by_name_and_the_rest_counted() {
    let mut sample = Sample::new();
    for number in 0..NAMED + 5 {
        sample.add(number);
    }
    assert_eq!((sample.count, sample.first.len()), (1005, 1000));
}

#[test]
fn the_slower_of_bytes_and_requests_says_whether_a_drop_fits() {
    let hour = Duration::from_hours(1);
    let rates = |bytes_per_second, files_per_second| Rates {
        bytes_per_second,
        files_per_second,
    };
    let both = rates(Some(1_000_000), Some(10));
    assert_eq!(fits(3_600_000_000, 1, both, hour), Fit::Yes);
    let needs = Duration::from_secs(3601);
    assert_eq!(fits(3_600_000_001, 1, both, hour), Fit::No { needs });
    assert_eq!(fits(1, 36_001, both, hour), Fit::No { needs });
    assert_eq!(fits(1, 1, rates(None, Some(10)), hour), Fit::Yes);
    assert_eq!(fits(1, 1, rates(Some(0), None), hour), Fit::Unknown);
    assert_eq!(fits(1, 1, Rates::default(), hour), Fit::Unknown);
    assert_eq!(fits(0, 0, Rates::default(), Duration::ZERO), Fit::Yes);
    let needs = Duration::from_secs(1);
    assert_eq!(fits(1, 1, both, Duration::ZERO), Fit::No { needs });
    assert!(matches!(
        fits(u64::MAX, u64::MAX, rates(Some(1), Some(1)), hour),
        Fit::No { .. }
    ));
}
