//! From the start of the process to a window that can be used.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::plain::Plain;
use crate::sink::Sink;
use crate::stage::Stage;

/// Each in turn, so that a busy moment meets them all: the empty window, the first start with its form, and a window with
/// a destination that is signed out.
pub(crate) fn measure(stage: &Stage, runs: usize) -> Value {
    let sink = Sink::start(0);
    let home = stage.connected_home(&sink);
    let mut taken: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    // The first round fills the system's caches.
    for round in 0..=runs {
        for kind in ["empty", "first_start", "connected"] {
            let window = match kind {
                "empty" => Plain::empty(stage, &stage.fresh_home()),
                "first_start" => Plain::sandglass(stage, &stage.fresh_home()),
                _ => Plain::sandglass(stage, &home),
            };
            let painted_ms = window.painted_ms();
            window.end();
            if round > 0 {
                taken.entry(kind).or_default().push(painted_ms);
            }
        }
    }
    json!(taken)
}
