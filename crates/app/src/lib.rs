//! WHAT A USER CAN DO: joins session, bucket and account; the language of the window and the command line.
//!
//! Everything a person can do is a method of [`App`]; everything that happens is an [`Event`]; everything that goes
//! wrong is a [`Failure`]. Deliberately absent: JSON for the page (the shell's), texts for the page (the page's), and
//! any AWS SDK.

mod app;
mod awake;
mod destination;
mod drop_zone;
mod event;
mod failure;
mod finding;
mod home;
mod hosts;
mod key_files;
mod known_key;
mod lock;
mod logs;
mod network;
mod offer;
mod pace;
mod plan_diff;
mod preferences;
mod pump;
mod sandbox_destination;
mod session_options;
mod sessions;
mod settings;
mod setup_form;
mod uploads;
mod verdict;

pub use account::{
    Administrator, Advice, Export, Item, Kept, Language, Outcome, Paste, Plan, Seen, Setup,
    Standing, Step, Thing, Withheld, export, link as console_link, partition_of, pastes,
};
pub use app::{
    App, Deleted, Download, DownloadId, DownloadTo, Downloaded, DropRequest, Examination, Extras,
    KeyPresence, KeyState, LetterAbout, Link, OldKey, OpenWork, OtherKey, OtherKeyRole, Preview,
    Rights, Rotated, RotationOutlook, SessionOutput, SetUp, SignedIn, Surroundings, Verified, View,
    ViewId, Wanted, file_name_of,
};
pub use bucket::receipts::{Difference, Format as ReceiptFormat, InBucket, OnDisk};
pub use bucket::{
    Abandoned, Addressing, AddressingStyle, Column, Conflict, DropId, DropSummary, Entry, Fit,
    Folder, Limits, Looked, MOST_REQUESTS, Note, OnConflict, Order, Page, Proof, Receipt,
    ReceiptPage, RowId, RowState, Selection, Shown, StoredFile, Totals, WalkRules,
};
pub use destination::{Destination, DestinationForm, DestinationId, KeySource, typed_folder};
pub use event::{Event, News, Row, SkippedPath, Snapshot};
pub use failure::{Code, Failure, Remedy};
pub use finding::{Check, Evidence, Finding, FindingCode, Found, PolicyAbove, Said, State};
pub use home::Home;
pub use key_files::KeyFile;
pub use known_key::KnownKey;
pub use lock::KNOWS_ABSENCE;
pub use logs::{LogGuard, log_to};
pub use network::{NetworkForm, NetworkView, ProxyChoice, TrustedFile};
pub use offer::{Offer, OfferSource, ProfileSummary};
pub use plan_diff::{LineChange, plan_diff};
pub use preferences::{Preferences, Theme};
pub use sandbox_destination::{OpenSandbox, open_sandbox};
pub use session::{
    Clock, Keychain, LastUse, MemoryKeychain, SessionLength, SystemClock, SystemKeychain,
};
pub use session_options::{SessionAsks, SessionOptions};
pub use sessions::{EndCause, SessionView};
pub use setup_form::{SetupForm, account_number};
pub use uploads::{UploadOptions, Uploads};
pub use verdict::Verdict;
