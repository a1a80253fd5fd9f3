//! A request body on its way in: counted, slowed to the line's speed, and cut where a fault wants it.

use crate::State;
use crate::counts::Operation;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::future::Future as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::time::{Sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// The body behind a handle, because S3 may refuse a request without reading it: the rest is then read and dropped, so that
/// the client gets the answer and not a broken pipe.
#[derive(Clone)]
pub(crate) struct Metered(Arc<Mutex<Inner>>);

struct Inner {
    incoming: Incoming,
    state: Arc<State>,
    operation: Operation,
    cut: Option<(u64, CancellationToken)>,
    read: u64,
    /// A frame that is still on the line, and when it will have arrived.
    arriving: Option<(Pin<Box<Sleep>>, Frame<Bytes>)>,
}

impl Metered {
    pub(crate) fn new(
        incoming: Incoming,
        state: Arc<State>,
        operation: Operation,
        cut: Option<(u64, CancellationToken)>,
    ) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            incoming,
            state,
            operation,
            cut,
            read: 0,
            arriving: None,
        })))
    }

    /// Reads what is left and drops it.
    pub(crate) async fn drain(mut self) {
        use http_body_util::BodyExt as _;
        while let Some(Ok(_)) = self.frame().await {}
    }
}

impl Inner {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some((arrival, _)) = &mut self.arriving {
            ready!(arrival.as_mut().poll(cx));
            return Poll::Ready(self.arriving.take().map(|(_, frame)| Ok(frame)));
        }
        if self.is_cut() {
            return Poll::Pending;
        }
        let frame = match ready!(Pin::new(&mut self.incoming).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            end => return Poll::Ready(end),
        };
        let size = frame.data_ref().map_or(0, Bytes::len);
        self.read += size as u64;
        self.state.counting.bytes(self.operation, size);
        if self.is_cut() {
            return Poll::Pending;
        }
        match self.state.faults.arrival(size) {
            None => Poll::Ready(Some(Ok(frame))),
            Some(at) => {
                self.arriving = Some((Box::pin(sleep_until(at)), frame));
                self.poll(cx)
            }
        }
    }

    /// Tells the connection to go when enough was read; the request then waits for its end with it.
    fn is_cut(&self) -> bool {
        let Some((after, token)) = &self.cut else {
            return false;
        };
        let is_cut = self.read >= *after;
        if is_cut {
            token.cancel();
        }
        is_cut
    }
}

impl Body for Metered {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .poll(cx)
    }

    fn is_end_stream(&self) -> bool {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.arriving.is_none() && inner.cut.is_none() && inner.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let arriving = inner
            .arriving
            .as_ref()
            .and_then(|(_, frame)| frame.data_ref())
            .map_or(0, Bytes::len) as u64;
        match inner.incoming.size_hint().exact() {
            Some(rest) => SizeHint::with_exact(rest + arriving),
            None => SizeHint::default(),
        }
    }
}
