use std::fs;
use std::io;
use std::ops::ControlFlow;

use super::*;
use crate::ledger::{NewRow, Write};
use crate::row::File;
use crate::{BucketName, Entry, Ledger, Selection};

fn stored(name: &str, bytes: &[u8]) -> StoredFile {
    StoredFile {
        drop: DropId(7),
        destination: "d".into(),
        bucket: "s3-fs-example-bucket".to_owned(),
        name: name.to_owned(),
        receipt: Receipt {
            key: format!("incoming/{name}"),
            size_bytes: bytes.len() as u64,
            crc64nvme: Crc64Nvme::of(bytes),
            proof: Proof::ETag,
            etag: "\"e\"".to_owned(),
            version_id: name.len().is_multiple_of(2).then(|| "v".to_owned()),
            stored_at: "2026-11-23T22:35:56.5Z".parse().expect("a time"),
        },
    }
}

async fn ledger_with(folder: &std::path::Path, files: &[StoredFile]) -> Ledger {
    let ledger = Ledger::open(folder).expect("a ledger");
    for file in files {
        let id = ledger.next_id();
        let path = folder.join("some file");
        fs::write(&path, b"").expect("write");
        ledger.write(Write::Add(vec![NewRow {
            destination: file.destination.clone(),
            name: file.name.clone(),
            is_paused: false,
            file: File {
                id,
                drop: file.drop,
                added_at: file.receipt.stored_at,
                bucket: BucketName::new(&file.bucket).expect("a name"),
                stamp: crate::source::stamp_of(&path).expect("a stamp"),
                path: crate::shared::FilePath::beside(&path, &mut None),
                ..File::sample(&file.receipt.key)
            },
        }]));
        let store = Write::Store(id, file.receipt.clone());
        ledger.commit(store).await.expect("committed");
    }
    ledger
}

fn read_all(bytes: &[u8]) -> Result<Vec<StoredFile>, ReceiptsError> {
    let mut files = Vec::new();
    read(bytes, |file| {
        files.push(file);
        ControlFlow::Continue(())
    })?;
    Ok(files)
}

#[tokio::test]
async fn what_is_exported_is_read_back_whatever_the_names_hold() {
    let dir = tempfile::tempdir().expect("a folder");
    let names = ["=1+1", "a \"b\", c", " 録音/😀.wav ", "-x", "line\r\nbreak"];
    let files = names.map(|name| stored(name, name.as_bytes()));
    let ledger = ledger_with(dir.path(), &files).await;
    for format in [Format::Csv, Format::Json] {
        let to = dir.path().join("receipts");
        fs::write(&to, b"what was there before").expect("write");
        let count = export(&ledger, &Selection::All, format, &to)
            .await
            .expect("export");
        assert_eq!(count, 5);
        let bytes = fs::read(&to).expect("read");
        assert_eq!(read_all(&bytes).expect("receipts"), files, "{format:?}");
        let marked = [b"\xef\xbb\xbf", &bytes[..]].concat();
        assert_eq!(read_all(&marked).expect("receipts"), files, "{format:?}");
    }
    let left = fs::read_dir(dir.path()).expect("a folder").flatten();
    let left = left.filter(|entry| entry.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(left.count(), 0, "nothing temporary stays");
}

#[tokio::test]
async fn both_formats_have_the_fields_that_are_documented() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = ledger_with(dir.path(), &[stored("a", b"a")]).await;
    let (_, csv) = write(&ledger, &Selection::All, Format::Csv, Vec::new())
        .await
        .expect("csv");
    assert_eq!(
        String::from_utf8(csv).expect("text"),
        "key,name,size_bytes,crc64nvme,proof,etag,version_id,stored_at,destination,bucket,drop\r\n\
         incoming/a,a,1,CRC,etag,\"\"\"e\"\"\",,2026-11-23T22:35:56.5Z,d,s3-fs-example-bucket,7\r\n"
            .replace("CRC", &Crc64Nvme::of(b"a").to_header())
    );
    let (_, json) = write(&ledger, &Selection::All, Format::Json, Vec::new())
        .await
        .expect("json");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("json");
    let expected = serde_json::json!([{
        "key": "incoming/a", "name": "a", "size_bytes": 1, "crc64nvme": Crc64Nvme::of(b"a").to_header(),
        "proof": "etag", "etag": "\"e\"", "version_id": null, "stored_at": "2026-11-23T22:35:56.5Z",
        "destination": "d", "bucket": "s3-fs-example-bucket", "drop": 7
    }]);
    assert_eq!(json, expected);
}

