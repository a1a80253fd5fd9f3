//! Computers that are not like the developer's: few handles, another locale and time zone, a folder that cannot be written.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use testkit::place::built;

use crate::person::{Person, put};
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
