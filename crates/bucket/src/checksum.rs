//! CRC64NVME: the checksum that S3 can tell of a whole object, also of one that came in parts.

use crc_fast::CrcAlgorithm;
use md5::Digest;

/// A CRC64NVME value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Crc64Nvme(u64);

impl Crc64Nvme {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(crc_fast::checksum(CrcAlgorithm::Crc64Nvme, bytes))
    }

    /// Of these bytes and `len_bytes` more whose own value is `next`; spares reading a file twice.
    #[must_use]
    pub fn followed_by(self, next: Self, len_bytes: u64) -> Self {
        Self(crc_fast::checksum_combine(
            CrcAlgorithm::Crc64Nvme,
            self.0,
            next.0,
            len_bytes,
        ))
    }

    /// As it stands in headers: base64 of the eight bytes, most significant first.
    pub fn to_header(self) -> String {
        aws_smithy_types::base64::encode(self.0.to_be_bytes())
    }

    /// The reverse of [`Crc64Nvme::to_header`].
    pub fn from_header(text: &str) -> Option<Self> {
        let bytes = aws_smithy_types::base64::decode(text).ok()?;
        Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
    }

    pub(crate) fn to_bits(self) -> u64 {
        self.0
    }

    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

/// MD5, which ETags are made of; computed only where an ETag must be compared.
pub(crate) fn md5(bytes: &[u8]) -> [u8; 16] {
    md5::Md5::digest(bytes).into()
}

/// As an ETag writes it, without its quotes.
pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    to_hex(&md5(bytes))
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // A string takes all.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Cuts may fall together: empty parts change nothing.
        #[test]
        fn any_parts_combine_to_the_value_of_the_whole(
            whole in proptest::collection::vec(any::<u8>(), 0..20_000),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(whole.len() + 1)).collect();
            cuts.push(whole.len());
            cuts.sort_unstable();
            let (mut combined, mut start) = (Crc64Nvme::of(b""), 0);
            for end in cuts {
                let part = &whole[start..end];
                combined = combined.followed_by(Crc64Nvme::of(part), part.len() as u64);
                start = end;
            }
            prop_assert_eq!(combined, Crc64Nvme::of(&whole));
        }
    }

    #[test]
    fn the_check_value_of_the_algorithm_comes_out() {
        // "Check" of CRC-64/NVME in the CRC catalogue.
        assert_eq!(Crc64Nvme::of(b"123456789").to_bits(), 0xae8b_1486_0a79_9888);
    }

    #[test]
    fn parts_combine_to_the_value_of_the_whole() {
        let whole: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        for cut in [0, 1, 4096, 399_999, 400_000] {
            let (left, right) = whole.split_at(cut);
            let combined =
                Crc64Nvme::of(left).followed_by(Crc64Nvme::of(right), right.len() as u64);
            assert_eq!(combined, Crc64Nvme::of(&whole), "cut at {cut}");
        }
    }

    #[test]
    fn a_header_is_read_back_and_garbage_is_not() {
        let value = Crc64Nvme::of(b"sand");
        assert_eq!(Crc64Nvme::from_header(&value.to_header()), Some(value));
        assert_eq!(Crc64Nvme::from_header("AAAA"), None);
        assert_eq!(Crc64Nvme::from_header("not base64"), None);
    }
}
