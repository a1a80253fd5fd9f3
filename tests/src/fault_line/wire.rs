//! The sockets of the line: each request is met by its fault, or passed on and its answer passed back.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sandbox::{Operation, operation_of};
use socket2::SockRef;

use super::answer::silence;
use super::{Fault, Received, Silent};
use crate::message::{Framing, Head, Message, read_chunks};
use crate::wait::until;

/// The system gives the port back after a closed listener.
const PORT_IS_FREE: Duration = Duration::from_secs(10);

pub(super) struct Wire {
    pub(super) server: SocketAddr,
    pub(super) address: SocketAddr,
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) waiting: Vec<Waiting>,
    pub(super) silent: Vec<Silent>,
    pub(super) received: Vec<Received>,
    pub(super) held: usize,
    is_closed: bool,
    is_refusing: bool,
    /// The listener is gone because of that.
    has_no_listener: bool,
    clients: Vec<Weak<TcpStream>>,
}

/// A fault that waits for its request.
pub(super) struct Waiting {
    pub(super) operation: Operation,
    pub(super) after: u64,
    pub(super) times: u64,
    pub(super) fault: Fault,
}

/// How a connection ends.
enum End {
    Close,
    Reset,
}

impl Wire {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.hang_up();
        self.changed.notify_all();
    }

    pub(super) fn refuse(&self, is_refusing: bool) {
        let mut state = self.lock();
        state.is_refusing = is_refusing;
        self.changed.notify_all();
        if is_refusing && !state.has_no_listener {
            drop(state);
            // Wakes the thread that waits for somebody to come in.
            let _ = TcpStream::connect(self.address);
            state = self.lock();
        }
        let settled = self.changed.wait_while(state, |state| {
            !state.is_closed && state.has_no_listener != state.is_refusing
        });
        let mut state = settled.unwrap_or_else(PoisonError::into_inner);
        if is_refusing {
            state.hang_up();
        }
    }

    pub(super) fn serve(self: Arc<Self>, mut listener: TcpListener) {
        loop {
            Self::accept(&self, &listener);
            drop(listener);
            let mut state = self.lock();
            state.has_no_listener = true;
            self.changed.notify_all();
            let opened = self
                .changed
                .wait_while(state, |state| state.is_refusing && !state.is_closed);
            state = opened.unwrap_or_else(PoisonError::into_inner);
            if state.is_closed {
                return;
            }
            drop(state);
            listener = until("the line's port is free again", PORT_IS_FREE, || {
                TcpListener::bind(self.address).ok()
            });
            self.lock().has_no_listener = false;
            self.changed.notify_all();
        }
    }

    /// Until the line refuses or closes.
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().flatten() {
            let client = Arc::new(client);
            let mut state = self.lock();
            if state.is_closed || state.is_refusing {
                return;
            }
            state.clients.retain(|client| client.strong_count() > 0);
            state.clients.push(Arc::downgrade(&client));
            drop(state);
            let wire = Arc::clone(self);
            std::thread::spawn(move || {
                // Who goes away in the middle ends only this connection; a server that does is seen as a reset.
                if let Ok(End::Reset) | Err(_) = wire.connect(&client) {
                    let _ = SockRef::from(&*client).set_linger(Some(Duration::ZERO));
                }
            });
        }
    }

    fn connect(&self, client: &TcpStream) -> io::Result<End> {
        client.set_nodelay(true)?;
        let mut reader = BufReader::new(client);
        while let Some(head) = Head::read(&mut reader)? {
            let mut request = Request {
                wire: self,
                client,
                reader: &mut reader,
                place: self.note(&head),
                operation: operation(&head),
                head,
            };
            let fault = self.lock().take(request.operation);
            if let Some(end) = request.meet(fault)? {
                return Ok(end);
            }
        }
        Ok(End::Close)
    }

    /// Its place among the received.
    fn note(&self, head: &Head) -> usize {
        let mut received = described(head);
        let mut state = self.lock();
        received.is_sent_again = state.received.iter().any(|earlier| {
            earlier.is_confirmed()
                && earlier.operation == Operation::UploadPart
                && (&earlier.upload_id, earlier.part_number)
                    == (&received.upload_id, received.part_number)
        });
        state.received.push(received);
        state.received.len() - 1
    }

    fn hold(&self, length: Duration) {
        let mut state = self.lock();
        state.held += 1;
        let is_held = |state: &mut State| !state.is_closed;
        let held = self.changed.wait_timeout_while(state, length, is_held);
        state = held.unwrap_or_else(PoisonError::into_inner).0;
        state.held -= 1;
    }

    fn refuse_for(&self, length: Duration) {
        self.refuse(true);
        let is_refusing = |state: &mut State| !state.is_closed && state.is_refusing;
        let state = self.lock();
        let waited = self.changed.wait_timeout_while(state, length, is_refusing);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        self.refuse(false);
    }
}

impl State {
    /// The fault that this request meets.
    fn take(&mut self, operation: Operation) -> Option<Fault> {
        let mut met = None;
        for (index, waiting) in self.waiting.iter_mut().enumerate() {
            if ![operation, Operation::Any].contains(&waiting.operation) {
                continue;
            }
            if waiting.after == 0 {
                met = Some(index);
                break;
            }
            waiting.after -= 1;
        }
        let waiting = &mut self.waiting[met?];
        waiting.times -= 1;
        let (fault, is_used_up) = (waiting.fault.clone(), waiting.times == 0);
        if is_used_up {
            self.waiting.remove(met?);
        }
        Some(fault)
    }

    fn hang_up(&mut self) {
        for client in self.clients.drain(..).filter_map(|client| client.upgrade()) {
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

/// A request whose head was read and whose body waits in the socket.
struct Request<'a, 'b> {
    wire: &'a Wire,
    client: &'a TcpStream,
    reader: &'b mut BufReader<&'a TcpStream>,
    place: usize,
    operation: Operation,
    head: Head,
}

impl Request<'_, '_> {
    /// Nothing: the connection goes on.
    fn meet(&mut self, fault: Option<Fault>) -> io::Result<Option<End>> {
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

/// Path and query.
fn address(head: &Head) -> (&str, &str) {
    let address = head.first_line().split(' ').nth(1).unwrap_or_default();
    address.split_once('?').unwrap_or((address, ""))
}

fn operation(head: &Head) -> Operation {
    let method = head.first_line().split(' ').next().unwrap_or_default();
    let (path, query) = address(head);
    match method.parse() {
        Ok(method) => operation_of(&method, path, query),
        Err(_) => Operation::Other,
    }
}

fn described(head: &Head) -> Received {
    let (path, query) = address(head);
    let field = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Some(pairs.find(|(found, _)| *found == name)?.1.to_owned())
    };
    let key = path.trim_start_matches('/').split_once('/');
    let key = key.map(|(_, key)| percent_decode_str(key).decode_utf8_lossy().into_owned());
    Received {
        operation: operation(head),
        key: key.unwrap_or_default(),
        part_number: field("partNumber").and_then(|number| number.parse().ok()),
        upload_id: field("uploadId"),
        region: signed_for(head).map(str::to_owned),
        forwarded: 0,
        status: None,
        is_answered: false,
        is_sent_again: false,
    }
}

/// From `Credential=KEY/DATE/REGION/s3/aws4_request`.
fn signed_for(head: &Head) -> Option<&str> {
    let scope = head.header("authorization")?.split_once("Credential=")?.1;
    scope.split('/').nth(2)
}
