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

/// One file of `gib` GiB that occupies no disk: it reads as zeroes.
pub(crate) fn sparse_file(folder: &Path, gib: u32) -> Result<PathBuf> {
    let path = folder.join(format!("sparse-{gib}-gib.bin"));
    File::create(&path)
        .and_then(|file| file.set_len(u64::from(gib) << 30))
        .map_err(Stop::because(path.display()))?;
    Ok(path)
}

/// A folder of `count` files of 10 bytes to 1 KiB, a thousand in each of its folders.
pub(crate) fn many_files(folder: &Path, count: u32) -> Result<PathBuf> {
    let folder = folder.join(format!("many-{count}"));
    let is_whole = folder.join(last_of_many(count)).exists();
    if !is_whole {
        say(format!("Making {}", folder.display()));
        write_many(&folder, count).map_err(Stop::because(folder.display()))?;
    }
    Ok(folder)
}

/// The name of the last one that is written.
fn last_of_many(count: u32) -> String {
    name_of_many(count.saturating_sub(1))
}

fn name_of_many(number: u32) -> String {
    format!("{:03}/{number:06}.bin", number / 1000)
}

fn write_many(folder: &Path, count: u32) -> io::Result<()> {
    let mut noise = Noise(3);
    let mut block = vec![0; 1024];
    noise.fill(&mut block);
    for number in 0..count {
        let path = folder.join(name_of_many(number));
        if number % 1000 == 0 {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
        }
        // A prime spreads the sizes over the whole range.
        let size = 10 + (number as usize * 619) % 1015;
        fs::write(path, &block[..size])?;
    }
    Ok(())
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
