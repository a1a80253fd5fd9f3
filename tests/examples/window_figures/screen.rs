//! What is on the display, read from Xvfb's own memory: neither the window nor the X server has any work with being watched.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use testkit::display::Point;

/// `--act` of `tokens.css` in a light window: the ground of the main button, and of the empty window's line. As the screen
/// holds it: blue, green, red.
const ACT: [u8; 3] = [0x7f, 0x57, 0x23];

/// Lower than a main button.
const LINES_APART: usize = 6;
/// Narrower than a main button is beside its words.
const PIXELS_APART: usize = 10;

/// Between header and picture there is a table of colours.
const BYTES_OF_A_COLOUR: usize = 12;

/// How often one looks; a look takes some tenths of a millisecond.
const PERIOD: Duration = Duration::from_millis(1);

/// The picture that Xvfb keeps in a file (`-fbdir`), in the form of xwd.
pub(crate) struct Screen {
    file: File,
    width: usize,
    height: usize,
    bytes_per_line: usize,
    begins_at: usize,
}

impl Screen {
    /// Of the Xvfb that was given this folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let file = File::open(folder.join("Xvfb_screen0")).expect("Xvfb keeps its screen there");
        // The fields of `XWDFileHeader`, each four bytes, the highest first.
        let field = |number: u64| {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, number * 4)
                .expect("a screen begins with its header");
            u32::from_be_bytes(bytes) as usize
        };
        let (header, colours) = (field(0), field(19));
        Self {
            width: field(4),
            height: field(5),
            bytes_per_line: field(12),
            begins_at: header + colours * BYTES_OF_A_COLOUR,
            file,
        }
    }

    /// A place on a main button, or on the empty window's line, if one is painted.
    pub(crate) fn main_button(&self) -> Option<Point> {
        let mut above = Vec::new();
        for y in (0..self.height).step_by(LINES_APART) {
            let line = self.painted(y);
            if let Some(x) = line.iter().find(|x| above.contains(*x)) {
                let point = |number: usize| i32::try_from(number).expect("a display is small");
                return Some(Point {
                    x: point(*x),
                    y: point(y),
                });
            }
            above = line;
        }
        None
    }

    /// Where in this line a run of the colour begins.
    fn painted(&self, y: usize) -> Vec<usize> {
        let mut line = vec![0; self.width * 4];
        let at = self.begins_at + y * self.bytes_per_line;
        self.file
            .read_exact_at(&mut line, at as u64)
            .expect("a screen has all its lines");
        let is_act = |x: &usize| line[x * 4..x * 4 + 3] == ACT;
        (0..self.width - PIXELS_APART)
            .step_by(PIXELS_APART)
            .filter(|start| is_act(start) && (*start..start + PIXELS_APART).all(|x| is_act(&x)))
            .collect()
    }

    /// Waits for a main button; gives the moment.
    pub(crate) fn wait_for_main_button(&self) -> (Instant, Point) {
        self.wait(|screen| screen.main_button().map(|point| (Instant::now(), point)))
    }

    /// Waits until none is left.
    pub(crate) fn wait_until_gone(&self) {
        self.wait(|screen| screen.main_button().is_none().then_some(()));
    }

    fn wait<T>(&self, look: impl Fn(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "the screen does not change"
            );
            std::thread::sleep(PERIOD);
        }
    }
}
