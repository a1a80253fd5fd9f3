//! One destination's rows that want to run, in two lines, so that small files do not wait behind big ones; and what
//! they run with.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::parts::Parts;
use crate::s3::{Current, S3};
use crate::{Access, BucketName, ObjectTraits, RowId, Target};

/// Files in parts on their way at once.
pub(super) const MOST_BIG: usize = 4;

/// An unreachable server is tried again after this, and then after twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(super) struct Lane {
    /// None: nobody is signed in.
    session: Option<Session>,
    small: VecDeque<RowId>,
    big: VecDeque<RowId>,
    /// The person holds everything back.
    pub(super) is_paused: bool,
    /// Uploads of this lane that run.
    pub(super) running: usize,
    lost: Option<Lost>,
}

/// What rows run with. One client for each bucket; nearly always there is one.
#[derive(Debug)]
struct Session {
    /// The app's number for it, so that an answer to an older session ends no newer one.
    number: u64,
    target: Target,
    traits: ObjectTraits,
    access: Access,
    clients: HashMap<BucketName, Current>,
    /// The server has told another region already; a second one would be a circle.
    was_moved: bool,
}

/// The server cannot be reached. One row at a time tries.
#[derive(Debug)]
struct Lost {
    /// How many answers had come by then: one more, and it is reachable again.
    answers: u64,
    next_try: Instant,
    wait: Duration,
}

impl Session {
    /// The person renewed the session while it runs: running requests keep the old values, what starts takes the new ones.
    fn renew(&mut self, access: Access, number: u64) {
        for (bucket, client) in &self.clients {
            client.renew(|old| old.renewed(&at(&self.target, bucket), access.clone()));
        }
        self.access = access;
        self.number = number;
    }
}

/// The target's server, and that bucket: rows keep theirs when the destination changes.
fn at(target: &Target, bucket: &BucketName) -> Target {
    Target {
        bucket: bucket.clone(),
        ..target.clone()
    }
}

impl Lane {
    pub(super) fn sign_in(
        &mut self,
        target: Target,
        traits: ObjectTraits,
        access: Access,
        number: u64,
    ) {
        self.lost = None;
        if let Some(session) = &mut self.session
            && session.target == target
            && session.traits == traits
        {
            session.renew(access, number);
            return;
        }
        self.session = Some(Session {
            number,
            target,
            traits,
            access,
            clients: HashMap::new(),
            was_moved: false,
        });
    }

    pub(super) fn sign_out(&mut self) {
        self.session = None;
        self.lost = None;
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.session.is_some()
    }

    /// The number of the current session.
    pub(super) fn session(&self) -> Option<u64> {
        self.session.as_ref().map(|session| session.number)
    }

    pub(super) fn time_left(&self) -> Duration {
        let session = self.session.as_ref();
        session.map_or(Duration::ZERO, |session| session.access.time_left())
    }

    pub(super) fn s3(&mut self, bucket: &BucketName) -> Option<Current> {
        let Session {
            target,
            traits,
            access,
            clients,
            ..
        } = self.session.as_mut()?;
        let client = clients.entry(bucket.clone()).or_insert_with(|| {
            let target = at(target, bucket);
            Current::new(S3::new(&target, access.clone(), traits.clone()))
        });
        Some(client.clone())
    }

    /// Goes on in the region that the server told. False when that was tried before: it did not help.
    pub(super) fn move_to(&mut self, region: &str) -> bool {
        let Some(session) = &mut self.session else {
            return false;
        };
        // Several requests met the wrong region together.
        if session.target.region == region {
            return session.was_moved;
        }
        if session.was_moved {
            return false;
        }
        region.clone_into(&mut session.target.region);
        session.clients.clear();
        session.was_moved = true;
        true
    }

