//! A number of passes that may change while they are held.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Clones share the passes.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    passes: Arc<Semaphore>,
    size: Arc<Mutex<Size>>,
}

#[derive(Debug)]
struct Size {
    wanted: usize,
    /// Held, and not to come back, since fewer are wanted meanwhile.
    owed: usize,
}

/// Goes back when it is dropped.
#[derive(Debug)]
pub(super) struct Pass {
    permit: Option<OwnedSemaphorePermit>,
    of: Gate,
}

impl Gate {
    pub(super) fn new(size: usize) -> Self {
        Self {
            passes: Arc::new(Semaphore::new(size)),
            size: Arc::new(Mutex::new(Size {
                wanted: size,
                owed: 0,
            })),
        }
    }

    /// None: whoever comes now waits.
    pub(super) fn free(&self) -> usize {
        self.passes.available_permits()
    }

    /// Waits for its turn: first come, first served.
    pub(super) async fn pass(&self) -> Pass {
        match Arc::clone(&self.passes).acquire_owned().await {
            Ok(permit) => Pass {
                permit: Some(permit),
                of: self.clone(),
            },
            Err(_) => unreachable!("the semaphore is never closed"),
        }
    }

    /// From now on; passes that are held stay so, and too many of them are not given out again.
    pub(super) fn resize(&self, wanted: usize) {
        let mut size = self.lock();
        if wanted > size.wanted {
            let more = wanted - size.wanted;
            let kept = more.min(size.owed);
            size.owed -= kept;
            self.passes.add_permits(more - kept);
        } else {
            let fewer = size.wanted - wanted;
            size.owed += fewer - self.passes.forget_permits(fewer);
        }
        size.wanted = wanted;
    }

    fn lock(&self) -> MutexGuard<'_, Size> {
        self.size.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut size = self.of.lock();
        if size.owed > 0
            && let Some(permit) = self.permit.take()
        {
            size.owed -= 1;
            permit.forget();
        }
        // Given back under the lock, or a `resize` meanwhile would count it twice.
        self.permit = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passes_that_are_held_when_fewer_are_wanted_do_not_come_back() {
        let gate = Gate::new(16);
        let mut held = Vec::new();
        for _ in 0..16 {
            held.push(gate.pass().await);
        }
        gate.resize(3);
        held.truncate(3);
        assert_eq!(gate.free(), 0);
        held.pop();
        assert_eq!(gate.free(), 1);
        gate.resize(5);
        drop(held);
        assert_eq!(gate.free(), 5);
    }
}
