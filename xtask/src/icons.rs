//! `cargo xtask icons`: every size of the icon, drawn from `icons/icon.svg` by Tauri's own command line.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::run::{Result, Stop, run, say};
use crate::{node, place};

const DRAWN_FROM: &str = "icon.svg";
/// Those that the packages name. The tool draws more, for systems that there is no Sandglass for.
const SIZES: &[&str] = &[
    "32x32.png",
    "128x128.png",
    "128x128@2x.png",
    "icon.png",
    "icon.ico",
    ICNS,
];
/// The same pictures stand in it in another order each time.
const ICNS: &str = "icon.icns";

pub(crate) fn icons() -> Result {
    node::install()?;
    say("Drawing the icons");
    let drawn = draw()?;
    for size in SIZES {
        fs::copy(drawn.join(size), kept().join(size)).map_err(Stop::because(size))?;
    }
    Ok(())
}

/// Whether the kept ones are those that the SVG gives. The page's packages are installed.
pub(crate) fn check() -> Result {
    let drawn = draw()?;
    for size in SIZES {
        if !is_same(size, &drawn).map_err(Stop::because(size))? {
            return Err(Stop(format!(
                "icons/{size} is not what icons/{DRAWN_FROM} gives: run `cargo xtask icons`."
            )));
        }
    }
    Ok(())
}

fn is_same(size: &str, drawn: &Path) -> io::Result<bool> {
    let (was, is) = (fs::read(kept().join(size))?, fs::read(drawn.join(size))?);
    Ok(if size == ICNS {
        was.len() == is.len()
    } else {
        was == is
    })
}

fn draw() -> Result<PathBuf> {
    let drawn = place::target().join("icons");
    let mut tool = node::npm(&["exec", "--offline", "--", "tauri", "icon"]);
    tool.arg(kept().join(DRAWN_FROM)).arg("-o").arg(&drawn);
    run(&mut tool)?;
    Ok(drawn)
}

fn kept() -> PathBuf {
    place::root().join("icons")
}
