//! A drop-zone file, as it is opened or dropped.

#![no_main]

use std::sync::{Arc, LazyLock};

use app::{App, Home, MemoryKeychain, Surroundings, SystemClock};
use libfuzzer_sys::fuzz_target;

static APP: LazyLock<App> = LazyLock::new(|| {
    let _on_the_runtime = fuzz::runtime().enter();
    let home = Home::at(&fuzz::folder().join("home")).expect("a home");
    App::open(Surroundings {
        home,
        keychain: Arc::new(MemoryKeychain::default()),
        clock: Arc::new(SystemClock),
    })
    .expect("an app")
});

fuzz_target!(|input: &[u8]| {
    let path = fuzz::file("theirs.sandglass", input);
    let offer = APP.offer_in(&path).expect("it ends as such files do");
    if let Ok(offer) = offer {
        assert!(offer.key.is_none(), "such a file brings no key");
        assert!(
            offer.form.mfa_serial.is_empty(),
            "nor what is one person's own"
        );
    }
});
