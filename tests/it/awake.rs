//! The computer does not fall into idle sleep while files are sent.

use std::time::Duration;

use testkit::files::big_file;
use testkit::keyring::PrivateBus;
use testkit::logind::Logind;
use testkit::sandglass::Sandglass;
use testkit::wait::until;

const SOON: Duration = Duration::from_secs(40);

#[test]
fn the_computer_stays_awake_while_a_file_is_sent_and_no_longer() {
    let bus = PrivateBus::start();
    let logind = Logind::on(&bus);
    let mut sandglass = Sandglass::on(&bus);
    sandglass.set_env("DBUS_SYSTEM_BUS_ADDRESS", bus.address());
    let (_sandbox, destination) = sandglass.sandbox("Field recordings", &[]);
    sandglass.connect(&destination).expect_code(0);
    let file = sandglass.home().with_file_name("take-017.wav");
    big_file(&file, 4 << 20, 17);
    let path = file.display().to_string();
    let mut put = sandglass.spawn(&["put", "-d", "Field recordings", "--limit", "350k", &path]);
    let lock = until("the lock is asked for", SOON, || logind.locks().pop());
    assert!(lock.is_held());
    assert!(!put.has_ended(), "the file was through too soon");
    assert_eq!(
        [&lock.what, &lock.who, &lock.why, &lock.mode],
        ["idle", "Sandglass", "Uploads run", "block"]
    );
    put.finish(SOON).expect_code(0);
    until("the lock is given back", SOON, || {
        (!lock.is_held()).then_some(())
    });
    assert_eq!(logind.locks().len(), 1);
}