#[tokio::test]
async fn no_receipts_are_a_file_that_says_so() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = ledger_with(dir.path(), &[]).await;
    for format in [Format::Csv, Format::Json] {
        let (count, bytes) = write(&ledger, &Selection::All, format, Vec::new())
            .await
            .expect("write");
        assert_eq!(count, 0);
        assert!(read_all(&bytes).expect("receipts").is_empty(), "{format:?}");
    }
}

#[test]
fn another_file_is_not_taken_for_receipts() {
    for bytes in [
        &b""[..],
        b"hello",
        b"a,b\n1,2\n",
        b"[1]",
        b"[{\"key\": \"a\"}]",
        b"[",
        b"\xff\xfe\x00",
    ] {
        let read = read_all(bytes);
        assert!(
            matches!(read, Err(ReceiptsError::NotReceipts { .. })),
            "{bytes:?}: {read:?}"
        );
    }
}

#[test]
fn a_file_is_compared_with_its_receipt() {
    let dir = tempfile::tempdir().expect("a folder");
    // More than one piece.
    let bytes: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::create_dir(dir.path().join("day")).expect("a folder");
    let path = dir.path().join("day/a");
    let file = stored("day/a", &bytes);
    assert_eq!(on_disk(&file, dir.path()), OnDisk::Missing);
    fs::write(&path, &bytes).expect("write");
    assert_eq!(on_disk(&file, dir.path()), OnDisk::Same);
    fs::write(&path, &bytes[1..]).expect("write");
    assert_eq!(
        on_disk(&file, dir.path()),
        OnDisk::Differs(Difference::Size)
    );
    let mut other = bytes;
    other[2_000_000] ^= 1;
    fs::write(&path, other).expect("write");
    assert_eq!(
        on_disk(&file, dir.path()),
        OnDisk::Differs(Difference::Bytes)
    );
    for name in ["../day/a", "/etc/hostname", "day", ""] {
        let refused = OnDisk::Unreadable(io::ErrorKind::InvalidInput);
        assert_eq!(on_disk(&stored(name, b"x"), dir.path()), refused, "{name}");
    }
}

#[test]
fn a_listing_tells_by_size_and_etag() {
    let file = stored("a", b"a");
    let entry = |key: &str, size_bytes, etag: Option<&str>| Entry::Object {
        key: key.to_owned(),
        size_bytes,
        modified: None,
        storage_class: None,
        etag: etag.map(str::to_owned),
    };
    for (found, expected) in [
        (None, InBucket::Missing),
        (
            Some(entry("incoming/b", 1, Some("\"e\""))),
            InBucket::Missing,
        ),
        (Some(entry("incoming/a", 1, Some("\"e\""))), InBucket::Same),
        (Some(entry("incoming/a", 1, Some("e"))), InBucket::Same),
        (
            Some(entry("incoming/a", 1, Some("\"f\""))),
            InBucket::Differs,
        ),
        (
            Some(entry("incoming/a", 2, Some("\"e\""))),
            InBucket::Differs,
        ),
        (Some(entry("incoming/a", 1, None)), InBucket::SameSize),
    ] {
        assert_eq!(in_listing(&file, found.as_ref()), expected, "{found:?}");
    }
}
