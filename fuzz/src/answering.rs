//! A server that answers whatever it is asked with the input.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// On loopback, until the process ends.
pub struct Answering {
    address: SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Answering {
    /// Listens.
    pub fn start() -> Self {
        let listener = crate::runtime().block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let answer = Arc::new(Mutex::new(Vec::new()));
        let given = Arc::clone(&answer);
        crate::runtime().spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = given.lock().unwrap_or_else(PoisonError::into_inner);
                tokio::spawn(serve(stream, answer.clone()));
            }
        });
        Self { address, answer }
    }

    /// What to give as `endpoint`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on: three digits are the status, what follows the line is the body. Without digits, it is all body.
    pub fn give(&self, input: &[u8]) {
        let (status, body) = match input {
            [
                a @ b'2'..=b'5',
                b @ b'0'..=b'9',
                c @ b'0'..=b'9',
                b'\n',
                rest @ ..,
            ] => (String::from_utf8_lossy(&[*a, *b, *c]).into_owned(), rest),
            all => ("200".to_owned(), all),
        };
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} As It Is\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n"
        );
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) =
            [head.as_bytes(), body].concat();
    }
}

async fn serve(stream: TcpStream, answer: Vec<u8>) {
    let mut stream = BufReader::new(stream);
    // Who asked may have gone.
    if read_request(&mut stream).await.is_some() {
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
    }
}

/// To its end: a client that is still sending takes an early answer for a broken line.
async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| {
        let value = line.strip_prefix("content-length:")?;
        value.trim().parse().ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(())
}
