//! The CSV file of the IAM console.

#![no_main]

use libfuzzer_sys::fuzz_target;
use session::AccessKey;

fuzz_target!(|input: &[u8]| {
    let path = fuzz::file("keys.csv", input);
    if let Ok(key) = AccessKey::from_console_csv(&path) {
        assert_eq!(key.ends().as_str().chars().count(), 4);
        assert!(
            format!("{key:?}").len() < 30,
            "an access key shows its end only"
        );
    }
});
