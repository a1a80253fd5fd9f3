//! What the sandbox was asked, so that a test can say what must not have been sent twice.

use http::{Method, StatusCode};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a request asks for.
#[allow(missing_docs, reason = "each is the API operation of that name")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    PutObject,
    CreateMultipartUpload,
    UploadPart,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    ListMultipartUploads,
    ListObjectsV2,
    HeadBucket,
    HeadObject,
    GetObject,
    DeleteObject,
    AssumeRole,
    GetCallerIdentity,
    ListAccessKeys,
    GetAccessKeyLastUsed,
    CreateAccessKey,
    UpdateAccessKey,
    DeleteAccessKey,
    /// Whatever else was asked for.
    Other,
    /// For faults: whichever comes. Never counted.
    Any,
}

/// A part that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedPart {
    /// The object's key.
    pub key: String,
    /// The upload that it belongs to.
    pub upload_id: String,
    /// Whose signature it bears.
    pub access_key_id: String,
    /// 1 to 10,000.
    pub part_number: u32,
    /// Bytes of the part itself, without framing.
    pub size: u64,
    /// The sandbox stored it.
    pub accepted: bool,
    /// The answer was handed to the connection.
    pub answered: bool,
}

impl ReceivedPart {
    /// Stored, and the client was told so: such a part must never come again.
    pub fn is_confirmed(&self) -> bool {
        self.accepted && self.answered
    }
}

/// What was received since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many requests of each operation, refused ones among them.
    pub requests: BTreeMap<Operation, u64>,
    /// How many bytes of request bodies, framing among them.
    pub body_bytes: BTreeMap<Operation, u64>,
    /// Every part, in the order in which their requests began.
    pub parts: Vec<ReceivedPart>,
}

impl Counts {
    /// How many requests of one operation.
    pub fn requests_of(&self, operation: Operation) -> u64 {
        self.requests.get(&operation).copied().unwrap_or_default()
    }

    /// How many body bytes of one operation.
    pub fn body_bytes_of(&self, operation: Operation) -> u64 {
        self.body_bytes.get(&operation).copied().unwrap_or_default()
    }

    /// The parts that were received again after they had been confirmed.
    pub fn parts_sent_again(&self) -> Vec<&ReceivedPart> {
        let same = |a: &ReceivedPart, b: &ReceivedPart| {
            (&a.upload_id, a.part_number) == (&b.upload_id, b.part_number)
        };
        let again = |(index, part): (usize, &ReceivedPart)| {
            self.parts[..index]
                .iter()
                .any(|earlier| earlier.is_confirmed() && same(earlier, part))
        };
        self.parts
            .iter()
            .enumerate()
            .filter(|&(index, part)| again((index, part)))
            .map(|(_, part)| part)
            .collect()
    }
}

/// The counts while they grow.
#[derive(Debug, Default)]
pub(crate) struct Counting(Mutex<Counts>);

impl Counting {
    pub(crate) fn now(&self) -> Counts {
        self.lock().clone()
    }

    pub(crate) fn request(&self, operation: Operation) {
        *self.lock().requests.entry(operation).or_default() += 1;
    }

    pub(crate) fn bytes(&self, operation: Operation, bytes: usize) {
        *self.lock().body_bytes.entry(operation).or_default() += bytes as u64;
    }

    /// Notes a part at its beginning and returns its place.
    pub(crate) fn part(&self, part: ReceivedPart) -> usize {
        let mut counts = self.lock();
        counts.parts.push(part);
        counts.parts.len() - 1
    }

    pub(crate) fn part_done(&self, place: usize, status: StatusCode, answered: bool) {
        if let Some(part) = self.lock().parts.get_mut(place) {
            part.accepted = status.is_success();
            part.answered = answered;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The S3 operation that a request asks for, from its path-style address. STS's operations stand in their bodies.
pub fn operation_of(method: &Method, path: &str, query: &str) -> Operation {
    let has = |name: &str| {
        query
            .split('&')
            .any(|pair| pair.split('=').next() == Some(name))
    };
    let (bucket, key) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path.trim_start_matches('/'), ""));
    match (bucket.is_empty(), key.is_empty(), method.as_str()) {
        (true, ..) => Operation::Other,
        (_, true, "HEAD") => Operation::HeadBucket,
        (_, true, "GET") if query.contains("list-type=2") => Operation::ListObjectsV2,
        (_, true, "GET") if has("uploads") => Operation::ListMultipartUploads,
        (_, false, "PUT") if has("partNumber") => Operation::UploadPart,
        (_, false, "PUT") => Operation::PutObject,
        (_, false, "POST") if has("uploads") => Operation::CreateMultipartUpload,
        (_, false, "POST") if has("uploadId") => Operation::CompleteMultipartUpload,
        (_, false, "DELETE") if has("uploadId") => Operation::AbortMultipartUpload,
        (_, false, "DELETE") => Operation::DeleteObject,
        (_, false, "GET") if has("uploadId") => Operation::ListParts,
        (_, false, "GET") => Operation::GetObject,
        (_, false, "HEAD") => Operation::HeadObject,
        _ => Operation::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_method_and_address() {
        use Operation as O;
        let cases = [
            ("PUT", "/b/k", "x-id=PutObject", O::PutObject),
            ("PUT", "/b/k/l", "partNumber=1&uploadId=u", O::UploadPart),
            ("POST", "/b/k", "uploads", O::CreateMultipartUpload),
            ("POST", "/b/k", "uploadId=u", O::CompleteMultipartUpload),
            ("DELETE", "/b/k", "uploadId=u", O::AbortMultipartUpload),
            ("DELETE", "/b/k", "", O::DeleteObject),
            ("GET", "/b", "list-type=2&prefix=a", O::ListObjectsV2),
            ("GET", "/b/", "uploads", O::ListMultipartUploads),
            ("GET", "/b/k", "uploadId=u", O::ListParts),
            ("GET", "/b/k", "", O::GetObject),
            ("HEAD", "/b", "", O::HeadBucket),
            ("HEAD", "/b/k", "", O::HeadObject),
            ("GET", "/", "", O::Other),
        ];
        for (method, path, query, expected) in cases {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(
                operation_of(&method, path, query),
                expected,
                "{method} {path}?{query}"
            );
        }
    }
}
