//! A screen that nobody sees, with a window manager, a hand (xdotool) and a camera (scrot).

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::leash::Leash;
use crate::place::target;
use crate::wait::until;

const DEADLINE: Duration = Duration::from_secs(20);
const WIDTH: usize = 1440;
const HEIGHT: usize = 900;

/// A place on the display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
}

/// A window's inside, without its frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Upper left corner.
    pub corner: Point,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl Area {
    /// Its middle.
    pub fn middle(&self) -> Point {
        Point {
            x: self.corner.x + self.width / 2,
            y: self.corner.y + self.height / 2,
        }
    }
}

/// Xvfb of 1440 x 900 with openbox on it: room for a file manager beside the window.
pub struct Display {
    name: String,
    /// Ended in this order.
    _openbox: Leash,
    _xvfb: Leash,
}

impl Display {
    /// Starts both, on a display number that nobody uses.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// [`Display::start`], with more options of Xvfb's.
    pub fn start_with(options: &[&str]) -> Self {
        let mut command = Command::new("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            &format!("{WIDTH}x{HEIGHT}x24"),
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        command.args(options);
        let mut xvfb = Leash::start(
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let stdout = xvfb.child().stdout.take().expect("stdout is piped");
        let mut number = String::new();
        BufReader::new(stdout)
            .read_line(&mut number)
            .expect("Xvfb prints its number");
        assert!(!number.trim().is_empty(), "Xvfb ended without a display");
        let name = format!(":{}", number.trim());
        let mut command = Command::new("openbox");
        command
            .env("DISPLAY", &name)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let display = Self {
            _openbox: Leash::start(&mut command),
            _xvfb: xvfb,
            name,
        };
        until("openbox manages the display", DEADLINE, || {
            let told = display.ask("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"])?;
            told.contains("window id").then_some(())
        });
        display
    }

    /// For `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes what is seen to `target/screens/NAME.png`.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let path = screens().join(format!("{name}.png"));
        self.act(
            "scrot",
            &["--overwrite", "--silent", &path.display().to_string()],
        );
        path
    }

    /// For a story that fails: what was seen then, in `target/screens/failed-STORY.png`.
    pub fn last_look(name: &str) {
        let story = std::thread::current()
            .name()
            .unwrap_or("story")
            .replace("::", "-");
        let path = screens().join(format!("failed-{story}.png"));
        let mut command = Command::new("scrot");
        command.arg("--overwrite").arg(path).env("DISPLAY", name);
        // It fails already; this may too.
        let _ = command.output();
    }

    /// Writes what is seen of one window to `target/screens/NAME.png`, with what hangs over it, without its frame.
    pub fn screenshot_of(&self, window: &str, name: &str) -> PathBuf {
        let Area {
            corner,
            width,
            height,
        } = self.geometry(window);
        let path = screens().join(format!("{name}.png"));
        self.act(
            "import",
            &[
                "-silent",
                "-window",
                "root",
                "-crop",
                &format!("{width}x{height}+{}+{}", corner.x, corner.y),
                "+repage",
                &path.display().to_string(),
            ],
        );
        path
    }

    /// Waits for a window whose title matches this regular expression; gives its id.
    pub fn wait_for_window(&self, title: &str, deadline: Duration) -> String {
        until(&format!("a window is called {title}"), deadline, || {
            let told = self.ask("xdotool", &["search", "--onlyvisible", "--name", title])?;
            told.lines().last().map(str::to_owned)
        })
    }

    /// [`Display::wait_for_window`], by its program: a portal's dialog has no title.
    pub fn wait_for_window_of(&self, program: &str, deadline: Duration) -> String {
        until(&format!("{program} shows a window"), deadline, || {
            let told = self.ask("xdotool", &["search", "--onlyvisible", "--class", program])?;
            told.lines().last().map(str::to_owned)
        })
    }

    /// Is this window still shown?
    pub fn has_window(&self, window: &str) -> bool {
        let told = self.ask("xwininfo", &["-id", window]);
        told.is_some_and(|told| told.contains("Map State: IsViewable"))
    }

    /// Where a window is; the frame that the window manager draws is outside of it.
    pub fn geometry(&self, window: &str) -> Area {
        // Not xdotool: it counts the frame twice where the window manager gives a window another parent.
        let told = self.ask("xwininfo", &["-id", window]);
        let told = told.unwrap_or_else(|| panic!("there is no window {window}"));
        let number = |name: &str| {
            let value = told.lines().find_map(|line| line.trim().strip_prefix(name));
            value
                .and_then(|value| value.trim().parse().ok())
                .unwrap_or_else(|| panic!("no {name} in {told}"))
        };
        let corner = Point {
            x: number("Absolute upper-left X:"),
            y: number("Absolute upper-left Y:"),
        };
        Area {
            corner,
            width: number("Width:"),
            height: number("Height:"),
        }
    }

    /// Puts a window at a place and gives it a size; returns when it is there and has the focus.
    pub fn arrange(&self, window: &str, corner: Point, width: i32, height: i32) -> Area {
        let [x, y, width_text, height_text] =
            [corner.x, corner.y, width, height].map(|number| number.to_string());
        self.act(
            "xdotool",
            &["windowsize", window, &width_text, &height_text],
        );
        self.act("xdotool", &["windowmove", window, &x, &y]);
        self.raise(window);
        let mut last = None;
        until("the window stands where it was put", DEADLINE, || {
            let now = self.geometry(window);
            // The frame may move it by some pixels; two equal looks mean that it has come to rest.
            let is_there = (now.width - width).abs() < 10 && (now.corner.x - corner.x).abs() < 50;
            let rests = last.replace(now) == Some(now);
            (is_there && rests).then_some(now)
        })
    }

