//! Computers that are not like the developer's: few handles, another locale and time zone, a clock that is set back, a folder that
//! cannot be written, a disk that is full.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use testkit::files::{assert_same, expected};
use testkit::place::built;
use testkit::wait::until;

use crate::person::{Person, SOON, put};
use crate::server::Server;

/// The command line as a shell starts it that has lowered something first.
fn run_after(person: &Person, lowering: &str, words: &[String]) -> Output {
    let mut shell = Command::new("sh");
    let script = format!("{lowering}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script]).arg(built("sandglass"));
    person.sandglass.give_to(shell.args(words).arg("--json"));
    let output = shell.stdin(Stdio::null()).output();
    output.expect("there is a shell")
}

#[track_caller]
fn assert_done(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
}

fn grains(person: &Person, count: usize) -> PathBuf {
    let folder = person.folder().join("grains");
    std::fs::create_dir_all(&folder).expect("made");
    for number in 0..count {
        let file = folder.join(format!("{number:03}.txt"));
        std::fs::write(file, number.to_string()).expect("written");
    }
    folder
}

fn put_folder(folder: &Path) -> Vec<String> {
    put(&[], &[folder])
}

#[test]
fn with_few_handles_fewer_go_at_once_and_all_arrive() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = grains(&person, 300);
    // Soft and hard: the system gives no more.
    let put = run_after(&person, "ulimit -n 48", &put_folder(&folder));
    assert_done(&put);
    assert_eq!(server.keys().len(), 300);
}

#[test]
fn another_locale_and_time_zone_change_nothing_of_what_is_stored() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = grains(&person, 3);
    // Where small letters have other capitals, and the day is half an hour off.
    let elsewhere = "export LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 TZ=Pacific/Chatham";
    assert_done(&run_after(&person, elsewhere, &put_folder(&folder)));
    let keys = server.keys();
    assert_eq!(keys, ["grains/000.txt", "grains/001.txt", "grains/002.txt"]);
    let receipts = [
        "receipts".to_owned(),
        "--format".to_owned(),
        "json".to_owned(),
    ];
    let told = run_after(&person, elsewhere, &receipts);
    assert_done(&told);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("grains/002.txt"), "{told}");
}

#[test]
fn a_home_that_is_a_file_is_said_and_nothing_is_sent() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = grains(&person, 1);
    let home = person.folder().join("in-the-way");
    std::fs::write(&home, "not a folder").expect("written");
    let elsewhere = format!("export SANDGLASS_HOME='{}'", home.display());
    let refused = run_after(&person, &elsewhere, &put_folder(&folder));
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        said.contains("may write to Sandglass's data folder"),
        "{said}"
    );
    assert!(server.keys().is_empty());
}

/// Runs a script as root of a mount namespace of its own, which needs no rights: what is mounted there ends with it.
fn run_among_mounts(person: &Person, script: &str, words: &[String]) -> Output {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-current-user", "--keep-caps", "--mount"]);
    unshare.args(["sh", "-eu", "-c", script]);
    unshare.arg(built("sandglass"));
    person.sandglass.give_to(unshare.args(words));
    let output = unshare.stdin(Stdio::null()).output();
    output.expect("there is unshare")
}

/// Three runs on a disk of three megabytes: full, full, and with room again. Between them and after, nothing of what the first
/// ones wrote is thrown away.
const ON_A_FULL_DISK: &str = r#"
cp -a "$SANDGLASS_HOME" "$SANDGLASS_HOME.before"
mount -t tmpfs -o size=3m none "$SANDGLASS_HOME"
cp -a "$SANDGLASS_HOME.before/." "$SANDGLASS_HOME"
head -c 10m /dev/zero > "$SANDGLASS_HOME/filler" 2>/dev/null || true
for room in 4k 120k; do
  truncate -s -$room "$SANDGLASS_HOME/filler"
  code=0
  "$0" "$@" --json || code=$?
  # Neither done nor fallen over.
  [ $code -gt 0 ] && [ $code -lt 101 ]
done
echo 'with room again'
rm "$SANDGLASS_HOME/filler"
"$0" resume --json
"$0" "$@" --on-conflict skip --json
echo 'what is left'
"$0" status --json
"$0" receipts --all --format json
"#;

