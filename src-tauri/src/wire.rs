//! From the app's types to those that cross.
//! One line for each field; what belongs to one thing stands beside it in `wire/`.

mod account;
mod destination;
mod examine;
mod extras;
mod keys;
mod network;
mod offer;
mod views;

use app::{Event, RowState, SessionView};

use crate::ipc;
use crate::ipc::Change;
use destination::destination;

pub(crate) use account::{
    setup_done, setup_form, setup_plan, setup_seen, setup_texts, setup_undone,
};
pub(crate) use destination::{form, key_file};
pub(crate) use examine::{finding, verdict};
pub(crate) use extras::{deleted, downloaded, extras, wanted};
pub(crate) use keys::{key_state, old_key, outlook, rotated};
pub(crate) use network::{network, proxy_form};
pub(crate) use offer::{aws_profile, offer};
pub(crate) use views::{lines, order, view};

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
        Event::EndsSoon { destination, left } => Change::EndsSoon {
            destination: destination.as_str().to_owned(),
            seconds_left: left.as_secs(),
        },
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
            skipped: paths.into_iter().map(skipped).collect(),
        },
        Event::Planned { .. } | Event::Adopted => return None,
        Event::Viewed(view) => Change::Viewed {
            view: self::view(&view),
        },
        Event::Downloading(download) => Change::Downloading(extras::download(&download)),
        Event::Preview(preview) => Change::Preview {
            preview: self::preview(*preview),
        },
        Event::Preferences(preferences) => Change::Preferences(self::preferences(preferences)),
        Event::News { destination, news } => Change::News {
            destination: destination.as_str().to_owned(),
            news: self::news(news),
        },
        Event::Failed {
            destination,
            failure,
        } => Change::Failed {
            failure: self::failure(&failure),
            destination: destination.map(|id| id.as_str().to_owned()),
        },
    })
}

fn news(news: app::News) -> ipc::News {
    match news {
        app::News::LengthLowered { to } => ipc::News::LengthLowered {
            to_seconds: to.seconds(),
        },
        app::News::NarrowingOff => ipc::News::NarrowingOff,
    }
}

pub(crate) fn language(language: ipc::Language) -> app::Language {
    match language {
        ipc::Language::En => app::Language::English,
        ipc::Language::Ja => app::Language::Japanese,
    }
}

pub(crate) fn letter_about(about: ipc::LetterAbout) -> app::LetterAbout {
    match about {
        ipc::LetterAbout::SignIn => app::LetterAbout::SignIn,
        ipc::LetterAbout::Bucket => app::LetterAbout::Bucket,
        ipc::LetterAbout::OwnKeys => app::LetterAbout::OwnKeys,
    }
}

fn skipped(path: app::SkippedPath) -> ipc::Skipped {
    ipc::Skipped {
        name: path.name,
        failure: failure(&path.failure),
    }
}

pub(crate) fn failed(failure: &app::Failure) -> Change {
    Change::Failed {
        failure: self::failure(failure),
        destination: None,
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
        preferences: preferences(snapshot.preferences),
        knows_absence: app::KNOWS_ABSENCE,
    }
}

