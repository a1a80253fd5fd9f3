//! Small files through the window, beside the same files through the command line.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::place::built;
use testkit::wait::until;

use crate::frames;
use crate::plain::Plain;
use crate::processes::Usage;
use crate::sink::Sink;
use crate::stage::Stage;

const DEADLINE: Duration = Duration::from_mins(5);
/// The last answers, the ledger and the page, which hears of it ten times a second.
const SETTLING: Duration = Duration::from_secs(1);

/// `folder` holds one folder, which holds the files.
pub(crate) async fn measure(stage: &Stage, runs: usize, folder: &Path) -> Value {
    let dropped = fs::read_dir(folder)
        .ok()
        .and_then(|mut inside| inside.next()?.ok())
        .expect("a folder with a folder")
        .path();
    let files = fs::read_dir(&dropped).map_or(0, Iterator::count) as u64;
    let (mut windows, mut command_lines, mut frames) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        command_lines.push(by_command_line(stage, &dropped));
        windows.push(by_window(stage, folder, files));
        // Apart: recording frames makes the page draw more of them.
        frames.push(frames_meanwhile(stage, folder, files).await);
    }
    json!({"files": files, "windows": windows, "command_line_cpu_ms": command_lines, "frames": frames})
}

/// CPU time of the whole process.
fn by_command_line(stage: &Stage, dropped: &Path) -> f64 {
    let sink = Sink::start(0);
    let home = stage.connected_home(&sink);
    let told = home.join("time.txt");
    let mut command = Command::new("/usr/bin/time");
    stage.bus.give_to(&mut command);
    command
        .args(["-f", "%U %S", "-o"])
        .arg(&told)
        .arg(built("sandglass"))
        .args(["put", "-d", "bench"])
        .arg(dropped)
        .env("SANDGLASS_HOME", &home)
        .stdin(Stdio::null());
    let output = command.output().expect("GNU time is installed");
    assert!(output.status.success(), "{output:?}");
    let told = fs::read_to_string(told).expect("GNU time writes what it saw");
    let seconds = told.split_whitespace().map(str::parse::<f64>);
    seconds.map(|part| part.expect("seconds")).sum::<f64>() * 1000.0
}

/// The files are sent from the drop until the window has shown what came of it; the drag before it is apart: then nothing
/// is sent, and WebKit is handed every name with each move of the pointer.
fn by_window(stage: &Stage, folder: &Path, files: u64) -> Value {
    let sink = Sink::start(0);
    let window = Plain::sandglass(stage, &stage.connected_home(&sink));
    let id = window.window();
    stage.place(&id);
    window.sign_in(&sink);
    let from = stage.file_manager(folder);
    from.select_all(&stage.display);
    let before = Usage::of(&window.home);
    stage.carry(&from, &id);
    let carried = Usage::of(&window.home);
    let dropped = Instant::now();
    stage.display.let_go();
    wait_until_sent(&sink, files);
    let seconds = dropped.elapsed().as_secs_f64();
    std::thread::sleep(SETTLING);
    let after = Usage::of(&window.home);
    let drag = carried.since(&before);
    let used = after.since(&carried);
    json!({
        "drag_cpu_ms": drag.shell.cpu_ms + drag.web.cpu_ms + drag.network.cpu_ms,
        "shell_cpu_ms": used.shell.cpu_ms, "web_cpu_ms": used.web.cpu_ms, "network_cpu_ms": used.network.cpu_ms,
        "seconds": seconds, "pss_mib": after.memory(),
    })
}

async fn frames_meanwhile(stage: &Stage, folder: &Path, files: u64) -> Value {
    let sink = Sink::start(0);
    let window = stage.signed_in(&stage.connected_home(&sink)).await;
    let from = stage.file_manager(folder);
    from.select_all(&stage.display);
    frames::begin(&window).await;
    stage.drag(&from, window.id());
    wait_until_sent(&sink, files);
    let told = frames::end(&window).await;
    let all = format!("[data-part=\"totals\"][data-stored=\"{files}\"]");
    window.wait_for(&all, DEADLINE).await;
    window.close().await.expect("the window closes");
    told
}

fn wait_until_sent(sink: &Sink, files: u64) {
    until("all files reach the server", DEADLINE, || {
        (sink.count("puts") >= files).then_some(())
    });
}
