//! Destinations that are kept: another name, a second one, what could not be read.

use std::sync::Arc;

use super::{App, Inner, session_failure};
use crate::destination::{Destination, DestinationId, LONGEST_NAME, checked_name};
use crate::{Code, Failure};

impl App {
    /// Gives a destination another name; its session and its rows go on.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::BadName`], [`Code::NameTaken`], [`Code::SettingsFailed`].
    pub fn rename_destination(&self, id: &DestinationId, name: &str) -> Result<(), Failure> {
        let name = checked_name(name)?;
        self.inner.change_settings(|destinations| {
            let known = destinations.find(id).cloned();
            let mut renamed = known.ok_or_else(|| Failure::new(Code::DestinationUnknown, ""))?;
            renamed.name = name;
            destinations.check_name(&renamed)?;
            for saved in destinations.all.iter_mut().filter(|saved| saved.id == *id) {
                saved.name.clone_from(&renamed.name);
            }
            Ok(())
        })
    }

    /// A second destination with the same settings and, in a keychain entry of its own, the same key. Shows it.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], the keychain's, [`Code::SettingsFailed`].
    pub async fn duplicate_destination(&self, id: &DestinationId) -> Result<Destination, Failure> {
        let first = self.inner.destination(id)?;
        let keychain = Arc::clone(&self.inner.around.keychain);
        let key = session::read(keychain, id.0.clone())
            .await
            .map_err(|error| session_failure(&error, &first))?;
        let second = Destination {
            id: DestinationId::new(),
            name: self.free_name(&room_for_a_number(&first.name)),
            ..first
        };
        self.save(second, Some(&key)).await
    }

    /// What the settings hold and this version cannot use; each is told to new watchers, too.
    pub fn left_out(&self) -> Vec<Failure> {
        self.inner.left_out()
    }
}

impl Inner {
    pub(crate) fn left_out(&self) -> Vec<Failure> {
        let state = self.state();
        let left_out = state.content.left_out.iter();
        left_out
            .map(|left| Failure::new(Code::DestinationUnreadable, left.name.as_str()))
            .collect()
    }
}

/// A name so short that its copies' names are not too long.
fn room_for_a_number(name: &str) -> String {
    let short: String = name.chars().take(LONGEST_NAME - 6).collect();
    short.trim_end().to_owned()
}
