//! What is known of a destination's access key.

use crate::ipc;

pub(crate) fn key_state(state: app::KeyState) -> ipc::KeyState {
    ipc::KeyState {
        ends: state.ends,
        presence: match state.presence {
            app::KeyPresence::InKeychain => ipc::KeyPresence::InKeychain,
            app::KeyPresence::Gone => ipc::KeyPresence::Gone,
            app::KeyPresence::Changed => ipc::KeyPresence::Changed,
        },
        stored_since: state.stored_since.map(|since| since.to_string()),
        days_here: state.days_here,
        is_old: state.is_old,
    }
}
