//! How many requests run at once: found out, not set.
//!
//! Slow start as in TCP (RFC 5681): from 16, doubled after each round in which more requests brought more answers a
//! second, up to 512. Where the last doubling brought nothing it is taken back. Halved when the server or the line
//! cannot bear it (503 `SlowDown`, 500, no answer), and tried a little higher now and then; where that took them below
//! the first 16, each round without another such event doubles them again. A round is as many answers as requests may
//! run at once: about one round trip.
//!
//! Parts of big files never hold the last quarter, unless only one may run: a small file is not kept waiting by seven
//! parts on a slow line.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::cut::LastCut;
use super::gate::{Gate, Pass};

const FIRST: usize = 16;
const FEWEST: usize = 2;
/// More run never, whatever would help. With 256 and 80 ms to the server the fastest peer was ahead, see
/// `docs/performance.md`.
pub const MOST_REQUESTS: u32 = 512;
const MOST: usize = MOST_REQUESTS as usize;
/// A doubling that brings less than this was in vain.
const WORTH_DOUBLING: f64 = 1.15;
/// The same for a quarter more.
const WORTH_A_QUARTER: f64 = 1.03;
/// Rounds between two trials of a quarter more.
const ROUNDS_AT_REST: u32 = 16;

/// Clones share the permits.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    all: Gate,
    /// Of these, what parts may hold.
    parts: Gate,
    at_once: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    at_once: usize,
    /// What this computer can bear.
    room: usize,
    cap: usize,
    phase: Phase,
    round: Round,
    /// Answers a second of the best round so far; fades, since lines change.
    best: f64,
    last_cut: LastCut,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Doubling,
    Resting {
        rounds: u32,
    },
    /// A quarter more than before.
    Trying {
        before: usize,
    },
}

#[derive(Clone, Copy, Debug)]
struct Round {
    began: Instant,
    answers: usize,
    /// Somebody waited for a permit: the number was what held the files back.
    was_full: bool,
}

impl Round {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            answers: 0,
            was_full: false,
        }
    }
}

/// Held from before a request is sent until its answer.
#[derive(Debug)]
pub(super) struct RequestPermit {
    of: Requests,
    _all: Pass,
    _as_part: Option<Pass>,
}

/// How many of `at_once` requests parts may hold.
fn for_parts(at_once: usize) -> usize {
    (at_once - at_once.div_ceil(4)).max(1)
}

impl Requests {
    /// Never more than `room` at once.
    pub(super) fn new(room: usize) -> Self {
        let room = room.clamp(1, MOST);
        let first = FIRST.min(room);
        Self {
            inner: Arc::new(Inner {
                all: Gate::new(first),
                parts: Gate::new(for_parts(first)),
                at_once: AtomicUsize::new(first),
                state: Mutex::new(State {
                    at_once: first,
                    room,
                    cap: room,
                    phase: Phase::Doubling,
                    round: Round::new(),
                    best: 0.0,
                    last_cut: LastCut::default(),
                }),
            }),
        }
    }

    pub(super) fn at_once(&self) -> usize {
        self.inner.at_once.load(Ordering::Relaxed)
    }

    /// The person's own bound; none for as many as there is room for.
    pub(super) fn cap(&self, most: Option<u32>) {
        let mut state = self.lock();
        let most = most.map_or(MOST, |most| usize::try_from(most).unwrap_or(MOST));
        state.cap = most.clamp(1, state.room);
        let wanted = state.at_once.min(state.cap);
        self.set(&mut state, wanted);
    }

    pub(super) async fn permit(&self) -> RequestPermit {
        self.take(None).await
    }

    pub(super) async fn part_permit(&self) -> RequestPermit {
        let as_part = self.through(&self.inner.parts).await;
        self.take(Some(as_part)).await
    }

    async fn take(&self, as_part: Option<Pass>) -> RequestPermit {
        RequestPermit {
            of: self.clone(),
            _all: self.through(&self.inner.all).await,
            _as_part: as_part,
        }
    }

    /// Waiting at either gate shows that the number is what holds the files back.
    async fn through(&self, gate: &Gate) -> Pass {
        if gate.free() == 0 {
            self.lock().round.was_full = true;
        }
        gate.pass().await
    }

    fn answered(&self, now: Instant) {
        let mut state = self.lock();
        state.round.answers += 1;
        if state.round.answers < state.at_once {
            return;
        }
        let round = std::mem::replace(&mut state.round, Round::new());
        if round.was_full {
            let seconds = now.duration_since(round.began).as_secs_f64().max(1e-6);
            let wanted = state.after_round(per_second(round.answers, seconds));
            self.set(&mut state, wanted);
        }
    }

    fn congested(&self, now: Instant) {
        let mut state = self.lock();
        if !state.last_cut.is_another(now) {
            return;
        }
        state.phase = Phase::Resting { rounds: 0 };
        state.best = 0.0;
        let wanted = (state.at_once / 2).max(FEWEST);
        self.set(&mut state, wanted);
    }

