//! A file of receipts, read back one by one.

use std::fmt;
use std::io::{self, BufRead};
use std::ops::ControlFlow;

use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};

use super::{Line, ReceiptsError};
use crate::StoredFile;

/// Reads receipts and hands each to `each`, until it breaks. Sees by itself whether they are CSV or JSON; a byte order
/// mark is passed over; CSV needs the fields' names, in any order. Blocks.
///
/// # Errors
/// [`ReceiptsError::File`] and [`ReceiptsError::NotReceipts`], after those before the bad place were handed over.
pub fn read(
    mut from: impl BufRead,
    mut each: impl FnMut(StoredFile) -> ControlFlow<()>,
) -> Result<(), ReceiptsError> {
    match first_byte(&mut from).map_err(ReceiptsError::File)? {
        Some(b'[') => read_json(from, &mut each),
        Some(_) => read_csv(from, &mut each),
        None => Err(ReceiptsError::NotReceipts { line: None }),
    }
}

/// The first byte after a byte order mark and white space, which are taken; it stays.
fn first_byte(from: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let Some(byte) = from.fill_buf()?.first().copied() else {
            return Ok(None);
        };
        // No key of a receipt's field begins with a byte of the mark.
        if byte.is_ascii_whitespace() || [0xef, 0xbb, 0xbf].contains(&byte) {
            from.consume(1);
        } else {
            return Ok(Some(byte));
        }
    }
}

fn read_csv(
    from: impl BufRead,
    each: &mut impl FnMut(StoredFile) -> ControlFlow<()>,
) -> Result<(), ReceiptsError> {
    let mut csv = csv::Reader::from_reader(from);
    for line in csv.deserialize::<Line<'static>>() {
        let line = line.map_err(|error| {
            let line = error.position().map(csv::Position::line);
            match error.into_kind() {
                csv::ErrorKind::Io(error) => ReceiptsError::File(error),
                _ => ReceiptsError::NotReceipts { line },
            }
        })?;
        let file = line
            .into_file()
            .ok_or(ReceiptsError::NotReceipts { line: None })?;
        if each(file).is_break() {
            return Ok(());
        }
    }
    if csv
        .headers()
        .is_ok_and(|headers| headers.iter().any(|name| name == "crc64nvme"))
    {
        Ok(())
    } else {
        // Without lines the names of the fields are all there is to tell it by.
        Err(ReceiptsError::NotReceipts { line: Some(1) })
    }
}

fn read_json(
    from: impl BufRead,
    each: &mut impl FnMut(StoredFile) -> ControlFlow<()>,
) -> Result<(), ReceiptsError> {
    let mut json = serde_json::Deserializer::from_reader(from);
    let mut is_enough = false;
    let visitor = OneByOne {
        each,
        is_enough: &mut is_enough,
    };
    let read = json.deserialize_seq(visitor).and_then(|()| json.end());
    match read {
        Err(error) if !is_enough && error.is_io() => Err(ReceiptsError::File(error.into())),
        Err(error) if !is_enough => Err(ReceiptsError::NotReceipts {
            line: u64::try_from(error.line()).ok(),
        }),
        _ => Ok(()),
    }
}

/// Takes an array apart without holding it.
struct OneByOne<'a, F> {
    each: &'a mut F,
    is_enough: &'a mut bool,
}

impl<'de, F: FnMut(StoredFile) -> ControlFlow<()>> Visitor<'de> for OneByOne<'_, F> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an array of receipts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut lines: A) -> Result<(), A::Error> {
        while let Some(line) = lines.next_element::<Line<'static>>()? {
            let file = line
                .into_file()
                .ok_or_else(|| A::Error::custom("a field holds something else"))?;
            if (self.each)(file).is_break() {
                *self.is_enough = true;
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}
