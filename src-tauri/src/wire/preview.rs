//! A drop that is looked at before it is sent.

use crate::ipc;

pub(super) fn preview(preview: app::Preview) -> ipc::Preview {
    ipc::Preview {
        token: preview.token,
        destination: preview.destination.as_str().to_owned(),
        folder: preview.folder.to_string(),
        is_done: preview.is_done,
        files: preview.files,
        bytes: preview.bytes,
        empty_folders: preview.empty_folders,
        skipped: super::skipped(preview.skipped),
        skipped_count: preview.skipped_count,
        twins: preview.twins,
        conflicts: preview.conflicts,
        conflict_count: preview.conflict_count,
        listing: looked(&preview.looked),
        fit: fit(preview.fit),
    }
}

fn looked(looked: &app::Looked) -> ipc::Looked {
    match looked {
        app::Looked::Wholly => ipc::Looked::Looked,
        app::Looked::Denied => ipc::Looked::Denied,
        app::Looked::Not | app::Looked::BrokeOff(_) => ipc::Looked::NotLooked,
    }
}

fn fit(fit: app::Fit) -> ipc::Fit {
    match fit {
        app::Fit::Yes => ipc::Fit::Yes,
        app::Fit::No { needs } => ipc::Fit::No {
            needed_seconds: needs.as_secs(),
        },
        app::Fit::Unknown => ipc::Fit::Unknown,
    }
}

pub(crate) fn preview_choice(choice: ipc::PreviewChoice) -> app::OnConflict {
    match choice {
        ipc::PreviewChoice::Ask => app::OnConflict::Ask,
        ipc::PreviewChoice::Skip => app::OnConflict::Skip,
        ipc::PreviewChoice::Replace => app::OnConflict::Replace,
        ipc::PreviewChoice::KeepBoth => app::OnConflict::KeepBoth,
    }
}
