use std::fs;

use rusqlite::Connection;

use super::super::{Ledger, MovedAside, Selection, Why};
use crate::{Crc64Nvme, Error, Proof};

/// As the first release made them.
const FIRST_RELEASE: &str = "
CREATE TABLE starts (n INTEGER NOT NULL);
CREATE TABLE rows (
    id INTEGER PRIMARY KEY, claim TEXT NOT NULL, destination TEXT NOT NULL, bucket TEXT NOT NULL, name TEXT NOT NULL,
    key TEXT NOT NULL, source BLOB NOT NULL, size_bytes INTEGER NOT NULL, modified_nanos INTEGER NOT NULL,
    device INTEGER, inode INTEGER, on_conflict INTEGER NOT NULL, upload_id TEXT, part_bytes INTEGER
);
CREATE TABLE parts (
    row INTEGER NOT NULL REFERENCES rows(id) ON DELETE CASCADE, number INTEGER NOT NULL, etag TEXT NOT NULL,
    crc64nvme INTEGER NOT NULL, PRIMARY KEY (row, number)
) WITHOUT ROWID;
CREATE TABLE receipts (
    row INTEGER PRIMARY KEY, destination TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL,
    size_bytes INTEGER NOT NULL, crc64nvme INTEGER NOT NULL, etag TEXT NOT NULL, version_id TEXT,
    stored_at TEXT NOT NULL
);
INSERT INTO starts VALUES (4);";

const ITS_ROW: &str = "
INSERT INTO rows (id, claim, destination, bucket, name, key, source, size_bytes, modified_nanos, device, inode,
    on_conflict, upload_id, part_bytes) VALUES (?, 'killed', 'd', 'a-bucket', 'a', 'p/a', X'2f61', 9437184, 5, 1, 2, 3, 'u', 8388608)";

const ITS_RECEIPT: &str = "
INSERT INTO receipts VALUES (18, 'd', 'a-bucket', 'p/b', 1, 7, '\"e\"', NULL, '2026-11-01T00:00:00Z')";

fn time() -> jiff::ZonedDateTime {
    "2026-11-23T22:35:56[UTC]".parse().expect("a time")
}

fn open(folder: &std::path::Path) -> Result<Ledger, Error> {
    Ledger::open_at(folder, &time())
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .filter(|name| name.starts_with("ledger-"))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_ledger_of_the_first_release_goes_on_with_its_rows_parts_and_receipts() {
    let dir = tempfile::tempdir().expect("a folder");
    let old = Connection::open(dir.path().join("ledger.sqlite")).expect("open");
    old.execute_batch(FIRST_RELEASE).expect("tables");
    old.execute(ITS_ROW, [17]).expect("a row");
    old.execute_batch("INSERT INTO parts VALUES (17, 1, '\"p\"', -1)")
        .expect("a part");
    old.execute_batch(ITS_RECEIPT).expect("a receipt");

    let ledger = open(dir.path()).expect("a ledger");
    assert_eq!(ledger.moved_aside(), None);
    assert_eq!(ledger.next_id().0 >> 32, 5, "numbers go on");
    let page = ledger.receipts(&Selection::All, None).await.expect("page");
    assert_eq!(page.files[0].name, "p/b");
    assert_eq!(page.files[0].receipt.proof, Proof::Checksum);
    // A process of that release that still runs goes on writing.
    old.execute(ITS_ROW, [19]).expect("a row");
    let rows = ledger.adopt(None).await.expect("adopt").rows;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].file.added_at, time().timestamp());
    assert_eq!(rows[0].confirmed_bytes, 8 << 20);
    let begun = rows[0].file.begun.as_ref().expect("begun");
    assert_eq!(begun.parts[&1].crc64nvme, Crc64Nvme::from_bits(u64::MAX));
    drop((ledger, old));

    let again = open(dir.path()).expect("a ledger");
    assert_eq!(again.open_rows().await.expect("rows").len(), 2);
}

#[tokio::test]
async fn a_migrated_ledger_has_the_columns_of_a_new_one() {
    let (old, new) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    Connection::open(old.path().join("ledger.sqlite"))
        .expect("open")
        .execute_batch(FIRST_RELEASE)
        .expect("tables");
    let columns = [&old, &new].map(|dir| {
        drop(open(dir.path()).expect("a ledger"));
        let connection = Connection::open(dir.path().join("ledger.sqlite")).expect("open");
        let mut select = connection
            .prepare(
                "SELECT tables.name, columns.name, columns.type, columns.\"notnull\", columns.dflt_value
                 FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns ORDER BY 1, columns.cid",
            )
            .expect("a question");
        let rows = select.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, bool>(3)?,
                row.get::<_, Option<String>>(4)?,
            ))
        });
        rows.expect("columns").collect::<Result<Vec<_>, _>>().expect("columns")
    });
    assert_eq!(columns[0], columns[1]);
}

