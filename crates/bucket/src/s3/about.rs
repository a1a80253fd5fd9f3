//! What an object gets besides its bytes: its type, its time of change, the destination's traits.

use std::collections::HashMap;

use aws_sdk_s3::types::{ServerSideEncryption, StorageClass};

use super::S3;

/// Told of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// By the key's extension.
    pub(super) content_type: &'static str,
    /// Unix seconds with decimals, when the destination wants it.
    mtime: Option<String>,
}

impl About {
    pub(super) fn metadata(&self) -> Option<HashMap<String, String>> {
        let mtime = self.mtime.clone()?;
        Some(HashMap::from([("mtime".to_owned(), mtime)]))
    }
}

/// None of both: the bucket's own default, which may be KMS too.
pub(super) struct Encryption {
    pub(super) mode: Option<ServerSideEncryption>,
    pub(super) key: Option<String>,
}

impl S3 {
    /// `modified_nanos` since 1970.
    pub(crate) fn about(&self, key: &str, modified_nanos: i64) -> About {
        let guessed = mime_guess::from_path(key).first_raw();
        About {
            content_type: if key.ends_with('/') {
                // As S3's console marks a folder.
                "application/x-directory"
            } else {
                guessed.unwrap_or("application/octet-stream")
            },
            mtime: self.traits.keeps_mtime.then(|| mtime(modified_nanos)),
        }
    }

    pub(super) fn storage_class(&self) -> Option<StorageClass> {
        self.traits.storage_class.as_deref().map(StorageClass::from)
    }

    pub(super) fn encryption(&self) -> Encryption {
        let key = self.traits.kms_key.clone();
        Encryption {
            mode: key.is_some().then_some(ServerSideEncryption::AwsKms),
            key,
        }
    }

    pub(super) fn tagging(&self) -> Option<String> {
        self.traits.tagging()
    }
}

/// `1354040105.123456789`, as rclone writes and reads it.
fn mtime(nanos: i64) -> String {
    const SECOND: u64 = 1_000_000_000;
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    format!("{sign}{}.{:09}", nanos / SECOND, nanos % SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_change_has_nine_decimals_also_before_1970() {
        assert_eq!(mtime(1_354_040_105_123_456_789), "1354040105.123456789");
        assert_eq!(mtime(5), "0.000000005");
        assert_eq!(mtime(-1_500_000_000), "-1.500000000");
    }
}
