//! A policy that somebody else wrote, as *Repair…* reads and mends it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| account::fuzzing::mend(text));
