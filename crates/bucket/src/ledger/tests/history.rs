//! Drops, receipts, abandoned uploads.

use super::*;

fn abandoned(upload_id: &str, destination: &str, second: i64) -> Abandoned {
    Abandoned {
        destination: destination.into(),
        bucket: "s3-fs-example-bucket".to_owned(),
        key: "a".to_owned(),
        upload_id: upload_id.to_owned(),
        confirmed_bytes: 8 << 20,
        abandoned_at: Timestamp::from_second(second).expect("a time"),
    }
}

#[tokio::test]
async fn an_abandoned_upload_is_listed_until_the_server_has_removed_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    let (old, new) = (abandoned("1", "d", 1), abandoned("2", "d", 2));
    for upload in [&old, &new, &abandoned("3", "another", 3)] {
        ledger.write(Write::Abandon(upload.clone()));
    }
    let listed = ledger.abandoned(Some("d")).await.expect("list");
    assert_eq!(listed, [new, old.clone()]);
    assert_eq!(ledger.abandoned(None).await.expect("list").len(), 3);
    let upload_id = "2".to_owned();
    ledger.write(Write::Aborted { upload_id });
    assert_eq!(ledger.abandoned(Some("d")).await.expect("list"), [old]);
}

#[tokio::test]
async fn drops_are_summed_up_the_latest_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    let (first, second) = (new_drop(&ledger, "d"), new_drop(&ledger, "d"));
    ledger.write(Write::WalkBegan(first.clone()));
    ledger.write(Write::WalkBegan(second.clone()));
    ledger.write(Write::WalkBegan(new_drop(&ledger, "another")));
    let rows = ["open", "stored", "taken back"].map(|name| named_row(&ledger, "d", first.id, name));
    ledger.write(Write::Add(rows.to_vec()));
    ledger.write(Write::WalkEnded(first.id));
    ledger.write(Write::Store(rows[1].file.id, receipt("stored")));
    ledger.write(Write::Remove(rows[2].file.id));
    let drops = ledger.drops(Some("d")).await.expect("drops");
    assert_eq!(drops.len(), 2);
    assert_eq!(drops[0].id, second.id);
    assert_eq!((drops[0].files, drops[0].bytes, drops[0].stored), (0, 0, 0));
    assert!(!drops[0].is_walked && drops[1].is_walked);
    assert_eq!(drops[1].folder, first.folder);
    let bytes = (20 << 20) + 1;
    assert_eq!(
        (drops[1].files, drops[1].bytes, drops[1].stored),
        (2, bytes, 1)
    );
}

#[tokio::test]
async fn receipts_come_in_pages_and_each_comes_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    let (drop, other) = (ledger.next_drop(), ledger.next_drop());
    for n in 0..2500 {
        let drop = if n % 5 == 0 { other } else { drop };
        let row = named_row(&ledger, "d", drop, &format!("{n:04}"));
        let id = row.file.id;
        let receipt = receipt(&row.file.key);
        ledger.write(Write::Add(vec![row]));
        ledger.write(Write::Store(id, receipt));
    }
    for (selection, expected) in [
        (Selection::All, 2500),
        (Selection::Destination("d".into()), 2500),
        (Selection::Destination("another".into()), 0),
        (Selection::Drop(drop), 2000),
        (Selection::Drop(other), 500),
    ] {
        let (mut keys, mut after) = (Vec::new(), None);
        loop {
            let page = ledger.receipts(&selection, after).await.expect("page");
            assert!(page.files.len() <= 1000);
            keys.extend(page.files.into_iter().map(|file| file.receipt.key));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(keys.len(), expected, "{selection:?}");
        assert!(keys.is_sorted_by(|a, b| a < b), "{selection:?}");
    }
}
