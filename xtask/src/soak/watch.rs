//! Looks at the processes and at the ledger every ten seconds, and judges at the end.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::ground::look;
use super::lane::Lane;
use crate::run::{Result, Stop};

/// Without progress for so long, while the server could be reached, a row or a lane is stuck.
const STUCK: Duration = Duration::from_mins(2);

/// One look at the long-lived process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    pub(super) minutes: f64,
    pub(super) rss_mib: f64,
    pub(super) handles: f64,
    pub(super) threads: f64,
    pub(super) ledger_mib: f64,
}

/// What was seen so far.
pub(super) struct Watch {
    begun: Instant,
    ledger: PathBuf,
    csv: fs::File,
    /// Of the long-lived process.
    pub(super) samples: Vec<Sample>,
    /// Of all the others.
    pub(super) peak_of_others: Sample,
    progress: HashMap<&'static str, Moved>,
    rows: HashMap<u64, Moved>,
    /// Rows and lanes that were stuck.
    pub(super) stuck: Vec<String>,
    /// Of the machine, over a minute: other work makes figures worse.
    pub(super) loads: Vec<f64>,
    pub(super) open_rows: u64,
    pub(super) receipts: u64,
    pub(super) proofs: String,
}

/// A row's number, its confirmed parts, and 1 when it is of the long lane.
type Begun = (u64, u64, u64);

fn is_of(lane: &Lane, lane_of: u64) -> bool {
    (lane.name == "long") == (lane_of == 1)
}

/// When something moved last, in the time in which its server could be reached.
struct Moved {
    mark: u64,
    at: Duration,
}

impl Watch {
    pub(super) fn new(home: &Path, csv: &Path) -> Result<Self> {
        let mut file = fs::File::create(csv).map_err(Stop::because(csv.display()))?;
        let head = "minutes,lane,pid,rss_mib,handles,threads,ledger_mib,open_rows,begun_rows";
        writeln!(file, "{head}").map_err(Stop::because(csv.display()))?;
        Ok(Self {
            begun: Instant::now(),
            ledger: home.join("ledger.sqlite"),
            csv: file,
            samples: Vec::new(),
            peak_of_others: Sample::default(),
            progress: HashMap::new(),
            rows: HashMap::new(),
            stuck: Vec::new(),
            loads: Vec::new(),
            open_rows: 0,
            receipts: 0,
            proofs: String::new(),
        })
    }

    /// One look at everything. `long_lived` is the process whose figures are kept one by one.
    pub(super) fn look(&mut self, lanes: &[&Lane], long_lived: Option<u32>) -> Result {
        let told = look(&[Path::new("ledger"), &self.ledger])?;
        self.loads.extend(load());
        self.open_rows = told["rows"].as_u64().unwrap_or_default();
        self.receipts = told["receipts"].as_u64().unwrap_or_default();
        self.proofs = told["proofs"].to_string();
        let begun: Vec<Begun> =
            serde_json::from_value(told["begun"].clone()).map_err(Stop::because("look.py"))?;
        self.judge_lanes(lanes, &begun);
        self.judge_rows(lanes, &begun);
        let ledger_mib = mib(size(&self.ledger) + size(&self.ledger.with_extension("sqlite-wal")));
        for lane in lanes {
            let Some((pid, sample)) = lane.pid().and_then(|pid| Some((pid, sample(pid)?))) else {
                continue;
            };
            let sample = Sample {
                minutes: self.begun.elapsed().as_secs_f64() / 60.0,
                ledger_mib,
                ..sample
            };
            if Some(pid) == long_lived {
                self.samples.push(sample);
            } else {
                self.peak_of_others = peak(self.peak_of_others, sample);
            }
            self.write(lane.name, pid, &sample, begun.len())?;
        }
        Ok(())
    }

    fn write(&mut self, lane: &str, pid: u32, sample: &Sample, begun: usize) -> Result {
        writeln!(
            self.csv,
            "{:.2},{lane},{pid},{:.2},{},{},{:.2},{},{begun}",
            sample.minutes,
            sample.rss_mib,
            sample.handles,
            sample.threads,
            sample.ledger_mib,
            self.open_rows,
        )
        .map_err(Stop::because("samples.csv"))
    }

    /// A lane moves when a row ends, or a part is confirmed, or it compares.
    fn judge_lanes(&mut self, lanes: &[&Lane], begun: &[Begun]) {
        for lane in lanes {
            let tally = lane.tally();
            let own = begun.iter().filter(|(.., lane_of)| is_of(lane, *lane_of));
            let parts: u64 = own.map(|(_, parts, _)| parts).sum();
            let mark = tally.rows_stored * 1_000_000 + tally.rounds * 1_000 + parts;
            let reachable = self.reachable(lane);
            let moved = self.progress.entry(lane.name).or_insert(Moved {
                mark,
                at: reachable,
            });
            if moved.mark != mark {
                *moved = Moved {
                    mark,
                    at: reachable,
                };
            } else if lane.pid().is_some() && reachable.saturating_sub(moved.at) > STUCK {
                let minutes = self.begun.elapsed().as_secs() / 60;
                self.stuck
                    .push(format!("lane {} at minute {minutes}", lane.name));
                lane.give_up();
            }
        }
    }

    /// A row that was begun moves when a part of it is confirmed.
    fn judge_rows(&mut self, lanes: &[&Lane], begun: &[Begun]) {
        self.rows
            .retain(|row, _| begun.iter().any(|(open, ..)| open == row));
        for &(row, parts, lane_of) in begun {
            let Some(lane) = lanes.iter().find(|lane| is_of(lane, lane_of)) else {
                continue;
            };
            let reachable = self.reachable(lane);
            let moved = self.rows.entry(row).or_insert(Moved {
                mark: parts,
                at: reachable,
            });
            if moved.mark != parts {
                *moved = Moved {
                    mark: parts,
                    at: reachable,
                };
            } else if moved.at != Duration::MAX && reachable.saturating_sub(moved.at) > STUCK {
                let minutes = self.begun.elapsed().as_secs() / 60;
                self.stuck
                    .push(format!("row {row} with {parts} parts at minute {minutes}"));
                // Said once, until it moves.
                moved.at = Duration::MAX;
            }
        }
    }

    fn reachable(&self, lane: &Lane) -> Duration {
        let unreachable = lane.line.troubles().unreachable;
        self.begun.elapsed().saturating_sub(unreachable)
    }
}

/// None when the process has ended.
fn sample(pid: u32) -> Option<Sample> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let number = |name: &str| -> Option<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let handles = fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count();
    Some(Sample {
        rss_mib: number("VmRSS:")? / 1024.0,
        threads: number("Threads:")?,
        handles: exact(handles as u64),
        ..Sample::default()
    })
}

fn load() -> Option<f64> {
    let told = fs::read_to_string("/proc/loadavg").ok()?;
    told.split(' ').next()?.parse().ok()
}

fn peak(one: Sample, other: Sample) -> Sample {
    Sample {
        minutes: other.minutes,
        rss_mib: one.rss_mib.max(other.rss_mib),
        handles: one.handles.max(other.handles),
        threads: one.threads.max(other.threads),
        ledger_mib: one.ledger_mib.max(other.ledger_mib),
    }
}

fn size(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

pub(super) fn mib(bytes: u64) -> f64 {
    exact(bytes) / f64::from(1 << 20)
}

/// Exact below 2^52.
#[allow(clippy::cast_precision_loss)]
pub(super) fn exact(number: u64) -> f64 {
    number as f64
}
