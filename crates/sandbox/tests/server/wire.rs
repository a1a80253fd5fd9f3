//! What the Rust SDK does not send by itself: signed chunks, `Expect: 100-continue`, a body without a checksum.

use crate::client::{bytes, sign_in, signed_in, start};
use aws_credential_types::Credentials;
use s3s::crypto::{Checksum as _, Crc32, Sha256};
use sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const BUCKET: &str = "s3-fs-example-bucket";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat()
}

fn sha256(text: &[u8]) -> String {
    hex(&Sha256::checksum(text))
}

fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner =
        Sha256::checksum(&[block.map(|byte| byte ^ 0x36).as_slice(), text.as_bytes()].concat());
    Sha256::checksum(&[block.map(|byte| byte ^ 0x5c).as_slice(), &inner].concat())
}

/// A signature of version 4 in the making.
struct Signer {
    key: [u8; 32],
    time: String,
    scope: String,
}

impl Signer {
    fn new(keys: &Credentials, region: &str) -> Self {
        let time = jiff::Timestamp::now()
            .strftime("%Y%m%dT%H%M%SZ")
            .to_string();
        let day = &time[..8];
        let secret = format!("AWS4{}", keys.secret_access_key());
        let key = [region, "s3", "aws4_request"]
            .iter()
            .fold(hmac(secret.as_bytes(), day), |key, text| hmac(&key, text));
        let scope = format!("{day}/{region}/s3/aws4_request");
        Self { key, time, scope }
    }

    fn request(&self, canonical: &str) -> String {
        let text = format!(
            "AWS4-HMAC-SHA256\n{}\n{}\n{}",
            self.time,
            self.scope,
            sha256(canonical.as_bytes())
        );
        hex(&hmac(&self.key, &text))
    }

    fn chunk(&self, before: &str, chunk: &[u8]) -> String {
        let kind = "AWS4-HMAC-SHA256-PAYLOAD";
        let text = format!(
            "{kind}\n{}\n{}\n{before}\n{EMPTY}\n{}",
            self.time,
            self.scope,
            sha256(chunk)
        );
        hex(&hmac(&self.key, &text))
    }

    fn trailer(&self, before: &str, trailer: &str) -> String {
        let kind = "AWS4-HMAC-SHA256-TRAILER";
        let text = format!(
            "{kind}\n{}\n{}\n{before}\n{}",
            self.time,
            self.scope,
            sha256(trailer.as_bytes())
        );
        hex(&hmac(&self.key, &text))
    }
}

/// PUTs `content` in signed chunks, waiting for 100-continue first, and returns the whole answer.
async fn put_signed_chunks(
    sandbox: &Sandbox,
    keys: &Credentials,
    content: &[u8],
    trailer: Option<&str>,
) -> String {
    let (signer, host) = (
        Signer::new(keys, &sandbox.address().region),
        sandbox.address().endpoint.replace("http://", ""),
    );
    let kind = format!(
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD{}",
        if trailer.is_some() { "-TRAILER" } else { "" }
    );
    let mut headers = vec![
        ("host", host.clone()),
        ("x-amz-content-sha256", kind.clone()),
        ("x-amz-date", signer.time.clone()),
        ("x-amz-decoded-content-length", content.len().to_string()),
        (
            "x-amz-security-token",
            keys.session_token().unwrap().to_owned(),
        ),
    ];
    if trailer.is_some() {
        headers.push(("x-amz-trailer", "x-amz-checksum-crc32".into()));
    }
    let names = headers
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(";");
    let lines = |separator: &str, end: &str| {
        let line = |(name, value): &(&str, String)| format!("{name}{separator}{value}{end}");
        headers.iter().map(line).collect::<Vec<_>>().concat()
    };
    let canonical = lines(":", "\n");
    let seed = signer.request(&format!(
        "PUT\n/{BUCKET}/chunks\n\n{canonical}\n{names}\n{kind}"
    ));

    let mut body = Vec::new();
    let mut signature = seed.clone();
    for chunk in content.chunks(64 * 1024).chain([&[][..]]) {
        signature = signer.chunk(&signature, chunk);
        body.extend(format!("{:x};chunk-signature={signature}\r\n", chunk.len()).as_bytes());
        body.extend(chunk);
        if !chunk.is_empty() || trailer.is_none() {
            body.extend(b"\r\n");
        }
    }
    if let Some(sum) = trailer {
        let line = format!("x-amz-checksum-crc32:{sum}");
        let signature = signer.trailer(&signature, &format!("{line}\n"));
        body.extend(format!("{line}\r\nx-amz-trailer-signature:{signature}\r\n\r\n").as_bytes());
    }

    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={names}, Signature={seed}",
        keys.access_key_id(),
        signer.scope
    );
    let headers = lines(": ", "\r\n");
    let head = format!(
        "PUT /{BUCKET}/chunks HTTP/1.1\r\n{headers}authorization: {authorization}\r\ncontent-length: {}\r\n\
         content-encoding: aws-chunked\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(&body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn signed_chunks_work_with_and_without_a_trailer() {
    let running = start(|_| ()).await;
    let keys = sign_in(&running.sandbox).await;
    let content = bytes(200_000);
    let sum = base64_simd::STANDARD.encode_to_string(Crc32::checksum(&content));
    for trailer in [None, Some(sum.as_str())] {
        let answer = put_signed_chunks(&running.sandbox, &keys, &content, trailer).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("x-amz-checksum-crc64nvme: "), "{answer}");
        assert_eq!(running.sandbox.read_object("chunks").unwrap(), content);
    }
    let answer = put_signed_chunks(&running.sandbox, &keys, &content, Some("AAAAAA==")).await;
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("<Code>BadDigest</Code>"),
        "{answer}"
    );
    let wrong = Credentials::new(
        keys.access_key_id(),
        "x".repeat(40),
        keys.session_token().map(Into::into),
        None,
        "t",
    );
    let answer = put_signed_chunks(&running.sandbox, &wrong, &content, None).await;
    assert!(
        answer.starts_with("HTTP/1.1 403") && answer.contains("<Code>SignatureDoesNotMatch</Code>"),
        "{answer}"
    );
}

#[tokio::test]
async fn an_unsigned_payload_is_stored_with_a_crc64nvme_of_s3s_own() {
    let running = start(|_| ()).await;
    let client = signed_in(&running.sandbox).await;
    let content = bytes(1_000_000);
    let put = client
        .put_object()
        .bucket(BUCKET)
        .key("a")
        .body(content.clone().into());
    let answer = put
        .customize()
        .disable_payload_signing()
        .send()
        .await
        .unwrap();
    assert!(answer.checksum_crc64_nvme().is_some());
    assert_eq!(running.sandbox.read_object("a").unwrap(), content);
}
