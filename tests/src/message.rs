//! HTTP/1.1 messages as they lie on a socket, for the doors and lines that stand before a server.

use std::io::{self, BufRead, Read, Write};

/// First line and headers, without their line ends.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    lines: Vec<String>,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By its length; 0 where none is told.
    Length(u64),
    Chunked,
    /// By the end of the connection.
    UntilClose,
}

/// A whole message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

impl Head {
    /// The next head; nothing when the connection ended before it.
    pub(crate) fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return if lines.is_empty() {
                    Ok(None)
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
            }
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                return Ok(Some(Self { lines }));
            }
            lines.push(line.to_owned());
        }
    }

    pub(crate) fn of(first_line: &str) -> Self {
        Self {
            lines: vec![first_line.to_owned()],
        }
    }

    pub(crate) fn first_line(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.lines.iter().skip(1);
        let found = headers.find(|line| name_of(line).eq_ignore_ascii_case(name))?;
        Some(found.split_once(':')?.1.trim())
    }

    /// Removes the headers whose names, in lower case, `are_unwanted`.
    pub(crate) fn remove(&mut self, are_unwanted: impl Fn(&str) -> bool) {
        let first = self.first_line().to_owned();
        self.lines.retain(|line| {
            *line == first || !are_unwanted(&name_of(line).trim().to_ascii_lowercase())
        });
    }

    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.lines.push(format!("{name}: {value}"));
    }

    /// The status of an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        let (version, rest) = self.first_line().split_once(' ')?;
        version.strip_prefix("HTTP/")?;
        rest.split(' ').next()?.parse().ok()
    }

    pub(crate) fn framing(&self) -> Framing {
        let length = self.header("content-length");
        let is_chunked = self
            .header("transfer-encoding")
            .is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked"));
        let status = self.status();
        if matches!(status, Some(100..200 | 204 | 304)) {
            return Framing::Length(0);
        }
        match length.and_then(|length| length.parse().ok()) {
            _ if is_chunked => Framing::Chunked,
            Some(length) => Framing::Length(length),
            None if status.is_some() => Framing::UntilClose,
            None => Framing::Length(0),
        }
    }

    /// As it was read.
    pub(crate) fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        write!(writer, "{}\r\n\r\n", self.lines.join("\r\n"))
    }
}

impl Message {
    /// The next message; one without a body where `has_body` is false, whatever its head tells (an answer to HEAD).
    pub(crate) fn read(reader: &mut impl BufRead, has_body: bool) -> io::Result<Self> {
        let head = Head::read(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let body = match head.framing() {
            _ if !has_body => Vec::new(),
            Framing::Length(length) => read_exactly(reader, length)?,
            Framing::Chunked => read_chunks(reader)?,
            Framing::UntilClose => {
                let mut body = Vec::new();
                reader.read_to_end(&mut body)?;
                body
            }
        };
        Ok(Self { head, body })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// With the body's length told anew.
    pub(crate) fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        if matches!(self.head.status(), Some(204 | 304)) {
            return self.head.write(writer);
        }
        let mut head = self.head.clone();
        head.remove(|name| matches!(name, "content-length" | "transfer-encoding" | "trailer"));
        head.add("Content-Length", &self.body.len().to_string());
        let mut bytes = Vec::new();
        head.write(&mut bytes)?;
        bytes.extend_from_slice(&self.body);
        writer.write_all(&bytes)?;
        writer.flush()
    }
}

fn name_of(line: &str) -> &str {
    line.split_once(':').map_or(line, |(name, _)| name)
}

fn read_exactly(reader: &mut impl BufRead, length: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let read = reader.take(length).read_to_end(&mut body)?;
    if read as u64 == length {
        Ok(body)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// The chunks' bytes; what trails them is dropped.
pub(crate) fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
        if size == 0 {
            // Trailers, if any, and the empty line behind them.
            Head::read(reader)?;
            return Ok(body);
        }
        body.extend(read_exactly(reader, size)?);
        reader.read_line(&mut line)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, has_body: bool) -> Message {
        Message::read(&mut text.as_bytes(), has_body).expect("a whole message")
    }

    #[test]
    fn the_end_of_a_body_is_known_in_each_way() {
        let length = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nsandglass";
        assert_eq!(read(length, true).text(), "sand");
        assert_eq!(read(length, false).text(), "");
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsand\r\n5\r\nglass\r\n0\r\nx: y\r\n\r\n";
        assert_eq!(read(chunked, true).text(), "sandglass");
        assert_eq!(read("HTTP/1.1 200 OK\r\n\r\nsand", true).text(), "sand");
        assert_eq!(read("HTTP/1.1 204 None\r\n\r\nsand", true).text(), "");
        assert_eq!(read("GET / HTTP/1.1\r\n\r\nsand", true).text(), "");
    }

    #[test]
    fn a_message_that_breaks_off_is_no_message() {
        for text in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsand",
        ] {
            assert!(
                Message::read(&mut text.as_bytes(), true).is_err(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_changed_body_gets_its_own_length() {
        let mut message = read(
            "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            true,
        );
        message.body = b"sand".to_vec();
        let mut written = Vec::new();
        message.write(&mut written).expect("memory takes it");
        let written = String::from_utf8(written).expect("ASCII");
        assert_eq!(
            written,
            "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 4\r\n\r\nsand"
        );
    }
}
