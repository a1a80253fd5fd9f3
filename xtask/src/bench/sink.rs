//! A server that reads bodies, drops them and says yes. It runs as a process of its own, so that its cost is not counted.
//!
//! One thread a connection, HTTP/1.1 over std: reading into one buffer is all that may stand beside the client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};

use super::answer::{self, Answer};
use crate::run::{Leashed, Result, Stop};

/// Starts the server as a child; gives its port.
pub(crate) fn start() -> Result<(Leashed, u16)> {
    let xtask = std::env::current_exe().map_err(Stop::because("xtask's own path"))?;
    let mut server = Command::new(xtask)
        .args(["sink", "--port", "0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Stop::because("the sink"))?;
    let stdout = server.stdout.take();
    let server = Leashed(server);
    let mut line = String::new();
    if let Some(stdout) = stdout {
        BufReader::new(stdout)
            .read_line(&mut line)
            .map_err(Stop::because("the sink"))?;
    }
    let port = line
        .trim()
        .parse()
        .map_err(Stop::because("the sink's port"))?;
    Ok((server, port))
}

/// Serves until it is stopped; the first line it prints is its port.
pub(crate) fn serve(port: u16) -> Result {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(Stop::because("the sink's port"))?;
    println!(
        "{}",
        listener
            .local_addr()
            .map_err(Stop::because("the sink's port"))?
            .port()
    );
    for stream in listener.incoming().flatten() {
        // A client that goes away ends its thread, nothing else.
        std::thread::spawn(|| converse(stream));
    }
    Ok(())
}

/// What the answer depends on.
#[derive(Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) checksum: Option<String>,
    length: u64,
    is_chunked: bool,
    waits_for_continue: bool,
}

fn converse(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::with_capacity(256 * 1024, stream);
    while let Some(request) = read_head(&mut reader)? {
        if request.waits_for_continue {
            writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        drop_body(&mut reader, &request)?;
        write_answer(&mut writer, &request, &answer::to(&request))?;
    }
    Ok(())
}

fn read_head(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut request = Request {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        ..Request::default()
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Ok(Some(request));
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => request.length = value.parse().unwrap_or(0),
            "transfer-encoding" => request.is_chunked = value.eq_ignore_ascii_case("chunked"),
            "expect" => request.waits_for_continue = value.eq_ignore_ascii_case("100-continue"),
            "x-amz-checksum-crc64nvme" => request.checksum = Some(value.to_owned()),
            _ => {}
        }
    }
}

fn drop_body(reader: &mut impl BufRead, request: &Request) -> std::io::Result<()> {
    if !request.is_chunked {
        return skip(reader, request.length);
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.trim().split(';').next().unwrap_or("0");
        let size = u64::from_str_radix(size, 16).unwrap_or(0);
        skip(reader, size + 2)?;
        if size == 0 {
            return Ok(());
        }
    }
}

fn skip(reader: &mut impl Read, bytes: u64) -> std::io::Result<()> {
    std::io::copy(&mut reader.take(bytes), &mut std::io::sink()).map(drop)
}

fn write_answer(
    writer: &mut impl Write,
    request: &Request,
    answer: &Answer,
) -> std::io::Result<()> {
    let mut said = Vec::with_capacity(512);
    write!(
        said,
        "HTTP/1.1 {}\r\nDate: {}\r\nServer: sink\r\n",
        answer.status,
        answer::date()
    )?;
    for (name, value) in &answer.headers {
        write!(said, "{name}: {value}\r\n")?;
    }
    write!(said, "Content-Length: {}\r\n\r\n", answer.body.len())?;
    if request.method != "HEAD" {
        said.extend_from_slice(answer.body.as_bytes());
    }
    writer.write_all(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sink_confirms_the_checksum_that_was_claimed() {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        std::thread::spawn(move || listener.accept().map(|(stream, _)| converse(stream)));
        let mut client = TcpStream::connect(address).expect("the sink listens");
        let request = "PUT /bucket/key HTTP/1.1\r\nX-Amz-Checksum-CRC64NVME: c2FuZA==\r\nContent-Length: 4\r\n\r\nsand";
        client
            .write_all(request.as_bytes())
            .expect("the sink reads");
        let mut lines = BufReader::new(client)
            .lines()
            .map_while(std::io::Result::ok);
        assert_eq!(lines.next().as_deref(), Some("HTTP/1.1 200 OK"));
        assert!(lines.any(|line| line == "x-amz-checksum-crc64nvme: c2FuZA=="));
    }
}
