//! The keychain's own prompt: dismissed by a person. And an entry that another program wrote over.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::display::Display;
use testkit::keyring::{PASSWORD, PrivateBus};
use testkit::sandglass::Output;
use testkit::wait::until;

use crate::person::Person;
use crate::server::{Server, Which};

on_both_servers! {
    a_prompt_that_is_dismissed_is_said_and_once_unlocked_it_works
    a_prompt_into_which_the_password_is_typed_lets_the_sign_in_go_on
    an_entry_that_another_program_wrote_over_is_not_signed_with
}

const SOON: Duration = Duration::from_secs(30);
/// The program that shows gnome-keyring's prompt.
const PROMPTER: &str = "gcr-prompter";

fn before_a_locked_keychain(server: &Server) -> (Person, Display) {
    let display = Display::start();
    let person = Person::on(PrivateBus::on(&display));
    person
        .sandglass
        .connect(&server.destination())
        .expect_code(0);
    person.bus.lock();
    (person, display)
}

/// A sign-in, while somebody answers the prompt.
fn sign_in_meets_the_prompt(person: &Person, display: &Display, answer: impl FnOnce()) -> Output {
    std::thread::scope(|scope| {
        let signing_in = scope.spawn(|| person.sandglass.run(&["sign-in"]));
        display.wait_for_window_of(PROMPTER, SOON);
        answer();
        signing_in.join().expect("sign-in ends")
    })
}

fn a_prompt_that_is_dismissed_is_said_and_once_unlocked_it_works(which: Which) {
    let server = Server::start(which);
    let (person, display) = before_a_locked_keychain(&server);
    let dismissed = sign_in_meets_the_prompt(&person, &display, || display.press("Escape"));
    let dismissed = dismissed.expect_code(4);
    assert_eq!(dismissed.failure_code(), Some("keychainDismissed"));
    person.bus.unlock();
    person.sandglass.run(&["sign-in"]).expect_code(0);
}

fn a_prompt_into_which_the_password_is_typed_lets_the_sign_in_go_on(which: Which) {
    let server = Server::start(which);
    let (person, display) = before_a_locked_keychain(&server);
    let signed_in = sign_in_meets_the_prompt(&person, &display, || {
        until("the password is typed and taken", SOON, || {
            // What was typed before the prompt listened is typed over.
            display.press("ctrl+a");
            display.type_text(PASSWORD);
            display.press("Return");
            std::thread::sleep(Duration::from_secs(1));
            (person.bus.is_unlocked() == Some(true)).then_some(())
        });
    });
    signed_in.expect_code(0);
    assert_eq!(person.bus.is_unlocked(), Some(true));
}

fn an_entry_that_another_program_wrote_over_is_not_signed_with(which: Which) {
    let server = Server::start(which);
    let person = Person::connected_to(&server.destination());
    let another_key = "AKIAANOTHERKEY00ZZZZ\nof-another-program-and-of-nobody-here-00";
    for entry in ["no access key", another_key] {
        write_over(&person, entry);
        let changed = person.sandglass.run(&["sign-in"]).expect_code(4);
        assert_eq!(changed.failure_code(), Some("accessKeyChanged"));
        assert_eq!(
            changed.objects[0]["failure"]["about"], "Field recordings",
            "the sentence names the destination"
        );
    }
}

/// As another program does it, which has looked up the entry's attributes.
pub(crate) fn write_over(person: &Person, entry: &str) {
    let service = format!("Sandglass ({})", person.sandglass.home().display());
    let mut search = Command::new("secret-tool");
    search.args(["search", "--all", "service", &service]);
    let found = person.bus.give_to(&mut search).output();
    let found = found.expect("secret-tool runs");
    // The attributes go to stderr, the rest to stdout.
    let told = String::from_utf8_lossy(&found.stderr);
    let id = told
        .lines()
        .find_map(|line| line.strip_prefix("attribute.username = "))
        .expect("the entry names its destination");
    let mut store = Command::new("secret-tool");
    store.args(["store", "--label=changed", "service", &service]);
    store.args(["username", id]);
    store.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = person
        .bus
        .give_to(&mut store)
        .spawn()
        .expect("secret-tool runs");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin
        .write_all(entry.as_bytes())
        .expect("secret-tool reads");
    drop(stdin);
    assert!(child.wait().expect("secret-tool ends").success());
}
