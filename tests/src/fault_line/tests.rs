use std::io::{self, BufReader, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::*;
use crate::message::Message;
use crate::wait::until;

const SOON: Duration = Duration::from_secs(10);
const PART: &str = "/b/sand%20dune?partNumber=2&uploadId=u";

/// Answers each request with its body, a checksum and an ETag, and counts those that came whole.
struct Echo {
    address: SocketAddr,
    carried_out: Arc<AtomicUsize>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let carried_out = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&carried_out);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(request) = Message::read(&mut BufReader::new(&stream), true) else {
                    continue;
                };
                count.fetch_add(1, Ordering::SeqCst);
                let _ = write!(
                    &stream,
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nx-amz-checksum-crc64nvme: AAAAAAAAAAA=\r\nContent-Length: {}\r\n\r\n{}",
                    request.body.len(),
                    request.text(),
                );
            }
        });
        Self {
            address,
            carried_out,
        }
    }

    fn carried_out(&self) -> usize {
        self.carried_out.load(Ordering::SeqCst)
    }
}

struct Scene {
    echo: Echo,
    line: FaultLine,
}

impl Scene {
    fn set() -> Self {
        let echo = Echo::start();
        let line = FaultLine::to(echo.address);
        Self { echo, line }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.line.address).expect("the line is open")
    }

    /// Puts a part on a connection of its own.
    fn ask(&self, body: &str) -> io::Result<Message> {
        ask_on(&self.connect(), "PUT", PART, body)
    }
}

fn ask_on(mut stream: &TcpStream, method: &str, address: &str, body: &str) -> io::Result<Message> {
    write!(
        stream,
        "{method} {address} HTTP/1.1\r\nHost: b\r\nAuthorization: AWS4-HMAC-SHA256 Credential=K/20260101/eu-west-3/s3/aws4_request, x\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    Message::read(&mut BufReader::new(stream), true)
}

#[test]
fn what_passes_is_seen_and_a_connection_is_used_again() {
    let scene = Scene::set();
    let stream = scene.connect();
    for body in ["sand", "", "glass"] {
        let answer = ask_on(&stream, "PUT", PART, body).expect("it passes");
        assert_eq!(answer.text(), body);
    }
    let received = scene.line.received();
    assert_eq!(
        received[0],
        Received {
            operation: Operation::UploadPart,
            key: "sand dune".to_owned(),
            part_number: Some(2),
            upload_id: Some("u".to_owned()),
            region: Some("eu-west-3".to_owned()),
            forwarded: 4,
            status: Some(200),
            is_answered: true,
            is_sent_again: false,
        }
    );
    assert_eq!(scene.line.parts_sent_again().len(), 2);
    assert_eq!(scene.line.requests_of(Operation::UploadPart), 3);
}

#[test]
fn a_fault_meets_its_request_and_is_used_up() {
    let scene = Scene::set();
    let busy = Fault::error(503, "SlowDown");
    scene.line.next_after(Operation::UploadPart, 1, 2, busy);
    let stream = scene.connect();
    ask_on(&stream, "GET", "/b?list-type=2", "").expect("a listing is no part");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let answer = ask_on(&stream, "PUT", PART, "sand").expect("an answer");
        statuses.push(answer.head.status());
        if answer.head.status() == Some(503) {
            assert!(answer.text().contains("<Code>SlowDown</Code>"));
            assert!(answer.head.header("date").is_some());
        }
    }
    assert_eq!(statuses, [200, 503, 503, 200].map(Some));
    assert_eq!(scene.echo.carried_out(), 3);
}

#[test]
fn a_connection_that_breaks_carries_nothing_out_unless_only_the_answer_is_lost() {
    let cases = [
        (Fault::Refuse, 0, 0),
        (Fault::ResetBefore, 0, 0),
        (Fault::ResetDuring { after_bytes: 3 }, 3, 0),
        (Fault::ResetDuring { after_bytes: 9 }, 4, 0),
        (Fault::ResetAfter, 0, 0),
        (Fault::LoseAnswer, 5, 1),
    ];
    for (fault, forwarded, carried_out) in cases {
        let scene = Scene::set();
        scene.line.next(Operation::UploadPart, 1, fault.clone());
        scene.ask("glass").expect_err("no answer");
        until("the line knows how far it came", SOON, || {
            (scene.line.received()[0].forwarded == forwarded).then_some(())
        });
        assert!(!scene.line.received()[0].is_answered, "{fault:?}");
        assert_eq!(scene.echo.carried_out(), carried_out, "{fault:?}");
        assert_eq!(scene.ask("glass").expect("used up").text(), "glass");
        assert_eq!(scene.line.parts_sent_again(), [], "{fault:?}");
    }
}

