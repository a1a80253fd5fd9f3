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

pub(crate) fn wanted(wanted: ipc::Wanted) -> app::Wanted {
    app::Wanted {
        key: wanted.key,
        size_bytes: wanted.size_bytes,
    }
}

pub(crate) fn download(download: &app::Download) -> ipc::Download {
    ipc::Download {
        id: download.id.0,
        destination: download.destination.as_str().to_owned(),
        files: download.files,
        files_done: download.files_done,
        bytes: download.bytes,
        bytes_done: download.bytes_done,
        is_over: download.is_over,
    }
}

pub(crate) fn downloaded(downloaded: &app::Downloaded) -> ipc::Downloaded {
    ipc::Downloaded {
        files: downloaded.files,
        was_stopped: downloaded.was_stopped,
        failure: downloaded.failure.as_ref().map(failure),
    }
}