fn destination_session(destination: &str, session: &SessionView) -> ipc::DestinationSession {
    let session = match session {
        SessionView::None => ipc::Session::None,
        SessionView::SigningIn { waits_for_new_key } => ipc::Session::SigningIn {
            waits_for_new_key: *waits_for_new_key,
        },
        SessionView::Running {
            left,
            length,
            ends_at,
            is_renewing,
            keeps_renewing,
        } => ipc::Session::Running {
            seconds_left: left.as_secs(),
            length_seconds: length.as_secs(),
            ends_at: ends_at.to_string(),
            is_renewing: *is_renewing,
            keeps_renewing: *keeps_renewing,
        },
        SessionView::Ended { cause } => ipc::Session::Ended {
            cause: match cause {
                app::EndCause::Time => ipc::EndCause::Time,
                app::EndCause::Server => ipc::EndCause::Server,
                app::EndCause::User => ipc::EndCause::User,
                app::EndCause::Idle => ipc::EndCause::Idle,
                app::EndCause::ScreenLocked => ipc::EndCause::ScreenLocked,
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
        drop: row.drop.0,
        state: row_state(&row.state),
        note: row.note.map(note),
        proof: proof_of(&row.state),
        conflict: conflict_of(&row.state),
        other: other_of(&row.state),
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
        note: row.note.map(note),
        proof: proof_of(&row.state),
        conflict: conflict_of(&row.state),
        other: other_of(&row.state),
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
        RowState::Paused => ipc::RowState::Paused,
        RowState::WaitingForNetwork => ipc::RowState::WaitingForNetwork,
        RowState::WaitingForSignIn => ipc::RowState::WaitingForSignIn,
        RowState::Stored(_) => ipc::RowState::Stored,
        RowState::Conflict(_) => ipc::RowState::Conflict,
        RowState::Failed(_) => ipc::RowState::Failed,
        RowState::Cancelled => ipc::RowState::Cancelled,
        RowState::Skipped => ipc::RowState::Skipped,
    }
}

fn note(note: app::Note) -> ipc::Note {
    match note {
        app::Note::StartedAgain => ipc::Note::StartedAgain,
        app::Note::FileChanged => ipc::Note::FileChanged,
    }
}

fn proof(proof: app::Proof) -> ipc::Proof {
    match proof {
        app::Proof::Checksum => ipc::Proof::Checksum,
        app::Proof::ETag => ipc::Proof::Etag,
        app::Proof::NotReported => ipc::Proof::NotReported,
    }
}

fn proof_of(state: &RowState) -> Option<ipc::Proof> {
    match state {
        RowState::Stored(receipt) => Some(proof(receipt.proof)),
        _ => None,
    }
}

fn conflict_of(state: &RowState) -> Option<ipc::Conflict> {
    match state {
        RowState::Conflict(app::Conflict::Taken) => Some(ipc::Conflict::Taken),
        RowState::Conflict(app::Conflict::MaybeStored) => Some(ipc::Conflict::MaybeStored),
        RowState::Conflict(app::Conflict::SameKey { .. }) => Some(ipc::Conflict::SameKey),
        RowState::Conflict(app::Conflict::CaseTwin { .. }) => Some(ipc::Conflict::CaseTwin),
        _ => None,
    }
}

/// The other file, where the conflict is one between two files of a drop.
fn other_of(state: &RowState) -> Option<String> {
    match state {
        RowState::Conflict(
            app::Conflict::SameKey { other } | app::Conflict::CaseTwin { other },
        ) => Some(other.clone()),
        _ => None,
    }
}

fn totals(destination: &str, totals: &app::Totals) -> ipc::Totals {
    ipc::Totals {
        destination: destination.to_owned(),
        files: totals.files,
        files_stored: totals.files_stored,
        files_stopped: totals.files_stopped,
        files_paused: totals.files_paused,
        files_waiting_for_network: totals.files_waiting_for_network,
        bytes: totals.bytes,
        bytes_sent: totals.bytes_sent,
        bytes_per_second: totals.bytes_per_second,
        seconds_left: totals.time_left.map(|left| left.as_secs()),
        is_planning: totals.is_planning,
        is_paused: totals.is_paused,
        is_reachable: !totals.is_offline,
    }
}

pub(crate) fn policy_advice(advice: app::Advice) -> ipc::PolicyAdvice {
    ipc::PolicyAdvice {
        published: advice.published,
        corrected: advice.corrected,
        document: advice.document,
    }
}

pub(crate) fn conflict(choice: ipc::ConflictChoice) -> app::OnConflict {
    match choice {
        ipc::ConflictChoice::Replace => app::OnConflict::Replace,
        ipc::ConflictChoice::KeepBoth => app::OnConflict::KeepBoth,
        ipc::ConflictChoice::Skip => app::OnConflict::Skip,
        // The engine sends a case twin under its own key when it is asked again.
        ipc::ConflictChoice::SendAnyway => app::OnConflict::Ask,
    }
}

fn preferences(preferences: app::Preferences) -> ipc::Preferences {
    ipc::Preferences {
        most_requests: preferences.most_requests,
        kib_per_second: preferences.kib_per_second,
        looks_first: preferences.looks_first,
        looks_first_from: preferences.looks_first_from,
        notifies: preferences.notifies,
        idle_minutes: preferences.idle_minutes,
        ends_on_lock: preferences.ends_on_lock,
        language: preferences.language.map(|language| match language {
            app::Language::English => ipc::Language::En,
            app::Language::Japanese => ipc::Language::Ja,
        }),
        theme: match preferences.theme {
            app::Theme::System => ipc::Theme::System,
            app::Theme::Light => ipc::Theme::Light,
            app::Theme::Dark => ipc::Theme::Dark,
        },
        logs_in_detail: preferences.logs_in_detail,
    }
}

pub(crate) fn chosen_preferences(preferences: ipc::Preferences) -> app::Preferences {
    app::Preferences {
        most_requests: preferences.most_requests,
        kib_per_second: preferences.kib_per_second,
        looks_first: preferences.looks_first,
        looks_first_from: preferences.looks_first_from,
        notifies: preferences.notifies,
        idle_minutes: preferences.idle_minutes,
        ends_on_lock: preferences.ends_on_lock,
        language: preferences.language.map(language),
        theme: match preferences.theme {
            ipc::Theme::System => app::Theme::System,
            ipc::Theme::Light => app::Theme::Light,
            ipc::Theme::Dark => app::Theme::Dark,
        },
        logs_in_detail: preferences.logs_in_detail,
    }
}

pub(crate) fn receipt(receipt: app::Receipt) -> ipc::Receipt {
    ipc::Receipt {
        key: receipt.key,
        size_bytes: receipt.size_bytes,
        crc64nvme: receipt.crc64nvme.to_header(),
        etag: receipt.etag,
        version_id: receipt.version_id,
        stored_at: receipt.stored_at.to_string(),
        proof: proof(receipt.proof),
    }
}

pub(crate) fn past_drop(drop: &app::DropSummary) -> ipc::PastDrop {
    ipc::PastDrop {
        drop: drop.id.0,
        folder: drop.folder.to_string(),
        added_at: drop.added_at.to_string(),
        files: drop.files,
        stored: drop.stored,
        bytes: drop.bytes,
    }
}

pub(crate) fn abandoned(upload: app::Abandoned) -> ipc::Abandoned {
    ipc::Abandoned {
        key: upload.key,
        confirmed_bytes: upload.confirmed_bytes,
        abandoned_at: upload.abandoned_at.to_string(),
        upload_id: upload.upload_id,
    }
}

pub(crate) fn format(format: ipc::ReceiptFormat) -> app::ReceiptFormat {
    match format {
        ipc::ReceiptFormat::Csv => app::ReceiptFormat::Csv,
        ipc::ReceiptFormat::Json => app::ReceiptFormat::Json,
    }
}

fn preview(preview: app::Preview) -> ipc::Preview {
    ipc::Preview {
        token: preview.token,
        destination: preview.destination.as_str().to_owned(),
        folder: preview.folder.to_string(),
        is_done: preview.is_done,
        files: preview.files,
        bytes: preview.bytes,
        folders: preview.folders,
        skipped: preview.skipped.into_iter().map(skipped).collect(),
        skipped_count: preview.skipped_count,
        twins: preview.twins,
        conflicts: preview.conflicts,
        conflict_count: preview.conflict_count,
        listing: match preview.looked {
            app::Looked::Wholly => ipc::Looked::Looked,
            app::Looked::Denied => ipc::Looked::Denied,
            app::Looked::Not | app::Looked::BrokeOff(_) => ipc::Looked::NotLooked,
        },
        fit: match preview.fit {
            app::Fit::Yes => ipc::Fit::Yes,
            app::Fit::No { needs } => ipc::Fit::No {
                needed_seconds: needs.as_secs(),
            },
            app::Fit::Unknown => ipc::Fit::Unknown,
        },
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
