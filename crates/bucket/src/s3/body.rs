//! A request body over bytes in memory that counts what has been taken from it.

use std::pin::Pin;
use std::task::{Context, Poll};

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::progress::OnItsWay;

/// Small enough for a progress bar that moves, large enough to cost nothing.
const FRAME_BYTES: usize = 256 * 1024;
/// Where the person limits the speed, so that little goes out at once.
const LIMITED_FRAME_BYTES: usize = 16 * 1024;

/// A body of `bytes`. When the SDK sends it again, the count starts again.
pub(super) async fn counted(bytes: Bytes, way: &OnItsWay) -> ByteStream {
    if bytes.len() <= LIMITED_FRAME_BYTES {
        way.line().pass(bytes.len()).await;
        way.add(bytes.len() as u64);
        return ByteStream::from(bytes);
    }
    let way = way.clone();
    ByteStream::new(SdkBody::retryable(move || {
        way.take_back();
        SdkBody::from_body_1_x(Counted {
            bytes: bytes.clone(),
            way: way.clone(),
            held_back: None,
        })
    }))
}

struct Counted {
    bytes: Bytes,
    way: OnItsWay,
    /// Until when the person's limit holds the next frame back.
    held_back: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Counted {
    fn poll_limit(&mut self, context: &mut Context<'_>, len: usize) -> Poll<()> {
        loop {
            if let Some(sleep) = &mut self.held_back {
                std::task::ready!(sleep.as_mut().poll(context));
                self.held_back = None;
            }
            let Some(wait) = self.way.line().ask(len) else {
                return Poll::Ready(());
            };
            self.way.touch();
            self.held_back = Some(Box::pin(tokio::time::sleep(wait)));
        }
    }
}

impl Body for Counted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        let frame = if self.way.line().is_limited() {
            LIMITED_FRAME_BYTES
        } else {
            FRAME_BYTES
        };
        let len = self.bytes.len().min(frame);
        std::task::ready!(self.poll_limit(context, len));
        let frame = self.bytes.split_to(len);
        self.way.add(len as u64);
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
