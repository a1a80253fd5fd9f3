//! From the app's types to those that cross.

use app::{Event, RowState, SessionView};

use crate::ipc;
use crate::ipc::Change;

/// None for what the page need not know.
pub(crate) fn change(event: Event) -> Option<Change> {
    Some(match event {
        Event::Snapshot(snapshot) => Change::Snapshot {
            snapshot: self::snapshot(*snapshot),
        },
        Event::Destinations {
            destinations,
            selected,
        } => Change::Destinations {
            destinations: destinations.iter().map(destination).collect(),
            selected: selected.map(|id| id.as_str().to_owned()),
        },
        Event::Session {
            destination,
            session,
        } => Change::Session(destination_session(destination.as_str(), &session)),
        Event::RowsAdded(rows) => Change::RowsAdded {
            rows: rows.into_iter().map(row).collect(),
        },
        Event::RowsChanged(rows) => Change::RowsChanged {
            rows: rows.into_iter().map(row_change).collect(),
        },
        Event::RowsRemoved(ids) => Change::RowsRemoved {
            ids: ids.into_iter().map(|id| id.0).collect(),
        },
        Event::Totals {
            destination,
            totals,
        } => Change::Totals(self::totals(destination.as_str(), &totals)),
        Event::Skipped(paths) => Change::Skipped {
            skipped: paths
                .into_iter()
                .map(|path| ipc::Skipped {
                    name: path.name,
                    failure: failure(&path.failure),
                })
                .collect(),
        },
        Event::Planned { .. } | Event::Adopted => return None,
        Event::Arrived {
            destination,
            entries,
        } => Change::Arrived {
            destination: destination.as_str().to_owned(),
            entries: entries.into_iter().map(entry).collect(),
        },
        Event::Failed(failure) => failed(&failure),
    })
}

pub(crate) fn failed(failure: &app::Failure) -> Change {
    Change::Failed {
        failure: self::failure(failure),
    }
}

pub(crate) fn failure(failure: &app::Failure) -> ipc::Failure {
    ipc::Failure {
        code: failure.code.as_str().to_owned(),
        message: failure.message(),
        remedy: failure.remedy().as_str().to_owned(),
        about: failure.about.clone(),
    }
}

fn snapshot(snapshot: app::Snapshot) -> ipc::Snapshot {
    let sessions = snapshot.sessions.iter();
    let all_totals = snapshot.totals.iter();
    ipc::Snapshot {
        destinations: snapshot.destinations.iter().map(destination).collect(),
        selected: snapshot.selected.map(|id| id.as_str().to_owned()),
        sessions: sessions
            .map(|(id, session)| destination_session(id.as_str(), session))
            .collect(),
        totals: all_totals
            .map(|(id, sums)| totals(id.as_str(), sums))
            .collect(),
        rows: snapshot.rows.into_iter().map(row).collect(),
    }
}

fn destination(destination: &app::Destination) -> ipc::Destination {
    ipc::Destination {
        id: destination.id.as_str().to_owned(),
        name: destination.name.clone(),
        bucket: destination.target.bucket.to_string(),
        region: destination.target.region.clone(),
        prefix: destination.prefix.to_string(),
        role_arn: destination.role_arn.to_string(),
        endpoint: destination.target.endpoint.clone(),
        is_sandbox: destination.is_sandbox,
        key_ends: destination.key_ends.clone(),
        needs_mfa: destination.mfa_serial.is_some(),
        sts_endpoint: destination.sts_endpoint.clone(),
        session_seconds: destination.session_length.seconds(),
        external_id: destination.external_id.as_ref().map(ToString::to_string),
        mfa_serial: destination.mfa_serial.as_ref().map(ToString::to_string),
    }
}

fn destination_session(destination: &str, session: &SessionView) -> ipc::DestinationSession {
    let session = match session {
        SessionView::None => ipc::Session::None,
        SessionView::SigningIn => ipc::Session::SigningIn,
        SessionView::Running {
            left,
            length,
            ends_at,
        } => ipc::Session::Running {
            seconds_left: left.as_secs(),
            length_seconds: length.as_secs(),
            ends_at: ends_at.to_string(),
        },
        SessionView::Ended { cause } => ipc::Session::Ended {
            cause: match cause {
                app::EndCause::Time => ipc::EndCause::Time,
                app::EndCause::Server => ipc::EndCause::Server,
                app::EndCause::User => ipc::EndCause::User,
            },
        },
    };
    ipc::DestinationSession {
        destination: destination.to_owned(),
        session,
    }
}

