//! Receipts, page by page from the ledger into a file.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use csv::Terminator;

use super::{Format, Line, ReceiptsError};
use crate::temporary::Temporary;
use crate::{Ledger, Selection, StoredFile};

/// Writes the selected receipts to the file `to`, and tells how many. The file appears whole or not at all, and takes
/// the place of one that was there; who may read it is what the person's umask says.
///
/// # Errors
/// [`ReceiptsError::File`] and [`ReceiptsError::Ledger`]; nothing has changed then.
///
/// # Cancellation
/// Leaves nothing behind.
pub async fn export(
    ledger: &Ledger,
    selection: &Selection,
    format: Format,
    to: &Path,
) -> Result<u64, ReceiptsError> {
    let temporary = Temporary::beside(to).map_err(ReceiptsError::File)?;
    let (count, _) = write(ledger, selection, format, &temporary.file).await?;
    temporary.keep_as(to).map_err(ReceiptsError::File)?;
    Ok(count)
}

/// Writes the selected receipts, a page of at most 1,000 at a time, and tells how many. Gives the writer back, flushed.
/// Writing a page of about 300 KB blocks.
///
/// # Errors
/// [`ReceiptsError::File`] and [`ReceiptsError::Ledger`]; part of it may have been written then.
pub async fn write<W: Write>(
    ledger: &Ledger,
    selection: &Selection,
    format: Format,
    to: W,
) -> Result<(u64, W), ReceiptsError> {
    let mut lines = Lines::new(format, to);
    let mut after = None;
    loop {
        let page = ledger
            .receipts(selection, after)
            .await
            .map_err(ReceiptsError::Ledger)?;
        for file in &page.files {
            lines.push(file).map_err(ReceiptsError::File)?;
        }
        after = page.next;
        if after.is_none() {
            return lines.end().map_err(ReceiptsError::File);
        }
    }
}

struct Lines<W: Write> {
    format: Format,
    to: BufWriter<W>,
    count: u64,
}

impl<W: Write> Lines<W> {
    fn new(format: Format, to: W) -> Self {
        Self {
            format,
            to: BufWriter::new(to),
            count: 0,
        }
    }

    fn push(&mut self, file: &StoredFile) -> io::Result<()> {
        let line = Line::of(file);
        let is_first = self.count == 0;
        self.count += 1;
        match self.format {
            Format::Csv => csv_line(is_first, &line, &mut self.to),
            Format::Json => {
                self.to.write_all(if is_first { b"[\n" } else { b",\n" })?;
                serde_json::to_writer(&mut self.to, &line).map_err(io::Error::from)
            }
        }
    }

    fn end(mut self) -> io::Result<(u64, W)> {
        match (self.format, self.count) {
            (Format::Csv, 0) => self.to.write_all(EMPTY_CSV)?,
            (Format::Csv, _) => {}
            (Format::Json, 0) => self.to.write_all(b"[]\n")?,
            (Format::Json, _) => self.to.write_all(b"\n]\n")?,
        }
        let to = self
            .to
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        Ok((self.count, to))
    }
}

/// The header stands there without receipts too.
const EMPTY_CSV: &[u8] =
    b"key,name,size_bytes,crc64nvme,proof,etag,version_id,stored_at,destination,bucket,drop\r\n";

fn csv_line(with_header: bool, line: &Line<'_>, to: &mut impl Write) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new()
        .has_headers(with_header)
        // RFC 4180, 2.1.
        .terminator(Terminator::CRLF)
        .from_writer(to);
    csv.serialize(line).map_err(io::Error::from)?;
    csv.flush()
}
