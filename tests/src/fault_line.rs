//! The line between Sandglass and a server, on which chosen requests go wrong over real sockets.
//!
//! It knows an S3 operation by its address, so a story says "the second part's answer is lost" of any server that speaks S3.
//! Requests pass as they are, `Host` included, so that their signatures hold; each has a connection of its own to the server, so
//! that nothing goes wrong there by itself. What passed, how far, and what was told of it stands in [`FaultLine::received`].

mod answer;
mod request;
mod wire;

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use sandbox::Operation;

pub use answer::Answer;
use wire::{Waiting, Wire};

/// One thing that goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed without a word; nothing is passed on.
    Refuse,
    /// The server goes away: every connection ends and the port refuses new ones, for this long.
    RefuseFor(Duration),
    /// Reset behind the head; nothing is passed on.
    ResetBefore,
    /// Reset once this much of the body was passed on. Of a shorter body all but its last byte is, so that it never arrives.
    ResetDuring {
        /// In bytes.
        after_bytes: u64,
    },
    /// Reset when the whole body was read; nothing is passed on.
    ResetAfter,
    /// Passed on and carried out; then reset in the place of the answer.
    LoseAnswer,
    /// Read to its end and answered so; nothing is passed on.
    Answer(Answer),
    /// The same, this much later: the session may have ended since the request began.
    LateAnswer(Duration, Answer),
    /// Read to its end and answered with bytes that are not HTTP; nothing is passed on.
    Garbage,
    /// Not read and not answered; reset after this long.
    Silence(Duration),
    /// Passed on and carried out; the answer comes this much later.
    HoldAnswer(Duration),
}

impl Fault {
    /// S3's error of this code, such as 503 `SlowDown`.
    pub fn error(status: u16, code: &str) -> Self {
        Self::Answer(Answer::error(status, code))
    }
}

/// What a server leaves out of all its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// No checksum is told, neither in a header nor in a body.
    OnChecksums,
    /// Complete tells an empty `ETag`.
    OnCompletedEtags,
    /// Listings tell ETags that nobody can compute, as for objects encrypted with a KMS key.
    OnListedEtags,
}

/// A request that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// By its method and address.
    pub operation: Operation,
    /// The object's key; empty for a request to the bucket.
    pub key: String,
    /// 1 to 10,000, for a part.
    pub part_number: Option<u32>,
    /// As it stands in the address.
    pub upload_id: Option<String>,
    /// The region that it was signed for.
    pub region: Option<String>,
    /// Bytes of the body that were passed on.
    pub forwarded: u64,
    /// What the server said to it. Nothing: it was not passed on, or is not answered yet.
    pub status: Option<u16>,
    /// The server's answer was passed on.
    pub is_answered: bool,
    /// A part that had been confirmed when this request for it began.
    pub is_sent_again: bool,
}

impl Received {
    /// Stored, and Sandglass was told so: such a part must never come again.
    pub fn is_confirmed(&self) -> bool {
        self.is_answered && self.status.is_some_and(|status| status / 100 == 2)
    }
}

/// The line; give its endpoint in the place of the server's. With this value the door closes and what is held breaks.
pub struct FaultLine {
    address: SocketAddr,
    wire: Arc<Wire>,
}

impl FaultLine {
    /// To this server; everything passes.
    pub fn to(server: SocketAddr) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let wire = Arc::new(Wire {
            server,
            address,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let inside = Arc::clone(&wire);
        std::thread::spawn(move || inside.serve(listener));
        Self { address, wire }
    }

    /// What to give as `endpoint`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next `times` requests of `operation` meet `fault`.
    pub fn next(&self, operation: Operation, times: u64, fault: Fault) {
        self.next_after(operation, 0, times, fault);
    }

    /// `after` requests of `operation` pass; the `times` behind them meet `fault`.
    pub fn next_after(&self, operation: Operation, after: u64, times: u64, fault: Fault) {
        if times > 0 {
            self.wire.lock().waiting.push(Waiting {
                operation,
                after,
                times,
                fault,
            });
        }
    }

    /// No fault waits any more, and all answers pass whole.
    pub fn clear(&self) {
        let mut state = self.wire.lock();
        state.waiting.clear();
        state.silent.clear();
    }

    /// From now, answers lack this.
    pub fn keep(&self, silent: Silent) {
        self.wire.lock().silent.push(silent);
    }

    /// `true`: every connection ends and the port refuses new ones; `false`: the same port takes them again. It is so when
    /// this returns.
    pub fn refuse_connections(&self, is_refusing: bool) {
        self.wire.refuse(is_refusing);
    }

    /// How many requests have met a fault.
    pub fn met(&self) -> usize {
        self.wire.lock().met
    }

    /// How many requests are met by silence, or their answers held back, at this moment.
    pub fn held(&self) -> usize {
        self.wire.lock().held
    }

    /// Answers that are held back at this moment come now; who is met by silence is reset.
    pub fn let_go(&self) {
        self.wire.let_go();
    }

    /// Every request, in the order in which they began.
    pub fn received(&self) -> Vec<Received> {
        self.wire.lock().received.clone()
    }

    /// The requests of one operation.
    pub fn requests_of(&self, operation: Operation) -> usize {
        let received = &self.wire.lock().received;
        received
            .iter()
            .filter(|request| request.operation == operation)
            .count()
    }

    /// The parts that came again after they had been confirmed.
    pub fn parts_sent_again(&self) -> Vec<Received> {
        let mut received = self.received();
        received.retain(|request| request.is_sent_again);
        received
    }
}

impl Drop for FaultLine {
    fn drop(&mut self) {
        self.wire.close();
        // Wakes the thread that waits for somebody to come in.
        let _ = TcpStream::connect(self.address);
    }
}
