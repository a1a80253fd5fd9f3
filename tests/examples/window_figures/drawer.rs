//! The drawer on very many rows that wait for a sign-in.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::window::Window;

use crate::frames;
use crate::sink::Sink;
use crate::stage::Stage;

const DEADLINE: Duration = Duration::from_mins(5);

/// From the click to the frame after the one in which rows are there.
const OPEN: &str = "
    const done = arguments[0]
    const begun = performance.now()
    document.querySelector('[data-part=\"toggle-uploads\"]').click()
    const look = () => {
      if (document.querySelector('[data-part=\"upload-row\"]')) requestAnimationFrame(() => done(performance.now() - begun))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)";

/// `folder` holds one folder, which holds folders of a thousand files.
pub(crate) async fn measure(stage: &Stage, runs: usize, folder: &Path) -> Value {
    let rows = files_below(folder);
    let sink = Sink::start(0);
    let home = stage.connected_home(&sink);
    let window = stage.window(&home).await;
    window.find("sign-in").await;
    let from = stage.file_manager(folder);
    from.select_all(&stage.display);
    frames::begin(&window).await;
    stage.drag(&from, window.id());
    let all = format!("[data-part=\"totals\"][data-files=\"{rows}\"]");
    window.wait_for(&all, DEADLINE).await;
    let planned = frames::end(&window).await;
    let mut taken = Vec::new();
    for _ in 0..runs {
        close(&window).await;
        taken.push(window.execute_async(OPEN, Vec::new()).await);
    }
    let memory = crate::processes::Usage::of(&home).memory();
    // Not asked to close: it would ask whether the rows may wait.
    window.kill_9();
    json!({"rows": rows, "opened_ms": taken, "frames": planned, "pss_mib": memory})
}

async fn close(window: &Window) {
    window.click("toggle-uploads").await;
    window
        .wait_until_gone("[data-part=\"upload-row\"]", DEADLINE)
        .await;
}

fn files_below(folder: &Path) -> usize {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten();
    inside
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_below(&entry.path()),
            _ => 1,
        })
        .sum()
}
