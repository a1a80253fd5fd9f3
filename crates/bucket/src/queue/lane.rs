//! One destination's rows that want to run, in two lines, so that small files do not wait behind big ones.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::parts::Parts;
use crate::s3::S3;
use crate::{Access, BucketName, RowId, Target};

/// Files on their way at once; the budget bounds requests and memory besides.
pub(super) const MOST_RUNNING: usize = 32;
/// Of these, files in parts.
pub(super) const MOST_BIG: usize = 4;

#[derive(Debug, Default)]
pub(super) struct Lane {
    /// None: nobody is signed in.
    session: Option<Session>,
    small: VecDeque<RowId>,
    big: VecDeque<RowId>,
}

/// What rows run with. One client for each bucket; nearly always there is one.
#[derive(Debug)]
struct Session {
    /// The app's number for it, so that an answer to an older session ends no newer one.
    number: u64,
    target: Target,
    access: Access,
    clients: HashMap<BucketName, S3>,
}

impl Lane {
    pub(super) fn sign_in(&mut self, target: Target, access: Access, number: u64) {
        self.session = Some(Session {
            number,
            target,
            access,
            clients: HashMap::new(),
        });
    }

    pub(super) fn sign_out(&mut self) {
        self.session = None;
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

    pub(super) fn s3(&mut self, bucket: &BucketName) -> Option<S3> {
        let Session {
            target,
            access,
            clients,
            ..
        } = self.session.as_mut()?;
        let client = clients.entry(bucket.clone()).or_insert_with(|| {
            let target = Target {
                bucket: bucket.clone(),
                ..target.clone()
            };
            S3::new(&target, access.clone())
        });
        Some(client.clone())
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
