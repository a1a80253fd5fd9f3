//! Stories of dropped paths, with real folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::*;
use crate::source::Source;

/// What a walk tells.
#[derive(Default)]
struct Told {
    /// By key.
    files: BTreeMap<String, PlannedFile>,
    /// In the order of names.
    skipped: Vec<(String, Unusable)>,
    empty_folders: u64,
}

impl Told {
    fn keys(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    fn skipped(&self) -> Vec<(&str, Unusable)> {
        let pairs = self.skipped.iter();
        pairs.map(|(name, reason)| (&**name, *reason)).collect()
    }
}

async fn walk(paths: Vec<PathBuf>, rules: WalkRules) -> Told {
    let folder = Folder::new("in").expect("a folder");
    let folders = Arc::new(Folders::default());
    let mut found = plan_and_count(paths, folder, rules, Arc::clone(&folders));
    let mut told = Told::default();
    while let Some(planned) = found.recv().await {
        match planned {
            Planned::File(file) => {
                let before = told.files.insert(file.key.clone(), file);
                assert!(before.is_none(), "told twice: {before:?}");
            }
            Planned::Skipped(path) => told.skipped.push((path.name, path.reason)),
        }
    }
    told.skipped.sort_by(|a, b| a.0.cmp(&b.0));
    told.empty_folders = folders.empty.load(Ordering::Relaxed);
    told
}

fn following() -> WalkRules {
    WalkRules {
        follows_links: true,
        ..WalkRules::default()
    }
}

fn marking() -> WalkRules {
    WalkRules {
        marks_empty_folders: true,
        ..WalkRules::default()
    }
}

/// A folder `d` in a new one.
fn dropped_folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("d");
    fs::create_dir(&root).expect("a folder");
    (dir, root)
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(path, bytes).expect("write");
}

#[tokio::test]
async fn a_dropped_folder_keeps_its_name_and_its_tree() {
    let (_dir, root) = dropped_folder();
    write(&root.join("録音/😀/a.wav"), b"abc");
    write(&root.join("empty"), b"");
    fs::create_dir(root.join("nothing in here")).expect("a folder");
    let told = walk(vec![root], WalkRules::default()).await;
    assert_eq!(told.keys(), ["in/d/empty", "in/d/録音/😀/a.wav"]);
    assert_eq!(told.files["in/d/録音/😀/a.wav"].stamp.size_bytes, 3);
    assert_eq!(told.files["in/d/録音/😀/a.wav"].name, "d/録音/😀/a.wav");
    assert!(told.skipped.is_empty());
    assert_eq!(told.empty_folders, 1);
}

#[tokio::test]
async fn a_path_that_is_named_twice_is_walked_once() {
    let (_dir, root) = dropped_folder();
    write(&root.join("a"), b"a");
    let told = walk(vec![root.clone(), root], WalkRules::default()).await;
    assert_eq!(told.keys(), ["in/d/a"]);
}

