//! What of a held folder is shown, and in which order.

use std::collections::HashSet;

use super::super::order::Sorter;
use super::{Held, Order, Words};

/// While page after page comes, sorting waits until this part of what is shown would have to be sorted in: so that a
/// million keys are sorted some ten times and not a thousand times.
const WAITING_PART: usize = 8;

/// The places of lines as they are shown.
#[derive(Debug)]
pub(super) struct Arranged {
    pub(super) words: Words,
    pub(super) order: Option<Order>,
    places: Vec<u32>,
    /// How many at the end have not been sorted in.
    unsorted: usize,
}

impl Arranged {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn place(&self, shown: usize) -> u32 {
        self.places[shown]
    }
}

impl Held {
    /// Shows what holds these words, in this order; without one as the server lists it.
    pub fn arrange(&mut self, words: Words, order: Option<Order>) {
        self.arranged = None;
        if words.is_empty() && order.is_none() {
            return;
        }
        let shown = (0..self.len()).map(|shown| self.place(shown));
        let places: Vec<u32> = shown.filter(|place| self.holds(*place, &words)).collect();
        let mut arranged = Arranged {
            words,
            order,
            places,
            unsorted: 0,
        };
        if let Some(order) = order {
            Sorter::new(order).sort(&mut arranged.places, &self.lines);
        }
        self.arranged = Some(arranged);
    }

    /// Sorts in what waits for it.
    pub fn settle(&mut self) {
        let Some(arranged) = &mut self.arranged else {
            return;
        };
        if let (Some(order), true) = (arranged.order, arranged.unsorted > 0) {
            Sorter::new(order).sort_rest(&mut arranged.places, &self.lines);
            arranged.unsorted = 0;
        }
    }

    /// Lines of another page.
    pub(super) fn arrange_more(&mut self, places: &[u32], more_follow: bool) {
        let Some(mut arranged) = self.arranged.take() else {
            return;
        };
        let wanted = places.iter().copied();
        let wanted: Vec<u32> = wanted
            .filter(|place| self.holds(*place, &arranged.words))
            .collect();
        if arranged.order.is_some() {
            arranged.unsorted += wanted.len();
            arranged.places.extend(wanted);
        } else {
            let (folders, objects): (Vec<_>, Vec<_>) = wanted
                .into_iter()
                .partition(|place| self.lines[*place as usize].is_folder);
            let after = self.folders_among(&arranged.places);
            arranged.places.splice(after..after, folders);
            arranged.places.extend(objects);
        }
        let is_much = arranged.unsorted * WAITING_PART >= arranged.places.len();
        self.arranged = Some(arranged);
        if is_much || !more_follow {
            self.settle();
        }
    }

    /// What has arrived stands first, whatever the order, until the next sorting: it is what the person looks for.
    pub(super) fn arrange_arrived(&mut self, places: &[u32], gone: &HashSet<u32>) {
        let Some(mut arranged) = self.arranged.take() else {
            return;
        };
        if !gone.is_empty() {
            arranged.places.retain(|place| !gone.contains(place));
            arranged.unsorted = arranged.unsorted.min(arranged.places.len());
        }
        let wanted = places.iter().rev().copied();
        let wanted = wanted.filter(|place| self.holds(*place, &arranged.words));
        let (folders, objects): (Vec<_>, Vec<_>) =
            wanted.partition(|place| self.lines[*place as usize].is_folder);
        let after = self.folders_among(&arranged.places);
        arranged.places.splice(after..after, objects);
        arranged.places.splice(0..0, folders);
        self.arranged = Some(arranged);
    }

    fn folders_among(&self, places: &[u32]) -> usize {
        places.partition_point(|place| self.lines[*place as usize].is_folder)
    }

    fn holds(&self, place: u32, words: &Words) -> bool {
        words.are_in(self.lines[place as usize].name())
    }
}
