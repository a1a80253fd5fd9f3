//! The line to the server, and its weather: connections are reset, the port refuses, nothing passes for a while.
//!
//! Bytes pass as they are, so that signatures hold.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::chance::Chance;
use crate::run::{Result, Stop};

/// How long one waits before one looks again whether something changed.
const LOOK: Duration = Duration::from_millis(10);
const BUFFER: usize = 64 * 1024;

/// A line; with this value it closes.
pub(super) struct Line {
    port: u16,
    wire: Arc<Wire>,
}

/// What happens to it, and when.
pub(super) struct Weather {
    /// Milliseconds between two troubles, at least and at most.
    pub(super) rest: (u64, u64),
    pub(super) chance: Chance,
}

/// What was done to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Troubles {
    /// Connections that were reset.
    pub(super) resets: u64,
    /// Times at which the port refused.
    pub(super) refusals: u64,
    /// Times at which nothing passed.
    pub(super) silences: u64,
    /// Refusing or silent, all in all.
    pub(super) unreachable: Duration,
}

struct Wire {
    server: SocketAddr,
    /// Bytes a second towards the server.
    pace: Option<u64>,
    is_closed: AtomicBool,
    refuses: AtomicBool,
    is_silent: AtomicBool,
    carried: AtomicU64,
    next_free: Mutex<Instant>,
    open: Mutex<Vec<Arc<Pair>>>,
    troubles: Mutex<Troubles>,
}

/// A client's connection and the one to the server that belongs to it.
struct Pair {
    client: TcpStream,
    server: TcpStream,
    is_cut: AtomicBool,
}

