//! Sessions of seconds on a server whose shortest session lasts 15 minutes.
//!
//! `SeaweedFS` checks a session by the `exp` in its token, a JWT that this side can sign too. This small loopback door stands
//! before STS only and changes nothing but the `AssumeRole` answer: the same token with an earlier `exp`, and `Expiration`. Requests
//! pass as they are, `Host` included, so that their signatures hold; the server itself refuses the session afterwards.

use std::io::{self, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::Sha256;

use crate::message::Message;
use crate::weed::Weed;

/// The door; give its endpoint as `sts_endpoint`.
pub struct ShortSessions {
    address: SocketAddr,
    door: Arc<Door>,
}

struct Door {
    server: SocketAddr,
    signing_key: Vec<u8>,
    /// 0 leaves sessions as they are.
    seconds: AtomicU32,
    /// Is the earlier end told too?
    is_told: AtomicBool,
    is_closed: AtomicBool,
}

impl ShortSessions {
    /// Before this server; each session that begins from now lasts `seconds`.
    pub fn before(weed: &Weed, seconds: u32) -> Self {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let door = Arc::new(Door {
            server: weed.address(),
            signing_key: weed.signing_key().to_vec(),
            seconds: AtomicU32::new(seconds),
            is_told: AtomicBool::new(true),
            is_closed: AtomicBool::new(false),
        });
        let inside = Arc::clone(&door);
        std::thread::spawn(move || inside.serve(&listener));
        Self { address, door }
    }

    /// What to give as `sts_endpoint`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now, sessions last this long.
    pub fn last_seconds(&self, seconds: u32) {
        self.door.seconds.store(seconds, Ordering::SeqCst);
    }

    /// From now, sessions end earlier than they say: only the server knows.
    pub fn end_untold(&self) {
        self.door.is_told.store(false, Ordering::SeqCst);
    }

    /// From now, sessions last as long as the server says.
    pub fn last_as_issued(&self) {
        self.last_seconds(0);
    }
}

impl Drop for ShortSessions {
    fn drop(&mut self) {
        self.door.is_closed.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for somebody to come in.
        let _ = TcpStream::connect(self.address);
    }
}

impl Door {
    fn serve(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            if self.is_closed.load(Ordering::SeqCst) {
                return;
            }
            let door = Arc::clone(&self);
            // Who goes away in the middle ends only this thread.
            std::thread::spawn(move || door.pass(stream));
        }
    }

    fn pass(&self, mut client: TcpStream) -> io::Result<()> {
        let mut request = Message::read(&mut BufReader::new(client.try_clone()?), true)?;
        let mut server = TcpStream::connect(self.server)?;
        write_last(&mut request, &mut server)?;
        let mut answer = Message::read(&mut BufReader::new(server), true)?;
        if answer.text().contains("<AssumeRoleResult>") {
            answer.body = self.shorten(&answer.text()).into_bytes();
        }
        write_last(&mut answer, &mut client)
    }

    fn shorten(&self, answer: &str) -> String {
        let seconds = self.seconds.load(Ordering::SeqCst);
        if seconds == 0 {
            return answer.to_owned();
        }
        let ends_at = Timestamp::now() + SignedDuration::from_secs(seconds.into());
        let token = element(answer, "SessionToken");
        let expiration = element(answer, "Expiration").to_owned();
        let signed = resign(token, ends_at.as_second(), &self.signing_key);
        let answer = answer.replace(token, &signed);
        if self.is_told.load(Ordering::SeqCst) {
            let shown = ends_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            return answer.replace(&expiration, &shown);
        }
        answer
    }
}

/// One a connection. `Connection` is not signed.
fn write_last(message: &mut Message, writer: &mut impl Write) -> io::Result<()> {
    message.head.remove(|name| name == "connection");
    message.head.add("Connection", "close");
    message.write(writer)
}

/// The same token with another end, signed anew.
fn resign(token: &str, ends_at: i64, key: &[u8]) -> String {
    let mut parts = token.split('.');
    let header = parts.next().expect("a JWT has a header");
    let payload = URL_SAFE_NO_PAD
        .decode(parts.next().expect("a JWT has a payload"))
        .expect("it is base64url");
    let mut payload: Value = serde_json::from_slice(&payload).expect("it is JSON");
    payload["exp"] = ends_at.into();
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(signed.as_bytes());
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inner = xml
        .split_once(&open)
        .and_then(|(_, rest)| rest.split_once(&close));
    inner
        .unwrap_or_else(|| panic!("the AssumeRole answer has no {name}"))
        .0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wait::until_async;
    use crate::weed::Policy;
    use crate::weed::tests::assume;

    #[tokio::test]
    async fn a_shortened_session_works_and_then_the_server_itself_refuses_it() {
        let weed = Weed::start(Policy::Corrected).await;
        let door = ShortSessions::before(&weed, 4);
        let session = assume(&weed, &door.endpoint()).await;
        let seen = async || {
            session
                .client()
                .list_objects_v2()
                .bucket("s3-fs-example-bucket")
                .send()
                .await
        };
        seen().await.expect("the session has begun");
        until_async("the session ends", Duration::from_secs(20), async || {
            seen().await.is_err().then_some(())
        })
        .await;
    }
}
