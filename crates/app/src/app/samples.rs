//! Files to try it with: for somebody who has none at hand that may go anywhere.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::App;
use crate::{Code, Failure};

/// Long enough for several parts.
const SURVEY_BYTES: usize = 40 * 1024 * 1024;
const RATE: u32 = 8000;

impl App {
    /// A folder with some files of different kinds, made anew where they are missing.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub async fn samples(&self) -> Result<PathBuf, Failure> {
        let folder = self.inner.around.home.samples();
        let made = tokio::task::spawn_blocking(move || make(&folder).map(|()| folder)).await;
        match made {
            Ok(Ok(folder)) => Ok(folder),
            Ok(Err(error)) => {
                tracing::warn!(%error, "no samples");
                Err(Failure::new(Code::FileUnwritable, "samples"))
            }
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}

fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("day-01"))?;
    for (name, bytes) in [
        ("Read me first.txt", READ_ME.as_bytes().to_vec()),
        ("day-01/grains.csv", grains().into_bytes()),
        ("day-01/tone.wav", tone()),
        ("day-01/会議の録音.txt", "砂時計\n".as_bytes().to_vec()),
    ] {
        write_missing(&folder.join(name), bytes.len(), || bytes)?;
    }
    write_missing(&folder.join("reef-survey.raw"), SURVEY_BYTES, survey)
}

fn write_missing(path: &Path, length: usize, bytes: impl FnOnce() -> Vec<u8>) -> io::Result<()> {
    let is_there = fs::metadata(path).is_ok_and(|known| known.len() == length as u64);
    if is_there {
        return Ok(());
    }
    fs::write(path, bytes())
}

const READ_ME: &str = "\
These files are here to be dropped into Sandglass's window.\n\
Drop them, watch the sand run out, sign in again: the uploads go on where they stopped.\n\
Drop them once more: nothing in the bucket is overwritten, and you are asked.\n\
\n\
Sandglass のウィンドウにドロップして試すためのファイルです。\n\
ドロップして砂が落ちるのを待ち、もう一度サインインすると、アップロードは続きから進みます。\n\
もう一度ドロップしても、バケットの中身は上書きされず、どうするか確認されます。\n";

fn grains() -> String {
    let lines = (1..=2000).map(|grain| format!("{grain},{}\n", f64::from(grain % 97) / 10.0));
    std::iter::once("grain,size_mm\n".to_owned())
        .chain(lines)
        .collect()
}

/// A second of a square wave, in a WAV file of 8 bits and 8 kHz.
fn tone() -> Vec<u8> {
    let length = RATE;
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + length).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    for word in [16_u32, 0x0001_0001, RATE, RATE, 0x0008_0001] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend((0..length).map(|at| if at / 10 % 2 == 0 { 96 } else { 160 }));
    bytes
}

/// Bytes that no program would take for the same everywhere.
fn survey() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(SURVEY_BYTES);
    while bytes.len() < SURVEY_BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_made_once_and_again_when_one_is_gone() {
        let folder = std::env::temp_dir().join(format!("sandglass-samples-{}", std::process::id()));
        make(&folder).expect("made");
        let survey = folder.join("reef-survey.raw");
        let before = fs::metadata(&survey)
            .and_then(|known| known.modified())
            .expect("there");
        let tone = folder.join("day-01/tone.wav");
        assert_eq!(fs::read(&tone).expect("there").len(), 44 + RATE as usize);
        fs::remove_file(&tone).expect("removed");
        make(&folder).expect("made");
        assert!(tone.exists());
        let after = fs::metadata(&survey)
            .and_then(|known| known.modified())
            .expect("there");
        fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(before, after);
    }
}
