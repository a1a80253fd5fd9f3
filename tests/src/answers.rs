//! A server that answers every request alike and keeps what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// Listens on loopback until the test's process ends.
pub struct Answers {
    /// Where it is asked.
    pub url: String,
    asked: Receiver<String>,
}

impl Answers {
    /// With this status line and these headers, each with its line's end, and this body.
    pub fn with(head: &str, body: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        let (tell, asked) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Whoever asked may have gone, and the test be over.
                let _ = tell.send(head_of(&stream));
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        Self { url, asked }
    }

    /// The next request's head, if there was one.
    pub fn asked(&self) -> Option<String> {
        self.asked.try_recv().ok()
    }
}

fn head_of(stream: &TcpStream) -> String {
    let (mut reader, mut head) = (BufReader::new(stream), String::new());
    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
    head
}
