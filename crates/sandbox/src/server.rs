//! The HTTP side: loopback connections, each request met by its fault or handed to s3s, and the answers on their way back.

use crate::State;
use crate::body::Metered;
use crate::counts::{Operation, ReceivedPart, operation_of};
use crate::faults::Fault;
use crate::query::{self, Query};
use crate::random;
use crate::signature::Signature;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::service::S3Service;
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What every connection shares.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) state: Arc<State>,
    pub(crate) s3: S3Service,
    pub(crate) query: Query,
}

/// What is known of a request before it is carried out.
struct Met {
    operation: Operation,
    fault: Option<Fault>,
    /// The place among the counted parts, if it is one.
    part: Option<usize>,
}

/// Takes connections until `stop`; then drops them all.
pub(crate) async fn accept(listener: TcpListener, front: Front, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(serve(stream, front.clone())); }
                // Out of file descriptors, most likely: some connection will end.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    connections.shutdown().await;
}

/// Serves one connection until the client leaves or a fault cuts it.
async fn serve(stream: TcpStream, front: Front) {
    let _ = stream.set_nodelay(true);
    let cut = CancellationToken::new();
    let service = {
        let cut = cut.clone();
        service_fn(move |request| {
            let (front, cut) = (front.clone(), cut.clone());
            async move { Ok::<_, Infallible>(front.answer(request, cut).await) }
        })
    };
    let mut connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        ended = &mut connection => if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        },
        () = cut.cancelled() => {
            let stream = connection.into_parts().io.into_inner();
            // A reset, as a line that breaks gives it, not an orderly end.
            let _ = stream.set_zero_linger();
        }
    }
}

impl Front {
    async fn answer(
        &self,
        request: Request<Incoming>,
        cut: CancellationToken,
    ) -> Response<s3s::Body> {
        let is_query = request.method() == Method::POST && request.uri().path() == "/";
        let mut answer = if is_query {
            self.query(request, &cut).await
        } else {
            self.s3(request, &cut).await
        };
        let delay = self.state.faults.delay();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let is_page = answer
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        // A portal's page does not look like AWS's answers.
        if !is_page {
            add_headers(answer.headers_mut(), is_query);
        }
        answer
    }

    async fn s3(&self, request: Request<Incoming>, cut: &CancellationToken) -> Response<s3s::Body> {
        let (method, uri) = (request.method(), request.uri());
        let operation = operation_of(method, uri.path(), uri.query().unwrap_or_default());
        let met = self.meet(operation, received_part(operation, &request));
        let cut_after = match met.fault {
            Some(Fault::Cut { after_bytes }) => Some((after_bytes, cut.clone())),
            _ => None,
        };
        let (parts, incoming) = request.into_parts();
        let body = Metered::new(incoming, Arc::clone(&self.state), operation, cut_after);
        let rest = body.clone();
        let request = Request::from_parts(parts, s3s::Body::http_body_unsync(body));
        self.carry_out(request, met, rest, cut).await
    }

    /// The form is read first: only it tells the operation.
    async fn query(
        &self,
        request: Request<Incoming>,
        cut: &CancellationToken,
    ) -> Response<s3s::Body> {
        let (parts, incoming) = request.into_parts();
        let form = match incoming.collect().await {
            Ok(form) => form.to_bytes(),
            Err(_) => Bytes::new(),
        };
        let action = form_urlencoded::parse(&form)
            .find(|(name, _)| name == "Action")
            .map(|(_, value)| value);
        let operation = match action.as_deref() {
            Some("AssumeRole") => Operation::AssumeRole,
            Some("GetCallerIdentity") => Operation::GetCallerIdentity,
            Some("ListAccessKeys") => Operation::ListAccessKeys,
            Some("GetAccessKeyLastUsed") => Operation::GetAccessKeyLastUsed,
            Some("CreateAccessKey") => Operation::CreateAccessKey,
            Some("UpdateAccessKey") => Operation::UpdateAccessKey,
            Some("DeleteAccessKey") => Operation::DeleteAccessKey,
            _ => Operation::Other,
        };
        let met = self.meet(operation, None);
        self.state.counting.bytes(operation, form.len());
        if matches!(met.fault, Some(Fault::Cut { .. })) {
            return reset(cut).await;
        }
        if let Some(answer) = instead(&met, true) {
            return answer;
        }
        pause(&met).await;
        let (status, xml) = self.query.answer(&parts, &form).await;
        if met.fault == Some(Fault::LoseAnswer) {
            return reset(cut).await;
        }
        answer(status, "text/xml", xml)
    }