impl Line {
    /// To this server, on a port below those that the system hands out: it must be free again after a refusal.
    pub(super) fn to(server: SocketAddr, pace: Option<u64>, mut weather: Weather) -> Result<Self> {
        let listener = (0..100)
            .find_map(|_| {
                let port = u16::try_from(weather.chance.between(20_000, 31_999)).ok()?;
                listen(port).ok()
            })
            .ok_or_else(|| Stop("no port is free".to_owned()))?;
        let port = listener
            .local_addr()
            .map_err(Stop::because("the line"))?
            .port();
        let wire = Arc::new(Wire {
            server,
            pace,
            is_closed: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
            is_silent: AtomicBool::new(false),
            carried: AtomicU64::new(0),
            next_free: Mutex::new(Instant::now()),
            open: Mutex::default(),
            troubles: Mutex::default(),
        });
        let (accepting, troubled) = (Arc::clone(&wire), Arc::clone(&wire));
        thread::spawn(move || accepting.accept(listener, port));
        thread::spawn(move || troubled.weather(&mut weather));
        Ok(Self { port, wire })
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn troubles(&self) -> Troubles {
        *lock(&self.wire.troubles)
    }

    /// Bytes towards the server, those that were sent in vain among them.
    pub(super) fn carried(&self) -> u64 {
        self.wire.carried.load(Ordering::Relaxed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.wire.is_closed.store(true, Ordering::SeqCst);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Wire {
    fn accept(self: Arc<Self>, listener: TcpListener, port: u16) {
        let mut listener = Some(listener);
        while !self.is_closed.load(Ordering::SeqCst) {
            if self.refuses.load(Ordering::SeqCst) {
                // Only a port that nobody listens on refuses.
                listener = None;
            } else if listener.is_none() {
                listener = listen(port).ok();
            }
            match listener.as_ref().map(TcpListener::accept) {
                Some(Ok((client, _))) => {
                    let wire = Arc::clone(&self);
                    // Who goes away in the middle ends only this thread.
                    thread::spawn(move || wire.connect(client));
                }
                _ => thread::sleep(LOOK),
            }
        }
    }

    fn connect(self: Arc<Self>, client: TcpStream) -> io::Result<()> {
        client.set_nonblocking(false)?;
        client.set_nodelay(true)?;
        let server = TcpStream::connect(self.server)?;
        server.set_nodelay(true)?;
        let pair = Arc::new(Pair {
            client,
            server,
            is_cut: AtomicBool::new(false),
        });
        lock(&self.open).push(Arc::clone(&pair));
        let (wire, other) = (Arc::clone(&self), Arc::clone(&pair));
        let answers = thread::spawn(move || wire.carry(&other, &other.server, &other.client, None));
        self.carry(&pair, &pair.client, &pair.server, self.pace);
        let _ = answers.join();
        lock(&self.open).retain(|open| !Arc::ptr_eq(open, &pair));
        Ok(())
    }

    fn carry(&self, pair: &Pair, mut from: &TcpStream, mut to: &TcpStream, pace: Option<u64>) {
        let mut buffer = vec![0; BUFFER];
        let towards_server = std::ptr::eq(to, &raw const pair.server);
        loop {
            let read = match from.read(&mut buffer) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return pair.cut(),
            };
            while self.is_silent.load(Ordering::SeqCst) && !pair.is_cut() {
                thread::sleep(LOOK);
            }
            if pair.is_cut() {
                return;
            }
            if read == 0 {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            self.keep_pace(pace, read as u64);
            if to.write_all(&buffer[..read]).is_err() {
                return pair.cut();
            }
            if towards_server {
                self.carried.fetch_add(read as u64, Ordering::Relaxed);
            }
        }
    }

    fn keep_pace(&self, pace: Option<u64>, bytes: u64) {
        let Some(pace) = pace else { return };
        let wait = {
            let mut next_free = lock(&self.next_free);
            let begins = (*next_free).max(Instant::now());
            *next_free = begins + Duration::from_nanos(bytes * 1_000_000_000 / pace);
            begins.saturating_duration_since(Instant::now())
        };
        thread::sleep(wait);
    }

    /// Again and again: half are resets, one in twenty is a silence that no client should wait out.
    fn weather(&self, weather: &mut Weather) {
        let Weather { rest, chance } = weather;
        loop {
            self.last(chance.millis(rest.0, rest.1));
            if self.is_closed.load(Ordering::SeqCst) {
                return;
            }
            match chance.between(1, 20) {
                1..=10 => self.reset(chance, 3),
                11..=16 => {
                    lock(&self.troubles).refusals += 1;
                    self.hold(&self.refuses, chance.millis(1_000, 6_000), || {
                        self.reset(chance, 1);
                    });
                }
                trouble => {
                    lock(&self.troubles).silences += 1;
                    let long = if trouble == 20 {
                        chance.millis(35_000, 45_000)
                    } else {
                        chance.millis(1_000, 8_000)
                    };
                    self.hold(&self.is_silent, long, || ());
                }
            }
        }
    }

    fn hold(&self, state: &AtomicBool, long: Duration, then: impl FnOnce()) {
        state.store(true, Ordering::SeqCst);
        then();
        let begun = Instant::now();
        self.last(long);
        lock(&self.troubles).unreachable += begun.elapsed();
        state.store(false, Ordering::SeqCst);
    }

    fn last(&self, long: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < long && !self.is_closed.load(Ordering::SeqCst) {
            thread::sleep(LOOK);
        }
    }

    /// One connection in `many`.
    fn reset(&self, chance: &mut Chance, many: u64) {
        let open: Vec<Arc<Pair>> = lock(&self.open).clone();
        for pair in open {
            if chance.one_in(many) {
                pair.cut();
                lock(&self.troubles).resets += 1;
            }
        }
    }
}

impl Pair {
    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::SeqCst)
    }

    /// A reset on both sides, as a line that breaks gives it, when both directions have let go.
    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for stream in [&self.client, &self.server] {
            reset_when_closed(stream);
            // Nothing is sent by this; it wakes who reads.
            let _ = stream.shutdown(Shutdown::Read);
        }
    }
}

#[cfg(unix)]
fn reset_when_closed(stream: &TcpStream) {
    let _ = rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO));
}

/// `soak` runs on Linux only.
#[cfg(not(unix))]
fn reset_when_closed(_: &TcpStream) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_meets_a_reset_and_what_is_not_passes() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = server.local_addr().expect("an address");
        thread::spawn(move || {
            for mut stream in server.incoming().flatten() {
                thread::spawn(move || {
                    let mut byte = [0];
                    while matches!(stream.read(&mut byte), Ok(1)) {
                        let _ = stream.write_all(&byte);
                    }
                });
            }
        });
        let weather = Weather {
            rest: (60_000, 60_000),
            chance: Chance::new(1, 1),
        };
        let line = Line::to(address, None, weather).expect("a line");
        let mut client =
            TcpStream::connect((Ipv4Addr::LOCALHOST, line.port)).expect("the line is open");
        let mut byte = [7];
        client.write_all(&byte).expect("it passes");
        client.read_exact(&mut byte).expect("it comes back");
        assert_eq!((byte, line.carried()), ([7], 1));
        line.wire.reset(&mut Chance::new(1, 2), 1);
        let met = client.read(&mut byte).expect_err("a reset");
        assert_eq!(met.kind(), ErrorKind::ConnectionReset);
        assert_eq!(line.troubles().resets, 1);
    }
}
