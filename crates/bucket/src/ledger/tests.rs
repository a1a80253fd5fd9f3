mod adopting;
mod history;
mod processes;
mod size;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use super::*;
use crate::shared::FilePath;
use crate::source::Stamp;
use crate::{BucketName, Crc64Nvme, Folder, OnConflict, Proof, WalkRules};

fn new_row(ledger: &Ledger, destination: &str) -> NewRow {
    named_row(ledger, destination, ledger.next_drop(), "a")
}

fn named_row(ledger: &Ledger, destination: &str, drop: DropId, name: &str) -> NewRow {
    NewRow {
        destination: destination.into(),
        name: name.to_owned(),
        is_paused: false,
        file: File {
            id: ledger.next_id(),
            drop,
            path: FilePath::beside(&PathBuf::from("/tmp").join(name), &mut None),
            stamp: Stamp {
                size_bytes: 20 << 20,
                modified_nanos: -1,
                file_id: Some((1, u64::MAX)),
            },
            on_conflict: OnConflict::KeepBoth,
            ..File::sample(name)
        },
    }
}

fn new_drop(ledger: &Ledger, destination: &str) -> Drop {
    Drop {
        id: ledger.next_drop(),
        destination: destination.into(),
        bucket: BucketName::new("s3-fs-example-bucket").expect("a name"),
        folder: Folder::new("incoming").expect("a folder"),
        paths: vec![PathBuf::from("/tmp/b"), PathBuf::from("/tmp/a")],
        on_conflict: OnConflict::Skip,
        rules: WalkRules {
            follows_links: true,
            marks_empty_folders: false,
            leaves_out: vec![".DS_Store".to_owned(), "a \"quoted\" name".to_owned()],
        },
    }
}

fn receipt(key: &str) -> Receipt {
    Receipt {
        key: key.to_owned(),
        size_bytes: 1,
        crc64nvme: Crc64Nvme::of(b"a"),
        proof: Proof::ETag,
        etag: "\"e\"".to_owned(),
        version_id: None,
        stored_at: Timestamp::UNIX_EPOCH,
    }
}

fn part() -> DonePart {
    DonePart {
        etag: "\"e\"".to_owned(),
        crc64nvme: Crc64Nvme::from_bits(u64::MAX),
    }
}

fn begun() -> Begun {
    Begun {
        upload_id: "u".to_owned(),
        part_bytes: 8 << 20,
        parts: BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_stored_row_leaves_and_its_receipt_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    let row = new_row(&ledger, "d");
    ledger.write(Write::Add(vec![row.clone()]));
    ledger
        .commit(Write::Store(row.file.id, receipt("a (2)")))
        .await
        .expect("committed");
    assert!(ledger.open_rows().await.expect("rows").is_empty());
    let page = ledger.receipts(&Selection::All, None).await.expect("page");
    let found = ledger.receipt(row.file.id).await.expect("read");
    let neighbour = ledger.receipt(RowId(row.file.id.0 + 1)).await;
    let expected = StoredFile {
        drop: row.file.drop,
        destination: "d".into(),
        bucket: "s3-fs-example-bucket".to_owned(),
        name: "a".to_owned(),
        receipt: receipt("a (2)"),
    };
    assert_eq!(found.as_ref(), Some(&expected));
    assert_eq!(neighbour.expect("read"), None);
    assert_eq!(page.files, [expected]);
}

#[tokio::test]
async fn a_receipt_without_its_row_is_an_error_and_takes_no_neighbour_with_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    let row = new_row(&ledger, "d");
    ledger.write(Write::Add(vec![row]));
    let lost = ledger
        .commit(Write::Store(RowId(7), receipt("a")))
        .await
        .expect_err("no such row");
    assert!(matches!(lost, Error::Ledger(_)), "{lost:?}");
    assert_eq!(ledger.open_rows().await.expect("rows").len(), 1);
}

#[tokio::test]
async fn what_is_committed_is_synced_without_another_write() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    assert_eq!(ledger.syncs(), 0, "opening syncs by itself");
    let row = new_row(&ledger, "d");
    ledger
        .commit(Write::Add(vec![row]))
        .await
        .expect("committed");
    // Hangs, and the harness says so, were it never synced.
    while ledger.syncs() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_ledger() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    let row = new_row(&ledger, "d");
    ledger
        .commit(Write::Add(vec![row]))
        .await
        .expect("committed");
    for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
        let meta = std::fs::metadata(dir.path().join(name)).expect(name);
        assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{name}");
    }
}
