//! A server that reads bodies, drops them and says yes. It runs as a process of its own, so that its cost is not counted.
//!
//! One thread a connection, HTTP/1.1 over std: reading into one buffer is all that may stand beside the client. A line on
//! its standard input makes it tell its counts.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::answer::{self, Answer};
use super::counts::Counts;
use super::server::{Key, Server};
use crate::place;
use crate::run::{Leashed, Result, Stop};

const ANY_KEY: Key = Key {
    id: "AKIASINKEXAMPLE00000",
    secret: "not-checked-here",
};

/// How many connections may wait to be taken: more than any client opens at once. Beyond it the system drops them, and
/// the client tries again a second later.
#[cfg(unix)]
const BACKLOG: i32 = 4096;

/// How long a client may take to send its first byte.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running sink.
pub(crate) struct Sink {
    pub(crate) server: Server,
    _program: Leashed,
    line: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Sink {
    /// A child of the release build, whose every answer comes `delay` later.
    pub(crate) fn start(delay: Duration) -> Result<Self> {
        let mut program = Command::new(place::built("release", "xtask"))
            .args(["sink", "--port", "0", "--delay-ms"])
            .arg(delay.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Stop::because("the sink"))?;
        let pipes = program.stdin.take().zip(program.stdout.take());
        let program = Leashed(program);
        let (stdin, stdout) = pipes.ok_or_else(|| Stop("the sink has no pipes".to_owned()))?;
        let mut stdout = BufReader::new(stdout);
        let mut port = String::new();
        stdout
            .read_line(&mut port)
            .map_err(Stop::because("the sink's port"))?;
        Ok(Self {
            server: Server {
                endpoint: format!("http://127.0.0.1:{}", port.trim()),
                account: "123456789012",
                user: ANY_KEY,
                peer: ANY_KEY,
                authority: None,
            },
            _program: program,
            line: Mutex::new((stdin, stdout)),
        })
    }

    /// What it has received since it was started.
    pub(crate) fn counts(&self) -> Result<Value> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let (stdin, stdout) = &mut *line;
        let mut told = String::new();
        stdin
            .write_all(b"tell\n")
            .and_then(|()| stdout.read_line(&mut told))
            .map_err(Stop::because("the sink's counts"))?;
        serde_json::from_str(&told).map_err(Stop::because("the sink's counts"))
    }

    /// Waits for the first byte of a body; its moment in nanoseconds of the Unix time.
    pub(crate) fn first_byte(&self) -> Result<u64> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(at) = self.counts()?["first_byte_at"].as_u64() {
                return Ok(at);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(Stop("nothing reaches the sink".to_owned()))
    }
}

