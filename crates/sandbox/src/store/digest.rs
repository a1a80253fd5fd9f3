//! Checksums of a body on its way to the disk, in S3's base64.

use crc_fast::{CrcAlgorithm, checksum_combine};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Md5, Sha1, Sha256};
use serde::{Deserialize, Serialize};

/// The checksums that a client gave, or that were computed. CRC64NVME is not optional in what is computed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sums {
    pub(crate) crc32: Option<String>,
    pub(crate) crc32c: Option<String>,
    pub(crate) crc64nvme: Option<String>,
    pub(crate) sha1: Option<String>,
    pub(crate) sha256: Option<String>,
}

impl Sums {
    /// The algorithms' S3 names with their values.
    pub(crate) fn each(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("CRC32", self.crc32.as_deref()),
            ("CRC32C", self.crc32c.as_deref()),
            ("CRC64NVME", self.crc64nvme.as_deref()),
            ("SHA1", self.sha1.as_deref()),
            ("SHA256", self.sha256.as_deref()),
        ]
    }

    /// The place of one algorithm, by its S3 name in any case.
    pub(crate) fn slot(&mut self, algorithm: &str) -> Option<&mut Option<String>> {
        Some(match algorithm.to_ascii_uppercase().as_str() {
            "CRC32" => &mut self.crc32,
            "CRC32C" => &mut self.crc32c,
            "CRC64NVME" => &mut self.crc64nvme,
            "SHA1" => &mut self.sha1,
            "SHA256" => &mut self.sha256,
            _ => return None,
        })
    }

    /// The first algorithm of `given` whose value differs here.
    pub(crate) fn difference(&self, given: &Self) -> Option<&'static str> {
        let pairs = self.each().into_iter().zip(given.each());
        pairs
            .into_iter()
            .find(|((_, own), (_, given))| given.is_some() && own != given)
            .map(|((name, _), _)| name)
    }
}

/// The running digests of one body.
pub(crate) struct Digests {
    crc64nvme: crc_fast::Digest,
    md5: Md5,
    others: ChecksumHasher,
}

impl Digests {
    /// CRC64NVME and MD5 (for the ETag) always; others as asked for by their S3 names.
    pub(crate) fn new<'a>(algorithms: impl IntoIterator<Item = &'a str>) -> Self {
        let mut others = ChecksumHasher::default();
        for algorithm in algorithms {
            match algorithm.to_ascii_uppercase().as_str() {
                "CRC32" => others.crc32 = Some(Crc32::new()),
                "CRC32C" => others.crc32c = Some(Crc32c::new()),
                "SHA1" => others.sha1 = Some(Sha1::new()),
                "SHA256" => others.sha256 = Some(Sha256::new()),
                _ => {}
            }
        }
        Self {
            crc64nvme: crc_fast::Digest::new(CrcAlgorithm::Crc64Nvme),
            md5: Md5::new(),
            others,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.crc64nvme.update(bytes);
        self.md5.update(bytes);
        self.others.update(bytes);
    }

    /// The CRC64NVME, the MD5 and all sums.
    pub(crate) fn finish(self) -> (u64, [u8; 16], Sums) {
        let (crc64nvme, others) = (self.crc64nvme.finalize(), self.others.finalize());
        let sums = Sums {
            crc32: others.checksum_crc32,
            crc32c: others.checksum_crc32c,
            crc64nvme: Some(crc64nvme_text(crc64nvme)),
            sha1: others.checksum_sha1,
            sha256: others.checksum_sha256,
        };
        (crc64nvme, self.md5.finalize(), sums)
    }
}

/// S3's way of writing a CRC64NVME.
pub(crate) fn crc64nvme_text(crc: u64) -> String {
    base64_simd::STANDARD.encode_to_string(crc.to_be_bytes())
}

/// The CRC64NVME of two bodies one after the other.
pub(crate) fn joined_crc64nvme(first: u64, second: u64, second_size: u64) -> u64 {
    if second_size == 0 {
        first
    } else {
        checksum_combine(CrcAlgorithm::Crc64Nvme, first, second, second_size)
    }
}

/// The CRC32 or CRC32C of bodies one after the other, from theirs; `None` where one is missing.
pub(crate) fn joined_crc32(algorithm: &str, parts: &[(Option<&str>, u64)]) -> Option<String> {
    let kind = if algorithm == "CRC32" {
        CrcAlgorithm::Crc32IsoHdlc
    } else {
        CrcAlgorithm::Crc32Iscsi
    };
    let mut joined: Option<u64> = None;
    for (sum, size) in parts {
        let bytes = base64_simd::STANDARD.decode_to_vec((*sum)?).ok()?;
        let sum = u64::from(u32::from_be_bytes(bytes.try_into().ok()?));
        joined = Some(match joined {
            None => sum,
            Some(before) if *size == 0 => before,
            Some(before) => checksum_combine(kind, before, sum, *size),
        });
    }
    let crc = u32::try_from(joined?).ok()?;
    Some(base64_simd::STANDARD.encode_to_string(crc.to_be_bytes()))
}

/// Lower-case hexadecimal, as ETags are written.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The ETag of an object made of parts.
pub(crate) fn joined_etag<'a>(etags: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = etags.len();
    let mut md5 = Md5::new();
    for etag in etags {
        let byte = |i: usize| {
            etag.get(i..i + 2)
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        };
        md5.update(
            &(0..etag.len())
                .step_by(2)
                .filter_map(byte)
                .collect::<Vec<_>>(),
        );
    }
    format!("{}-{count}", hex(&md5.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(bytes: &[u8]) -> (u64, Sums) {
        let mut digests = Digests::new(["CRC32", "CRC32C", "SHA256"]);
        digests.update(bytes);
        let (crc, _, sums) = digests.finish();
        (crc, sums)
    }

    #[test]
    fn the_sums_are_the_published_check_values() {
        let (crc, sums) = sums(b"123456789");
        assert_eq!(crc, 0xae8b_1486_0a79_9888);
        assert_eq!(sums.crc32.as_deref(), Some("y/Q5Jg=="));
        assert_eq!(sums.crc32c.as_deref(), Some("4waSgw=="));
        assert_eq!(
            sums.sha256.as_deref(),
            Some("FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=")
        );
    }

    #[test]
    fn parts_joined_have_the_sum_of_the_whole() {
        let (first, second, whole) = (sums(b"1234"), sums(b"56789"), sums(b"123456789"));
        assert_eq!(joined_crc64nvme(first.0, second.0, 5), whole.0);
        assert_eq!(joined_crc64nvme(whole.0, sums(b"").0, 0), whole.0);
        let parts = [
            (first.1.crc32.as_deref(), 4),
            (second.1.crc32.as_deref(), 5),
        ];
        assert_eq!(joined_crc32("CRC32", &parts), whole.1.crc32);
        let parts = [
            (first.1.crc32c.as_deref(), 4),
            (second.1.crc32c.as_deref(), 5),
        ];
        assert_eq!(joined_crc32("CRC32C", &parts), whole.1.crc32c);
        assert_eq!(joined_crc32("CRC32", &[(None, 4)]), None);
    }
}
