//! Holds the app as the window does, drops a folder, and tells when it heard of the first row: for `cargo xtask bench first`.
//!
//! Its argument is the folder; `SANDGLASS_HOME` has one destination, called `bench`. It prints one JSON object with
//! moments in nanoseconds of the Unix time, and ends, when all rows are known and one of them is stored.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use app::{
    App, DropRequest, Event, Home, OnConflict, RowState, Surroundings, SystemClock, SystemKeychain,
};
use serde_json::json;

/// As in the programs that ship.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let path = std::env::args_os().nth(1).expect("the folder to drop");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(watch(PathBuf::from(path)));
    // The rest of the upload is nobody's.
    std::process::exit(0);
}

async fn watch(path: PathBuf) {
    let home = Home::open().expect("SANDGLASS_HOME");
    let keychain = Arc::new(SystemKeychain::new(home.keychain_service().to_owned()));
    let surroundings = Surroundings {
        home,
        keychain,
        clock: Arc::new(SystemClock),
    };
    let app = App::open(surroundings).expect("the app opens");
    let destination = app.destination_named(Some("bench")).expect("a destination");
    app.sign_in(&destination.id, None).await.expect("a session");
    let mut events = app.watch();
    assert!(matches!(events.recv().await, Some(Event::Snapshot(_))));

    let dropped_at = nanoseconds();
    app.add_files(DropRequest {
        destination: destination.id,
        folder: None,
        paths: vec![path],
        on_conflict: OnConflict::Ask,
        rules: None,
    })
    .expect("the drop is taken");
    let (mut row_at, mut planned_at, mut is_one_stored) = (None, None, false);
    while planned_at.is_none() || !is_one_stored {
        match events.recv().await.expect("the app tells until it ends") {
            Event::RowsAdded(_) => _ = row_at.get_or_insert_with(nanoseconds),
            Event::RowsChanged(rows) => {
                is_one_stored |= rows
                    .iter()
                    .any(|row| matches!(row.state, RowState::Stored(_)));
            }
            Event::Planned { .. } => planned_at = Some(nanoseconds()),
            _ => {}
        }
    }
    let told = json!({"dropped_at": dropped_at, "row_at": row_at, "planned_at": planned_at});
    println!("{told}");
}

fn nanoseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    })
}
