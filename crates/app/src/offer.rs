//! A destination that was found and not taken yet: a drop-zone file's, or an AWS profile's. Nothing of it is saved before
//! the person has seen it and said yes.

use crate::{DestinationForm, KeyFile};

/// Where an offer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferSource {
    /// A drop-zone file.
    DropZone {
        /// The file's name, without its folder.
        file_name: String,
    },
    /// The console's CSV file: no destination, only a key for one.
    KeyFile {
        /// The file's name, without its folder.
        file_name: String,
    },
    /// A profile of `~/.aws`.
    Profile {
        /// Its name.
        name: String,
    },
}

/// What is offered. No secret: a profile's key waits in Rust.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Where it comes from.
    pub source: OfferSource,
    /// The connect form, filled in; under a name that is free.
    pub form: DestinationForm,
    /// The key that came with it, for [`crate::KeySource::File`].
    pub key: Option<KeyFile>,
    /// Settings that stand there and are not taken over, by their names.
    pub left_out: Vec<String>,
}

/// A profile of `~/.aws`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Its name.
    pub name: String,
    /// The role; one without cannot become a destination.
    pub role_arn: Option<String>,
}
