//! What holds for all destinations.

use account::Language;
use bucket::{Limits, MOST_REQUESTS};

/// The person's settings that belong to no destination. By default nothing is limited and nothing asked.
#[expect(clippy::struct_excessive_bools, reason = "each says another thing")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// At most this many requests at once, 1 to 512; none: as many as help.
    pub most_requests: Option<u32>,
    /// At most this many KiB in a second, all uploads together; none: as fast as the line.
    pub kib_per_second: Option<u64>,
    /// A drop is shown before anything of it is sent.
    pub looks_first: bool,
    /// Only when it holds so many files or more; 1 for every drop.
    pub looks_first_from: u32,
    /// The desktop says it when a session ends soon and the window is not in front.
    pub notifies: bool,
    /// Sessions end when nobody has touched keyboard or mouse for so many minutes; none: never.
    pub idle_minutes: Option<u32>,
    /// Sessions end when the screen is locked.
    pub ends_on_lock: bool,
    /// What the window and the desktop's notifications speak; none: the system's language.
    pub language: Option<Language>,
    /// Light or dark.
    pub theme: Theme,
    /// The log says more than usual.
    pub logs_in_detail: bool,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            most_requests: None,
            kib_per_second: None,
            looks_first: false,
            looks_first_from: 1,
            notifies: true,
            idle_minutes: None,
            ends_on_lock: false,
            language: None,
            theme: Theme::System,
            logs_in_detail: false,
        }
    }
}

impl Preferences {
    /// The nearest that can be used: a limit of 0 would let nothing run.
    #[must_use]
    pub(crate) fn within_bounds(self) -> Self {
        Self {
            most_requests: self.most_requests.map(|most| most.clamp(1, MOST_REQUESTS)),
            kib_per_second: self.kib_per_second.map(|most| most.max(1)),
            looks_first_from: self.looks_first_from.max(1),
            idle_minutes: self.idle_minutes.map(|minutes| minutes.max(1)),
            ..self
        }
    }

    pub(crate) fn limits(self) -> Limits {
        Limits {
            most_requests: self.most_requests,
            bytes_per_second: self.kib_per_second.map(|kib| kib.saturating_mul(1024)),
        }
    }
}
