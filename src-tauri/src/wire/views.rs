//! Views and their lines.

use super::failure;
use crate::ipc;

pub(crate) fn view(view: &app::View) -> ipc::View {
    ipc::View {
        id: view.id.0,
        edition: view.edition,
        loaded: view.loaded,
        shown: view.shown,
        looked: view.looked,
        has_more: view.has_more,
        is_looking_through: view.is_looking_through,
        failure: view.failure.as_ref().map(failure),
    }
}

pub(crate) fn lines(edition: u64, shown: Vec<app::Shown>) -> ipc::Lines {
    ipc::Lines {
        edition,
        entries: shown.into_iter().map(entry).collect(),
    }
}

pub(crate) fn order(order: ipc::Order) -> app::Order {
    app::Order {
        by: match order.by {
            ipc::Column::Name => app::Column::Name,
            ipc::Column::Size => app::Column::Size,
            ipc::Column::Modified => app::Column::Modified,
        },
        is_descending: order.is_descending,
    }
}

fn entry(shown: app::Shown) -> ipc::Entry {
    let folder = ipc::Entry {
        is_folder: true,
        name: shown.name,
        key: String::new(),
        size_bytes: None,
        modified: None,
        storage_class: None,
        etag: None,
        is_new: shown.is_new,
    };
    match shown.entry {
        app::Entry::Folder { key } => ipc::Entry { key, ..folder },
        app::Entry::Object {
            key,
            size_bytes,
            modified,
            storage_class,
            etag,
        } => ipc::Entry {
            is_folder: false,
            key,
            size_bytes: Some(size_bytes),
            modified: modified.map(|time| time.to_string()),
            storage_class,
            etag: etag.map(|etag| etag.trim_matches('"').to_owned()),
            ..folder
        },
    }
}
