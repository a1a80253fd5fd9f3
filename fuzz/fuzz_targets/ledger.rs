//! A ledger that was left in the data folder: it is read, or moved aside, and one opens.

#![no_main]

use bucket::{Ledger, Selection};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let folder = fuzz::folder().join("home");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("ledger.sqlite"), input).expect("the disk takes it");
    let ledger = Ledger::open(&folder).expect("whatever lies there, one opens");
    fuzz::runtime().block_on(async {
        // What is damaged further in is found when it is read, and said.
        let _ = ledger.adopt(None).await;
        let _ = ledger.open_rows().await;
        let _ = ledger.drops(None).await;
        let _ = ledger.abandoned(None).await;
        let _ = ledger.receipts(&Selection::All, None).await;
        let _ = ledger.receipt_of("field-recordings", "in/b.txt").await;
    });
});
