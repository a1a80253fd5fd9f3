//! Chance that can be repeated: what a throw decides follows from its seed, which a failing story prints.

use std::hash::{BuildHasher, RandomState};

use crate::files::split_mix;

/// Says which seed to take instead of a new one.
const SEED: &str = "SANDGLASS_SEED";

/// A generator. When the thread that holds it panics, it says how to have the same throws again.
#[derive(Debug)]
pub struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    /// From the seed in `SANDGLASS_SEED`; else from a new one.
    pub fn fresh() -> Self {
        let given = std::env::var(SEED).ok();
        let seed = given.map_or_else(
            || RandomState::new().hash_one(0),
            |seed| seed.parse().expect("SANDGLASS_SEED is a number"),
        );
        Self::of(seed)
    }

    /// From this seed.
    pub fn of(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Another generator, for what runs beside: its throws follow from this one's seed and `number`.
    #[must_use]
    pub fn beside(&self, number: u64) -> Self {
        Self {
            seed: self.seed,
            state: self.seed ^ (number + 1).rotate_right(16),
        }
    }

    /// 0 to `sides` - 1.
    pub fn below(&mut self, sides: u64) -> u64 {
        split_mix(&mut self.state) % sides
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these; none when there is none.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(among.len()).ok().filter(|sides| *sides > 0)?;
        among.get(usize::try_from(self.below(sides)).ok()?)
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to have the same throws again: {SEED}={}", self.seed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throws = |mut dice: Dice| -> Vec<u64> { (0..20).map(|_| dice.below(6)).collect() };
        let first = throws(Dice::of(7));
        assert_eq!(first, throws(Dice::of(7)));
        assert_ne!(first, throws(Dice::of(8)));
        assert_ne!(first, throws(Dice::of(7).beside(0)));
        assert!(first.iter().all(|eyes| *eyes < 6));
    }
}
