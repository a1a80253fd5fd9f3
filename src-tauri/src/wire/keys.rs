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
        made_at: state.made_at.map(|at| at.to_string()),
        is_old: state.is_old,
        next_ends: state.next_ends,
        old_ends: state.old_ends,
    }
}

pub(crate) fn outlook(outlook: app::RotationOutlook) -> ipc::RotationOutlook {
    ipc::RotationOutlook {
        ends: outlook.ends,
        made_at: outlook.made_at.map(|at| at.to_string()),
        last_use: last_use(outlook.last_use),
        other: outlook.other.map(other),
        shared_with: outlook.shared_with,
    }
}

fn other(key: app::OtherKey) -> ipc::OtherKey {
    ipc::OtherKey {
        ends: key.ends,
        is_active: key.is_active,
        made_at: key.made_at.map(|at| at.to_string()),
        last_use: last_use(key.last_use),
        role: match key.role {
            app::OtherKeyRole::Begun => ipc::OtherKeyRole::Begun,
            app::OtherKeyRole::Replaced => ipc::OtherKeyRole::Replaced,
            app::OtherKeyRole::Spare => ipc::OtherKeyRole::Spare,
            app::OtherKeyRole::InUse => ipc::OtherKeyRole::InUse,
        },
    }
}

pub(crate) fn old_key(old: app::OldKey) -> ipc::OldKey {
    match old {
        app::OldKey::Deleted => ipc::OldKey::Deleted,
        app::OldKey::NotListed => ipc::OldKey::NotListed,
    }
}

fn last_use(last: app::LastUse) -> ipc::LastUse {
    match last {
        app::LastUse::Never => ipc::LastUse::Never,
        app::LastUse::At(at) => ipc::LastUse::At { at: at.to_string() },
        app::LastUse::Untold => ipc::LastUse::Untold,
    }
}

pub(crate) fn rotated(rotated: app::Rotated) -> ipc::Rotated {
    ipc::Rotated {
        ends: rotated.ends,
        old_ends: rotated.old_ends,
        shared_with: rotated.shared_with,
        still_active: rotated.still_active.map(|failure| super::failure(&failure)),
    }
}