    async fn carry_out(
        &self,
        request: Request<s3s::Body>,
        met: Met,
        rest: Metered,
        cut: &CancellationToken,
    ) -> Response<s3s::Body> {
        if matches!(met.fault, Some(Fault::Cut { .. })) {
            // Whether s3s would read the body does not matter: the line breaks where it was told to.
            rest.drain().await;
            return reset(cut).await;
        }
        if let Some(answer) = instead(&met, false) {
            rest.drain().await;
            self.part_done(&met, answer.status(), true);
            return answer;
        }
        pause(&met).await;
        let (parts, body) = request.into_parts();
        let is_skewed = Signature::read(&parts).is_some_and(|signature| signature.is_skewed());
        let answer = if is_skewed {
            error_answer(
                StatusCode::FORBIDDEN,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
                false,
            )
        } else {
            self.call(Request::from_parts(parts, body)).await
        };
        rest.drain().await;
        let is_lost = met.fault == Some(Fault::LoseAnswer);
        self.part_done(&met, answer.status(), !is_lost);
        if is_lost {
            return reset(cut).await;
        }
        answer
    }

    async fn call(&self, request: Request<s3s::Body>) -> Response<s3s::Body> {
        self.s3.call(request).await.unwrap_or_else(|error| {
            tracing::error!(?error, "s3s gave no answer");
            error_answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "The sandbox gave no answer.",
                false,
            )
        })
    }

    fn meet(&self, operation: Operation, part: Option<ReceivedPart>) -> Met {
        self.state.counting.request(operation);
        let part = part.map(|part| self.state.counting.part(part));
        Met {
            operation,
            fault: self.state.faults.take(operation),
            part,
        }
    }

    fn part_done(&self, met: &Met, status: StatusCode, answered: bool) {
        if let Some(place) = met.part {
            self.state.counting.part_done(place, status, answered);
        }
    }
}

/// The connection goes; what would have been answered is never known.
async fn reset(cut: &CancellationToken) -> Response<s3s::Body> {
    cut.cancel();
    pending().await
}

async fn pause(met: &Met) {
    if let Some(Fault::Delay(pause)) = met.fault {
        tokio::time::sleep(pause).await;
    }
}

/// The answer of a fault that stands in the place of the real one.
fn instead(met: &Met, is_query: bool) -> Option<Response<s3s::Body>> {
    match met.fault.as_ref()? {
        Fault::Fail {
            status,
            code,
            message,
        } => {
            tracing::debug!(?met.operation, code, "a fault answers");
            Some(error_answer(status_of(*status), code, message, is_query))
        }
        Fault::Html { status } => {
            let page = "<!DOCTYPE html><html><head><title>Sign in to this network</title></head><body></body></html>";
            Some(answer(
                status_of(*status),
                "text/html; charset=utf-8",
                page.to_owned(),
            ))
        }
        Fault::Delay(_) | Fault::Cut { .. } | Fault::LoseAnswer => None,
    }
}

/// A number that is no HTTP status becomes 500.
fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn error_answer(
    status: StatusCode,
    code: &str,
    message: &str,
    is_query: bool,
) -> Response<s3s::Body> {
    if is_query {
        return answer(status, "text/xml", query::error_xml(status, code, message));
    }
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{}</Code><Message>{}</Message></Error>",
        query::escaped(code),
        query::escaped(message)
    );
    answer(status, "application/xml", xml)
}

fn answer(status: StatusCode, content_type: &'static str, text: String) -> Response<s3s::Body> {
    let mut response = Response::new(s3s::Body::http_body(Full::new(Bytes::from(text))));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static(content_type));
    response
}

/// hyper adds `Date` by itself.
fn add_headers(headers: &mut HeaderMap, is_query: bool) {
    let id =
        HeaderValue::from_str(&random::plain()).unwrap_or_else(|_| HeaderValue::from_static("0"));
    if is_query {
        headers.insert("x-amzn-requestid", id);
    } else {
        headers.insert("x-amz-id-2", id.clone());
        headers.insert("x-amz-request-id", id);
        headers.insert("server", HeaderValue::from_static("AmazonS3"));
    }
}

/// `AWS4-HMAC-SHA256 Credential=ID/date/region/service/aws4_request, ..`
fn signer<B>(request: &Request<B>) -> String {
    let header = request.headers().get("authorization");
    let text = header.and_then(|value| value.to_str().ok());
    text.and_then(|text| text.split_once("Credential=")?.1.split('/').next())
        .unwrap_or_default()
        .to_owned()
}

fn received_part<B>(operation: Operation, request: &Request<B>) -> Option<ReceivedPart> {
    if operation != Operation::UploadPart {
        return None;
    }
    let query = |wanted: &str| {
        let mut pairs =
            form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let length = |name: &str| request.headers().get(name)?.to_str().ok()?.parse().ok();
    let path = request.uri().path().trim_start_matches('/');
    let key = path.split_once('/').map(|(_, key)| key).unwrap_or_default();
    Some(ReceivedPart {
        key: percent_encoding::percent_decode_str(key)
            .decode_utf8_lossy()
            .into_owned(),
        upload_id: query("uploadId"),
        access_key_id: signer(request),
        part_number: query("partNumber").parse().unwrap_or_default(),
        size: length("x-amz-decoded-content-length")
            .or_else(|| length("content-length"))
            .unwrap_or_default(),
        accepted: false,
        answered: false,
    })
}
