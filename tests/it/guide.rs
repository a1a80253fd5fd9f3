//! The user guide: every command of it runs, its pages are the same in both languages, what it quotes is what the window says,
//! and what it links to is there. The tables of `docs/command-line.md` are held to the same.
//!
//! A line of a page runs as it stands, by the page's own person. Words in capitals get the sandbox's values; another endpoint than
//! AWS's is added where AWS's would be asked. What needs an administrator runs on moto.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sandbox::documents;
use serde_json::Value;
use testkit::destination::Destination;
use testkit::files::write;
use testkit::leash::Leash;
use testkit::place::built;
use testkit::sandglass::Running;
use testkit::tls_end::TlsEnd;
use testkit::wait::until;

use crate::person::{Person, SOON};
use crate::provisioning::Told;
use crate::server::Server;

const NAME: &str = "recordings";
const SERIAL: &str = "arn:aws:iam::123456789012:mfa/sts-s3-upload-user";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of a language's pages, sorted.
fn pages(language: &str) -> Vec<String> {
    let folder = root().join("docs/guide").join(language);
    let entries = fs::read_dir(folder).expect("the guide is there").flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The lines of a page's blocks of commands.
fn commands(page: &str) -> Vec<&str> {
    let blocks = page
        .split("\n```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next());
    blocks.flatten().flat_map(str::lines).collect()
}

/// A line and what it should end with.
fn expected_of(line: &str) -> (&str, i32) {
    let (command, comment) = line.split_once('#').unwrap_or((line, "exit 0"));
    let code = comment
        .trim()
        .strip_prefix("exit ")
        .and_then(|code| code.parse().ok());
    let code = code.unwrap_or_else(|| panic!("{line}: its comment is no exit code"));
    (command.trim(), code)
}

/// Where a page's commands are run: a person, the sandbox, and, once it is needed, an account with its administrator.
struct Desk {
    server: Server,
    destination: Destination,
    person: Person,
    administrator: Option<Told>,
    sandboxes: Vec<Running>,
    codes: u32,
}

impl Desk {
    /// `connects`: the page begins with nothing connected and connects by itself.
    fn new(asks_for_codes: bool, connects: bool) -> Self {
        let server = Server::sandbox_with(|options| {
            if asks_for_codes {
                options.trust_policy = Some(documents::trust_policy_with_mfa());
            }
        });
        let destination = Destination {
            name: NAME.to_owned(),
            ..server.destination()
        };
        let person = if connects {
            Person::new()
        } else {
            Person::connected_to(&destination)
        };
        person.small_file("notes.txt", b"sand");
        person.small_file("day-01/grain.txt", b"more sand");
        person.small_file("day-01/dunes/far.txt", b"much sand");
        let csv = format!(
            "Access key ID,Secret access key\n{},{}\n",
            destination.access_key_id, destination.secret_access_key
        );
        person.small_file("accessKeys.csv", csv.as_bytes());
        Self {
            server,
            destination,
            person,
            administrator: None,
            sandboxes: Vec::new(),
            codes: 123_456,
        }
    }

    #[track_caller]
    fn run(&mut self, page: &str, line: &str) {
        let (command, code) = expected_of(line);
        let mut words = command.split_whitespace();
        assert_eq!(words.next(), Some("sandglass"), "{page}: {line}");
        let mut words: Vec<String> = words.map(|word| self.value_of(word)).collect();
        let first: Vec<&str> = words.iter().take(2).map(String::as_str).collect();
        let has = |option: &str| words.iter().any(|word| word == option);
        let mut endpoint = None;
        let mut is_administrators = false;
        match first[..] {
            ["sandbox", ..] => {
                let (running, destination) = self.person.sandglass.sandbox(NAME, &[]);
                self.sandboxes.push(running);
                self.destination = destination;
                return;
            }
            ["connect", ..] if !has("--endpoint") && !has("--from") && !has("--from-profile") => {
                endpoint = Some(self.destination.endpoint.clone());
            }
            ["account", what] => {
                is_administrators = true;
                let told = self.administrator(what);
                let takes_one = ["plan", "apply", "undo"].contains(&what);
                endpoint = takes_one.then(|| told.moto.endpoint().to_owned());
            }
            _ => {}
        }
        let input = self.input_for(&words);
        if let Some(endpoint) = endpoint {
            words.extend(["--endpoint".to_owned(), endpoint]);
        }
        let who = match &self.administrator {
            Some(told) if is_administrators => &told.person,
            _ => &self.person,
        };
        let (ended, said) = run(who, &words, &input);
        assert_eq!(ended, Some(code), "{page}: {line}\n{words:?}\n{said}");
    }

    /// Who has rights in an account; for a repair, with a destination to be repaired.
    fn administrator(&mut self, what: &str) -> &Told {
        let told = self
            .administrator
            .get_or_insert_with(Told::on_an_empty_account);
        let is_connected = || {
            let listed = told.person.sandglass.run(&["destination", "list"]);
            !listed.objects.is_empty()
        };
        if what == "repair" && !is_connected() {
            let mistaken = Destination {
                name: NAME.to_owned(),
                ..told.moto.mistaken_account()
            };
            told.person.sandglass.connect(&mistaken).expect_code(0);
        }
        told
    }

    fn value_of(&self, word: &str) -> String {
        let destination = &self.destination;
        let value: &str = match word {
            "NAME" => NAME,
            "NEW" => "harbour",
            "ROLE_ARN" => &destination.role_arn,
            "REGION" => &destination.region,
            "BUCKET" => &destination.bucket,
            "ENDPOINT" => &destination.endpoint,
            "MFA_SERIAL" => SERIAL,
            "PROFILE" => "field",
            "PATH" => "day-01",
            "FORM" => "cloudformation",
            "URL" => "http://proxy.example.com:8080",
            "USER" => "mira",
            "LIST" => "localhost,127.0.0.1",
            _ => word,
        };
        let is_left = value.len() > 1 && value.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        assert!(!is_left, "what does {word} stand for?");
        value.to_owned()
    }

    fn input_for(&mut self, words: &[String]) -> String {
        let has = |option: &str| words.iter().any(|word| word == option);
        if has("--key-stdin") {
            self.destination.key_lines()
        } else if has("--mfa-code-stdin") {
            // A code counts once.
            self.codes += 1;
            format!("{}\n", self.codes)
        } else if has("--proxy-password-stdin") {
            "dune-and-sand\n".to_owned()
        } else {
            String::new()
        }
    }

    /// `~/.aws` with the profile that a line of `docs/command-line.md` names.
    fn write_profiles(&mut self) {
        let destination = &self.destination;
        let config = format!(
            "[profile field]\nrole_arn = {}\nregion = {}\nsource_profile = mira\nendpoint_url = {}\n",
            destination.role_arn, destination.region, destination.endpoint
        );
        let credentials = format!(
            "[mira]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            destination.access_key_id, destination.secret_access_key
        );
        for (variable, name, text) in [
            ("AWS_CONFIG_FILE", "config", config),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", credentials),
        ] {
            let path = self.person.folder().join(name);
            write(&path, text.as_bytes());
            let path = path.display().to_string();
            self.person.sandglass.set_env(variable, &path);
        }
    }
}

/// In the person's folder, as the documents write it: without `--json`.
fn run(person: &Person, words: &[String], input: &str) -> (Option<i32>, String) {
    let said = person.folder().join("said");
    let out = File::create(&said).expect("a file");
    let mut command = Command::new(built("sandglass"));
    person.sandglass.give_to(&mut command);
    command
        .args(words)
        .current_dir(person.folder())
        .stdin(Stdio::piped())
        .stderr(out.try_clone().expect("a second one"))
        .stdout(out);
    let mut process = Leash::start(&mut command);
    let mut stdin = process.child().stdin.take().expect("stdin is piped");
    // A command that reads nothing may have closed its end.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let what = format!("`sandglass {}` ends", words.join(" "));
    let status = until(&what, SOON, || process.ended());
    let said = fs::read(&said).expect("what it said");
    (status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn both_languages_have_the_same_pages_with_the_same_commands() {
    let names = pages("en");
    assert_eq!(names, pages("ja"));
    assert_eq!(names.len(), 10, "{names:?}");
    for name in names {
        let [english, japanese] =
            ["en", "ja"].map(|language| read(format!("docs/guide/{language}/{name}")));
        assert_eq!(commands(&english), commands(&japanese), "{name}");
    }
}

/// The Japanese pages have the same commands: that is the test above.
#[test]
fn every_command_of_the_guide_runs() {
    let mut count = 0;
    for name in pages("en") {
        let page = read(format!("docs/guide/en/{name}"));
        let lines = commands(&page);
        if lines.is_empty() {
            continue;
        }
        let connects = lines
            .iter()
            .any(|line| line.starts_with("sandglass connect "));
        let mut desk = Desk::new(name == "mfa.md", connects);
        for line in lines {
            desk.run(&name, line);
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn every_command_of_the_readme_runs() {
    let page = read("README.md");
    let all = commands(&page);
    let ours = all.iter().filter(|line| line.starts_with("sandglass "));
    let mut desk = Desk::new(false, true);
    let mut count = 0;
    for line in ours {
        desk.run("README.md", line);
        count += 1;
    }
    assert!(count > 3, "{count}");
}

/// The first column of a table: what stands in it as code.
fn commands_of_tables(page: &str) -> Vec<&str> {
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| `sandglass "));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn every_command_in_the_tables_of_the_command_lines_page_runs() {
    let page = read("docs/command-line.md");
    let lines = commands_of_tables(&page);
    assert!(lines.len() > 30, "{lines:?}");
    let server = Server::sandbox();
    let authority = TlsEnd::before(server.address());
    let mut administrators = Desk::new(false, false);
    for line in lines {
        if line.starts_with("sandglass account ") {
            administrators.run("command-line.md", line);
            continue;
        }
        // Some of them change what the next one needs, so each has a person of its own.
        let connects = line.starts_with("sandglass connect ");
        let mut desk = Desk::new(false, connects);
        if connects || line == "sandglass profiles" {
            desk.write_profiles();
        }
        if line.contains("--from FILE.sandglass") {
            let giver = Person::connected_to(&desk.server.destination());
            let file = desk.person.folder().join("FILE.sandglass");
            let file = file.display().to_string();
            let words = ["destination", "export", "-o", &file];
            giver.sandglass.run(&words).expect_code(0);
        }
        if line.contains("verify") {
            desk.run("command-line.md", "sandglass put day-01");
            desk.run("command-line.md", "sandglass receipts -o receipts.csv");
        }
        if line.contains("delete-old") {
            let rotated = desk.person.sandglass.run(&["key", "rotate"]);
            rotated.expect_code(0);
        }
        if line.contains("--ca-file FILE.pem") {
            let copied = fs::copy(authority.authority(), desk.person.folder().join("FILE.pem"));
            copied.expect("a certificate");
        }
        desk.run("command-line.md", line);
    }
}

/// Every file of the guide, with its text.
fn texts() -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    for language in ["en", "ja"] {
        for name in pages(language) {
            let path = Path::new("docs/guide").join(language).join(name);
            let text = read(&path);
            texts.push((path, text));
        }
    }
    texts
}

#[test]
fn what_the_guide_links_to_is_there() {
    let mut count = 0;
    for (path, text) in texts() {
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if link.starts_with("https://") {
                continue;
            }
            let folder = path.parent().expect("a folder");
            let file = root()
                .join(folder)
                .join(link.split('#').next().unwrap_or(link));
            assert!(file.is_file(), "{}: {link}", path.display());
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

/// What stands between these marks, outside of code and of what pictures show.
fn quoted(text: &str, open: char, close: char) -> Vec<String> {
    let pictures = text.split("![").enumerate().map(|(at, part)| {
        let shown = if at == 0 { None } else { part.split_once("](") };
        shown.map_or(part, |(_, rest)| rest)
    });
    let text: String = pictures.collect();
    let blocks = text.split("```").step_by(2);
    let words: String = blocks
        .flat_map(|block| block.split('`').step_by(2))
        .collect();
    let words = words.replace("**", "").replace('\n', " ");
    let mut found = Vec::new();
    let mut rest = words.as_str();
    while let Some((_, after)) = rest.split_once(open) {
        let Some((word, after)) = after.split_once(close) else {
            break;
        };
        found.push(word.to_owned());
        rest = after;
    }
    found
}

/// Every sentence of the page, plural forms too.
fn sentences(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| sentences(one, into)),
        Value::Object(all) => all.values().for_each(|one| sentences(one, into)),
        _ => {}
    }
}

/// `word` is this sentence, with something in the place of its `{…}`.
fn says(sentence: &str, word: &str) -> bool {
    let sentence = sentence
        .trim_end_matches(" (optional)")
        .trim_end_matches("（省略可）");
    match sentence.split_once('{') {
        None => sentence == word,
        Some((before, rest)) => {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            let is_long_enough = before.len() + after.len() >= 6 && !after.contains('{');
            is_long_enough && word.starts_with(before) && word.ends_with(after)
        }
    }
}

#[test]
fn what_the_guide_quotes_is_what_the_window_says() {
    let mut count = 0;
    for (language, open, close) in [("en", '*', '*'), ("ja", '「', '」')] {
        let messages = read(format!("ui/messages/{language}.json"));
        let messages: Value = serde_json::from_str(&messages).expect("JSON");
        let mut said = vec!["CSV".to_owned(), "JSON".to_owned(), "—".to_owned()];
        sentences(&messages, &mut said);
        for name in pages(language) {
            let text = read(format!("docs/guide/{language}/{name}"));
            // The sentences of the generated page quote names.
            let end = if name == "troubleshooting.md" {
                "\n|"
            } else {
                "\0"
            };
            let text = text.split(end).next().unwrap_or_default();
            for word in quoted(text, open, close) {
                let is_said = said.iter().any(|sentence| says(sentence, &word));
                assert!(is_said, "{language}/{name}: the window does not say {word}");
                count += 1;
            }
        }
    }
    assert!(count > 200, "{count}");
}
