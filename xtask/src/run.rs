//! Starting other programs: each is shown before it runs, and one that fails stops the task.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Why a task stopped: a sentence for the person at the terminal. Nothing acts on it.
#[derive(Debug)]
pub(crate) struct Stop(pub(crate) String);

/// What a task and each of its steps answer.
pub(crate) type Result<T = ()> = std::result::Result<T, Stop>;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Stop {
    /// For `map_err`: what was tried, and what the system answered.
    pub(crate) fn because<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("{what}: {error}"))
    }
}

/// Says what happens next.
pub(crate) fn say(sentence: impl fmt::Display) {
    println!("\n== {sentence}");
}

/// A step's command line, as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| match word.to_string_lossy() {
            word if word.contains(' ') => format!("'{word}'"),
            word => word.into_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs to the end with its output visible; anything but success stops the task.
pub(crate) fn run(command: &mut Command) -> Result {
    println!("$ {}", shown(command));
    let status = command.status().map_err(Stop::because(shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(Stop(format!("{} ended with {status}", shown(command))))
    }
}

/// Runs with its output visible and keeps the lines that `keep` chooses.
pub(crate) fn run_and_keep(command: &mut Command, keep: fn(&str) -> bool) -> (Vec<String>, Result) {
    println!("$ {}", shown(command));
    let mut kept = Vec::new();
    let outcome = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Stop::because(shown(command)))
        .and_then(|child| echo(child, keep, &mut kept))
        .map_err(|stop| Stop(format!("{}: {stop}", shown(command))));
    (kept, outcome)
}

fn echo(mut child: Child, keep: fn(&str) -> bool, kept: &mut Vec<String>) -> Result {
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(Stop::because("its output"))?;
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("{line}");
            if keep(&line) {
                kept.push(line);
            }
        }
    }
    let status = child.wait().map_err(Stop::because("its end"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Stop(format!("ended with {status}")))
    }
}

/// Runs quietly and gives its standard output, or nothing when it is missing or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Is there a program of this name on the path?
pub(crate) fn exists(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// A program that is ended, by its own pid, when this goes away.
pub(crate) struct Leashed(pub(crate) Child);

impl Drop for Leashed {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