fn row(row: app::Row) -> ipc::Row {
    ipc::Row {
        id: row.id.0,
        destination: row.destination.as_str().to_owned(),
        state: row_state(&row.state),
        failure: row.failure.as_ref().map(failure),
        name: row.name,
        key: row.key,
        size_bytes: row.size_bytes,
        sent_bytes: row.sent_bytes,
    }
}

fn row_change(row: app::Row) -> ipc::RowChange {
    ipc::RowChange {
        id: row.id.0,
        state: row_state(&row.state),
        failure: row.failure.as_ref().map(failure),
        key: row.key,
        size_bytes: row.size_bytes,
        sent_bytes: row.sent_bytes,
    }
}

fn row_state(state: &RowState) -> ipc::RowState {
    match state {
        RowState::Waiting => ipc::RowState::Waiting,
        RowState::Sending => ipc::RowState::Sending,
        RowState::WaitingForSignIn => ipc::RowState::WaitingForSignIn,
        RowState::Stored(_) => ipc::RowState::Stored,
        RowState::Conflict => ipc::RowState::Conflict,
        RowState::Failed(_) => ipc::RowState::Failed,
        RowState::Cancelled => ipc::RowState::Cancelled,
        RowState::Skipped => ipc::RowState::Skipped,
    }
}

fn totals(destination: &str, totals: &app::Totals) -> ipc::Totals {
    ipc::Totals {
        destination: destination.to_owned(),
        files: totals.files,
        files_stored: totals.files_stored,
        files_stopped: totals.files_stopped,
        bytes: totals.bytes,
        bytes_sent: totals.bytes_sent,
        bytes_per_second: totals.bytes_per_second,
        seconds_left: totals.time_left.map(|left| left.as_secs()),
        planning: totals.is_planning,
    }
}

pub(crate) fn page(page: app::Page) -> ipc::Page {
    ipc::Page {
        entries: page.entries.into_iter().map(entry).collect(),
        next: page.next,
    }
}

fn entry(entry: app::Entry) -> ipc::Entry {
    match entry {
        app::Entry::Folder { key } => ipc::Entry {
            is_folder: true,
            name: last_segment(key.trim_end_matches('/')),
            key,
            size_bytes: None,
            modified: None,
            storage_class: None,
        },
        app::Entry::Object {
            key,
            size_bytes,
            modified,
            storage_class,
        } => ipc::Entry {
            is_folder: false,
            name: last_segment(&key),
            key,
            size_bytes: Some(size_bytes),
            modified: modified.map(|time| time.to_string()),
            storage_class,
        },
    }
}

fn last_segment(key: &str) -> String {
    key.rsplit('/').next().unwrap_or(key).to_owned()
}

pub(crate) fn policy_advice(advice: app::Advice) -> ipc::PolicyAdvice {
    ipc::PolicyAdvice {
        published: advice.published,
        corrected: advice.corrected,
        document: advice.document,
    }
}

pub(crate) fn key_file(file: app::KeyFile) -> ipc::KeyFile {
    ipc::KeyFile {
        ticket: file.ticket,
        file_name: file.file_name,
        key_ends: file.key_ends,
    }
}

/// The form, its key, and the destination whose place it takes.
pub(crate) fn form(
    form: ipc::ConnectForm,
) -> (
    app::DestinationForm,
    app::KeySource,
    Option<app::DestinationId>,
) {
    let replaces = form.replaces.as_deref().map(app::DestinationId::from_wire);
    let key = match form.key {
        ipc::FormKey::Typed(key) => app::KeySource::Typed {
            id: key.id,
            secret: key.secret,
        },
        ipc::FormKey::Kept => app::KeySource::Kept,
        ipc::FormKey::File { ticket } => app::KeySource::File { ticket },
    };
    let form = app::DestinationForm {
        name: form.name,
        role_arn: form.role_arn,
        region: form.region,
        bucket: form.bucket,
        prefix: form.prefix,
        endpoint: form.endpoint,
        sts_endpoint: form.sts_endpoint,
        session_seconds: form.session_seconds,
        external_id: form.external_id,
        mfa_serial: form.mfa_serial,
    };
    (form, key, replaces)
}

pub(crate) fn conflict(choice: ipc::ConflictChoice) -> app::OnConflict {
    match choice {
        ipc::ConflictChoice::Replace => app::OnConflict::Replace,
        ipc::ConflictChoice::KeepBoth => app::OnConflict::KeepBoth,
        ipc::ConflictChoice::Skip => app::OnConflict::Skip,
    }
}
