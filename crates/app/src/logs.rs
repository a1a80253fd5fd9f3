//! The log: a file a day in the home's `logs`, seven days, readable by its owner only (the folder is).

use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::OnceLock;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, reload};

use crate::Home;
use crate::home::make_private;

const DAYS: usize = 7;
const USUAL: &str = "warn,app=info,bucket=info,session=info,shell=info,sandbox=info";
/// Only of Sandglass's own crates: the SDK's own details hold what requests are signed with.
const DETAILED: &str =
    "warn,app=debug,bucket=debug,session=debug,network=debug,shell=debug,sandbox=debug";

/// One log in a process.
static LEVEL: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Keeps the log's writer alive; drop it last.
#[derive(Debug)]
pub struct LogGuard(#[expect(dead_code, reason = "held for its Drop")] WorkerGuard);

/// Starts the process's log. `SANDGLASS_LOG` sets what is written (`bucket=debug`); else warnings, and what Sandglass's
/// own crates say, in detail where the settings want it.
///
/// # Errors
/// The folder cannot be used.
pub fn log_to(home: &Home) -> io::Result<LogGuard> {
    make_private(&home.logs())?;
    let files = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("sandglass")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(home.logs())
        .map_err(io::Error::other)?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let wished = EnvFilter::try_from_env("SANDGLASS_LOG").ok();
    let is_wished = wished.is_some();
    let (filter, level) = reload::Layer::new(wished.unwrap_or_else(|| EnvFilter::new(USUAL)));
    tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(writer).with_ansi(false))
        .try_init()
        .map_err(io::Error::other)?;
    if !is_wished {
        let _ = LEVEL.set(level);
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "a panic");
        before(panic);
    }));
    Ok(LogGuard(guard))
}

/// From now on; without effect where `SANDGLASS_LOG` says what is written.
pub(crate) fn log_in_detail(is_detailed: bool) {
    let filter = EnvFilter::new(if is_detailed { DETAILED } else { USUAL });
    if let Some(level) = LEVEL.get() {
        // Fails only when the log has gone.
        let _ = level.reload(filter);
    }
}

/// The end of the newest log file, in whole lines; empty where there is none.
pub(crate) fn end_of_log(home: &Home, most_bytes: u64) -> io::Result<String> {
    let Some(path) = newest(home)? else {
        return Ok(String::new());
    };
    let mut file = std::fs::File::open(path)?;
    let skipped = file.metadata()?.len().saturating_sub(most_bytes);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(most_bytes).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let from_a_line = if skipped == 0 {
        Some(&*text)
    } else {
        text.split_once('\n').map(|(_, rest)| rest)
    };
    Ok(from_a_line.unwrap_or_default().to_owned())
}

/// Their names hold their dates.
fn newest(home: &Home) -> io::Result<Option<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(home.logs())? {
        files.push(entry?.path());
    }
    Ok(files.into_iter().max())
}
