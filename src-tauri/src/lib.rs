//! The window: thin. It turns what happens at it into calls of `app::App`, and the app's events into JSON for the page.
//!
//! | file | does |
//! |---|---|
//! | `window.rs` | makes the window, guards its navigation |
//! | `drop.rs` | takes dropped paths, in Rust; refuses what is not an absolute path |
//! | `offers.rs` | files that are offered instead of uploaded: drop-zone files, keys |
//! | `dialogs.rs` | the system's file dialogs, from Rust |
//! | `ipc.rs`, `wire.rs` | the types that cross, and making them |
//! | `notify.rs` | notifications of the desktop |
//! | `frame.rs` | what the system draws around the page: progress in the task bar, a light or dark title bar |
//! | `page.rs` | the channel to the page |
//! | `painting.rs` | how the page is painted on Linux |
//! | `update.rs` | updates, in builds that were told where to ask for them |
//! | `commands.rs` | what the page may ask for |
//!
//! Deliberately absent: rules. No path enters the page, and the page can name none.

mod commands;
mod dialogs;
mod drop;
mod frame;
pub mod ipc;
mod notify;
mod offers;
mod page;
#[cfg(target_os = "linux")]
mod painting;
#[cfg(feature = "updater")]
mod update;
mod window;
mod wire;

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bindings;
#[cfg(test)]
mod security;

use std::process::ExitCode;
use std::sync::Arc;

use app::{App, Code, Failure, Home, Surroundings, SystemClock, SystemKeychain};
use tauri::{Manager, RunEvent};

use page::Page;

/// The app, or why there is none: the window opens either way and says it.
pub(crate) struct Opened(pub(crate) Result<App, Failure>);

/// Runs until the window is closed. Uploads end with it; their rows wait in the ledger.
pub fn run() -> ExitCode {
    // First of all: on a computer without a GPU the program starts anew.
    #[cfg(target_os = "linux")]
    painting::choose();
    // The same two threads as the command line's.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        eprintln!("sandglass: no threads can be started");
        return ExitCode::FAILURE;
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let _inside = runtime.enter();
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandglass: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> tauri::Result<()> {
    let home = Home::open();
    // Without a log there is still an app.
    let _log = home.as_ref().ok().and_then(|home| app::log_to(home).ok());
    let mut builder = tauri::Builder::default();
    // One window for the person's own home; another home (`cargo xtask demo`) has its own. The ledger bears both.
    if std::env::var_os("SANDGLASS_HOME").is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(
            |handle, arguments, folder| {
                window::show(handle);
                if let Ok(app) = &handle.state::<Opened>().0 {
                    let arguments = arguments.into_iter().map(Into::into);
                    offers::offer_argument(
                        app,
                        &handle.state::<Page>(),
                        arguments,
                        folder.as_ref(),
                    );
                }
            },
        ));
    }
    #[cfg(feature = "updater")]
    {
        builder = builder.plugin(tauri_plugin_updater::Builder::new().build());
    }
    builder
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_notification::init())
        .manage(Opened(open(home)))
        .manage(Page::default())
        .manage(commands::Copied::default())
        .on_window_event(drop::on_window_event)
        .invoke_handler(commands::handler())
        .setup(|app| {
            window::open(app.handle())?;
            if let (Ok(opened), Ok(folder)) = (&app.state::<Opened>().0, std::env::current_dir()) {
                offers::offer_argument(opened, &app.state::<Page>(), std::env::args_os(), &folder);
            }
            if std::env::args().any(|argument| argument == "--sandbox") {
                begin_with_the_sandbox(app.state::<Opened>().inner());
            }
            #[cfg(feature = "updater")]
            update::look(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(|handle, event| {
            // A menu's *Quit*, the desktop's session: the window has not been asked.
            if let RunEvent::ExitRequested {
                api, code: None, ..
            } = event
                && handle.get_webview_window(window::LABEL).is_some()
                && window::asks_first(handle)
            {
                api.prevent_exit();
            }
        });
    Ok(())
}

fn open(home: std::io::Result<Home>) -> Result<App, Failure> {
    let home = home.map_err(|_| Failure {
        code: Code::SettingsFailed,
        about: String::new(),
    })?;
    let keychain = Arc::new(SystemKeychain::new(home.keychain_service().to_owned()));
    let app = App::open(Surroundings {
        home,
        keychain,
        clock: Arc::new(SystemClock),
    })?;
    app.adopt_rows(None);
    Ok(app)
}

/// `--sandbox`, for `cargo xtask demo`: as if the person had pressed *Try the sandbox*.
fn begin_with_the_sandbox(opened: &Opened) {
    if let Ok(app) = &opened.0 {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(failure) = app.try_sandbox().await {
                tracing::warn!(%failure, "the sandbox is not ready");
            }
        });
    }
}
