//! Answers that the server never gave, and the server's own with something left out.

use sandbox::Operation;

use super::Silent;
use crate::message::{Head, Message};

/// An answer that is given in the place of the server's. `Date` and a request id are added unless named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    /// S3's error of this code.
    pub fn error(status: u16, code: &str) -> Self {
        Self::xml(status, &format!("<Code>{code}</Code>"))
    }

    /// A status without a body, such as a 403 that names no reason.
    pub fn unnamed(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// 301: the bucket is in this region.
    pub fn moved_to(region: &str) -> Self {
        let inner = format!("<Code>PermanentRedirect</Code><Region>{region}</Region>");
        Self::xml(301, &inner).with_header("x-amz-bucket-region", region)
    }

    /// 200 with an error in the body: Complete had to say something before it knew how it would end.
    pub fn error_in_success(code: &str) -> Self {
        Self::error(200, code)
    }

    /// 200 with a page, as a captive portal gives it.
    pub fn page() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: "<!DOCTYPE html><html><head><title>Sign in to this network</title></head></html>"
                .to_owned(),
        }
        .with_header("Content-Type", "text/html; charset=utf-8")
        // A portal does not say that it is S3.
        .with_header("x-amz-request-id", "")
    }

    /// With this header; an empty value leaves it out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn xml(status: u16, inner: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{inner}<Message>A fault of the line.</Message><RequestId>FAULT</RequestId></Error>"
        );
        Self {
            status,
            headers: Vec::new(),
            body,
        }
        .with_header("Content-Type", "application/xml")
    }

    pub(super) fn message(&self) -> Message {
        let mut head = Head::of(&format!("HTTP/1.1 {} A fault of the line", self.status));
        let now = jiff::Timestamp::now()
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        let own = [("Date", now.as_str()), ("x-amz-request-id", "FAULT")];
        let is_named = |name: &str| {
            let mut headers = self.headers.iter();
            headers.any(|(named, _)| named.eq_ignore_ascii_case(name))
        };
        for (name, value) in own.into_iter().filter(|(name, _)| !is_named(name)) {
            head.add(name, value);
        }
        for (name, value) in self.headers.iter().filter(|(_, value)| !value.is_empty()) {
            head.add(name, value);
        }
        Message {
            head,
            body: self.body.clone().into_bytes(),
        }
    }
}

/// Leaves out what this server keeps silent about.
pub(super) fn silence(answer: &mut Message, operation: Operation, silent: &[Silent]) {
    for silent in silent {
        match (silent, operation) {
            (Silent::OnChecksums, _) => {
                answer
                    .head
                    .remove(|name| name.starts_with("x-amz-checksum-"));
                for element in ["ChecksumCRC64NVME", "ChecksumType", "ChecksumAlgorithm"] {
                    replace_elements(answer, element, "");
                }
            }
            (Silent::OnCompletedEtags, Operation::CompleteMultipartUpload) => {
                replace_elements(answer, "ETag", "<ETag></ETag>");
            }
            (Silent::OnListedEtags, Operation::ListObjectsV2) => {
                let unknown = format!("<ETag>&quot;{}&quot;</ETag>", "5a9d".repeat(8));
                replace_elements(answer, "ETag", &unknown);
            }
            (Silent::OnCompletedEtags | Silent::OnListedEtags, _) => {}
        }
    }
}

/// Bodies that are no text, or have no such element, stay as they are.
fn replace_elements(answer: &mut Message, name: &str, by: &str) {
    let Ok(text) = std::str::from_utf8(&answer.body) else {
        return;
    };
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut replaced = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once(&open) {
        let Some((_, after)) = inner.split_once(&close) else {
            break;
        };
        replaced.push_str(before);
        replaced.push_str(by);
        rest = after;
    }
    replaced.push_str(rest);
    answer.body = replaced.into_bytes();
}
