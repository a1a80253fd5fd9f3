//! A real file manager (pcmanfm) that shows one folder, to drag from.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::display::{Area, Display, Pixels, Point};
use crate::keyring::PrivateBus;
use crate::leash::Leash;
use crate::place::fresh_folder;
use crate::wait::until;

const DEADLINE: Duration = Duration::from_secs(20);

/// Icons only: no side pane, no bars that could change while items are selected.
const SETTINGS: &str = "[ui]\nalways_show_tabs=0\nhide_close_btn=1\nshow_statusbar=0\nshow_hidden=0\nside_pane_mode=hidden;places\n\
    view_mode=icon\nsort=name;ascending;\ntoolbar=navigation;\n[volume]\nmount_on_startup=0\nmount_removable=0\nautorun=0\n";

/// A window on a folder. Put into the folder what shall be dragged, and nothing else.
pub struct FileManager {
    window: String,
    area: Area,
    selected: Cell<Option<Point>>,
    _process: Leash,
    _settings: TempDir,
}

impl FileManager {
    /// Opens `folder`, whose name no other window has in its title, at a place of the display.
    pub fn open(display: &Display, bus: &PrivateBus, folder: &Path, corner: Point) -> Self {
        let settings = fresh_folder();
        let profile = settings.path().join("pcmanfm/default");
        fs::create_dir_all(&profile).expect("a fresh folder takes folders");
        fs::write(profile.join("pcmanfm.conf"), SETTINGS).expect("a fresh folder takes files");
        let mut command = Command::new("pcmanfm");
        bus.give_to(&mut command)
            .env("DISPLAY", display.name())
            .env("XDG_CONFIG_HOME", settings.path());
        command
            .arg("--new-win")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = Leash::start(&mut command);
        let title = folder
            .file_name()
            .expect("the folder has a name")
            .to_string_lossy();
        let window = display.wait_for_window(&format!("^{title}$"), DEADLINE);
        let area = display.arrange(&window, corner, 420, 400);
        Self {
            window,
            area,
            selected: Cell::new(None),
            _process: process,
            _settings: settings,
        }
    }

    /// Selects everything; gives a place on one of the selected items, from which all of them can be dragged.
    pub fn select_all(&self, display: &Display) -> Point {
        display.raise(&self.window);
        // It stays selected after a drag.
        if let Some(point) = self.selected.get() {
            return point;
        }
        let before = at_rest(display, self.area);
        display.press("ctrl+a");
        let view = Area {
            corner: Point {
                x: self.area.corner.x,
                y: self.area.corner.y + 60,
            },
            height: self.area.height - 60,
            ..self.area
        };
        let point = until("the file manager shows a selection", DEADLINE, || {
            display.pixels().first_change(&before, view)
        });
        self.selected.set(Some(point));
        point
    }

    /// Its X window.
    pub fn window(&self) -> &str {
        &self.window
    }
}

/// The display when nothing has moved in `area` between two looks: icons load one after the other.
fn at_rest(display: &Display, area: Area) -> Pixels {
    let mut last = display.pixels();
    until("the file manager comes to rest", DEADLINE, || {
        std::thread::sleep(Duration::from_millis(200));
        let now = display.pixels();
        let rests = now.is_same_in(&last, area);
        last = now;
        rests.then_some(())
    });
    last
}
