//! What holds for all destinations.

use bucket::{Limits, MOST_REQUESTS};

/// The person's settings that belong to no destination. By default nothing is limited and nothing asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// At most this many requests at once, 1 to 512; none: as many as help.
    pub most_requests: Option<u32>,
    /// At most this many KiB in a second, all uploads together; none: as fast as the line.
    pub kib_per_second: Option<u64>,
    /// A drop is shown before anything of it is sent.
    pub looks_first: bool,
}

impl Preferences {
    /// The nearest that can be used: a limit of 0 would let nothing run.
    #[must_use]
    pub(crate) fn within_bounds(self) -> Self {
        Self {
            most_requests: self.most_requests.map(|most| most.clamp(1, MOST_REQUESTS)),
            kib_per_second: self.kib_per_second.map(|most| most.max(1)),
            looks_first: self.looks_first,
        }
    }

    pub(crate) fn limits(self) -> Limits {
        Limits {
            most_requests: self.most_requests,
            bytes_per_second: self.kib_per_second.map(|kib| kib.saturating_mul(1024)),
        }
    }
}
