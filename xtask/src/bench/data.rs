//! The data that is uploaded: bytes that do not compress, kept between runs.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::run::{Result, Stop, say};

const SMALL_BYTES: usize = 10 * 1024;

/// One file of `mib` MiB. It is read once here, so that no run waits for the disk.
pub(crate) fn big_file(folder: &Path, mib: u32) -> Result<PathBuf> {
    let path = folder.join(format!("big-{mib}-mib.bin"));
    let wanted = u64::from(mib) << 20;
    if path.metadata().map_or(0, |file| file.len()) != wanted {
        say(format!("Making {}", path.display()));
        write_big(&path, mib).map_err(Stop::because(path.display()))?;
    }
    let mut file = File::open(&path).map_err(Stop::because(path.display()))?;
    io::copy(&mut file, &mut io::sink()).map_err(Stop::because(path.display()))?;
    Ok(path)
}

/// A folder of `count` files of 10 KiB.
pub(crate) fn small_files(folder: &Path, count: u32) -> Result<PathBuf> {
    let folder = folder.join(format!("small-{count}"));
    if fs::read_dir(&folder).map_or(0, Iterator::count) != count as usize {
        say(format!("Making {}", folder.display()));
        write_small(&folder, count).map_err(Stop::because(folder.display()))?;
    }
    Ok(folder)
}

fn write_big(path: &Path, mib: u32) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut noise = Noise(1);
    let mut block = vec![0; 1 << 20];
    for _ in 0..mib {
        noise.fill(&mut block);
        file.write_all(&block)?;
    }
    Ok(())
}

fn write_small(folder: &Path, count: u32) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut noise = Noise(2);
    let mut block = vec![0; SMALL_BYTES];
    for number in 0..count {
        noise.fill(&mut block);
        fs::write(folder.join(format!("{number:06}.bin")), &block)?;
    }
    Ok(())
}

/// `SplitMix64`: bytes that no compression shortens, the same from the same seed.
struct Noise(u64);

impl Noise {
    fn fill(&mut self, block: &mut [u8]) {
        for word in block.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            word.copy_from_slice(&mixed.to_le_bytes()[..word.len()]);
        }
    }
}