    fn set(&self, state: &mut State, wanted: usize) {
        state.at_once = wanted.clamp(1, state.cap);
        self.inner.all.resize(state.at_once);
        self.inner.parts.resize(for_parts(state.at_once));
        self.inner.at_once.store(state.at_once, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
fn per_second(answers: usize, seconds: f64) -> f64 {
    answers as f64 / seconds
}

impl State {
    /// How many requests next, now that a full round brought this many answers a second.
    fn after_round(&mut self, rate: f64) -> usize {
        let now = self.at_once;
        match self.phase {
            Phase::Doubling if rate > self.best * WORTH_DOUBLING => {
                self.best = rate;
                if now >= self.cap {
                    self.phase = Phase::Resting { rounds: 0 };
                }
                now * 2
            }
            Phase::Doubling => {
                self.phase = Phase::Resting { rounds: 0 };
                (now / 2).max(FIRST)
            }
            Phase::Resting { .. } if now < FIRST && now < self.cap => now * 2,
            Phase::Resting { rounds } if rounds < ROUNDS_AT_REST && self.best > 0.0 => {
                self.best += (rate - self.best) / 8.0;
                self.phase = Phase::Resting { rounds: rounds + 1 };
                now
            }
            Phase::Resting { .. } => {
                self.best = rate;
                self.phase = Phase::Trying { before: now };
                now + (now / 4).max(1)
            }
            Phase::Trying { before } => {
                if rate > self.best * WORTH_A_QUARTER {
                    self.best = rate;
                    self.phase = Phase::Trying { before: now };
                    now + (now / 4).max(1)
                } else {
                    self.phase = Phase::Resting { rounds: 0 };
                    before
                }
            }
        }
    }
}

impl RequestPermit {
    pub(super) fn was_answered(&self) {
        self.of.answered(Instant::now());
    }

    pub(super) fn met_congestion(&self) {
        self.of.congested(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::cut::BETWEEN_CUTS;
    use super::*;

    /// As many requests as may run, each answered after `round_trip`; at most `a_round` of them in one.
    async fn rounds(requests: &Requests, rounds: u32, round_trip: Duration, a_round: usize) {
        for _ in 0..rounds {
            let mut held = Vec::new();
            for _ in 0..requests.at_once() {
                held.push(requests.permit().await);
            }
            requests.lock().round.was_full = true;
            let served = held.len().div_ceil(a_round);
            tokio::time::sleep(round_trip * u32::try_from(served).expect("few")).await;
            for permit in held {
                permit.was_answered();
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_far_server_gets_more_requests_each_round_trip_up_to_512() {
        let requests = Requests::new(MOST);
        rounds(&requests, 5, Duration::from_millis(80), usize::MAX).await;
        assert_eq!(requests.at_once(), 512);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_answers_no_faster_is_left_at_what_it_bears() {
        let requests = Requests::new(MOST);
        rounds(&requests, 6, Duration::from_millis(10), 16).await;
        assert_eq!(requests.at_once(), 16);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_answer_halves_once_for_all_that_failed_together() {
        let requests = Requests::new(MOST);
        rounds(&requests, 4, Duration::from_millis(80), usize::MAX).await;
        let held = requests.permit().await;
        for _ in 0..50 {
            held.met_congestion();
        }
        assert_eq!(requests.at_once(), 128);
        tokio::time::advance(BETWEEN_CUTS).await;
        held.met_congestion();
        assert_eq!(requests.at_once(), 64);
    }

    #[tokio::test]
    async fn the_persons_cap_holds_at_once_and_held_permits_are_not_given_twice() {
        let requests = Requests::new(MOST);
        let mut held = Vec::new();
        for _ in 0..16 {
            held.push(requests.permit().await);
        }
        requests.cap(Some(3));
        assert_eq!(requests.at_once(), 3);
        held.truncate(3);
        assert_eq!(requests.inner.all.free(), 0);
        held.pop();
        assert_eq!(requests.inner.all.free(), 1);
        requests.cap(None);
        drop(held);
        assert_eq!(requests.inner.all.free(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn parts_that_hang_leave_room_for_a_small_file_and_for_finding_out_more() {
        let requests = Requests::new(MOST);
        requests.cap(Some(2));
        requests.cap(None);
        let _hanging = requests.part_permit().await;
        let second = tokio::time::timeout(Duration::from_mins(1), requests.part_permit());
        assert!(second.await.is_err());
        for _ in 0..2 {
            requests.lock().round.was_full = true;
            requests.permit().await.was_answered();
        }
        assert!(requests.at_once() > 2);
    }

    /// Halved more often than it takes.
    async fn cut_to_the_fewest() -> Requests {
        let requests = Requests::new(MOST);
        for _ in 0..5 {
            requests.permit().await.met_congestion();
            tokio::time::advance(BETWEEN_CUTS).await;
        }
        assert_eq!(requests.at_once(), FEWEST);
        requests
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_that_breaks_off_now_and_then_is_soon_at_the_first_sixteen_again() {
        let requests = cut_to_the_fewest().await;
        rounds(&requests, 3, Duration::from_millis(80), usize::MAX).await;
        assert_eq!(requests.at_once(), FIRST);
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_but_parts_are_sent_they_find_the_way_back_too() {
        let requests = cut_to_the_fewest().await;
        let mut parts = tokio::task::JoinSet::new();
        // As many as there is memory for.
        for _ in 0..7 {
            let requests = requests.clone();
            parts.spawn(async move {
                for _ in 0..10 {
                    let permit = requests.part_permit().await;
                    tokio::time::sleep(Duration::from_millis(80)).await;
                    permit.was_answered();
                }
            });
        }
        parts.join_all().await;
        assert_eq!(requests.at_once(), FIRST);
    }
}
