//! `put` and `resume`: rows run until each has ended or waits for a sign-in.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use app::{
    App, Code, Destination, DestinationId, DropId, DropRequest, Event, Failure, Limits, Remedy,
    Row, RowId, RowState, WalkRules,
};
use tokio::sync::mpsc;

use crate::arguments::{Put, Resume};
use crate::run::{sign_in, sign_in_for};
use crate::say::{RowObject, Voice};
use crate::{exit, preview, say};

pub(crate) async fn put(app: &App, arguments: Put, voice: Voice) -> Result<ExitCode, Failure> {
    let paths = arguments.paths.iter().map(|path| absolute(path)).collect();
    let folder = arguments.to.as_deref().map(app::typed_folder).transpose()?;
    let destination = sign_in_for(app, &arguments.sign_in, folder.as_ref()).await?;
    app.keep_renewing(&destination.id, arguments.keep_renewing)?;
    app.limit(Limits {
        most_requests: arguments.limits.max_requests,
        bytes_per_second: arguments.limits.limit,
    });
    let request = DropRequest {
        rules: Some(rules(&arguments, &destination)),
        destination: destination.id,
        folder,
        paths,
        on_conflict: arguments.on_conflict.into(),
    };
    if arguments.dry_run {
        return preview::dry_run(app, request, voice).await;
    }
    let keeps_renewing = arguments.keep_renewing;
    let events = app.watch();
    let drop = app.add_files(request)?;
    follow(
        app,
        Watch::new(app, voice, Until::Planned(drop), keeps_renewing),
        events,
    )
    .await
}

/// The destination's rules, and what was asked for besides.
fn rules(arguments: &Put, destination: &Destination) -> WalkRules {
    let mut rules = destination.uploads.rules.clone();
    rules.follows_links |= arguments.follow_links;
    rules.marks_empty_folders |= arguments.folder_markers;
    if !arguments.leave_out.is_empty() {
        rules.leaves_out.clone_from(&arguments.leave_out);
    }
    rules
}

/// Until the rows are over or wait for a sign-in, or Ctrl-C. What is open then goes on with `resume`.
async fn follow(
    app: &App,
    mut watch: Watch<'_>,
    events: mpsc::UnboundedReceiver<Event>,
) -> Result<ExitCode, Failure> {
    let is_stopped = tokio::select! {
        () = watch.follow(events) => false,
        // Without a signal handler Ctrl-C simply ends the process; the ledger survives that, too.
        Ok(()) = tokio::signal::ctrl_c() => true,
    };
    app.settle().await?;
    if is_stopped {
        return Ok(ExitCode::from(exit::STOPPED));
    }
    Ok(watch.exit())
}

pub(crate) async fn resume(
    app: &App,
    arguments: &Resume,
    voice: Voice,
) -> Result<ExitCode, Failure> {
    let destination = sign_in(app, &arguments.sign_in).await?;
    app.keep_renewing(&destination.id, arguments.keep_renewing)?;
    let events = app.watch();
    app.adopt_rows(Some(&destination.id));
    // What somebody held back in the window goes on, too: that is what this command is for.
    app.resume_all(&destination.id);
    follow(
        app,
        Watch::new(app, voice, Until::Adopted, arguments.keep_renewing),
        events,
    )
    .await
}

fn absolute(path: &Path) -> PathBuf {
    // Only an empty path fails; it is then reported as one that is not there.
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// When all rows are known.
#[derive(Clone, Copy, Debug)]
enum Until {
    Planned(DropId),
    Adopted,
}

/// Follows the rows of this process.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of one run"
)]
struct Watch<'a> {
    app: &'a App,
    voice: Voice,
    /// None: all rows are known.
    until: Option<Until>,
    open: HashSet<RowId>,
    waiting: HashSet<RowId>,
    any_failed: bool,
    any_waits: bool,
    /// Was said that the server cannot be reached.
    waits_for_network: bool,
    /// Is still to be said when the files need longer than the session has.
    says_too_long: bool,
}

impl<'a> Watch<'a> {
    fn new(app: &'a App, voice: Voice, until: Until, keeps_renewing: bool) -> Self {
        Self {
            app,
            voice,
            until: Some(until),
            open: HashSet::new(),
            waiting: HashSet::new(),
            any_failed: false,
            any_waits: false,
            waits_for_network: false,
            // Not where the session is renewed until then.
            says_too_long: !keeps_renewing,
        }
    }