#[test]
fn a_disk_that_is_full_while_the_ledger_writes_is_said_and_nothing_is_lost() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = grains(&person, 300);
    let ran = run_among_mounts(&person, ON_A_FULL_DISK, &put_folder(&folder));
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_done(&ran);
    let (_, told) = told.split_once("with room again").expect("it came so far");
    assert!(
        !told.contains("ledgerMovedAside") && !said.contains("moved aside"),
        "{said}"
    );
    let (_, left) = told.split_once("what is left").expect("it came to its end");
    assert!(!left.contains("\"waiting\""), "{left}");
    assert_eq!(
        left.matches("\"crc64nvme\"").count(),
        300,
        "a receipt for each"
    );
    assert!(said.contains("Check that the disk is not full"), "{said}");
    assert_same(&server.objects(), &expected(&[&folder], ""));
}

#[test]
fn a_data_folder_that_is_only_readable_is_said_and_nothing_is_sent() {
    let server = Server::sandbox();
    let person = Person::connected_to(&server.destination());
    let folder = grains(&person, 1);
    let read_only = r#"
mount --bind "$SANDGLASS_HOME" "$SANDGLASS_HOME"
mount -o remount,bind,ro "$SANDGLASS_HOME"
exec "$0" "$@" --json"#;
    let refused = run_among_mounts(&person, read_only, &put_folder(&folder));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("you may write to"), "{said}");
    assert!(server.keys().is_empty());
}

/// Where Debian keeps what makes a program see another time.
fn faketime() -> String {
    let path = format!(
        "/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1",
        std::env::consts::ARCH
    );
    assert!(
        Path::new(&path).exists(),
        "the package libfaketime is missing"
    );
    path
}

/// A person whose clock is as many seconds off as the file says, from one look at it to the next.
fn give_another_clock(person: &mut Person) -> PathBuf {
    let clock = person.small_file("clock", b"+0");
    let path = clock.display().to_string();
    for (name, value) in [
        ("LD_PRELOAD", faketime().as_str()),
        ("FAKETIME_TIMESTAMP_FILE", &path),
        ("FAKETIME_NO_CACHE", "1"),
        // What counts on since the start is nobody's to set.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ] {
        person.sandglass.set_env(name, value);
    }
    clock
}

/// At once: a program that looks at its clock meanwhile sees the one time or the other.
fn set(clock: &Path, offset: &str) {
    let next = clock.with_extension("next");
    std::fs::write(&next, offset).expect("written");
    std::fs::rename(next, clock).expect("the clock is set");
}

#[test]
fn a_clock_that_is_set_back_an_hour_on_the_way_stops_nothing() {
    let server = Server::sandbox();
    let (line, destination) = server.behind_a_line();
    let mut person = Person::connected_to(&destination);
    let clock = give_another_clock(&mut person);
    let dropped = person.big_file("dunes.raw");
    line.let_parts_pass(2);
    let putting = person.sandglass.spawn(&put(&[], &[&dropped]));
    until("two parts are on their way", SOON, || {
        (line.held() == 2).then_some(())
    });
    set(&clock, "-3600");
    line.open();
    putting.finish(SOON).expect_code(0);
    assert_same(&server.objects(), &expected(&[&dropped], ""));
    // No new session by that clock; it says what to do, and then there is one.
    let late = person.small_file("late.txt", b"an hour ago");
    let refused = person.sandglass.run(&put(&[], &[&late])).expect_code(3);
    assert_eq!(refused.objects[0]["failure"]["code"], "clockOff");
    set(&clock, "+0");
    person.sandglass.run(&put(&[], &[&late])).expect_code(0);
    assert_same(&server.objects(), &expected(&[dropped, late], ""));
}

#[test]
fn a_clock_that_is_ten_minutes_slow_stops_nothing() {
    let server = Server::sandbox();
    let mut person = Person::connected_to(&server.destination());
    let clock = give_another_clock(&mut person);
    set(&clock, "-600");
    let folder = grains(&person, 3);
    person.sandglass.run(&put(&[], &[&folder])).expect_code(0);
    assert_same(&server.objects(), &expected(&[&folder], ""));
}
