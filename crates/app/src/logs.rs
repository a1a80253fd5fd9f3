//! The log: a file a day in the home's `logs`, seven days, readable by its owner only (the folder is).

use std::io;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

use crate::Home;
use crate::home::make_private;

const DAYS: usize = 7;

/// Keeps the log's writer alive; drop it last.
#[derive(Debug)]
pub struct LogGuard(#[expect(dead_code, reason = "held for its Drop")] WorkerGuard);

/// Starts the process's log. `SANDGLASS_LOG` sets what is written (`bucket=debug`); else warnings, and what Sandglass's
/// own crates say.
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
    let filter = EnvFilter::try_from_env("SANDGLASS_LOG").unwrap_or_else(|_| {
        EnvFilter::new("warn,app=info,bucket=info,session=info,shell=info,sandbox=info")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false)
        .try_init()
        .map_err(io::Error::other)?;
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "a panic");
        before(panic);
    }));
    Ok(LogGuard(guard))
}
