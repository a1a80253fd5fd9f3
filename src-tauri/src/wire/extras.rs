//! What a richer role allows.

use super::failure;
use crate::ipc;

pub(crate) fn extras(extras: app::Extras) -> ipc::Extras {
    ipc::Extras {
        reads: extras.reads,
        deletes: extras.deletes,
    }
}

pub(crate) fn deleted(deleted: &app::Deleted) -> ipc::Deleted {
    ipc::Deleted {
        count: deleted.keys.len(),
        are_hidden: deleted.are_hidden,
        failure: deleted.failure.as_ref().map(failure),
    }
}
