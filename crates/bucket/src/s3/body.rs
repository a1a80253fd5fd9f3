//! A request body over bytes in memory that counts what has been taken from it.

use std::pin::Pin;
use std::task::{Context, Poll};

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::progress::OnItsWay;

/// Small enough for a progress bar that moves, large enough to cost nothing.
const FRAME_BYTES: usize = 256 * 1024;

/// A body of `bytes`. When the SDK sends it again, the count starts again.
pub(super) fn counted(bytes: Bytes, way: &OnItsWay) -> ByteStream {
    if bytes.len() <= FRAME_BYTES {
        return ByteStream::from(bytes);
    }
    let way = way.body();
    ByteStream::new(SdkBody::retryable(move || {
        way.take_back();
        SdkBody::from_body_1_x(Counted {
            bytes: bytes.clone(),
            way: way.body(),
        })
    }))
}

struct Counted {
    bytes: Bytes,
    way: OnItsWay,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        let len = self.bytes.len().min(FRAME_BYTES);
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
