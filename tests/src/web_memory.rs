//! The memory of the page's own processes, as a debugger would read it.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use aho_corasick::AhoCorasick;

use crate::traces::shapes;

/// WebKit's processes for the window whose data folder this is: those whose environment names it.
fn web_processes(home: &Path) -> Vec<String> {
    let home = format!("SANDGLASS_HOME={}", home.display());
    let processes = fs::read_dir("/proc").expect("Linux has it").flatten();
    processes
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|pid| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            // Not the driver, which hears what a story asks the page.
            let is_page = name.starts_with("WebKitWebProces") || name.starts_with("WebKitNetwork");
            is_page && variables.any(|variable| variable == home.as_bytes())
        })
        .collect()
}

/// Does any of them hold this text, one byte or two to a character?
///
/// # Panics
/// When there is no such process: then nothing was looked at.
pub fn holds(home: &Path, text: &str) -> bool {
    hold(home, &[text.to_owned()])
}

/// Does any of them hold one of these secrets, in whichever shape gives it away?
///
/// # Panics
/// As [`holds`].
pub fn give_away(home: &Path, secrets: &[String]) -> bool {
    let shapes: Vec<String> = secrets.iter().flat_map(|secret| shapes(secret)).collect();
    hold(home, &shapes)
}

fn hold(home: &Path, texts: &[String]) -> bool {
    let processes = web_processes(home);
    assert!(!processes.is_empty(), "the page has no process");
    let wide = |text: &String| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide: Vec<Vec<u8>> = texts.iter().map(wide).collect();
    let narrow = texts.iter().map(String::as_bytes);
    let needles = narrow.chain(wide.iter().map(Vec::as_slice));
    let needles = AhoCorasick::new(needles).expect("a few hundred short needles");
    processes.iter().any(|pid| process_holds(pid, &needles))
}

fn process_holds(pid: &str, needles: &AhoCorasick) -> bool {
    let open = |what: &str| {
        File::open(format!("/proc/{pid}/{what}"))
            .unwrap_or_else(|error| panic!("{what} of {pid} cannot be read: {error}"))
    };
    let (mut memory, mut pages) = (open("mem"), open("pagemap"));
    let maps = fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap_or_default();
    touched(&maps).into_iter().any(|(from, to)| {
        runs(&mut pages, from, to)
            .into_iter()
            .any(|(from, to)| run_holds(&mut memory, from, to, needles))
    })
}

/// `7f0a-7f0b rw-p ..`, and some lines below it `Rss: 12 kB`: what the process may write to, and has touched.
fn touched(maps: &str) -> Vec<(u64, u64)> {
    let mut current = None;
    let mut all = Vec::new();
    for line in maps.lines() {
        if let Some(range) = writable(line) {
            current = Some(range);
        } else if let Some(size) = line.strip_prefix("Rss:")
            && let Some(range) = current.take()
            && size.trim() != "0 kB"
        {
            all.push(range);
        } else if line
            .split(' ')
            .next()
            .is_some_and(|word| word.contains('-'))
        {
            current = None;
        }
    }
    all
}

fn writable(line: &str) -> Option<(u64, u64)> {
    let (range, rest) = line.split_once(' ')?;
    let (from, to) = range.split_once('-')?;
    let from = u64::from_str_radix(from, 16).ok()?;
    let to = u64::from_str_radix(to, 16).ok()?;
    rest.starts_with("rw").then_some((from, to))
}

const PAGE: u64 = 4096;

/// The pages that are there, neighbours together: WebKit sets gigabytes of addresses aside. `pagemap` has eight bytes for
/// each page, the highest bit says that it is there (Linux, admin-guide/mm/pagemap).
fn runs(pages: &mut File, from: u64, to: u64) -> Vec<(u64, u64)> {
    let mut entries = Vec::new();
    let read = pages
        .seek(SeekFrom::Start(from / PAGE * 8))
        .and_then(|_| pages.take((to - from) / PAGE * 8).read_to_end(&mut entries));
    if read.is_err() {
        return Vec::new();
    }
    let mut all: Vec<(u64, u64)> = Vec::new();
    for (number, entry) in (0_u64..).zip(entries.chunks_exact(8)) {
        if entry[7] & 0x80 == 0 {
            continue;
        }
        let at = from + number * PAGE;
        match all.last_mut() {
            Some((_, end)) if *end == at => *end += PAGE,
            _ => all.push((at, at + PAGE)),
        }
    }
    all
}

fn run_holds(memory: &mut File, from: u64, to: u64, needles: &AhoCorasick) -> bool {
    let mut bytes = Vec::new();
    // A page that has gone meanwhile cuts the run short.
    let _ = memory
        .seek(SeekFrom::Start(from))
        .and_then(|_| memory.take(to - from).read_to_end(&mut bytes));
    needles.is_match(&bytes)
}