#[test]
fn a_reset_is_a_reset() {
    let scene = Scene::set();
    scene.line.next(Operation::UploadPart, 1, Fault::ResetAfter);
    let error = scene.ask("sand").expect_err("no answer");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn a_refused_port_is_the_same_when_it_opens_again() {
    let scene = Scene::set();
    let kept = scene.connect();
    ask_on(&kept, "PUT", PART, "sand").expect("it passes");
    scene.line.refuse_connections(true);
    ask_on(&kept, "PUT", PART, "sand").expect_err("the connection ended");
    let refused = TcpStream::connect(scene.line.address).expect_err("nobody listens");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    scene.line.refuse_connections(false);
    assert_eq!(scene.ask("sand").expect("it passes again").text(), "sand");
}

#[test]
fn a_server_that_goes_away_comes_back_by_itself() {
    let scene = Scene::set();
    let away = Fault::RefuseFor(Duration::from_millis(200));
    scene.line.next(Operation::UploadPart, 1, away);
    scene.ask("sand").expect_err("the server went away");
    until("it is back", SOON, || {
        let stream = TcpStream::connect(scene.line.address).ok()?;
        ask_on(&stream, "PUT", PART, "sand").ok()
    });
}

#[test]
fn silence_breaks_in_the_end_and_a_held_answer_comes_late() {
    let scene = Scene::set();
    let short = Duration::from_millis(200);
    let begun = Instant::now();
    let operation = Operation::UploadPart;
    scene.line.next(operation, 1, Fault::Silence(short));
    scene.ask("sand").expect_err("silence, then a reset");
    assert_eq!(scene.echo.carried_out(), 0);
    scene.line.next(operation, 1, Fault::HoldAnswer(short));
    assert_eq!(scene.ask("sand").expect("late").text(), "sand");
    assert!(begun.elapsed() >= 2 * short);
    // With the line, what is silent breaks.
    let forever = Fault::Silence(Duration::MAX);
    scene.line.next(operation, 1, forever);
    let mut stream = scene.connect();
    write!(stream, "PUT {PART} HTTP/1.1\r\n\r\n").expect("it reads");
    until("it is silent", SOON, || {
        (scene.line.held() == 1).then_some(())
    });
    drop(scene.line);
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
}

#[test]
fn a_body_is_invited_where_somebody_waits_for_that() {
    let scene = Scene::set();
    let mut stream = scene.connect();
    write!(
        stream,
        "PUT {PART} HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    .expect("it reads");
    let mut reader = BufReader::new(&stream);
    let invitation = Message::read(&mut reader, true).expect("an invitation");
    assert_eq!(invitation.head.status(), Some(100));
    (&stream).write_all(b"sand").expect("it reads");
    let answer = Message::read(&mut reader, true).expect("an answer");
    assert_eq!(
        (answer.head.status(), answer.text().as_str()),
        (Some(200), "sand")
    );
}

#[test]
fn garbage_is_no_http_and_a_page_is_no_s3() {
    let scene = Scene::set();
    scene.line.next(Operation::UploadPart, 1, Fault::Garbage);
    scene.ask("sand").expect_err("no message is understood");
    let page = Fault::Answer(Answer::page());
    scene.line.next(Operation::UploadPart, 1, page);
    let page = scene.ask("sand").expect("an answer");
    assert_eq!(page.head.status(), Some(200));
    assert_eq!(page.head.header("x-amz-request-id"), None);
    assert!(page.text().starts_with("<!DOCTYPE html>"));
}

#[test]
fn a_silent_server_leaves_out_what_it_was_told_to() {
    let scene = Scene::set();
    let told = "<A><ChecksumCRC64NVME>x</ChecksumCRC64NVME><ETag>y</ETag></A>";
    let complete = "/b/k?uploadId=u";
    let ask = || ask_on(&scene.connect(), "POST", complete, told).expect("an answer");
    assert_eq!(ask().text(), told);
    assert!(ask().head.header("x-amz-checksum-crc64nvme").is_some());
    scene.line.keep(Silent::OnChecksums);
    assert_eq!(ask().text(), "<A><ETag>y</ETag></A>");
    assert_eq!(ask().head.header("x-amz-checksum-crc64nvme"), None);
    scene.line.keep(Silent::OnCompletedEtags);
    assert_eq!(ask().text(), "<A><ETag></ETag></A>");
    scene.line.keep(Silent::OnListedEtags);
    let listing = ask_on(&scene.connect(), "GET", "/b?list-type=2", told);
    let listing = listing.expect("an answer").text();
    assert!(!listing.contains("<ETag>y<") && listing.contains("<ETag>&quot;"));
    scene.line.clear();
    assert_eq!(ask().text(), told);
}
