//! What the sink says: yes, in the shape that S3 and STS say it.

use jiff::{SignedDuration, Timestamp};

use super::counts::Counts;
use super::listing;
use super::sink::Request;

const ETAG: &str = "\"00000000000000000000000000000000\"";
const XML: (&str, &str) = ("Content-Type", "application/xml");
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Status, headers and body.
pub(crate) struct Answer {
    pub(crate) status: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// Yes, with the checksum that the client claimed: what an honest server says after it has compared them.
/// Of `keys` keys a listing tells.
pub(crate) fn to(request: &Request, keys: u64, counts: &Counts) -> Answer {
    let query = request
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let path = request.target.split('?').next().unwrap_or_default();
    match request.method.as_str() {
        "PUT" => stored(request),
        "POST" if path == "/" && !query.contains("delete") => xml(&session()),
        "POST" if query.starts_with("uploads") => xml(&upload_begun(path, counts.upload_begins())),
        "POST" => {
            counts.upload_is_complete();
            xml(&upload_completed(path, request))
        }
        "GET" => xml(&listing::page(query, keys)),
        "DELETE" => Answer {
            status: "204 No Content",
            headers: Vec::new(),
            body: String::new(),
        },
        _ => Answer {
            status: "404 Not Found",
            headers: Vec::new(),
            body: String::new(),
        },
    }
}

/// Now, as the Date header says it.
pub(crate) fn date() -> String {
    Timestamp::now()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

fn stored(request: &Request) -> Answer {
    let mut headers = vec![("ETag", ETAG.to_owned())];
    if let Some(checksum) = &request.checksum {
        headers.push(("x-amz-checksum-crc64nvme", checksum.clone()));
        headers.push(("x-amz-checksum-type", "FULL_OBJECT".to_owned()));
    }
    Answer {
        status: "200 OK",
        headers,
        body: String::new(),
    }
}

fn xml(body: &str) -> Answer {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    Answer {
        status: "200 OK",
        headers: vec![(XML.0, XML.1.to_owned())],
        body,
    }
}

fn upload_begun(path: &str, number: u64) -> String {
    let (bucket, key) = names(path);
    format!(
        "<InitiateMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{bucket}</Bucket><Key>{key}</Key>\
         <UploadId>sink-{number}</UploadId></InitiateMultipartUploadResult>"
    )
}

fn upload_completed(path: &str, request: &Request) -> String {
    let (bucket, key) = names(path);
    let checksum = request.checksum.as_ref().map_or_else(String::new, |checksum| {
        format!("<ChecksumCRC64NVME>{checksum}</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>")
    });
    format!(
        "<CompleteMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{bucket}</Bucket><Key>{key}</Key>\
         <ETag>{ETAG}</ETag>{checksum}</CompleteMultipartUploadResult>"
    )
}

/// Long enough for any run.
fn session() -> String {
    let ends_at =
        (Timestamp::now() + SignedDuration::from_hours(12)).strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/sts-s3-example-role/bench</Arn>\
         <AssumedRoleId>AROASINKEXAMPLE00000:bench</AssumedRoleId></AssumedRoleUser>\
         <Credentials><AccessKeyId>ASIASINKEXAMPLE00000</AccessKeyId><SecretAccessKey>not-checked-here</SecretAccessKey>\
         <SessionToken>not-checked-here-either</SessionToken><Expiration>{ends_at}</Expiration></Credentials>\
         </AssumeRoleResult><ResponseMetadata><RequestId>sink</RequestId></ResponseMetadata></AssumeRoleResponse>"
    )
}

/// Bucket and key of a path-style address. The sink's keys are the data's file names, which need no escaping.
fn names(path: &str) -> (&str, &str) {
    path.trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path, ""))
}
