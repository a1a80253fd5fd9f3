//! What a person sends to whoever helps: settings, states and the log, in one text that they read before they save it.
//!
//! No secret is in it, because nothing that holds one is asked: not the keychain, not a session's values. What the log
//! says never held one (SECURITY.md).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::App;
use crate::destination::{Destination, DestinationId};
use crate::event::{Event, Snapshot};
use crate::home::private_file;
use crate::logs::end_of_log;
use crate::sessions::SessionView;
use crate::{Code, Failure, Theme};

/// As much as a person can look through.
const MOST_LOG_BYTES: u64 = 200 * 1024;

impl App {
    /// The text; `surroundings` says what it runs in, a line each.
    ///
    /// # Errors
    /// None of its own: what cannot be read is said in the text.
    pub async fn support_text(&self, surroundings: &[String]) -> String {
        let mut text = String::from("# Sandglass: for whoever helps\n");
        let mut section = |title: &str, lines: Vec<String>| {
            let _ = write!(text, "\n## {title}\n\n");
            for line in lines {
                let _ = writeln!(text, "- {line}");
            }
        };
        section("Program", program(surroundings));
        section("Settings", self.settings_lines());
        if let Some(Event::Snapshot(snapshot)) = self.watch().recv().await {
            for destination in &snapshot.destinations {
                let title = format!("Destination {}", destination.name);
                section(&title, destination_lines(destination, &snapshot));
            }
        }
        let log = end_of_log(&self.inner.around.home, MOST_LOG_BYTES);
        let log = log.unwrap_or_else(|error| format!("The log cannot be read: {error}\n"));
        let _ = write!(text, "\n## The end of the log\n\n```\n{log}```\n");
        text
    }

    /// Writes the text where the person wants it, for its owner only.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub fn save_support_text(&self, text: &str, to: &Path) -> Result<(), Failure> {
        let written = private_file(to).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| {
            tracing::error!(%error, "the text for support was not written");
            Failure::new(
                Code::FileUnwritable,
                to.file_name().unwrap_or_default().to_string_lossy(),
            )
        })
    }

    /// Where the logs are.
    pub fn logs(&self) -> PathBuf {
        self.inner.around.home.logs()
    }

    fn settings_lines(&self) -> Vec<String> {
        let preferences = self.preferences();
        let network = self.network();
        let limit = |most: Option<String>| most.unwrap_or_else(|| "none".to_owned());
        vec![
            format!(
                "at most {} requests, {} KiB/s",
                limit(preferences.most_requests.map(|most| most.to_string())),
                limit(preferences.kib_per_second.map(|most| most.to_string())),
            ),
            format!(
                "looks first: {}; notifies: {}; ends on lock: {}; idle minutes: {}",
                preferences.looks_first,
                preferences.notifies,
                preferences.ends_on_lock,
                limit(preferences.idle_minutes.map(|minutes| minutes.to_string())),
            ),
            format!(
                "colours: {}; log in detail: {}",
                match preferences.theme {
                    Theme::System => "the system's",
                    Theme::Light => "light",
                    Theme::Dark => "dark",
                },
                preferences.logs_in_detail,
            ),
            format!(
                "proxy: {:?} {}; its user is {}; not for: {}",
                network.proxy,
                network.url,
                if network.user.is_empty() {
                    "not set"
                } else {
                    "set"
                },
                network.no_proxy,
            ),
            match network.trusted {
                Some(file) => format!("certificates of its own: {}", file.certificates),
                None => "certificates: the platform's".to_owned(),
            },
        ]
    }
}

fn program(surroundings: &[String]) -> Vec<String> {
    let mut lines = vec![
        format!("version {}", env!("CARGO_PKG_VERSION")),
        format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH),
        format!("written {}", jiff::Timestamp::now()),
    ];
    lines.extend_from_slice(surroundings);
    lines
}

fn destination_lines(destination: &Destination, snapshot: &Snapshot) -> Vec<String> {
    let target = &destination.target;
    let mut lines = vec![
        format!(
            "bucket {} in {}, folder {:?}",
            target.bucket.as_str(),
            target.region,
            destination.prefix.as_str()
        ),
        format!("role {}", destination.role_arn.as_str()),
        format!("S3 at {}", destination.s3_host()),
        format!("session length {} s", destination.session_length.seconds()),
        format!(
            "external id: {}; MFA: {}; session policy refused: {}",
            is_set(destination.external_id.is_some()),
            is_set(destination.mfa_serial.is_some()),
            destination.refuses_policy,
        ),
        format!("access key …{}", destination.key.ends),
        format!("session: {}", session(&destination.id, snapshot)),
    ];
    if let Some((_, totals)) = snapshot.totals.iter().find(|(id, _)| *id == destination.id) {
        lines.push(format!(
            "files: {} of {} stored, {} stopped; bytes: {} of {}; paused: {}; offline: {}",
            totals.files_stored,
            totals.files,
            totals.files_stopped,
            totals.bytes_sent,
            totals.bytes,
            totals.is_paused,
            totals.is_offline,
        ));
    }
    let mut failures = BTreeMap::<&str, u64>::new();
    for row in snapshot
        .rows
        .iter()
        .filter(|row| row.destination == destination.id)
    {
        if let Some(failure) = &row.failure {
            *failures.entry(failure.code.as_str()).or_default() += 1;
        }
    }
    lines.extend(
        failures
            .iter()
            .map(|(code, count)| format!("rows with {code}: {count}")),
    );
    lines
}

fn is_set(is_set: bool) -> &'static str {
    if is_set { "set" } else { "not set" }
}

fn session(destination: &DestinationId, snapshot: &Snapshot) -> String {
    let known = snapshot.sessions.iter().find(|(id, _)| id == destination);
    match known.map(|(_, session)| session) {
        None | Some(SessionView::None) => "none".to_owned(),
        Some(SessionView::SigningIn { .. }) => "being asked for".to_owned(),
        Some(SessionView::Running { left, length, .. }) => {
            format!("runs, {} of {} s left", left.as_secs(), length.as_secs())
        }
        Some(SessionView::Ended { cause }) => format!("ended by {cause:?}"),
    }
}