/// Serves until its standard input ends; the first line it prints is its port.
pub(crate) fn serve(port: u16, delay: Duration, keys: u64) -> Result {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(Stop::because("the sink's port"))?;
    #[cfg(unix)]
    rustix::net::listen(&listener, BACKLOG).map_err(Stop::because("the sink's backlog"))?;
    let address = listener
        .local_addr()
        .map_err(Stop::because("the sink's port"))?;
    println!("{}", address.port());
    let counts = Arc::new(Counts::default());
    let told = Arc::clone(&counts);
    std::thread::spawn(move || {
        for _ in io::stdin().lines().map_while(io::Result::ok) {
            println!("{}", told.tell());
        }
        // Whoever started it is gone.
        std::process::exit(0);
    });
    for stream in listener.incoming().flatten() {
        let counts = Arc::clone(&counts);
        // A client that goes away ends its thread, nothing else.
        std::thread::spawn(move || converse(stream, delay, keys, &counts));
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

/// The distance is a round trip for each answer, and one for opening the connection, as TCP needs it. Connections do not
/// wait for each other, and no byte is held up: bandwidth and the number of connections stay as they are.
fn converse(stream: TcpStream, delay: Duration, keys: u64, counts: &Counts) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::with_capacity(256 * 1024, stream);
    wait(delay);
    while let Some(request) = read_head(&mut reader)? {
        let is_put = request.method == "PUT";
        let _open = is_put.then(|| counts.put_begins());
        if request.waits_for_continue {
            wait(delay);
            writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        drop_body(&mut reader, &request, counts)?;
        if is_put && request.target.contains("partNumber=") {
            counts.part_is_whole(&request.target);
        }
        let answer = answer::to(&request, keys, counts);
        wait(delay);
        write_answer(&mut writer, &request, &answer)?;
        if request.method == "GET" {
            counts.listed();
        }
    }
    Ok(())
}

fn wait(delay: Duration) {
    if !delay.is_zero() {
        std::thread::sleep(delay);
    }
}

fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
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
        line.clear();
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

fn drop_body(reader: &mut impl BufRead, request: &Request, counts: &Counts) -> io::Result<()> {
    let mut dropped = |bytes| {
        if request.method == "PUT" {
            counts.received(bytes);
        }
    };
    if !request.is_chunked {
        return skip(reader, request.length, &mut dropped);
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.trim().split(';').next().unwrap_or("0");
        let size = u64::from_str_radix(size, 16).unwrap_or(0);
        if size == 0 {
            return skip_trailers(reader);
        }
        skip(reader, size, &mut dropped)?;
        skip(reader, 2, &mut |_| ())?;
    }
}

fn skip_trailers(reader: &mut impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    Ok(())
}

/// Tells `dropped` of what came, also when it breaks off.
fn skip(reader: &mut impl BufRead, bytes: u64, dropped: &mut impl FnMut(u64)) -> io::Result<()> {
    let mut left = bytes;
    while left > 0 {
        let here = reader.fill_buf()?.len();
        if here == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let taken = usize::try_from(left).map_or(here, |left| here.min(left));
        reader.consume(taken);
        left -= taken as u64;
        dropped(taken as u64);
    }
    Ok(())
}

fn write_answer(writer: &mut impl Write, request: &Request, answer: &Answer) -> io::Result<()> {
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

    /// A sink's connection, and its counts.
    fn connected() -> (TcpStream, Arc<Counts>) {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        std::thread::spawn(move || {
            let (stream, _) = listener.accept()?;
            converse(stream, Duration::ZERO, 0, &counted)
        });
        let client = TcpStream::connect(address).expect("the sink listens");
        (client, counts)
    }

    /// Sends all, and gives the lines of the answers until the sink hangs up.
    fn said(client: &mut TcpStream, requests: &str) -> Vec<String> {
        client
            .write_all(requests.as_bytes())
            .and_then(|()| client.shutdown(std::net::Shutdown::Write))
            .expect("the sink reads");
        BufReader::new(client)
            .lines()
            .map_while(io::Result::ok)
            .collect()
    }

    #[test]
    fn the_sink_confirms_the_checksum_that_was_claimed() {
        let (mut client, _) = connected();
        let request = "PUT /bucket/key HTTP/1.1\r\nX-Amz-Checksum-CRC64NVME: c2FuZA==\r\nContent-Length: 4\r\n\r\nsand";
        let lines = said(&mut client, request);
        assert_eq!(lines[0], "HTTP/1.1 200 OK");
        assert!(lines.contains(&"x-amz-checksum-crc64nvme: c2FuZA==".to_owned()));
    }

    #[test]
    fn a_part_that_comes_again_is_counted() {
        let (mut client, counts) = connected();
        let part = |number| {
            format!(
                "PUT /b/k?partNumber={number}&uploadId=1 HTTP/1.1\r\nContent-Length: 4\r\n\r\nsand"
            )
        };
        said(&mut client, &[part(1), part(2), part(1)].concat());
        let told = counts.tell();
        assert_eq!(
            (&told["parts"], &told["parts_again"]),
            (&2.into(), &1.into())
        );
        assert_eq!(
            (&told["body_bytes"], &told["puts"]),
            (&12.into(), &3.into())
        );
        assert!(told["first_byte_at"].is_u64());
    }

    #[test]
    fn a_body_in_chunks_ends_with_its_trailers() {
        let (mut client, counts) = connected();
        let chunks = "PUT /b/k HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsand\r\n0\r\nx-amz-trailer: x\r\n\r\n";
        let lines = said(&mut client, &[chunks, chunks].concat());
        let answers = lines.iter().filter(|line| line.contains("200 OK"));
        assert_eq!(
            (answers.count(), &counts.tell()["body_bytes"]),
            (2, &8.into())
        );
    }
}