    /// Brings a window before the others and gives it the keys.
    pub fn raise(&self, window: &str) {
        self.act("xdotool", &["windowactivate", "--sync", window]);
    }

    /// Presses keys as xdotool names them: `ctrl+a`, `Return`.
    pub fn press(&self, keys: &str) {
        self.act("xdotool", &["key", "--clearmodifiers", keys]);
    }

    /// Types ASCII.
    pub fn type_text(&self, text: &str) {
        self.act("xdotool", &["type", "--clearmodifiers", text]);
    }

    /// A click of the left button.
    pub fn click(&self, at: Point) {
        let [x, y] = [at.x, at.y].map(|number| number.to_string());
        self.act(
            "xdotool",
            &["mousemove", &x, &y, "sleep", ".1", "click", "1"],
        );
    }

    /// Drags by mouse and lets go.
    pub fn drag(&self, from: Point, to: Point) {
        self.carry(from, to);
        self.let_go();
    }

    /// Drags by mouse and holds over the target: what hangs over a window can be looked at.
    ///
    /// A toolkit begins a drag after small moves at its source, and a target notices one by a move over itself: a jump without moves
    /// never arrives. The pauses are a hand's; programs compress motion that comes faster.
    pub fn carry(&self, from: Point, to: Point) {
        let words = format!(
            "mousemove {} {} sleep .1 mousedown 1 sleep .1 mousemove {} {} sleep .1 mousemove {} {} sleep .1 mousemove {} {} sleep .3",
            from.x,
            from.y,
            from.x + 20,
            from.y,
            to.x,
            to.y,
            to.x + 2,
            to.y,
        );
        self.act("xdotool", &words.split(' ').collect::<Vec<_>>());
    }

    /// Lets go what [`Display::carry`] holds.
    pub fn let_go(&self) {
        self.act("xdotool", &["mouseup", "1"]);
    }

    /// Every pixel that is seen, three bytes each.
    pub fn pixels(&self) -> Pixels {
        let output = self
            .command(
                "import",
                &["-silent", "-window", "root", "-depth", "8", "rgb:-"],
            )
            .output();
        let bytes = output.expect("import runs").stdout;
        assert_eq!(
            bytes.len(),
            WIDTH * HEIGHT * 3,
            "import gave another picture than the display's"
        );
        Pixels(bytes)
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("DISPLAY", &self.name)
            .stdin(Stdio::null());
        command
    }

    fn act(&self, program: &str, arguments: &[&str]) {
        let output = self.command(program, arguments).output();
        let output = output.unwrap_or_else(|error| {
            panic!("{program}: {error}; run `cargo xtask test`, which installs it")
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{program} {}: {said}",
            arguments.join(" ")
        );
    }

    fn ask(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self
            .command(program, arguments)
            .stderr(Stdio::null())
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn screens() -> PathBuf {
    let folder = target().join("screens");
    fs::create_dir_all(&folder).expect("target takes folders");
    folder
}

/// A picture of the display.
pub struct Pixels(Vec<u8>);

impl Pixels {
    /// Does this part of the display look the same in both?
    pub fn is_same_in(&self, other: &Self, area: Area) -> bool {
        let mut places = (area.corner.y..area.corner.y + area.height)
            .flat_map(|y| (area.corner.x..area.corner.x + area.width).map(move |x| Point { x, y }));
        places.all(|place| self.at(place) == other.at(place))
    }

    /// The first place in reading order, inside `area`, around which nearly everything differs from `before`.
    pub fn first_change(&self, before: &Self, area: Area) -> Option<Point> {
        const CELL: i32 = 8;
        let rows = (area.corner.y..area.corner.y + area.height - CELL).step_by(4);
        let mut places = rows.flat_map(|y| {
            (area.corner.x..area.corner.x + area.width - CELL)
                .step_by(4)
                .map(move |x| Point { x, y })
        });
        places
            .find(|place| {
                let cell = (0..CELL * CELL).map(|index| Point {
                    x: place.x + index % CELL,
                    y: place.y + index / CELL,
                });
                let changed = cell
                    .filter(|pixel| self.at(*pixel) != before.at(*pixel))
                    .count();
                changed * 4 >= 3 * (CELL * CELL) as usize
            })
            .map(|place| Point {
                x: place.x + CELL / 2,
                y: place.y + CELL / 2,
            })
    }

    fn at(&self, place: Point) -> Option<&[u8]> {
        let (x, y) = (
            usize::try_from(place.x).ok()?,
            usize::try_from(place.y).ok()?,
        );
        let start = (y * WIDTH + x) * 3;
        if x < WIDTH {
            self.0.get(start..start + 3)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screenshot_of_an_empty_display_is_written() {
        let display = Display::start();
        let path = display.screenshot("harness-empty-display");
        let png = fs::read(path).expect("the screenshot is there");
        assert!(png.starts_with(b"\x89PNG"));
    }
}
