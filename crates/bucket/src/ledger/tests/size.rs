//! Measured by hand: `cargo test -p bucket measure_ -- --ignored --nocapture`.

use std::time::Instant;

use super::*;

const FILES: usize = 200_000;

#[tokio::test]
#[ignore = "takes seconds; prints figures"]
async fn measure_200_000_rows() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Ledger::open(dir.path()).expect("a ledger");
    let cut = new_drop(&first, "d");
    let id = cut.id;
    first.write(Write::WalkBegan(cut));
    let start = Instant::now();
    for batch in 0..FILES / 256 {
        let rows =
            (0..256).map(|n| named_row(&first, "d", id, &format!("folder {batch:05}/file {n:05}")));
        first.write(Write::Add(rows.collect()));
    }
    first.open_rows().await.expect("rows");
    println!("add and read all: {:?}", start.elapsed());
    drop(first);
    let size = std::fs::metadata(dir.path().join("ledger.sqlite"))
        .expect("file")
        .len();
    for claim in [false, true] {
        if claim {
            std::fs::write(dir.path().join("claims/killed"), b"").expect("a claim");
        }
        let start = Instant::now();
        let ledger = Ledger::open(dir.path()).expect("a ledger");
        println!("open, checked {claim}, {size} bytes: {:?}", start.elapsed());
        drop(ledger);
    }
    let second = Ledger::open(dir.path()).expect("a ledger");
    let start = Instant::now();
    let adopted = second.adopt(None).await.expect("adopt");
    println!(
        "adopt {} rows, {} known: {:?}",
        adopted.rows.len(),
        adopted.walks[0].known.len(),
        start.elapsed()
    );
    let start = Instant::now();
    for row in &adopted.rows {
        second.write(Write::Store(row.file.id, receipt(&row.file.key)));
    }
    let drops = second.drops(None).await.expect("drops");
    println!("store {}: {:?}", drops[0].stored, start.elapsed());
    let start = Instant::now();
    second.drops(None).await.expect("drops");
    println!("drops: {:?}", start.elapsed());
    let start = Instant::now();
    let to = dir.path().join("receipts.json");
    let all = Selection::Drop(id);
    let count = crate::receipts::export(&second, &all, crate::receipts::Format::Json, &to).await;
    println!("export {}: {:?}", count.expect("export"), start.elapsed());
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "takes seconds; prints figures"]
async fn measure_a_stream_of_small_writes() {
    let dir = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(dir.path()).expect("a ledger");
    let cpu = || rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let nanos = |time: rustix::time::Timespec| time.tv_sec * 1_000_000_000 + time.tv_nsec;
    let (start, before) = (Instant::now(), nanos(cpu()));
    let mut commits = 0_i64;
    while start.elapsed().as_secs() < 5 {
        let row = new_row(&ledger, "d");
        ledger
            .commit(Write::Add(vec![row]))
            .await
            .expect("committed");
        commits += 1;
    }
    let spent = nanos(cpu()) - before;
    println!(
        "{commits} commits, {} syncs, {} us of CPU each",
        ledger.syncs(),
        spent / 1000 / commits
    );
}
