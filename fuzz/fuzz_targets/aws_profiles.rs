//! `~/.aws/config` and `~/.aws/credentials`; the environment names the files (`cargo xtask fuzz` sets it).

#![no_main]

use libfuzzer_sys::fuzz_target;
use session::Profiles;

fuzz_target!(|input: &[u8]| {
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        let path = std::env::var_os(variable).expect("the environment names a file");
        std::fs::write(path, input).expect("the disk takes it");
    }
    let Ok(profiles) = fuzz::runtime().block_on(Profiles::load()) else {
        return;
    };
    for name in profiles.names() {
        assert!(profiles.read(&name).is_some(), "{name} was named");
        let _ = profiles.role_of(&name);
    }
});
