//! Keys, tokens and ids that nobody can guess and that look like AWS's.

use s3s::crypto::{Checksum as _, Sha256};
use uuid::Uuid;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// 32 bytes. A UUID has 122 random bits, so four of them are more than the digest holds.
fn bytes() -> [u8; 32] {
    let mut digest = Sha256::new();
    for _ in 0..4 {
        digest.update(Uuid::new_v4().as_bytes());
    }
    digest.finalize()
}

/// An id such as AWS makes them: four letters for the kind (`AKIA`, `ASIA`, `AROA`, `AIDA`), then 16 characters.
pub(crate) fn id(kind: &str) -> String {
    let rest = bytes()
        .into_iter()
        .take(16)
        .map(|byte| char::from(BASE32[usize::from(byte % 32)]));
    kind.chars().chain(rest).collect()
}

/// A secret access key: 40 characters.
pub(crate) fn secret() -> String {
    base64_simd::STANDARD.encode_to_string(&bytes()[..30])
}

/// A session token; AWS's have no fixed length either.
pub(crate) fn token() -> String {
    let body: Vec<u8> = (0..8).flat_map(|_| bytes()).collect();
    format!(
        "IQoJb3JpZ2luX2Vj{}",
        base64_simd::STANDARD.encode_to_string(body)
    )
}

/// An id without meaning: uploads, requests, body files.
pub(crate) fn plain() -> String {
    Uuid::new_v4().simple().to_string()
}
