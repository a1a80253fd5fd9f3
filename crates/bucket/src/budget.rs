//! Permits: no byte is read before its memory permit is held, no request is sent before its request permit is.
//!
//! Both are fair (first come, first served), so a small file behind a large one waits for one part at most.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// 64 MiB in flight: eight parts of 8 MiB.
const MEMORY_KIB: u32 = 64 * 1024;
const REQUESTS: usize = 32;

/// The process's permits; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    memory: Arc<Semaphore>,
    requests: Arc<Semaphore>,
}

/// Held from before the first byte is read until S3 has answered.
#[derive(Debug)]
pub(crate) struct Permit {
    _request: OwnedSemaphorePermit,
    _memory: OwnedSemaphorePermit,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            memory: Arc::new(Semaphore::new(MEMORY_KIB as usize)),
            requests: Arc::new(Semaphore::new(REQUESTS)),
        }
    }

    /// Waits until `bytes` may be read and one request be sent. A part that is larger than all permits together
    /// (of a file above 640 GB) takes them all and goes alone.
    pub(crate) async fn permit(&self, bytes: u64) -> Permit {
        let kib = u32::try_from(bytes.div_ceil(1024))
            .unwrap_or(u32::MAX)
            .min(MEMORY_KIB);
        // Memory first: a request permit that waits for memory would keep small files from being sent.
        let memory = Arc::clone(&self.memory).acquire_many_owned(kib).await;
        let request = Arc::clone(&self.requests).acquire_owned().await;
        match (memory, request) {
            (Ok(memory), Ok(request)) => Permit {
                _request: request,
                _memory: memory,
            },
            _ => unreachable!("the semaphores are never closed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ninth_part_waits_until_one_of_eight_is_answered() {
        let budget = Budget::new();
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(budget.permit(8 * 1024 * 1024).await);
        }
        let ninth = tokio::spawn({
            let budget = budget.clone();
            async move { budget.permit(8 * 1024 * 1024).await }
        });
        tokio::task::yield_now().await;
        assert!(!ninth.is_finished());
        held.pop();
        assert!(ninth.await.is_ok());
    }

    #[tokio::test]
    async fn a_part_larger_than_all_memory_goes_alone_and_not_never() {
        let budget = Budget::new();
        let permit = budget.permit(5 * 1024 * 1024 * 1024).await;
        assert_eq!(budget.memory.available_permits(), 0);
        drop(permit);
        assert_eq!(budget.memory.available_permits(), MEMORY_KIB as usize);
    }
}
