//! The sessions of all destinations, as the app keeps them.

use std::sync::Arc;
use std::time::Duration;

use bucket::{Access, Listing};
use jiff::Timestamp;
use session::{Clock, Session};

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndCause {
    /// Its time was up.
    Time,
    /// The server refused it before.
    Server,
    /// The person ended it.
    User,
    /// Nobody touched keyboard or mouse for as long as the settings say.
    Idle,
    /// The screen was locked, and the settings say so.
    ScreenLocked,
}

/// A session as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionView {
    /// None yet.
    None,
    /// STS is being asked.
    SigningIn {
        /// The key was just created and AWS does not know it yet: it is asked again, for a minute at most.
        waits_for_new_key: bool,
    },
    /// Uploads may run.
    Running {
        /// Time left now.
        left: Duration,
        /// The whole length.
        length: Duration,
        /// The end by the server's clock.
        ends_at: Timestamp,
        /// STS is being asked for the next one.
        is_renewing: bool,
        /// It is renewed by itself until its rows are over.
        keeps_renewing: bool,
    },
    /// Over.
    Ended {
        /// Why.
        cause: EndCause,
    },
}

/// A destination's session, with the values that sign.
#[derive(Clone, Debug, Default)]
pub(crate) enum SessionState {
    #[default]
    None,
    /// STS is being asked.
    SigningIn {
        /// What it was before, should STS say no.
        before: Box<SessionState>,
        waits_for_new_key: bool,
    },
    Running(Box<Running>),
    Ended(EndCause),
}

#[derive(Clone, Debug)]
pub(crate) struct Running {
    /// Tells it from earlier and later ones.
    pub(crate) number: u64,
    pub(crate) session: Arc<Session>,
    /// The person's word beforehand: renewed by itself until its rows are over.
    pub(crate) keeps_renewing: bool,
    /// For another listing, should the bucket turn out to be in another region.
    pub(crate) access: Access,
    pub(crate) listing: Listing,
}

impl SessionState {
    /// The session that runs, also while the next one is being asked for.
    pub(crate) fn running_mut(&mut self) -> Option<&mut Running> {
        match self {
            Self::Running(running) => Some(running),
            Self::SigningIn { before, .. } => before.running_mut(),
            Self::None | Self::Ended(_) => None,
        }
    }

    pub(crate) fn view(&self, clock: &dyn Clock) -> SessionView {
        match self {
            Self::None => SessionView::None,
            Self::SigningIn {
                before,
                waits_for_new_key,
            } => match before.view(clock) {
                SessionView::Running {
                    left,
                    length,
                    ends_at,
                    keeps_renewing,
                    ..
                } => SessionView::Running {
                    left,
                    length,
                    ends_at,
                    is_renewing: true,
                    keeps_renewing,
                },
                _ => SessionView::SigningIn {
                    waits_for_new_key: *waits_for_new_key,
                },
            },
            Self::Running(running) => SessionView::Running {
                left: running.session.time_left(clock),
                length: running.session.length(),
                ends_at: running.session.ends_at(),
                is_renewing: false,
                keeps_renewing: running.keeps_renewing,
            },
            Self::Ended(cause) => SessionView::Ended { cause: *cause },
        }
    }
}
