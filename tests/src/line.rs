//! The line between Sandglass and a server: what passes is seen, and parts are held back where a story wants it.
//!
//! Requests pass as they are, `Host` included, so that their signatures hold. A held part never reaches the server, so a story
//! can stop at "two parts are confirmed and two are on their way" without looking at a clock.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What the server said is kept up to this length, per connection.
const KEPT: u64 = 16 * 1024;

/// Of a secret that is searched for; each half is.
const SHORTEST: usize = 24;

/// A part whose request passed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Its upload.
    pub upload_id: String,
    /// 1 to 10,000.
    pub number: u32,
}

/// The line; give its endpoint in the place of the server's. With this value the door closes.
pub struct Line {
    address: SocketAddr,
    wire: Arc<Wire>,
}

struct Wire {
    server: SocketAddr,
    state: Mutex<State>,
    opened: Condvar,
}

#[derive(Default)]
struct State {
    is_closed: bool,
    parts: Vec<Part>,
    /// How many more parts pass before the next is held; nothing: all.
    may_pass: Option<usize>,
    held: usize,
    /// Counts how often the line was opened; a held part breaks when it grows.
    openings: u32,
    said: Vec<u8>,
}

impl Line {
    /// To this server; everything passes.
    pub fn to(server: SocketAddr) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let wire = Arc::new(Wire {
            server,
            state: Mutex::default(),
            opened: Condvar::new(),
        });
        let inside = Arc::clone(&wire);
        std::thread::spawn(move || inside.serve(&listener));
        Self { address, wire }
    }

    /// What to give as `endpoint`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now, this many parts pass; those behind them are held.
    pub fn let_parts_pass(&self, parts: usize) {
        self.wire.lock().may_pass = Some(parts);
    }

    /// Breaks the connections of the held parts; from now everything passes.
    pub fn open(&self) {
        let mut state = self.wire.lock();
        state.may_pass = None;
        state.held = 0;
        state.openings += 1;
        self.wire.opened.notify_all();
    }

    /// How many parts are held now.
    pub fn held(&self) -> usize {
        self.wire.lock().held
    }

    /// The parts that passed, in order.
    pub fn parts(&self) -> Vec<Part> {
        self.wire.lock().parts.clone()
    }

    /// The beginnings of what the server said.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.wire.lock().said).into_owned()
    }

    /// What STS and IAM gave out in it: secret keys, and tokens of sessions.
    pub fn session_secrets(&self) -> Vec<String> {
        let said = self.said();
        let elements = ["SecretAccessKey", "SessionToken"];
        let texts = elements.iter().flat_map(|name| {
            let open = format!("<{name}>");
            let inner = said.split(open.as_str()).skip(1);
            let texts: Vec<&str> = inner.filter_map(|rest| rest.split('<').next()).collect();
            texts
        });
        // As it stands in XML, and a part of it that no escaping touches; of a short part half is found by chance.
        texts
            .flat_map(|text| {
                let longest = text.split(|c: char| !c.is_ascii_alphanumeric());
                let longest = longest.max_by_key(|run| run.len()).unwrap_or(text);
                [text.to_owned(), longest.to_owned()]
            })
            .filter(|secret| secret.len() >= SHORTEST)
            .collect()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.wire.lock().is_closed = true;
        self.open();
        // Wakes the thread that waits for somebody to come in.
        let _ = TcpStream::connect(self.address);
    }
}

impl Wire {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(self: Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().flatten() {
            if self.lock().is_closed {
                return;
            }
            let wire = Arc::clone(&self);
            // Who goes away in the middle ends only this thread.
            std::thread::spawn(move || wire.connect(&client));
        }
    }