#[tokio::test]
async fn a_file_that_is_no_ledger_is_moved_aside_and_an_empty_one_begins() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("ledger.sqlite");
    fs::write(&path, b"these are 37 bytes of something else.").expect("write");
    fs::write(dir.path().join("ledger.sqlite-wal"), b"log").expect("write");
    fs::write(dir.path().join("ledger-20261123-223556.sqlite"), b"older").expect("write");
    let ledger = open(dir.path()).expect("a ledger");
    let expected = MovedAside {
        name: "ledger-20261123-223556-2.sqlite".to_owned(),
        why: Why::Damaged,
    };
    assert_eq!(ledger.moved_aside(), Some(&expected));
    assert!(ledger.open_rows().await.expect("rows").is_empty());
    let expected = [
        "ledger-20261123-223556-2.sqlite",
        "ledger-20261123-223556-2.sqlite-wal",
        "ledger-20261123-223556.sqlite",
    ];
    assert_eq!(names(dir.path()), expected);
    assert_eq!(
        fs::read(dir.path().join(expected[2])).expect("read"),
        b"older"
    );
    assert!(
        fs::read(dir.path().join(expected[0]))
            .expect("read")
            .starts_with(b"these")
    );
    drop(ledger);
    assert_eq!(open(dir.path()).expect("a ledger").moved_aside(), None);
}

/// What SQLite neither calls corrupt nor takes for another kind of file.
#[tokio::test]
async fn a_ledger_of_an_unknown_format_or_with_a_foreign_value_is_moved_aside_too() {
    type Spoil = fn(&std::path::Path);
    let spoils: [Spoil; 2] = [
        |path| {
            // The schema's format number, at 44; the highest is 4 ("Database File Format").
            let mut bytes = fs::read(path).expect("read");
            bytes[44..48].copy_from_slice(&5_u32.to_be_bytes());
            fs::write(path, bytes).expect("write");
        },
        |path| {
            let foreign = "UPDATE starts SET n = -5";
            let connection = Connection::open(path).expect("it opens");
            connection.execute_batch(foreign).expect("a number it is");
        },
    ];
    for spoil in spoils {
        let dir = tempfile::tempdir().expect("a folder");
        drop(open(dir.path()).expect("a ledger"));
        spoil(&dir.path().join("ledger.sqlite"));
        let ledger = open(dir.path()).expect("another one");
        assert_eq!(ledger.moved_aside().expect("moved").why, Why::Damaged);
    }
}

#[tokio::test]
async fn an_emptied_ledger_keeps_its_log_when_it_is_moved_aside() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("ledger.sqlite"), b"").expect("write");
    fs::write(dir.path().join("ledger.sqlite-wal"), b"log").expect("write");
    let ledger = open(dir.path()).expect("a ledger");
    assert_eq!(ledger.moved_aside().expect("moved").why, Why::Damaged);
    let log = dir.path().join("ledger-20261123-223556.sqlite-wal");
    assert_eq!(fs::read(log).expect("read"), b"log");
}

#[tokio::test]
async fn a_newer_ledger_is_moved_aside_unchanged() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(open(dir.path()).expect("a ledger"));
    let path = dir.path().join("ledger.sqlite");
    let newer = Connection::open(&path).expect("open");
    newer
        .execute_batch("PRAGMA user_version = 3; CREATE TABLE dunes (n)")
        .expect("newer");
    drop(newer);
    let before = fs::read(&path).expect("read");
    let ledger = open(dir.path()).expect("a ledger");
    let moved = ledger.moved_aside().expect("moved");
    assert_eq!(moved.why, Why::Newer);
    assert_eq!(
        fs::read(dir.path().join(&moved.name)).expect("read"),
        before
    );
}

#[tokio::test]
async fn a_ledger_that_a_living_process_uses_is_never_moved() {
    let dir = tempfile::tempdir().expect("a folder");
    let living = open(dir.path()).expect("a ledger");
    let other = Connection::open(dir.path().join("ledger.sqlite")).expect("open");
    other
        .execute_batch("PRAGMA user_version = 3")
        .expect("newer");
    assert!(matches!(open(dir.path()), Err(Error::Ledger(_))));
    assert!(names(dir.path()).is_empty());
    drop((living, other));
    let ledger = open(dir.path()).expect("a ledger");
    assert!(ledger.moved_aside().is_some());
}

#[tokio::test]
async fn damage_inside_is_found_after_an_unclean_end() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(open(dir.path()).expect("a ledger"));
    let path = dir.path().join("ledger.sqlite");
    let mut bytes = fs::read(&path).expect("read");
    // The header stays; the pages of the tables do not.
    let page = 4096;
    bytes[page..].fill(0xa5);
    fs::write(&path, &bytes).expect("write");
    fs::write(dir.path().join("claims").join("killed"), b"").expect("a claim without its process");
    let ledger = open(dir.path()).expect("a ledger");
    assert_eq!(ledger.moved_aside().expect("moved").why, Why::Damaged);
}
