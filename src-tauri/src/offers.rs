//! Files that are not for the bucket: a drop-zone file or the console's key file that comes alone is offered, and never
//! uploaded unasked. They are dropped on the window, or named when it is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use app::App;

use crate::ipc::Change;
use crate::page::Page;
use crate::wire;

/// True: it was such a file, and the page has been told.
pub(crate) fn offer(app: &App, page: &Page, paths: &[PathBuf]) -> bool {
    let [path] = paths else { return false };
    match app.offer_in(path) {
        None => false,
        Some(Ok(offer)) => {
            let may_upload = page.shown().is_some();
            let offer = Box::new(wire::offer(offer, may_upload));
            page.offer(path.clone(), Change::Offered { offer });
            true
        }
        Some(Err(failure)) => {
            page.tell(wire::failed(&failure));
            true
        }
    }
}

/// What a start of the program names: the system hands over a file that was opened.
pub(crate) fn offer_argument(
    app: &App,
    page: &Page,
    arguments: impl Iterator<Item = OsString>,
    folder: &Path,
) {
    let is_file = |argument: &OsString| {
        let path = Path::new(argument);
        path.extension().is_some_and(|end| end == "sandglass")
    };
    if let Some(argument) = arguments.skip(1).find(is_file) {
        offer(app, page, &[folder.join(argument)]);
    }
}
