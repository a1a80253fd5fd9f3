//! The line's door, its connections, and what is known of the requests on them.

use std::io::{self, BufReader};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sandbox::{Operation, operation_of};
use socket2::SockRef;

use super::request::{End, Request};
use super::{Fault, Received, Silent};
use crate::message::Head;
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
    /// How often those that were held were let go.
    let_go: usize,
    pub(super) met: usize,
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

    pub(super) fn hold(&self, length: Duration) {
        let mut state = self.lock();
        state.held += 1;
        let let_go = state.let_go;
        let is_held = |state: &mut State| !state.is_closed && state.let_go == let_go;
        let held = self.changed.wait_timeout_while(state, length, is_held);
        state = held.unwrap_or_else(PoisonError::into_inner).0;
        state.held -= 1;
    }

    pub(super) fn let_go(&self) {
        self.lock().let_go += 1;
        self.changed.notify_all();
    }

    pub(super) fn refuse_for(&self, length: Duration) {
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
        self.met += 1;
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
