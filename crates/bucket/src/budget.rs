//! Permits: no byte is read before its memory permit is held, no request is sent before its request permit is, no
//! byte goes out before the line has room for it.
//!
//! All are fair (first come, first served). Parts of big files take neither the last [`FOR_SMALL_KIB`] nor the last
//! requests, so that a small file dropped behind a large one waits for no part.

mod cut;
mod gate;
mod handles;
mod line;
mod requests;
mod turns;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Limits};
use gate::Pass;
pub(crate) use line::Line;
pub use requests::MOST_REQUESTS;
use requests::{RequestPermit, Requests};
use turns::Turns;

/// 64 MiB in flight: eight parts of 8 MiB.
const MEMORY_KIB: u32 = 64 * 1024;
/// Of these, what only files of one PUT may take.
const FOR_SMALL_KIB: u32 = 8 * 1024;

/// The process's permits; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    memory: Arc<Semaphore>,
    for_parts: Arc<Semaphore>,
    requests: Requests,
    turns: Turns,
    line: Line,
}

/// Held from before the first byte is read until S3 has answered.
#[derive(Debug)]
pub(crate) struct Permit {
    request: RequestPermit,
    _memory: OwnedSemaphorePermit,
}

/// The same for a part. Its bytes stay in memory until S3 has them; between two tries others may go.
#[derive(Debug)]
pub(crate) struct PartPermit {
    budget: Budget,
    turn: Option<Turn>,
    _memory: OwnedSemaphorePermit,
    _for_parts: OwnedSemaphorePermit,
}

/// A part on the line.
#[derive(Debug)]
struct Turn {
    request: RequestPermit,
    _pass: Pass,
}

impl Permit {
    /// What became of a request tells how many more the server and the line bear.
    pub(crate) fn learn<T>(&self, result: &Result<T, Error>) {
        learn(&self.request, result);
    }
}

impl PartPermit {
    /// The same; parts that break off make fewer go at once.
    pub(crate) fn learn<T>(&self, result: &Result<T, Error>) {
        if let Some(turn) = &self.turn {
            learn(&turn.request, result);
        }
        match result {
            Ok(_) => self.budget.turns.arrived(),
            Err(error) if error.is_network_gone() => self.budget.turns.broke_off(),
            Err(_) => {}
        }
    }

    /// Lets others go until [`PartPermit::line_up`].
    pub(crate) fn step_back(&mut self) {
        self.turn = None;
    }

    /// Waits for another turn.
    pub(crate) async fn line_up(&mut self) {
        self.turn = Some(self.budget.turn().await);
    }
}

fn learn<T>(request: &RequestPermit, result: &Result<T, Error>) {
    match result {
        Err(Error::Busy { .. }) => request.met_congestion(),
        Err(error) if error.is_network_gone() => request.met_congestion(),
        Ok(_) | Err(_) => request.was_answered(),
    }
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            memory: Arc::new(Semaphore::new(MEMORY_KIB as usize)),
            for_parts: Arc::new(Semaphore::new((MEMORY_KIB - FOR_SMALL_KIB) as usize)),
            requests: Requests::new(handles::room_for_requests()),
            turns: Turns::new(),
            line: Line::new(),
        }
    }

    /// From now on; what runs goes on.
    pub(crate) fn limit(&self, limits: Limits) {
        self.requests.cap(limits.most_requests);
        self.line.limit(limits.bytes_per_second);
    }

    pub(crate) fn line(&self) -> &Line {
        &self.line
    }

    /// How many requests may run at once now; more files than that need not be on their way.
    pub(crate) fn requests_at_once(&self) -> usize {
        self.requests.at_once()
    }

    // Memory first, in both: a request permit that waits for memory would keep small files from being sent.

    /// Waits until the `bytes` of a whole small file may be read and one request be sent.
    pub(crate) async fn permit(&self, bytes: u64) -> Permit {
        let memory = take(&self.memory, kib_of(bytes).min(MEMORY_KIB)).await;
        Permit {
            request: self.requests.permit().await,
            _memory: memory,
        }
    }

    /// Waits until the `bytes` of a part may be read and one request be sent. A part that is larger than all permits
    /// together (of a file above 560 GB) takes them all and goes alone.
    pub(crate) async fn part_permit(&self, bytes: u64) -> PartPermit {
        let kib = kib_of(bytes).min(MEMORY_KIB - FOR_SMALL_KIB);
        let for_parts = take(&self.for_parts, kib).await;
        let memory = take(&self.memory, kib).await;
        PartPermit {
            turn: Some(self.turn().await),
            budget: self.clone(),
            _memory: memory,
            _for_parts: for_parts,
        }
    }

    /// The turn first: a request permit that waits for one would keep small files from being sent.
    async fn turn(&self) -> Turn {
        let pass = self.turns.wait().await;
        Turn {
            request: self.requests.part_permit().await,
            _pass: pass,
        }
    }
}

fn kib_of(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}

async fn take(from: &Arc<Semaphore>, permits: u32) -> OwnedSemaphorePermit {
    match Arc::clone(from).acquire_many_owned(permits).await {
        Ok(permit) => permit,
        Err(_) => unreachable!("the semaphores are never closed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: u64 = 8 * 1024 * 1024;

    #[tokio::test]
    async fn a_part_too_many_waits_and_a_small_file_does_not() {
        let budget = Budget::new();
        let mut held = Vec::new();
        for _ in 0..7 {
            held.push(budget.part_permit(PART).await);
        }
        let eighth = tokio::spawn({
            let budget = budget.clone();
            async move { budget.part_permit(PART).await }
        });
        tokio::task::yield_now().await;
        assert!(!eighth.is_finished());
        let small = budget.permit(PART - 1).await;
        held.pop();
        assert!(eighth.await.is_ok());
        drop(small);
    }

    #[tokio::test]
    async fn a_part_larger_than_all_memory_goes_alone_and_not_never() {
        let budget = Budget::new();
        let permit = budget.part_permit(5 * 1024 * 1024 * 1024).await;
        assert_eq!(budget.for_parts.available_permits(), 0);
        drop(permit);
        assert_eq!(budget.memory.available_permits(), MEMORY_KIB as usize);
    }
}