    fn answers(&self) -> u64 {
        let clients = self
            .session
            .iter()
            .flat_map(|session| session.clients.values());
        clients.map(|client| client.now().seen().answers()).sum()
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// A row got no answer. True when that is news.
    pub(super) fn lose(&mut self, now: Instant) -> bool {
        let answers = self.answers();
        match &mut self.lost {
            None => {
                self.lost = Some(Lost {
                    answers,
                    next_try: now + FIRST_WAIT,
                    wait: FIRST_WAIT,
                });
                true
            }
            Some(lost) => {
                // Rows that were on their way together fail together: that is one try.
                if now >= lost.next_try {
                    lost.wait = (lost.wait * 2).min(LONGEST_WAIT);
                    lost.next_try = now + lost.wait;
                }
                lost.answers = answers;
                false
            }
        }
    }

    /// True when the server has answered since it was lost.
    pub(super) fn is_back(&mut self) -> bool {
        let answers = self.answers();
        let is_back = self
            .lost
            .as_ref()
            .is_some_and(|lost| answers > lost.answers);
        if is_back {
            self.lost = None;
        }
        is_back
    }

    /// Something says that the network is back: tried at once.
    pub(super) fn try_now(&mut self, now: Instant) {
        if let Some(lost) = &mut self.lost {
            lost.next_try = now;
            lost.wait = FIRST_WAIT;
        }
    }

    /// When an unreachable server is tried next.
    pub(super) fn next_try(&self) -> Option<Instant> {
        let waits = !self.is_paused && self.running == 0;
        let lost = self.lost.as_ref().filter(|_| waits)?;
        (!self.small.is_empty() || !self.big.is_empty()).then_some(lost.next_try)
    }

    /// May one more row of this lane run?
    pub(super) fn may_start(&self, now: Instant) -> bool {
        let is_reached = match &self.lost {
            None => true,
            Some(lost) => self.running == 0 && now >= lost.next_try,
        };
        self.is_signed_in() && !self.is_paused && is_reached
    }

    fn line(&mut self, size_bytes: u64) -> &mut VecDeque<RowId> {
        if is_big(size_bytes) {
            &mut self.big
        } else {
            &mut self.small
        }
    }

    pub(super) fn push_back(&mut self, id: RowId, size_bytes: u64) {
        self.line(size_bytes).push_back(id);
    }

    /// A row that had begun goes on before the others.
    pub(super) fn push_front(&mut self, id: RowId, size_bytes: u64) {
        self.line(size_bytes).push_front(id);
    }

    /// A row that was taken back meanwhile is still in its line; its state tells.
    pub(super) fn next(&mut self, may_be_big: bool) -> Option<RowId> {
        let big = if may_be_big {
            self.big.pop_front()
        } else {
            None
        };
        big.or_else(|| self.small.pop_front())
    }
}

pub(super) fn is_big(size_bytes: u64) -> bool {
    !Parts::of(size_bytes).is_one_put()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane() -> Lane {
        let mut lane = Lane::default();
        let target = Target {
            bucket: BucketName::new("s3-fs-example-bucket").expect("a name"),
            region: "ap-northeast-1".to_owned(),
            endpoint: None,
            addressing: crate::Addressing::default(),
        };
        let access = Access::new(String::new(), String::new(), String::new(), || {
            Duration::from_mins(1)
        });
        lane.sign_in(target, ObjectTraits::default(), access, 1);
        lane
    }

    #[tokio::test(start_paused = true)]
    async fn an_unreachable_server_is_tried_by_one_row_at_a_time_and_ever_more_seldom() {
        let mut lane = lane();
        let start = Instant::now();
        lane.push_back(RowId(1), 1);
        assert!(lane.lose(start));
        assert!(!lane.lose(start), "32 rows that fail together are one try");
        assert!(!lane.may_start(start));
        let mut waits = Vec::new();
        for _ in 0..7 {
            let next = lane.next_try().expect("a time");
            waits.push(next.duration_since(start).as_secs());
            assert!(lane.may_start(next));
            lane.running = 1;
            assert!(!lane.may_start(next));
            lane.running = 0;
            lane.lose(next);
        }
        assert_eq!(waits, [1, 3, 7, 15, 31, 61, 91]);
        lane.try_now(start);
        assert!(lane.may_start(start));
    }

    #[test]
    fn a_region_is_corrected_once_for_all_that_met_the_wrong_one() {
        let mut lane = lane();
        assert!(lane.move_to("eu-west-1"));
        assert!(lane.move_to("eu-west-1"));
        assert!(!lane.move_to("us-east-1"));
    }
}
