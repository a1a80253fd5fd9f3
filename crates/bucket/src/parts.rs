//! Sizes and ranges of parts. Arithmetic only.
//!
//! Limits: "Amazon S3 multipart upload limits": 10,000 parts of 5 MiB to 5 GiB, an object of at most 10,000 x 5 GiB.

use std::ops::Range;

const MIB: u64 = 1024 * 1024;
const SMALLEST_PART: u64 = 8 * MIB;
const MAX_PARTS: u64 = 10_000;
const MAX_PART: u64 = 5 * 1024 * MIB;

/// The largest object: 48.8 TiB.
pub(crate) const MAX_OBJECT_BYTES: u64 = MAX_PARTS * MAX_PART;

/// How a file is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    size_bytes: u64,
    part_bytes: u64,
}

impl Parts {
    /// 8 MiB parts, larger ones (whole MiB) where there would be more than 10,000.
    pub(crate) fn of(size_bytes: u64) -> Self {
        let needed = size_bytes.div_ceil(MAX_PARTS).div_ceil(MIB) * MIB;
        Self::with_part_bytes(size_bytes, needed.max(SMALLEST_PART))
    }

    /// As an earlier start cut it, so that its confirmed parts keep their place.
    pub(crate) fn with_part_bytes(size_bytes: u64, part_bytes: u64) -> Self {
        Self {
            size_bytes,
            part_bytes,
        }
    }

    /// Smaller than a part: one PUT does it.
    pub(crate) fn is_one_put(self) -> bool {
        self.size_bytes < self.part_bytes
    }

    pub(crate) fn part_bytes(self) -> u64 {
        self.part_bytes
    }

    /// Part numbers count from 1.
    pub(crate) fn count(self) -> u32 {
        u32::try_from(self.size_bytes.div_ceil(self.part_bytes)).unwrap_or(u32::MAX)
    }

    /// The bytes of part `number`.
    pub(crate) fn range(self, number: u32) -> Range<u64> {
        let start = u64::from(number - 1) * self.part_bytes;
        start..(start + self.part_bytes).min(self.size_bytes)
    }

    /// The size of part `number`.
    pub(crate) fn len(self, number: u32) -> u64 {
        let range = self.range(number);
        range.end - range.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Sizes of all magnitudes, since an even choice would hit only the largest.
        #[test]
        fn parts_cover_any_size_once_and_within_s3s_limits(
            bits in 0..=56_u32,
            noise in any::<u64>(),
        ) {
            let size = (noise % (1 << bits)).clamp(1, MAX_OBJECT_BYTES);
            let parts = Parts::of(size);
            prop_assert!(u64::from(parts.count()) <= MAX_PARTS);
            prop_assert!((SMALLEST_PART..=MAX_PART).contains(&parts.part_bytes()));
            let mut end = 0;
            for number in 1..=parts.count() {
                let range = parts.range(number);
                prop_assert_eq!(range.start, end);
                prop_assert!(range.end > range.start);
                // Only the last part may be smaller.
                prop_assert!(number == parts.count() || parts.len(number) == parts.part_bytes());
                end = range.end;
            }
            prop_assert_eq!(end, size);
        }
    }

    #[test]
    fn parts_cover_every_size_once_and_within_s3s_limits() {
        let sizes = [
            1,
            SMALLEST_PART - 1,
            SMALLEST_PART,
            SMALLEST_PART + 1,
            MAX_PARTS * SMALLEST_PART,
            MAX_PARTS * SMALLEST_PART + 1,
            MAX_OBJECT_BYTES - 1,
            MAX_OBJECT_BYTES,
        ];
        for size in sizes {
            let parts = Parts::of(size);
            assert!(u64::from(parts.count()) <= MAX_PARTS, "{size}");
            assert!(parts.part_bytes() <= MAX_PART, "{size}");
            let mut end = 0;
            for number in 1..=parts.count() {
                let range = parts.range(number);
                assert_eq!(range.start, end, "{size}");
                assert!(range.end > range.start, "{size}");
                end = range.end;
            }
            assert_eq!(end, size);
        }
    }

    #[test]
    fn below_the_part_size_one_put_does_it() {
        assert!(Parts::of(0).is_one_put());
        assert!(Parts::of(SMALLEST_PART - 1).is_one_put());
        assert!(!Parts::of(SMALLEST_PART).is_one_put());
    }
}
