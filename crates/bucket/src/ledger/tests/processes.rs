//! Several processes on one ledger: this test binary, started again.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::*;

const FOLDER: &str = "LEDGER_TEST_FOLDER";
const TURN: &str = "LEDGER_TEST_TURN";
const ROWS: usize = 300;
const CHILDREN: usize = 4;

fn child(test: &str, folder: &Path, turn: usize) -> Child {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "--ignored", "--nocapture", test])
        .env(FOLDER, folder)
        .env(TURN, turn.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// None when nobody started this process as a child.
fn asked_for() -> Option<(std::path::PathBuf, usize)> {
    let folder = std::env::var_os(FOLDER)?.into();
    let turn = std::env::var(TURN).ok()?;
    Some((folder, turn.parse().expect("a number")))
}

/// The lines that children print; the harness prints others.
fn said(child: Child) -> Vec<u64> {
    let output = child.wait_with_output().expect("output");
    let text = String::from_utf8(output.stdout).expect("text");
    let said = text.lines().filter_map(|line| line.split("took ").nth(1));
    said.map(|id| id.parse().expect("a number")).collect()
}

#[tokio::test]
#[ignore = "run by the tests below, in a process of its own"]
async fn child_adopts() {
    let Some((folder, turn)) = asked_for() else {
        return;
    };
    let ledger = Ledger::open(&folder).expect("a ledger");
    let rows = ledger.adopt(None).await.expect("adopt").rows;
    println!();
    for row in rows {
        println!("took {}", row.file.id.0);
    }
    // Alive until all have looked: who ends leaves its rows to those that look later, and rightly so.
    std::fs::write(folder.join(format!("looked {turn}")), b"").expect("write");
    while !folder.join("go").exists() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

#[tokio::test]
#[ignore = "run by the tests below, in a process of its own"]
async fn child_writes_until_it_is_killed() {
    let Some((folder, turn)) = asked_for() else {
        return;
    };
    let ledger = Ledger::open(&folder).expect("a ledger");
    for n in 0.. {
        let row = named_row(&ledger, "d", DropId(0), &format!("{turn} {n}"));
        let id = row.file.id;
        ledger.write(Write::Add(vec![row]));
        ledger.write(Write::Begin(id, begun()));
        ledger
            .commit(Write::Part(id, 1, part()))
            .await
            .expect("part");
        // Committed, then told: what was told must be found.
        println!("\ntook {}", id.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_take_over_at_once_one_gets_each_row() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Ledger::open(dir.path()).expect("a ledger");
    let rows: Vec<NewRow> = (0..ROWS).map(|_| new_row(&first, "d")).collect();
    first.commit(Write::Add(rows)).await.expect("committed");
    drop(first);
    let name = "ledger::tests::processes::child_adopts";
    let children: Vec<Child> = (0..CHILDREN)
        .map(|turn| child(name, dir.path(), turn))
        .collect();
    // Here as well, with two handles of one process.
    let here = [Ledger::open(dir.path()), Ledger::open(dir.path())]
        .map(|ledger| ledger.expect("a ledger"));
    let (one, two) = tokio::join!(here[0].adopt(None), here[1].adopt(None));
    let mut taken: Vec<u64> = [one, two]
        .into_iter()
        .flat_map(|adopted| adopted.expect("adopt").rows)
        .map(|row| row.file.id.0)
        .collect();
    for turn in 0..CHILDREN {
        while !dir.path().join(format!("looked {turn}")).exists() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }
    std::fs::write(dir.path().join("go"), b"").expect("write");
    taken.extend(children.into_iter().flat_map(said));
    let each: BTreeSet<u64> = taken.iter().copied().collect();
    assert_eq!(each.len(), taken.len(), "no row has two senders");
    assert_eq!(each.len(), ROWS, "every row is taken");
}

#[tokio::test]
async fn what_a_killed_process_was_told_is_committed_is_there_and_sound() {
    let dir = tempfile::tempdir().expect("a folder");
    let ours = Ledger::open(dir.path()).expect("a ledger");
    let name = "ledger::tests::processes::child_writes_until_it_is_killed";
    let mut children: Vec<Child> = (0..3).map(|turn| child(name, dir.path(), turn)).collect();
    // Writing beside them, until they are well under way.
    let mut own = 0;
    while ours.open_rows().await.expect("rows").len() < 100 + own {
        let row = new_row(&ours, "d");
        ours.commit(Write::Add(vec![row])).await.expect("committed");
        own += 1;
    }
    for child in &mut children {
        child.kill().expect("kill");
    }
    let told: BTreeSet<u64> = children.into_iter().flat_map(said).collect();
    assert!(!told.is_empty());
    let rows = ours.adopt(None).await.expect("adopt").rows;
    let found: BTreeSet<u64> = rows.iter().map(|row| row.file.id.0).collect();
    assert!(told.is_subset(&found), "nothing that was told is lost");
    for row in rows.iter().filter(|row| told.contains(&row.file.id.0)) {
        assert_eq!(row.confirmed_bytes, 8 << 20);
    }
    drop(ours);
    // After an unclean end the whole file is checked.
    std::fs::write(dir.path().join("claims").join("killed"), b"").expect("a claim");
    let again = Ledger::open(dir.path()).expect("a ledger");
    assert_eq!(again.moved_aside(), None);
    let count = again.open_rows().await.expect("rows").len();
    assert_eq!(count, own + found.len());
}
