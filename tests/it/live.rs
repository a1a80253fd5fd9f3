//! `cargo xtask live --mistakes`, tried on moto: what it asks of AWS is not to be had here, but it must set up, ask and clean up.

use std::process::{Command, Stdio};

use testkit::moto::{Moto, administrator_at};
use testkit::place::built;

use crate::person::Person;

#[test]
fn every_mistake_is_made_and_examined_and_nothing_of_it_is_left() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let moto = runtime.block_on(Moto::empty());
    let person = Person::new();
    let mut live = Command::new(built("xtask"));
    live.args(["live", "--mistakes", "--region", "ap-northeast-1"]);
    live.args(["--patience-seconds", "0", "--as-built"]);
    person.sandglass.give_to(&mut live);
    live.envs(administrator_at(moto.endpoint()));
    let output = live.stdin(Stdio::null()).output().expect("it is built");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let asked = said.lines().filter(|line| {
        let words = line.trim_start();
        words.starts_with("holds") || words.starts_with("OTHERWISE")
    });
    assert_eq!(asked.count(), 6, "{said}{errors}");
    for (list, pointer) in [
        ("iam list-users", "/Users"),
        ("iam list-roles", "/Roles"),
        ("iam list-policies --scope Local", "/Policies"),
        ("s3api list-buckets", "/Buckets"),
    ] {
        let left: serde_json::Value =
            serde_json::from_str(&moto.aws(list)).expect("aws-cli prints JSON");
        let left = left.pointer(pointer).and_then(|all| all.as_array());
        assert_eq!(left.map_or(0, Vec::len), 0, "{list}: {said}");
    }
    person.sandglass.run(&["status"]).expect_code(0);
}
