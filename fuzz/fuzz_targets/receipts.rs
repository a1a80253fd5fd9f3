//! A file of receipts, CSV or JSON, as `verify` reads it.

#![no_main]

use std::ops::ControlFlow;

use bucket::receipts::{in_listing, on_disk, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let folder = fuzz::folder().join("files");
    let _ = read(input, |stored| {
        let _ = on_disk(&stored, &folder);
        let _ = in_listing(&stored, None);
        ControlFlow::Continue(())
    });
});
