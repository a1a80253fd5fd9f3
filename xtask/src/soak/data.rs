//! The folders that are dropped: many small files, a few big ones, all of them different.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::chance::Chance;
use crate::run::{Result, Stop};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const A_FOLDER: u64 = 1000;

/// How much of what a folder holds.
pub(super) struct Mix {
    pub(super) small: u64,
    /// Bytes of a small one, at most.
    pub(super) small_most: u64,
    pub(super) middle: u64,
    pub(super) big: u64,
}

/// 1 to 6 MiB: one PUT.
const MIDDLE: (u64, u64) = (MIB, 6 * MIB);
/// 20 to 48 MiB: some parts.
const BIG: (u64, u64) = (20 * MIB, 48 * MIB);

impl Mix {
    /// What the folder will hold, about, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let mean = |(least, most): (u64, u64)| least.midpoint(most);
        self.small * self.small_most / 2 + self.middle * mean(MIDDLE) + self.big * mean(BIG)
    }

    /// Makes the folder; anew, if it is there.
    pub(super) fn make(&self, folder: &Path, chance: &mut Chance) -> Result {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(Stop::because(folder.display()))?;
        }
        self.write(folder, chance)
            .map_err(Stop::because(folder.display()))
    }

    fn write(&self, folder: &Path, chance: &mut Chance) -> io::Result<()> {
        let noise: Vec<u8> = (0..2 * MIB / 8)
            .flat_map(|_| chance.next().to_le_bytes())
            .collect();
        // The big ones lie between the small ones, so that the walk meets both all the time.
        let folders = self.small.div_ceil(A_FOLDER).max(1);
        for number in 0..self.small {
            let path = inside(folder, number / A_FOLDER, &format!("{number:06} 砂.txt"))?;
            let size = chance.between(0, self.small_most);
            write(&path, size, &noise, chance)?;
        }
        for (name, count, (least, most)) in
            [("middle", self.middle, MIDDLE), ("big", self.big, BIG)]
        {
            for number in 0..count {
                let path = inside(folder, number % folders, &format!("{name} {number}.bin"))?;
                let size = chance.between(least, most);
                write(&path, size, &noise, chance)?;
            }
        }
        Ok(())
    }
}

fn inside(folder: &Path, number: u64, name: &str) -> io::Result<PathBuf> {
    let folder = folder.join(format!("{number:04}"));
    fs::create_dir_all(&folder)?;
    Ok(folder.join(name))
}

/// Pieces of the noise from places that chance chooses, each behind a number of its own.
fn write(path: &Path, size: u64, noise: &[u8], chance: &mut Chance) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut left = usize::try_from(size).map_err(io::Error::other)?;
    while left > 0 {
        let own = chance.next().to_le_bytes();
        let at = usize::try_from(chance.between(0, MIB)).map_err(io::Error::other)?;
        let piece = left.min(usize::try_from(MIB - KIB).map_err(io::Error::other)?);
        let head = piece.min(own.len());
        file.write_all(&own[..head])?;
        file.write_all(&noise[at..at + piece - head])?;
        left -= piece;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_its_mix_says() {
        let folder = std::env::temp_dir().join(format!("sandglass-soak-{}", std::process::id()));
        let mix = Mix {
            small: 30,
            small_most: 4096,
            middle: 1,
            big: 1,
        };
        mix.make(&folder, &mut Chance::new(1, 1))
            .expect("a fresh folder takes files");
        let files = fs::read_dir(folder.join("0000"))
            .expect("it is there")
            .flatten()
            .map(|file| file.metadata().map_or(0, |file| file.len()))
            .collect::<Vec<_>>();
        assert_eq!(files.len(), 32);
        assert!(files.iter().any(|size| *size >= 20 * MIB));
        fs::remove_dir_all(&folder).expect("it is one's own");
    }
}
