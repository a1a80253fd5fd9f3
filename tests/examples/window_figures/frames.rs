//! The time between two frames, as the page's own animation frames tell it.

use serde_json::{Value, json};
use testkit::window::Window;

/// The clock is read when the frame's callback runs: the time that is handed to it is the one when it should have run.
const BEGIN: &str = "
    const gaps = (window.frameGaps = [])
    let last = performance.now()
    const step = () => {
      const now = performance.now()
      gaps.push(now - last)
      last = now
      window.frameLoop = requestAnimationFrame(step)
    }
    window.frameLoop = requestAnimationFrame(step)";

const END: &str = "cancelAnimationFrame(window.frameLoop); return window.frameGaps";

pub(crate) async fn begin(window: &Window) {
    window.execute(BEGIN, Vec::new()).await;
}

/// How many there were since [`begin`]; the middle, the 99th percentile and the longest, in milliseconds.
pub(crate) async fn end(window: &Window) -> Value {
    let told = window.execute(END, Vec::new()).await;
    let gaps = told.as_array().expect("gaps are a list");
    let mut gaps: Vec<f64> = gaps.iter().filter_map(Value::as_f64).collect();
    gaps.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let place = (gaps.len() * percent / 100).min(gaps.len().saturating_sub(1));
        gaps.get(place)
    };
    json!({"frames": gaps.len(), "p50": at(50), "p99": at(99), "max": gaps.last()})
}
