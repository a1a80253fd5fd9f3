//! WHERE: dropped paths become a plan, a queue, parts and objects in one bucket.
//!
//! The path of one dropped file, in this order and one direction:
//!
//! | step | file | does | does not know |
//! |---|---|---|---|
//! | plan | `plan.rs`, `key.rs` | walks, makes keys, sees size, time and identity, skips with a reason | S3 |
//! | queue | `queue.rs`, `row.rs` | one task owns all rows; closed [`Command`] in, closed [`Change`] out | bytes |
//! | upload | `upload.rs`, `retry.rs` | one file: one PUT, or parts; resume; conflict; lost answers; sending again | rows |
//! | source | `source.rs` | opens a planned file, and proves that it still is that file | S3 |
//! | parts, budget | `parts.rs`, `budget.rs` | sizes and ranges; permits for memory and requests | S3 |
//! | checksum | `checksum.rs` | CRC64NVME of the bytes sent | S3 |
//! | s3 | `s3.rs` | with its folder, the only place that names the S3 SDK | queues |
//! | ledger | `ledger.rs` | rows, upload ids, finished parts, receipts; group commit | the page |
//! | progress | `progress.rs` | counters, sums and speed | the page |
//!
//! Beside that path stand the listing (`list.rs`), the preview (`preview.rs`), which ends after the plan, the files
//! of receipts (`receipts.rs`), and what a richer role allows (`extras.rs`). Deliberately absent: the access key, STS, and anything that
//! could renew a session.

mod access;
mod budget;
mod checksum;
mod error;
mod extras;
mod key;
mod ledger;
mod list;
mod parts;
mod plan;
mod preview;
mod progress;
mod queue;
pub mod receipts;
mod retry;
mod row;
mod s3;
mod shared;
mod source;
mod temporary;
mod upload;

pub use access::{Access, Addressing, AddressingStyle, Limits, ObjectTraits, Target};
pub use budget::MOST_REQUESTS;
pub use checksum::Crc64Nvme;
pub use error::{BoxError, Error, Unusable};
pub use extras::DownloadError;
pub use key::{BucketName, Folder, NameError};
pub use ledger::{
    Abandoned, Adopted, DropSummary, Known, Ledger, MovedAside, OpenRow, ReceiptPage, Selection,
    StoredFile, UnfinishedWalk, Why,
};
pub use list::{Column, Entry, Held, Listing, Order, Page, Shown, Words};
pub use plan::{Skipped, WalkRules};
pub use preview::{Fit, Looked, Preview, Rates, Sample, Stage, fits, preview};
pub use progress::Totals;
pub use queue::{Change, Command, Drop, Queue, SignOut};
pub use row::{Conflict, DropId, Note, OnConflict, Proof, Receipt, Row, RowId, RowState};
pub use shared::FileName;