#[tokio::test]
async fn a_walk_ends_when_nobody_takes_its_findings() {
    let (_dir, root) = dropped_folder();
    for number in 0..AHEAD + 2 {
        write(&root.join(number.to_string()), b"");
    }
    let folders = Arc::new(Folders::default());
    let found = plan_and_count(
        vec![root],
        Folder::default(),
        WalkRules::default(),
        Arc::clone(&folders),
    );
    drop(found);
    // The walk's thread holds the other handle as long as it runs.
    tokio::time::timeout(std::time::Duration::from_secs(10), async {
        while Arc::strong_count(&folders) > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the walk ends");
}

#[tokio::test]
async fn what_systems_leave_in_folders_is_left_out_and_said() {
    let (_dir, root) = dropped_folder();
    for name in ["a", ".DS_Store", "sub/THUMBS.DB", "sub/._a", "my Thumbs.db"] {
        write(&root.join(name), b"x");
    }
    let told = walk(vec![root.clone()], WalkRules::default()).await;
    assert_eq!(told.keys(), ["in/d/a", "in/d/my Thumbs.db", "in/d/sub/._a"]);
    let left_out = [
        ("d/.DS_Store", Unusable::LeftOut),
        ("d/sub/THUMBS.DB", Unusable::LeftOut),
    ];
    assert_eq!(told.skipped(), left_out);

    // The person pointed at it.
    let told = walk(vec![root.join(".DS_Store")], WalkRules::default()).await;
    assert_eq!(told.keys(), ["in/.DS_Store"]);
}

#[tokio::test]
async fn a_folder_can_be_left_out_by_its_name() {
    let (_dir, root) = dropped_folder();
    write(&root.join("node_modules/a"), b"x");
    write(&root.join("U\u{308}bung/a"), b"x");
    write(&root.join("b"), b"x");
    let rules = WalkRules {
        leaves_out: vec!["Node_Modules".to_owned(), "übung".to_owned()],
        ..WalkRules::default()
    };
    let told = walk(vec![root], rules).await;
    assert_eq!(told.keys(), ["in/d/b"]);
    assert_eq!(told.skipped.len(), 2);
}

#[tokio::test]
async fn an_empty_folder_becomes_a_marker_by_choice() {
    let (_dir, root) = dropped_folder();
    write(&root.join("a/file"), b"x");
    write(&root.join("litter/.ds_store"), b"x");
    fs::create_dir_all(root.join("か\u{3099}/empty")).expect("folders");
    let told = walk(vec![root.clone()], marking()).await;
    let keys = ["in/d/a/file", "in/d/litter/", "in/d/が/empty/"];
    assert_eq!(told.keys(), keys);
    let marker = &told.files["in/d/が/empty/"];
    assert_eq!(marker.content, Content::FolderMarker);
    assert_eq!(marker.name, "d/か\u{3099}/empty/");
    assert_eq!(marker.stamp.size_bytes, 0);
    assert!(marker.path.is_dir());
    assert_eq!(told.empty_folders, 2);

    let told = walk(vec![root], WalkRules::default()).await;
    assert_eq!(told.keys(), ["in/d/a/file"]);
    assert_eq!(told.empty_folders, 2);
}

#[tokio::test]
async fn a_dropped_folder_without_a_file_is_not_passed_over_in_silence() {
    let (dir, root) = dropped_folder();
    let told = walk(vec![root.clone()], WalkRules::default()).await;
    assert_eq!(told.skipped(), [("d", Unusable::EmptyFolder)]);

    fs::create_dir(root.join("empty")).expect("a folder");
    write(&root.join("Desktop.ini"), b"x");
    let told = walk(vec![root.clone()], WalkRules::default()).await;
    let both = [
        ("d", Unusable::EmptyFolder),
        ("d/Desktop.ini", Unusable::LeftOut),
    ];
    assert_eq!(told.skipped(), both);

    // Its marker is something; so is a file in the other folder of two, but not for this one.
    let told = walk(vec![root.clone()], marking()).await;
    assert_eq!(told.keys(), ["in/d/empty/"]);
    let full = dir.path().join("full");
    write(&full.join("a"), b"x");
    let told = walk(vec![full, root], WalkRules::default()).await;
    assert_eq!(told.keys(), ["in/full/a"]);
    assert_eq!(told.skipped(), both);
}

#[tokio::test]
async fn two_dropped_paths_with_one_name_are_told_as_twins() {
    let dir = tempfile::tempdir().expect("a folder");
    write(&dir.path().join("1/d/a"), b"1");
    write(&dir.path().join("2/d/a"), b"2");
    let paths = vec![dir.path().join("1/d"), dir.path().join("2/d")];
    let mut found = plan(paths, Folder::default(), WalkRules::default());
    let mut twins = Vec::new();
    while let Some(Planned::File(file)) = found.recv().await {
        twins.push(file.twin);
    }
    let other = "d/a".to_owned();
    assert_eq!(twins, [None, Some(Conflict::SameKey { other })]);
}

/// Prints what docs/performance.md tells of the walk: `cargo test --release -p bucket walk_of -- --ignored --nocapture`.
#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "measures; makes 200,000 files"]
async fn the_walk_of_200_000_files_is_measured() {
    let resident = || {
        let status = fs::read_to_string("/proc/self/status").expect("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number
            .and_then(|text| text.parse::<u64>().ok())
            .expect("kB")
    };
    let (_dir, root) = dropped_folder();
    for folder in 0..400 {
        let folder = root.join(format!("year {}/month {folder}", folder % 20));
        fs::create_dir_all(&folder).expect("folders");
        for file in 0..500 {
            fs::write(folder.join(format!("recording {file:06}.wav")), b"").expect("write");
        }
    }
    for round in 1..=3 {
        let before = resident();
        let start = std::time::Instant::now();
        let mut found = plan(vec![root.clone()], Folder::default(), WalkRules::default());
        let (mut files, mut first) = (0, None);
        // What the walk holds is highest just before its last finding.
        let mut held = 0;
        while let Some(planned) = found.recv().await {
            assert!(matches!(
                planned,
                Planned::File(PlannedFile { twin: None, .. })
            ));
            first.get_or_insert_with(|| start.elapsed());
            files += 1;
            if files == 199_000 {
                held = resident().saturating_sub(before);
            }
        }
        assert_eq!(files, 200_000);
        let all = start.elapsed();
        println!("round {round}: first {first:?}, all {all:?}, {held} kB more");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn names_that_differ_by_case_or_unicode_form_are_told_as_twins() {
    let (_dir, root) = dropped_folder();
    for name in ["Photo.jpg", "photo.JPG", "が", "か\u{3099}"] {
        write(&root.join(name), b"x");
    }
    let folder = Folder::default();
    let mut found = plan(vec![root], folder, WalkRules::default());
    let mut twins = Vec::new();
    while let Some(Planned::File(file)) = found.recv().await {
        twins.extend(file.twin.map(|twin| (file.name, twin)));
    }
    assert_eq!(twins.len(), 2, "{twins:?}");
    for (name, twin) in twins {
        let (Conflict::SameKey { other } | Conflict::CaseTwin { other }) = &twin else {
            panic!("{twin:?}");
        };
        assert_ne!(*other, name);
        let is_photo = name.to_lowercase().contains("photo");
        assert_eq!(matches!(twin, Conflict::CaseTwin { .. }), is_photo);
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    // Elsewhere file systems refuse the fourth name.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_is_not_a_file_is_skipped_with_its_reason() {
        use std::os::unix::ffi::OsStrExt;
        let (dir, root) = dropped_folder();
        write(&dir.path().join("secret"), b"x");
        symlink("../secret", root.join("1 leads out")).expect("link");
        symlink("nowhere", root.join("2 broken")).expect("link");
        let _socket =
            std::os::unix::net::UnixListener::bind(root.join("3 socket")).expect("socket");
        write(&root.join(std::ffi::OsStr::from_bytes(b"4 \xff")), b"x");
        write(&root.join("5 line\nbreak"), b"x");
        write(&root.join("6 space "), b"x");
        write(&root.join("7 folder /a"), b"x");
        let told = walk(vec![root, dir.path().join("gone")], WalkRules::default()).await;
        assert!(told.files.is_empty());
        let expected = [
            ("d/1 leads out", Unusable::LinkNotFollowed),
            ("d/2 broken", Unusable::BrokenLink),
            ("d/3 socket", Unusable::NotAFile),
            ("d/4 \u{fffd}", Unusable::NameNotUnicode),
            ("d/5 line\nbreak", Unusable::NameUnsafe),
            ("d/6 space ", Unusable::NameEndsInSpace),
            ("d/7 folder ", Unusable::NameEndsInSpace),
            ("gone", Unusable::Vanished),
        ];
        assert_eq!(told.skipped(), expected);
    }

    #[tokio::test]
    async fn a_followed_link_stays_in_the_dropped_folder_and_can_be_opened() {
        let (dir, root) = dropped_folder();
        write(&root.join("real/a"), b"abc");
        write(&dir.path().join("secret"), b"x");
        write(&dir.path().join("d too/b"), b"x");
        symlink("real/a", root.join("1 file")).expect("link");
        symlink("real", root.join("2 folder")).expect("link");
        symlink("../secret", root.join("3 out")).expect("link");
        symlink("../d too", root.join("4 neighbour")).expect("link");
        symlink("/", root.join("5 top")).expect("link");
        symlink("3 out", root.join("6 out by another link")).expect("link");
        symlink("7 itself", root.join("7 itself")).expect("link");
        let told = walk(vec![root], following()).await;
        let keys = ["in/d/1 file", "in/d/2 folder/a", "in/d/real/a"];
        assert_eq!(told.keys(), keys);
        for file in told.files.values() {
            let source = Source::open(&file.path, file.stamp).expect("the planned file");
            assert_eq!(source.read(&(0..3)).expect("read"), &b"abc"[..]);
            assert!(file.twin.is_none());
        }
        let expected = [
            ("d/3 out", Unusable::LinkLeadsOut),
            ("d/4 neighbour", Unusable::LinkLeadsOut),
            ("d/5 top", Unusable::LinkLeadsOut),
            ("d/6 out by another link", Unusable::LinkLeadsOut),
            ("d/7 itself", Unusable::BrokenLink),
        ];
        assert_eq!(told.skipped(), expected);
    }

    #[tokio::test]
    async fn loops_of_links_end() {
        let (_dir, root) = dropped_folder();
        write(&root.join("a/file"), b"x");
        write(&root.join("b/file"), b"x");
        symlink("..", root.join("a/up")).expect("link");
        symlink("../b", root.join("a/to b")).expect("link");
        symlink("../a", root.join("b/to a")).expect("link");
        symlink(".", root.join("self")).expect("link");
        let told = walk(vec![root], following()).await;
        let keys = [
            "in/d/a/file",
            "in/d/a/to b/file",
            "in/d/b/file",
            "in/d/b/to a/file",
        ];
        assert_eq!(told.keys(), keys);
        let expected = [
            "d/a/to b/to a",
            "d/a/up",
            "d/b/to a/to b",
            "d/b/to a/up",
            "d/self",
        ];
        let expected = expected.map(|name| (name, Unusable::LinkLoop));
        assert_eq!(told.skipped(), expected);
    }

    #[tokio::test]
    async fn a_dropped_link_is_what_it_points_to() {
        let (dir, root) = dropped_folder();
        write(&root.join("a"), b"abc");
        symlink("d", dir.path().join("shortcut")).expect("link");
        symlink("d/a", dir.path().join("file")).expect("link");
        let paths = vec![dir.path().join("shortcut"), dir.path().join("file")];
        let told = walk(paths, WalkRules::default()).await;
        assert_eq!(told.keys(), ["in/file", "in/shortcut/a"]);
        for file in told.files.values() {
            Source::open(&file.path, file.stamp).expect("no link in the path");
        }
    }

    // Elsewhere paths themselves may not be that long.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn folders_too_deep_for_a_key_are_told_once_and_not_walked() {
        let (_dir, root) = dropped_folder();
        let mut deep = root.clone();
        for _ in 0..5 {
            deep.push("x".repeat(250));
        }
        write(&deep.join("a"), b"x");
        write(&deep.join("b"), b"x");
        let told = walk(vec![root], WalkRules::default()).await;
        assert!(told.files.is_empty());
        let reasons: Vec<_> = told.skipped.iter().map(|(_, reason)| *reason).collect();
        assert_eq!(reasons, [Unusable::KeyTooLong]);
    }
}
