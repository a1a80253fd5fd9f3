//! A file's part buffers, used again and again: fresh memory must be cleared by the system first, page by page, which
//! was a tenth of the CPU of a big upload. They go with the file. How many there are is bounded by the memory permits.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Clones share the buffers.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// One that was used before; empty when there is none.
    pub(super) fn take(&self) -> Vec<u8> {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.pop().unwrap_or_default()
    }

    /// Comes back when the last handle on the bytes is dropped.
    pub(super) fn lend(&self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent {
            bytes,
            of: self.clone(),
        })
    }
}

struct Lent {
    bytes: Vec<u8>,
    of: Buffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut free = self.of.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_when_its_last_reader_has_gone() {
        let buffers = Buffers::default();
        let lent = buffers.lend(vec![1; 100]);
        let second = lent.clone();
        drop(lent);
        assert_eq!(buffers.take().capacity(), 0);
        drop(second);
        assert!(buffers.take().capacity() >= 100);
    }
}
