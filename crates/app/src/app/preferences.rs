//! What holds for all destinations.

use bucket::{Command, Limits};

use super::App;
use crate::{Failure, Preferences};

impl App {
    /// What the settings say.
    pub fn preferences(&self) -> Preferences {
        self.inner.state().content.preferences
    }

    /// Saves them; limits count at once, also for what runs. What is out of bounds becomes the nearest that is not.
    ///
    /// # Errors
    /// [`Code::SettingsFailed`](crate::Code::SettingsFailed).
    pub fn set_preferences(&self, preferences: Preferences) -> Result<(), Failure> {
        self.inner.change_settings(|content| {
            content.preferences = preferences.within_bounds();
            Ok(())
        })
    }

    /// Other limits than the settings' for this process, until the settings change. What is none stays the settings'.
    pub fn limit(&self, limits: Limits) {
        let saved = self.preferences().limits();
        self.inner.queue.tell(Command::Limit(Limits {
            most_requests: limits.most_requests.or(saved.most_requests),
            bytes_per_second: limits.bytes_per_second.or(saved.bytes_per_second),
        }));
    }
}
