//! One page of a listing, and very many keys.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::window::Window;

use crate::frames;
use crate::processes::Usage;
use crate::sink::Sink;
use crate::stage::Stage;

const SOON: Duration = Duration::from_secs(40);
/// To look through all keys.
const PATIENCE: Duration = Duration::from_mins(20);

/// Opens a folder that was not listed yet; tells the time of day when its rows have been drawn.
const OPEN_FOLDER: &str = "
    const [folder, done] = arguments
    const row = (how) => document.querySelector(`[data-part=\"listing-row\"][data-key${how}]`)
    row(`=\"${folder}\"`).querySelector('button').click()
    const look = () => {
      if (row(`^=\"${folder}grain\"`)) requestAnimationFrame(() => done(Date.now()))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)";

const ROWS: &str = "return Number(document.querySelector('[data-part=\"listing\"]')?.getAttribute('aria-rowcount'))";
const TOP: &str = "return document.querySelector('[data-part=\"listing\"]').scrollTop";

pub(crate) async fn measure(stage: &Stage, runs: usize, keys: usize) -> Value {
    let sink = Sink::start(keys);
    let home = stage.connected_home(&sink);
    let window = stage.signed_in(&home).await;
    let mut drawn = Vec::new();
    for number in 0..runs {
        drawn.push(drawn_ms(&window, &sink, &format!("page-{number:02}/")).await);
        window.click("breadcrumb").await;
    }
    let before = Usage::of(&home).memory();
    let loaded = look_through(&window, &sink, keys).await;
    let after = Usage::of(&home).memory();
    let frames = scrolled(stage, &window).await;
    let last = Usage::of(&home).memory();
    window.close().await.expect("the window closes");
    json!({
        "drawn_ms": drawn, "keys": keys, "loaded": loaded, "frames": frames,
        "pss_mib": {"before": before, "after": after, "scrolled": last},
    })
}

/// From the last byte of the server's answer, by the clock that both share.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of the Unix time fit"
)]
async fn drawn_ms(window: &Window, sink: &Sink, folder: &str) -> f64 {
    let row = format!("[data-part=\"listing-row\"][data-key=\"{folder}\"]");
    window.wait_for(&row, SOON).await;
    let drawn = window.execute_async(OPEN_FOLDER, vec![json!(folder)]).await;
    let drawn_at = drawn.as_f64().expect("a moment");
    drawn_at - sink.count("listed_at") as f64 / 1e6
}

/// *Look through the rest*, with a word that is in every name.
async fn look_through(window: &Window, sink: &Sink, keys: usize) -> Value {
    drawn_ms(window, sink, "many/").await;
    window.click("open-filter").await;
    window.type_into("filter", "grain").await;
    let (begun, asked) = (Instant::now(), sink.count("listed_at"));
    window.click("filter-search").await;
    frames::begin(window).await;
    while sink.count("listed_at") == asked || !window.texts("filter-stop").await.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "not all keys are listed");
        // A question costs the page time, too.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let meanwhile = frames::end(window).await;
    window.click("filter-close").await;
    let rows = window.execute(ROWS, Vec::new()).await;
    // The head is a row.
    assert_eq!(rows.as_u64(), Some(keys as u64 + 1), "rows of the listing");
    json!({"seconds": seconds, "frames": meanwhile})
}

/// A wheel that turns and a *Page Down* that is held, thirty a second as a keyboard repeats; then jumps over all of it.
async fn scrolled(stage: &Stage, window: &Window) -> Value {
    const WAYS: [(&str, &str); 3] = [
        ("wheel", "click --repeat 150 --delay 33 5"),
        ("page down", "key --repeat 150 --repeat-delay 33 Next"),
        ("jumps", "key --delay 800 End Home End Home End"),
    ];
    let place = window.place_of(&stage.display, "listing").await;
    stage.display.click(place);
    let mut told = Vec::new();
    for (what, words) in WAYS {
        let from = window.execute(TOP, Vec::new()).await;
        frames::begin(window).await;
        stage.hand(words);
        let frames = frames::end(window).await;
        let to = window.execute(TOP, Vec::new()).await;
        assert!(to.as_f64() > from.as_f64(), "{what}: from {from} to {to}");
        told.push(json!({"by": what, "frames": frames, "to": to}));
    }
    Value::from(told)
}