    /// Says once that the session will end before the files are through.
    fn fits(&mut self, destination: &DestinationId, needed: Option<Duration>) {
        let left = self.app.time_left(destination);
        if let (Some(needed), Some(left)) = (needed, left)
            && needed > left
            && std::mem::take(&mut self.says_too_long)
        {
            eprintln!(
                "sandglass: this needs about {} min, the session has {}; go on with `resume` after it, or use --keep-renewing",
                needed.as_secs().div_ceil(60),
                left.as_secs() / 60
            );
        }
    }

    async fn follow(&mut self, mut events: mpsc::UnboundedReceiver<Event>) {
        let mut last_seen: std::collections::HashMap<RowId, Row> = std::collections::HashMap::new();
        while let Some(event) = events.recv().await {
            let is_new = matches!(event, Event::RowsAdded(_));
            match event {
                Event::RowsAdded(rows) | Event::RowsChanged(rows) => {
                    for row in rows {
                        if is_new {
                            // Some are asked about from the beginning.
                            self.open.insert(row.id);
                        }
                        self.seen(&row);
                        if self.waiting.contains(&row.id) {
                            last_seen.insert(row.id, row);
                        }
                    }
                }
                Event::Skipped(paths) => paths.iter().for_each(|path| self.skipped(path)),
                Event::Planned { drop } if matches!(self.until, Some(Until::Planned(id)) if id == drop) =>
                {
                    self.until = None;
                }
                Event::Adopted => self.until = None,
                Event::Totals {
                    destination,
                    totals,
                } => {
                    self.reachable(&destination, !totals.is_offline);
                    self.fits(&destination, totals.time_left);
                }
                Event::News { destination, news } => {
                    let known = self.app.destinations().into_iter();
                    let name = known
                        .filter(|known| known.id == destination)
                        .map(|known| known.name);
                    for name in name {
                        eprintln!("sandglass: {}", say::news(news, &name));
                    }
                }
                Event::Failed { failure, .. } => {
                    // What is open there is lost to this run, and no row of this run is.
                    self.any_failed |= failure.code != Code::LedgerMovedAside;
                    self.voice.fail(&failure);
                }
                _ => {}
            }
            // Rows that wait for a sign-in wait for ever: nobody signs in here.
            if self.until.is_none() && self.open.iter().all(|id| self.waiting.contains(id)) {
                break;
            }
        }
        let mut waiting: Vec<&Row> = self
            .open
            .iter()
            .filter_map(|id| last_seen.get(id))
            .collect();
        waiting.sort_by_key(|row| row.id);
        for row in waiting {
            self.any_waits = true;
            let object = RowObject::from(row);
            self.voice.say(&object, || object.words());
        }
    }

    fn seen(&mut self, row: &Row) {
        let is_waiting = matches!(row.state, RowState::WaitingForSignIn);
        if !row.state.is_over() {
            self.open.insert(row.id);
            if is_waiting {
                self.waiting.insert(row.id)
            } else {
                self.waiting.remove(&row.id)
            };
            return;
        }
        self.waiting.remove(&row.id);
        if !self.open.remove(&row.id) {
            return;
        }
        let object = RowObject::from(row);
        self.voice.say(&object, || object.words());
        self.ended(row);
    }

    fn ended(&mut self, row: &Row) {
        if !matches!(row.state, RowState::Failed(_) | RowState::Conflict(_)) {
            return;
        }
        self.any_failed = true;
        // The ledger keeps what another run may bring further. What was refused for good is said and forgotten: a
        // script that runs every night must not leave its conflicts to the next one.
        let remedy = row.failure.as_ref().map(Failure::remedy);
        if !matches!(
            remedy,
            Some(Remedy::Retry | Remedy::CheckNetwork | Remedy::ChangeNetwork | Remedy::SignIn)
        ) {
            self.app.cancel_row(row.id);
        }
    }

    /// Rows that wait for the network go on by themselves: said once, until it is back.
    fn reachable(&mut self, destination: &DestinationId, is_reachable: bool) {
        if !is_reachable && !self.waits_for_network {
            let host = self.app.server_of(destination);
            eprintln!("sandglass: cannot reach {host}; waiting");
        }
        self.waits_for_network = !is_reachable;
    }

    fn skipped(&mut self, path: &app::SkippedPath) {
        // A path that was asked for by name, and folders' files that cannot be read, are failures of this command; a
        // socket or a link inside a folder is not.
        self.any_failed |= matches!(path.failure.code, Code::FileVanished | Code::FileUnreadable);
        let object = RowObject::from(path);
        self.voice.say(&object, || object.words());
    }

    fn exit(&self) -> ExitCode {
        ExitCode::from(if self.any_waits {
            exit::NO_SESSION
        } else if self.any_failed {
            exit::ROWS_FAILED
        } else {
            exit::DONE
        })
    }
}
