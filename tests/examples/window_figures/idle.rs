//! A window in which nothing happens.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::plain::Plain;
use crate::processes::Usage;
use crate::sink::Sink;
use crate::stage::Stage;

const WATCHED: Duration = Duration::from_secs(20);
/// What a start leaves to be done: WebKit collects garbage some seconds later.
const SETTLING: Duration = Duration::from_secs(5);

pub(crate) fn measure(stage: &Stage, runs: usize) -> Value {
    let mut taken = [const { Vec::new() }; 3];
    for _ in 0..runs {
        let sink = Sink::start(1);
        let home = stage.connected_home(&sink);
        let empty = Plain::empty(stage, &stage.fresh_home());
        empty.painted_ms();
        taken[0].push(watched(&empty));
        empty.end();
        let signed_out = Plain::sandglass(stage, &home);
        signed_out.painted_ms();
        taken[1].push(watched(&signed_out));
        signed_out.end();
        let signed_in = Plain::sandglass(stage, &home);
        signed_in.sign_in(&sink);
        taken[2].push(watched(&signed_in));
    }
    let [empty, signed_out, signed_in] = taken;
    json!({"empty": empty, "signed_out": signed_out, "signed_in": signed_in})
}

/// A second of it.
fn watched(window: &Plain<'_>) -> Value {
    std::thread::sleep(SETTLING);
    let (before, begun) = (Usage::of(&window.home), Instant::now());
    std::thread::sleep(WATCHED);
    let seconds = begun.elapsed().as_secs_f64();
    let used = Usage::of(&window.home).since(&before);
    let pss_mib = used.shell.pss_mib + used.web.pss_mib + used.network.pss_mib;
    json!({
        "shell_cpu_ms": used.shell.cpu_ms / seconds, "web_cpu_ms": (used.web.cpu_ms + used.network.cpu_ms) / seconds,
        "shell_wakeups": used.shell.wakeups() / seconds, "web_wakeups": (used.web.wakeups() + used.network.wakeups()) / seconds,
        "pss_mib": pss_mib,
    })
}
