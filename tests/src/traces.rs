//! Where a secret could be left behind, and the shapes in which it would still be one.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The shapes of a secret that give it away: each half as it is, backwards, in base64 wherever it begins there, in an address,
/// and as the numbers of its bytes. What holds the whole in one of these shapes holds its halves.
pub fn shapes(secret: &str) -> Vec<String> {
    let (first, second) = secret.split_at(secret.len() / 2);
    [first, second].into_iter().flat_map(shapes_of).collect()
}

fn shapes_of(half: &str) -> Vec<String> {
    let numbers = format!("{:?}", half.as_bytes());
    let encoded = utf8_percent_encode(half, NON_ALPHANUMERIC).to_string();
    let mut shapes = vec![
        half.to_owned(),
        half.chars().rev().collect(),
        encoded.replace("%2F", "%2f").replace("%2B", "%2b"),
        encoded,
        numbers.trim_matches(['[', ']']).to_owned(),
    ];
    for before in 0..3 {
        let bytes = ["\0".repeat(before).as_bytes(), half.as_bytes()].concat();
        for text in [
            STANDARD_NO_PAD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            // Characters that the neighbours have a part in are left out.
            let begin = (before * 8).div_ceil(6);
            let end = bytes.len() * 8 / 6;
            shapes.push(text[begin..end].to_owned());
        }
    }
    shapes
}

/// Where the first of these secrets is found, by its number and its shape's, since the sentence goes into a log as well.
pub fn found(secrets: &[String], place: &str, bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    secrets.iter().enumerate().find_map(|(number, secret)| {
        let shape = shapes(secret)
            .iter()
            .position(|shape| text.contains(shape))?;
        Some(format!("secret {number}, in shape {shape}, is in {place}"))
    })
}

/// [`found`], in every file below a folder and in the files' names.
pub fn found_below(folder: &Path, secrets: &[String]) -> Option<String> {
    let entries = fs::read_dir(folder).expect("a test reads its folder");
    entries.flatten().find_map(|entry| {
        let path = entry.path();
        let name = path.display().to_string();
        if path.is_dir() {
            return found_below(&path, secrets);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        found(secrets, &name, &bytes)
            .or_else(|| found(secrets, "the name of a file", name.as_bytes()))
    })
}

/// Arguments and environment of a process and of all that it started, as every program of the same person may read them.
pub fn seen_of(process: u32) -> Vec<u8> {
    let mut seen = Vec::new();
    let mut waiting = vec![process];
    while let Some(id) = waiting.pop() {
        // One that has ended meanwhile has nothing to read.
        for file in ["cmdline", "environ"] {
            seen.extend(fs::read(format!("/proc/{id}/{file}")).unwrap_or_default());
            seen.push(b'\n');
        }
        let Ok(tasks) = fs::read_dir(format!("/proc/{id}/task")) else {
            continue;
        };
        for task in tasks.flatten() {
            let started = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            waiting.extend(
                started
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::*;
    use crate::leash::Leash;
    use crate::wait::until;

    const SECRET: &str = "Nobody/Knows+This00000000000000000000001";

    #[test]
    fn a_secret_is_found_in_whichever_shape_it_was_left() {
        let secrets = ["Another/Secret+1234567890abcdefghijklmno", SECRET].map(str::to_owned);
        let (first, second) = SECRET.split_at(20);
        let backwards = |text: &str| text.chars().rev().collect::<String>();
        let base64 = |text: String| STANDARD_NO_PAD.encode(text);
        for left in [
            SECRET.to_owned(),
            backwards(SECRET),
            backwards(first),
            backwards(second),
            base64(SECRET.to_owned()),
            base64(format!("m:{SECRET}")),
            base64(format!("mi:{SECRET}")),
            base64(format!("mira:{SECRET}\n")),
            SECRET.replace('/', "%2F").replace('+', "%2B"),
            SECRET.replace('/', "%2f").replace('+', "%2b"),
            format!("{:?}", format!("\n{SECRET}\n").as_bytes()),
        ] {
            let text = format!("It said: {left}!");
            let where_it_is = found(&secrets, "the log", text.as_bytes()).expect("found");
            assert!(where_it_is.starts_with("secret 1,"), "{where_it_is}");
            assert!(!where_it_is.contains("Knows"), "{where_it_is}");
        }
        assert_eq!(found(&secrets, "the log", b"It said: Nobody knows."), None);
    }

    #[test]
    fn what_a_started_process_shows_is_seen() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "env -u PLANTED sleep 60; true"])
            .env("PLANTED", SECRET);
        let shell = Leash::start_with_offspring(&mut command);
        let secrets = [SECRET.to_owned()];
        let seen = until("sleep has started", Duration::from_secs(10), || {
            let seen = seen_of(shell.id());
            let has_started = String::from_utf8_lossy(&seen).contains("\nsleep\0");
            has_started.then_some(seen)
        });
        assert!(found(&secrets, "the environment", &seen).is_some());
    }
}
