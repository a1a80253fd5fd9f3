//! Chance that repeats itself: the same seed gives the same files and the same order of troubles.

use std::time::Duration;

/// `SplitMix64`.
pub(super) struct Chance(u64);

impl Chance {
    /// Each use has its own `stream`, so that threads do not take numbers from each other.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut chance = Self(seed ^ stream.wrapping_mul(0xd6e8_feb8_6659_fd93));
        chance.next();
        chance
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    pub(super) fn one_in(&mut self, many: u64) -> bool {
        self.next().is_multiple_of(many)
    }

    pub(super) fn millis(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.between(least, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_stream_others() {
        let ten = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            (0..10).map(|_| chance.between(3, 90)).collect::<Vec<_>>()
        };
        assert_eq!(ten(7, 1), ten(7, 1));
        assert_ne!(ten(7, 1), ten(7, 2));
        assert!(ten(7, 1).iter().all(|number| (3..=90).contains(number)));
    }
}
