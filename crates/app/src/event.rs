//! What happens, in one closed enum.

use std::time::Duration;

use bucket::{DropId, Note, RowId, RowState, Totals};
use session::SessionLength;

use crate::app::{Download, Preview, View};
use crate::destination::{Destination, DestinationId};
use crate::sessions::SessionView;
use crate::{Failure, Preferences};

/// A row, and its failure in the user's words.
#[derive(Clone, Debug)]
pub struct Row {
    /// Id.
    pub id: RowId,
    /// Whose.
    pub destination: DestinationId,
    /// The drop that brought it.
    pub drop: DropId,
    /// The file's name inside its drop.
    pub name: String,
    /// The object's key.
    pub key: String,
    /// Size.
    pub size_bytes: u64,
    /// Bytes confirmed, plus those on their way.
    pub sent_bytes: u64,
    /// State.
    pub state: RowState,
    /// What happened on the way.
    pub note: Option<Note>,
    /// When the row failed, or stopped at a conflict.
    pub failure: Option<Failure>,
}

/// A path of a drop that became no row.
#[derive(Clone, Debug)]
pub struct SkippedPath {
    /// Its name inside the drop.
    pub name: String,
    /// Why.
    pub failure: Failure,
}

/// Everything at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Destinations.
    pub destinations: Vec<Destination>,
    /// The one shown.
    pub selected: Option<DestinationId>,
    /// Sessions, of those that have or had one.
    pub sessions: Vec<(DestinationId, SessionView)>,
    /// Rows of all destinations.
    pub rows: Vec<Row>,
    /// Sums.
    pub totals: Vec<(DestinationId, Totals)>,
    /// What holds for all destinations.
    pub preferences: Preferences,
}

/// What a person should know once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The role allows shorter sessions only; from now on that much is asked for.
    LengthLowered {
        /// That much.
        to: SessionLength,
    },
    /// The server did not take the session policy: sessions can do all that the role may.
    NarrowingOff,
}

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// First, to a new watcher.
    Snapshot(Box<Snapshot>),
    /// The destinations, or which one is shown.
    Destinations {
        /// All.
        destinations: Vec<Destination>,
        /// The one shown.
        selected: Option<DestinationId>,
    },
    /// A session began, ended, is being asked for, or still runs.
    Session {
        /// Whose.
        destination: DestinationId,
        /// What.
        session: SessionView,
    },
    /// A session ends soon: told twice, five minutes and a minute before, or in the last third and sixth of a short one.
    EndsSoon {
        /// Whose.
        destination: DestinationId,
        /// Time left.
        left: Duration,
    },
    /// New rows.
    RowsAdded(Vec<Row>),
    /// Rows as they are now.
    RowsChanged(Vec<Row>),
    /// Forgotten rows.
    RowsRemoved(Vec<RowId>),
    /// Sums; also when a destination is paused or goes on, and when its server is lost or found.
    Totals {
        /// Whose.
        destination: DestinationId,
        /// Sums.
        totals: Totals,
    },
    /// What holds for all destinations has changed.
    Preferences(Preferences),
    /// Paths that became no row.
    Skipped(Vec<SkippedPath>),
    /// A drop's walk is done; all its rows have been told.
    Planned {
        /// The drop, as `App::add_files` numbered it.
        drop: DropId,
    },
    /// Rows of ended processes have been taken over.
    Adopted,
    /// What is known of a drop that waits for the person's word; takes the place of what was told under its token.
    Preview(Box<Preview>),
    /// An open view holds other lines than before, or is no longer looked through.
    Viewed(View),
    /// How far a download is; takes the place of what was told of it before.
    Downloading(Download),
    /// Something failed that belongs to no row and no method.
    Failed {
        /// Where; none for what concerns none of them.
        destination: Option<DestinationId>,
        /// Why.
        failure: Failure,
    },
    /// Something that is no failure, and that the person should know once.
    News {
        /// Whose.
        destination: DestinationId,
        /// What.
        news: News,
    },
}
