//! How many parts are on the line at once, of all files together: as many as memory allows, fewer where parts break off
//! before they have arrived.
//!
//! A part that breaks off is sent again from its first byte. On a line that breaks off every half minute, seven parts
//! that share it never arrive; one after the other they do. Halved when parts break off; one more after as many
//! confirmed parts as may go at once (additive increase, multiplicative decrease, as in RFC 5681).

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::cut::LastCut;
use super::gate::{Gate, Pass};

/// What memory allows of parts of 8 MiB, and one.
const MOST: usize = 8;

/// Clones share the turns.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    gate: Gate,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    at_once: usize,
    /// Since `at_once` changed.
    confirmed: usize,
    last_cut: LastCut,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self {
            gate: Gate::new(MOST),
            state: Arc::new(Mutex::new(State {
                at_once: MOST,
                confirmed: 0,
                last_cut: LastCut::default(),
            })),
        }
    }

    /// Waits until one more part may go.
    pub(super) async fn wait(&self) -> Pass {
        self.gate.pass().await
    }

    /// S3 has a part.
    pub(super) fn arrived(&self) {
        self.change(|state| {
            state.confirmed += 1;
            (state.confirmed >= state.at_once).then_some(state.at_once + 1)
        });
    }

    /// A part got no answer.
    pub(super) fn broke_off(&self) {
        let now = Instant::now();
        self.change(|state| {
            let is_another = state.last_cut.is_another(now);
            is_another.then_some(state.at_once / 2)
        });
    }

    fn change(&self, wanted: impl FnOnce(&mut State) -> Option<usize>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wanted) = wanted(&mut state) {
            state.at_once = wanted.clamp(1, MOST);
            state.confirmed = 0;
            // Under the lock, or two changes could reach the gate in the wrong order.
            self.gate.resize(state.at_once);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut::BETWEEN_CUTS;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn parts_that_break_off_go_one_after_the_other_and_find_their_way_back() {
        let turns = Turns::new();
        for _ in 0..8 {
            turns.broke_off();
        }
        assert_eq!(turns.gate.free(), 4, "eight that break off together");
        for _ in 0..5 {
            tokio::time::advance(BETWEEN_CUTS).await;
            turns.broke_off();
        }
        assert_eq!(turns.gate.free(), 1, "never none");
        turns.arrived();
        assert_eq!(turns.gate.free(), 2);
        turns.arrived();
        turns.arrived();
        assert_eq!(turns.gate.free(), 3);
        for _ in 0..100 {
            turns.arrived();
        }
        assert_eq!(turns.gate.free(), MOST);
    }
}
