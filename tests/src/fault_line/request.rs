//! One request: met by its fault, or passed on and its answer passed back.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use sandbox::Operation;

use super::Fault;
use super::answer::silence;
use super::wire::Wire;
use crate::message::{Framing, Head, Message, read_chunks};

/// How a connection ends.
pub(super) enum End {
    Close,
    Reset,
}

/// A request whose head was read and whose body waits in the socket.
pub(super) struct Request<'a, 'b> {
    pub(super) wire: &'a Wire,
    pub(super) client: &'a TcpStream,
    pub(super) reader: &'b mut BufReader<&'a TcpStream>,
    pub(super) place: usize,
    pub(super) operation: Operation,
    pub(super) head: Head,
}

impl Request<'_, '_> {
    /// Nothing: the connection goes on.
    pub(super) fn meet(&mut self, fault: Option<Fault>) -> io::Result<Option<End>> {
        match fault {
            None => {
                let answer = self.pass_on()?;
                self.pass_back(answer)?;
                Ok(None)
            }
            Some(Fault::HoldAnswer(length)) => {
                let answer = self.pass_on()?;
                self.wire.hold(length);
                self.pass_back(answer)?;
                Ok(None)
            }
            Some(Fault::LoseAnswer) => self.pass_on().map(|_| Some(End::Reset)),
            Some(Fault::Answer(answer)) => {
                self.drain()?;
                answer.message().write(&mut self.client)?;
                Ok(None)
            }
            Some(Fault::LateAnswer(length, answer)) => {
                self.drain()?;
                self.wire.hold(length);
                answer.message().write(&mut self.client)?;
                Ok(None)
            }
            Some(Fault::Garbage) => {
                self.drain()?;
                self.client.write_all(b"\x00\x01 no HTTP \xff\r\n\r\n")?;
                Ok(Some(End::Close))
            }
            Some(Fault::Refuse) => Ok(Some(End::Close)),
            Some(Fault::RefuseFor(length)) => {
                self.wire.refuse_for(length);
                Ok(Some(End::Reset))
            }
            Some(Fault::ResetBefore) => Ok(Some(End::Reset)),
            Some(Fault::ResetDuring { after_bytes }) => {
                self.pass_on_some(after_bytes).map(|()| Some(End::Reset))
            }
            Some(Fault::ResetAfter) => self.drain().map(|()| Some(End::Reset)),
            Some(Fault::Silence(length)) => {
                self.wire.hold(length);
                Ok(Some(End::Reset))
            }
        }
    }

    fn pass_on(&mut self) -> io::Result<Message> {
        let server = self.send_head()?;
        let forwarded = match self.head.framing() {
            Framing::Chunked => {
                let body = read_chunks(self.reader)?;
                let sized = format!("{:x}\r\n", body.len()).into_bytes();
                let framed = [sized, body.clone(), b"\r\n0\r\n\r\n".to_vec()];
                // The answer says why a server stops to listen.
                let _ = (&server).write_all(&framed.concat());
                body.len() as u64
            }
            Framing::Length(length) => pour(self.reader, &server, length)?,
            Framing::UntilClose => 0,
        };
        self.wire.lock().received[self.place].forwarded = forwarded;
        let has_body = !self.head.first_line().starts_with("HEAD ");
        let answer = answer_of(&server, has_body)?;
        self.wire.lock().received[self.place].status = answer.head.status();
        Ok(answer)
    }

    fn pass_back(&mut self, mut answer: Message) -> io::Result<()> {
        let silent = self.wire.lock().silent.clone();
        silence(&mut answer, self.operation, &silent);
        if self.head.first_line().starts_with("HEAD ") {
            answer.head.write(&mut self.client)?;
        } else {
            answer.write(&mut self.client)?;
        }
        self.wire.lock().received[self.place].is_answered = true;
        Ok(())
    }

    /// The server sees a request that breaks off; one without a body it does not see.
    fn pass_on_some(&mut self, after_bytes: u64) -> io::Result<()> {
        let Framing::Length(length @ 1..) = self.head.framing() else {
            return Ok(());
        };
        let server = self.send_head()?;
        let forwarded = pour(self.reader, &server, after_bytes.min(length - 1))?;
        self.wire.lock().received[self.place].forwarded = forwarded;
        Ok(())
    }

    fn send_head(&self) -> io::Result<TcpStream> {
        self.invite()?;
        let server = TcpStream::connect(self.wire.server)?;
        server.set_nodelay(true)?;
        self.head.write(&mut &server)?;
        Ok(server)
    }

    fn drain(&mut self) -> io::Result<()> {
        self.invite()?;
        match self.head.framing() {
            Framing::Length(length) => pour(self.reader, io::sink(), length).map(drop),
            Framing::Chunked => read_chunks(self.reader).map(drop),
            Framing::UntilClose => Ok(()),
        }
    }

    /// Somebody may wait with the body until it is asked for; the server's own invitation is not passed back.
    fn invite(&self) -> io::Result<()> {
        match self.head.header("expect") {
            Some(_) => (&mut &*self.client).write_all(b"HTTP/1.1 100 Continue\r\n\r\n"),
            None => Ok(()),
        }
    }
}

/// Bytes of a body from one to the other; a receiver that stops to listen does not stop the sender.
fn pour(from: &mut impl BufRead, mut to: impl Write, bytes: u64) -> io::Result<u64> {
    let mut body = from.take(bytes);
    let (mut poured, mut is_open) = (0, true);
    loop {
        let piece = body.fill_buf()?;
        let length = piece.len();
        if length == 0 {
            break;
        }
        is_open = is_open && to.write_all(piece).is_ok();
        if is_open {
            poured += length as u64;
        }
        body.consume(length);
    }
    if body.limit() > 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(poured)
}

/// The server's answer, behind its invitations to go on.
fn answer_of(server: &TcpStream, has_body: bool) -> io::Result<Message> {
    let mut reader = BufReader::new(server);
    loop {
        let answer = Message::read(&mut reader, has_body)?;
        if !matches!(answer.head.status(), Some(100..200)) {
            return Ok(answer);
        }
    }
}
