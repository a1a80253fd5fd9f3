//! What a window's processes have used, from `/proc`: the shell's own, and WebKit's two for its page.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// Of one kind of process.
#[derive(Default)]
pub(crate) struct Used {
    /// User and system time.
    pub(crate) cpu_ms: f64,
    /// How often each of its threads had waited and went on. A thread that ends takes its number with it.
    wakeups: BTreeMap<OsString, f64>,
    /// Its share of the memory that it has in use.
    pub(crate) pss_mib: f64,
}

#[derive(Default)]
pub(crate) struct Usage {
    pub(crate) shell: Used,
    /// The page.
    pub(crate) web: Used,
    pub(crate) network: Used,
}

impl Usage {
    /// Of the window whose `SANDGLASS_HOME` this is. WebKit's processes inherit it.
    pub(crate) fn of(home: &Path) -> Self {
        let home = format!("SANDGLASS_HOME={}", home.display());
        let mut usage = Self::default();
        for entry in fs::read_dir("/proc").expect("Linux has it").flatten() {
            let folder = entry.path();
            let name = fs::read_to_string(folder.join("comm")).unwrap_or_default();
            // The kernel keeps fifteen letters.
            let kind = match name.trim() {
                "sandglass-windo" | "empty" => &mut usage.shell,
                "WebKitWebProces" => &mut usage.web,
                name if name.starts_with("WebKitNetwork") => &mut usage.network,
                _ => continue,
            };
            let environment = fs::read(folder.join("environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            if variables.any(|variable| variable == home.as_bytes()) {
                kind.add(used(&folder));
            }
        }
        usage
    }

    /// What was used between two looks; the memory is that of the later one.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self {
            shell: self.shell.since(&earlier.shell),
            web: self.web.since(&earlier.web),
            network: self.network.since(&earlier.network),
        }
    }

    /// Its memory, for the table.
    pub(crate) fn memory(&self) -> Value {
        json!({"shell": self.shell.pss_mib, "web": self.web.pss_mib, "network": self.network.pss_mib})
    }
}

impl Used {
    pub(crate) fn wakeups(&self) -> f64 {
        self.wakeups.values().sum()
    }

    fn add(&mut self, other: Self) {
        self.cpu_ms += other.cpu_ms;
        self.wakeups.extend(other.wakeups);
        self.pss_mib += other.pss_mib;
    }

    fn since(&self, earlier: &Self) -> Self {
        let before = |thread| earlier.wakeups.get(thread).unwrap_or(&0.0);
        let wakeups = self.wakeups.iter();
        Self {
            cpu_ms: self.cpu_ms - earlier.cpu_ms,
            wakeups: wakeups
                .map(|(thread, times)| (thread.clone(), times - before(thread)))
                .collect(),
            pss_mib: self.pss_mib,
        }
    }
}

fn used(process: &Path) -> Used {
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let threads = fs::read_dir(process.join("task"))
        .into_iter()
        .flatten()
        .flatten();
    Used {
        cpu_ms: ticks(&read(&process.join("stat"))).unwrap_or(0.0) * MS_PER_TICK,
        wakeups: threads
            .filter_map(|thread| {
                let status = read(&thread.path().join("status"));
                let times = line(&status, "voluntary_ctxt_switches:")?;
                Some((thread.file_name(), times))
            })
            .collect(),
        pss_mib: line(&read(&process.join("smaps_rollup")), "Pss:").unwrap_or(0.0) / 1024.0,
    }
}

/// `USER_HZ` is 100 on every Linux that people have.
const MS_PER_TICK: f64 = 10.0;

/// utime and stime, the twelfth and thirteenth field behind the name, which may hold anything.
fn ticks(stat: &str) -> Option<f64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let tick = |number: usize| fields.get(number)?.parse::<f64>().ok();
    Some(tick(11)? + tick(12)?)
}

fn line(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}
