//! `cargo xtask fuzz`: what comes from outside and is read, met by what nobody thought of.
//!
//! libFuzzer's targets stand in `fuzz/fuzz_targets`, the inputs that they begin with in `fuzz/seeds`. What was found stays in
//! `target/fuzz/TARGET`: the inputs that went new ways, and those that broke something, named by the target's last lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place;
use crate::run::{Result, Stop, run, run_and_keep, say};

/// What, and how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// One target; without it, all, one after the other.
    target: Option<String>,
    /// How long each runs.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// In a test each target takes as many inputs, and no longer than so many seconds; from a fixed seed, so that it is the same each time.
const IN_A_TEST: [&str; 3] = ["-runs=1000", "-max_total_time=10", "-seed=1"];

/// Builds the targets and runs them until their time is over.
pub(crate) fn fuzz(options: &Options) -> Result {
    build()?;
    let time = format!("-max_total_time={}", options.seconds);
    let all = targets()?;
    let chosen = |name: &&String| options.target.as_ref().is_none_or(|target| target == *name);
    let mut chosen = all.iter().filter(chosen).peekable();
    if chosen.peek().is_none() {
        return Err(Stop(format!("the targets are {}", all.join(", "))));
    }
    for name in chosen {
        let kept = place::target().join("fuzz").join(name);
        run(target(name, &kept)?.arg(&time))?;
    }
    Ok(())
}

/// All targets, briefly, without what earlier runs had found; and a line for the end of the tests.
pub(crate) fn in_a_test() -> (Vec<String>, Result) {
    let outcome = build().and_then(|()| targets()).and_then(|all| {
        for name in &all {
            let kept = place::target().join("fuzz").join("in-a-test").join(name);
            let _ = fs::remove_dir_all(&kept);
            let (_, result) = run_and_keep(target(name, &kept)?.args(IN_A_TEST), |_| false);
            result?;
        }
        Ok(all.len())
    });
    match outcome {
        Ok(count) => (vec![format!("Fuzz targets: {count} passed")], Ok(())),
        Err(stop) => (vec!["Fuzz targets: FAILED".to_owned()], Err(stop)),
    }
}

fn build() -> Result {
    if !cfg!(target_os = "linux") {
        return Err(Stop("the targets are built and run on Linux".to_owned()));
    }
    say("Building the fuzz targets");
    let mut cargo = place::cargo(&["build", "--package", "fuzz", "--bins"]);
    let wrapper = place::root().join("fuzz/instrumented.sh");
    run(cargo.env("RUSTC_WORKSPACE_WRAPPER", wrapper))
}

fn targets() -> Result<Vec<String>> {
    let folder = place::root().join("fuzz/fuzz_targets");
    let sources = fs::read_dir(&folder).map_err(Stop::because(folder.display()))?;
    let names = sources.filter_map(|source| Some(stem(&source.ok()?.path())));
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    Ok(names)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The target with its seeds, in a folder of its own that begins empty; what it finds is kept in `kept`.
fn target(name: &str, kept: &Path) -> Result<Command> {
    let (scratch, corpus) = (kept.join("scratch"), kept.join("corpus"));
    let _ = fs::remove_dir_all(&scratch);
    for folder in [&scratch, &corpus] {
        fs::create_dir_all(folder).map_err(Stop::because(folder.display()))?;
    }
    let seeds: PathBuf = place::root().join("fuzz/seeds").join(name);
    let mut command = Command::new(place::built("debug", name));
    command
        .env("TMPDIR", &scratch)
        .env("AWS_CONFIG_FILE", scratch.join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", scratch.join("credentials"))
        // Ten seconds for one input are a finding, too.
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/", kept.display()))
        .args([&corpus, &seeds]);
    Ok(command)
}
