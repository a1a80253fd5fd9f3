//! Faults on request: what goes wrong between a client and S3, made to happen at a chosen request.

use crate::counts::Operation;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The request is read and answered with an error, without being carried out.
    Fail {
        /// The HTTP status.
        status: u16,
        /// The error code in the answer, such as `SlowDown`.
        code: String,
        /// The sentence in the answer.
        message: String,
    },
    /// The request is carried out after a pause.
    Delay(Duration),
    /// The connection is reset once this many bytes of the body were read.
    Cut {
        /// How many bytes are read before.
        after_bytes: u64,
    },
    /// The request is carried out; then the connection is reset instead of an answer.
    LoseAnswer,
    /// A page of HTML in the place of an answer, as a captive portal or a proxy gives; the request is not carried out.
    Html {
        /// The HTTP status.
        status: u16,
    },
}

impl Fault {
    /// [`Fault::Fail`], shorter.
    pub fn fail(status: u16, code: &str) -> Self {
        Self::fail_saying(status, code, "A fault of the sandbox.")
    }

    /// [`Fault::Fail`], with AWS's sentence for it.
    pub fn fail_saying(status: u16, code: &str, message: &str) -> Self {
        Self::Fail {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// The faults that wait for their request, and the line's speed.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Waiting>,
    bytes_per_second: Option<u64>,
    /// When the line is free again.
    free_at: Option<Instant>,
    delay: Duration,
}

#[derive(Debug)]
struct Waiting {
    operation: Operation,
    after: u64,
    times: u64,
    fault: Fault,
}

impl Faults {
    /// The next `times` requests of `operation` meet `fault`.
    pub fn next(&self, operation: Operation, times: u64, fault: Fault) {
        self.next_after(operation, 0, times, fault);
    }

    /// `after` requests of `operation` pass; the `times` behind them meet `fault`.
    pub fn next_after(&self, operation: Operation, after: u64, times: u64, fault: Fault) {
        if times > 0 {
            self.lock().waiting.push(Waiting {
                operation,
                after,
                times,
                fault,
            });
        }
    }

    /// Limits how many bytes a second the request bodies of all connections may bring.
    pub fn set_bandwidth(&self, bytes_per_second: Option<u64>) {
        let mut state = self.lock();
        state.bytes_per_second = bytes_per_second.filter(|&rate| rate > 0);
        state.free_at = None;
    }

    /// Holds back every answer for this long.
    pub fn set_delay(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    /// From here on nothing goes wrong and nothing is slow.
    pub fn clear(&self) {
        *self.lock() = State::default();
    }

    /// The fault that this request meets.
    pub(crate) fn take(&self, operation: Operation) -> Option<Fault> {
        let mut state = self.lock();
        let mut met = None;
        for (index, waiting) in state.waiting.iter_mut().enumerate() {
            if waiting.operation != operation && waiting.operation != Operation::Any {
                continue;
            }
            if waiting.after > 0 {
                waiting.after -= 1;
                continue;
            }
            waiting.times -= 1;
            met = Some((index, waiting.fault.clone(), waiting.times == 0));
            break;
        }
        let (index, fault, used_up) = met?;
        if used_up {
            state.waiting.remove(index);
        }
        Some(fault)
    }

    pub(crate) fn delay(&self) -> Duration {
        self.lock().delay
    }

    /// Takes the line for `bytes`; they have arrived at the returned time.
    pub(crate) fn arrival(&self, bytes: usize) -> Option<Instant> {
        let mut state = self.lock();
        let rate = state.bytes_per_second?;
        let takes = Duration::from_micros((bytes as u64).saturating_mul(1_000_000) / rate);
        let free_at = state
            .free_at
            .unwrap_or_else(Instant::now)
            .max(Instant::now())
            + takes;
        state.free_at = Some(free_at);
        Some(free_at)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_request_and_is_used_up() {
        let faults = Faults::default();
        faults.next_after(Operation::UploadPart, 1, 2, Fault::LoseAnswer);
        assert_eq!(faults.take(Operation::PutObject), None);
        let met: Vec<_> = (0..4)
            .map(|_| faults.take(Operation::UploadPart).is_some())
            .collect();
        assert_eq!(met, [false, true, true, false]);
    }

    #[test]
    fn a_fault_for_any_operation_meets_the_first_request() {
        let faults = Faults::default();
        faults.next(Operation::Any, 1, Fault::fail(503, "SlowDown"));
        faults.next(Operation::PutObject, 1, Fault::LoseAnswer);
        assert_eq!(
            faults.take(Operation::PutObject),
            Some(Fault::fail(503, "SlowDown"))
        );
        assert_eq!(faults.take(Operation::PutObject), Some(Fault::LoseAnswer));
    }
}