    fn connect(self: Arc<Self>, client: &TcpStream) -> io::Result<()> {
        let server = TcpStream::connect(self.server)?;
        let (answers, listener) = (server.try_clone()?, client.try_clone()?);
        let wire = Arc::clone(&self);
        std::thread::spawn(move || wire.answers(&answers, &listener));
        let passed = self.requests(&mut BufReader::new(client.try_clone()?), &server);
        if passed.is_err() {
            client.shutdown(Shutdown::Both)?;
        }
        server.shutdown(Shutdown::Both)
    }

    fn answers(&self, mut server: &TcpStream, mut client: &TcpStream) -> io::Result<()> {
        let mut beginning = server.try_clone()?.take(KEPT);
        let mut bytes = [0; 4096];
        loop {
            let read = beginning.read(&mut bytes)?;
            client.write_all(&bytes[..read])?;
            // What was said is known as soon as it was passed on.
            self.lock().said.extend(&bytes[..read]);
            if read == 0 {
                break;
            }
        }
        io::copy(&mut server, &mut client)?;
        client.shutdown(Shutdown::Write)
    }

    fn requests(
        &self,
        client: &mut BufReader<TcpStream>,
        mut server: &TcpStream,
    ) -> io::Result<()> {
        loop {
            let mut head = String::new();
            let mut length = 0;
            loop {
                let start = head.len();
                if client.read_line(&mut head)? == 0 {
                    return Ok(());
                }
                let line = head[start..].trim_end().to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
            }
            if let Some(part) = part_of(&head) {
                self.admit(part)?;
            }
            server.write_all(head.as_bytes())?;
            io::copy(&mut client.take(length), &mut server)?;
        }
    }

    /// Waits as long as the part is held; fails when its connection is to break.
    fn admit(&self, part: Part) -> io::Result<()> {
        let mut state = self.lock();
        match &mut state.may_pass {
            Some(0) => {}
            may_pass => {
                if let Some(left) = may_pass {
                    *left -= 1;
                }
                state.parts.push(part);
                return Ok(());
            }
        }
        state.held += 1;
        let openings = state.openings;
        let opened = self
            .opened
            .wait_while(state, |state| state.openings == openings);
        drop(opened.unwrap_or_else(PoisonError::into_inner));
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

fn part_of(head: &str) -> Option<Part> {
    let address = head.strip_prefix("PUT ")?.split(' ').next()?;
    let query = address.split_once('?')?.1;
    let field = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(found, _)| *found == name)
    };
    Some(Part {
        upload_id: field("uploadId")?.1.to_owned(),
        number: field("partNumber")?.1.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::until;
    use std::time::Duration;

    /// Answers each request with the first line that it got.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut line = String::new();
                let _ = BufReader::new(&stream).read_line(&mut line);
                let _ = (&stream).write_all(line.as_bytes());
            }
        });
        address
    }

    fn ask(line: &Line, number: u32) -> TcpStream {
        let mut stream = TcpStream::connect(line.address).expect("the line is open");
        let head = format!(
            "PUT /b/k?partNumber={number}&uploadId=u HTTP/1.1\r\nContent-Length: 4\r\n\r\nsand"
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        stream
    }

    #[test]
    fn a_held_part_breaks_and_the_next_try_passes() {
        let line = Line::to(echo());
        line.let_parts_pass(1);
        let mut said = String::new();
        let mut first = BufReader::new(ask(&line, 1));
        first.read_line(&mut said).expect("the first part passes");
        assert!(said.starts_with("PUT /b/k?partNumber=1&"));
        let mut held = ask(&line, 2);
        until("the second part is held", Duration::from_secs(10), || {
            (line.held() == 1).then_some(())
        });
        line.open();
        assert!(matches!(held.read(&mut [0]), Ok(0) | Err(_)));
        BufReader::new(ask(&line, 2))
            .read_line(&mut said)
            .expect("the second part passes");
        let numbers: Vec<u32> = line.parts().iter().map(|part| part.number).collect();
        assert_eq!(numbers, [1, 2]);
        until("its answer is known", Duration::from_secs(10), || {
            line.said().contains("partNumber=2").then_some(())
        });
    }
}
