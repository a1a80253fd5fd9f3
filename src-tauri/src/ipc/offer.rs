//! Destinations that are offered and not taken yet.

use serde::Serialize;
use ts_rs::TS;

use super::{FormFields, KeyFile};

/// What a drop-zone file, an AWS profile or a dropped key file would make. Nothing is saved before the person's yes.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Where it comes from.
    pub source: OfferSource,
    /// The file's name without its folder, or the profile's.
    pub source_name: String,
    /// The connect form, filled in.
    pub form: FormFields,
    /// The key that came with it and waits in Rust.
    pub key: Option<KeyFile>,
    /// Settings that stand there and are not taken over.
    pub left_out: Vec<String>,
    /// It was dropped where files are uploaded: `upload_offered` uploads it all the same.
    pub may_upload: bool,
}

/// Where an offer comes from.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OfferSource {
    /// A drop-zone file.
    DropZone,
    /// A profile of `~/.aws`.
    Profile,
    /// The console's CSV file.
    KeyFile,
}

/// A profile of `~/.aws`.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AwsProfile {
    /// Name.
    pub name: String,
    /// Its role; one without cannot become a destination.
    pub role_arn: Option<String>,
}
