//! The AWS side is set up: planned, made, taken back, by an administrator who is signed in on this computer.

use std::time::Duration;

use account::{
    Administrator, Kept, Outcome, Plan, ProvisionError, Scope, Seen, Setup, SetupOptions, Thing,
};

use super::App;
use crate::destination::{Destination, DestinationForm, DestinationId, KeySource};
use crate::failure::of_unreached;
use crate::setup_form::SetupForm;
use crate::{Code, Failure};

/// How long STS and S3 may take to act on what IAM has saved; seconds are usual ("IAM eventual consistency").
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_secs(2);

/// What came of making a set-up.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The destination with the user's key in the keychain, where one was wanted.
    pub destination: Option<Destination>,
    /// It was there already, with a key of this user's.
    pub was_connected: bool,
    /// Something is somebody else's and was left as it is.
    pub is_anything_left: bool,
}

impl App {
    /// Who has rights in the account, as the AWS command line finds them: environment, profile, SSO, `aws login`. No key of theirs
    /// is asked for or kept.
    ///
    /// # Errors
    /// [`Code::NoAdministrator`], [`Code::Offline`] and the network's other codes.
    pub async fn administrator(
        &self,
        region: &str,
        profile: Option<&str>,
    ) -> Result<Administrator, Failure> {
        self.inner.renew_network().await?;
        let found = Administrator::find(region, profile, self.inner.network()).await;
        found.map_err(|error| of_provision(&error, ""))
    }

    /// What is there, and what would be made or changed. Changes nothing.
    ///
    /// # Errors
    /// [`Code::SetupDenied`], [`Code::BucketTaken`], [`Code::SetupRefused`], and those of [`App::administrator`].
    pub async fn plan_account(
        &self,
        administrator: &Administrator,
        setup: &Setup,
    ) -> Result<Plan, Failure> {
        let planned = account::plan(administrator, setup, Scope::Everything).await;
        planned.map_err(|error| of_provision(&error, &setup.bucket))
    }

    /// Makes it, and with `connect_as` a destination of that name with the user's key. A second run changes nothing, and one that
    /// broke off is finished by the next. `touches_existing` is the person's yes to changing what is there and otherwise; where
    /// something was left for the lack of it, no destination is made. Nor is one where a session needs a one-time code: the user's
    /// device is registered by hand. With `seen`, only the plan that was looked at is carried out.
    ///
    /// # Errors
    /// As [`App::plan_account`], [`Code::SetupSeenOtherwise`], [`Code::UserKeyInUse`], [`Code::SetupNotSeen`], and those of
    /// [`App::connect`].
    pub async fn set_up_account(
        &self,
        administrator: &Administrator,
        form: &SetupForm,
        touches_existing: bool,
        connect_as: Option<&str>,
        seen: Option<&Seen>,
        mut tell: impl FnMut(Thing, Outcome),
    ) -> Result<SetUp, Failure> {
        let setup = form.setup(&administrator.partition)?;
        let mut is_anything_left = false;
        let told = |thing, outcome| {
            is_anything_left |= outcome == Outcome::Left;
            tell(thing, outcome);
        };
        let applied = account::apply(
            administrator,
            &setup,
            Scope::Everything,
            touches_existing,
            seen,
            told,
        )
        .await;
        applied.map_err(|error| of_provision(&error, &setup.bucket))?;
        let (destination, was_connected) = match connect_as {
            Some(name) if !is_anything_left && !form.needs_mfa => {
                let (destination, was) = self
                    .connect_set_up(administrator, &setup, form, name)
                    .await?;
                (Some(destination), was)
            }
            Some(_) | None => (None, false),
        };
        Ok(SetUp {
            destination,
            was_connected,
            is_anything_left,
        })
    }

    /// The key goes from IAM's answer into the keychain, and nowhere else.
    async fn connect_set_up(
        &self,
        administrator: &Administrator,
        setup: &Setup,
        form: &SetupForm,
        name: &str,
    ) -> Result<(Destination, bool), Failure> {
        let failed = |error| of_provision(&error, &setup.user);
        let role_arn = setup.role_arn(&administrator.account);
        let destination = DestinationForm {
            name: name.to_owned(),
            role_arn,
            region: setup.region.clone(),
            bucket: setup.bucket.clone(),
            prefix: setup.prefix.clone(),
            endpoint: form.endpoint.clone(),
            external_id: form.external_id.clone(),
            is_key_new: true,
            ..DestinationForm::default()
        };
        if let Some(known) = self
            .destinations()
            .into_iter()
            .find(|known| known.name == name)
        {
            let keys = account::key_ids(administrator, setup)
                .await
                .map_err(failed)?;
            let is_its_key = keys.iter().any(|id| id.ends_with(&known.key.ends));
            return if is_its_key && is_same(&known, &destination) {
                // An earlier run may have broken off just before it could say so.
                account::key_is_kept(administrator, setup)
                    .await
                    .map_err(failed)?;
                Ok((known, true))
            } else {
                Err(Failure::new(Code::NameTaken, name))
            };
        }
        let kept_here: Vec<String> = self
            .destinations()
            .into_iter()
            .map(|known| known.key.ends)
            .collect();
        let key = account::make_key(administrator, setup, &kept_here)
            .await
            .map_err(failed)?;
        let source = KeySource::Typed {
            id: key.id.clone(),
            secret: key.secret,
        };
        match self.connect(&destination, &source, None).await {
            Ok(connected) => {
                account::key_is_kept(administrator, setup)
                    .await
                    .map_err(failed)?;
                Ok((connected, false))
            }
            Err(failure) => {
                // Nobody has its secret.
                account::drop_key(administrator, setup, &key.id)
                    .await
                    .map_err(failed)?;
                Err(failure)
            }
        }
    }

    /// What keeps a destination's key from being let in and from storing, as an administrator's session reads it: the role's trust
    /// and permissions and the user's policy, each with what it should be. Changes nothing.
    ///
    /// # Errors
    /// [`Code::OtherAccount`], [`Code::NotAUsersKey`], [`Code::RoleNamedOtherwise`], the keychain's codes, and those of [`App::plan_account`].
    pub async fn plan_repair(
        &self,
        id: &DestinationId,
        administrator: &Administrator,
    ) -> Result<Plan, Failure> {
        let setup = self.repaired(id, administrator).await?;
        let planned = account::plan(administrator, &setup, Scope::Rights).await;
        planned.map_err(|error| of_provision(&error, &setup.role))
    }

    /// Adds what is missing and reads it back; nothing is taken away, and nothing else in the account is touched. Then the
    /// destination is examined until what was mended shows, for a minute at most. The person has said yes to the plan, which with
    /// `seen` is the one that was looked at.
    ///
    /// # Errors
    /// As [`App::plan_repair`], and [`Code::SetupSeenOtherwise`].
    pub async fn repair(
        &self,
        id: &DestinationId,
        administrator: &Administrator,
        seen: Option<&Seen>,
        mut tell: impl FnMut(Thing, Outcome),
    ) -> Result<(), Failure> {
        let setup = self.repaired(id, administrator).await?;
        let mut is_anything_left = false;
        let told = |thing, outcome| {
            is_anything_left |= outcome == Outcome::Left;
            tell(thing, outcome);
        };
        let applied = account::apply(administrator, &setup, Scope::Rights, true, seen, told).await;
        applied.map_err(|error| of_provision(&error, &setup.role))?;
        if !is_anything_left && !setup.options.needs_mfa {
            // What shows later is seen by the next examination.
            let _ = tokio::time::timeout(PATIENCE, self.until_it_shows(id)).await;
        }
        Ok(())
    }

    /// Until an examination finds no right missing, or something else in the way.
    async fn until_it_shows(&self, id: &DestinationId) {
        while let Ok(examination) = self.examine(id, None, |_| ()).await
            && examination.lacks_a_right()
        {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The set-up that the destination needs. Whose key it has, STS tells.
    async fn repaired(
        &self,
        id: &DestinationId,
        administrator: &Administrator,
    ) -> Result<Setup, Failure> {
        let destination = self.inner.fresh_destination(id)?;
        let arn = destination.role_arn.as_str();
        let (account, role) = account_and_name(arn, ":role/");
        if account != administrator.account {
            return Err(Failure::new(Code::OtherAccount, arn));
        }
        let caller = self.inner.caller(&destination).await?;
        let (user_account, user) = account_and_name(&caller, ":user/");
        if user.is_empty() {
            return Err(Failure::new(Code::NotAUsersKey, caller));
        }
        let is_elsewhere = user_account != administrator.account;
        Ok(Setup {
            partition: destination.partition().to_owned(),
            region: destination.target.region.clone(),
            bucket: destination.target.bucket.to_string(),
            prefix: destination.prefix.to_string(),
            user: user.to_owned(),
            user_account: is_elsewhere.then(|| user_account.to_owned()),
            role: role.to_owned(),
            longest_session_seconds: destination
                .session_length
                .seconds()
                .max(session::SessionLength::default().seconds()),
            only_tls: true,
            options: SetupOptions {
                needs_mfa: destination.mfa_serial.is_some(),
                external_id: destination
                    .external_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned()),
                tags_sessions: !destination.asks.tags.pairs().is_empty(),
                names_source: destination.asks.source_identity.is_some(),
                ..super::options_of(&destination)
            },
        })
    }

    /// Removes what the set-up made, by its mark, and never an object. Destinations stay. The person has said yes to what
    /// `seen_as`, by ARN, would remove.
    ///
    /// # Errors
    /// As [`App::plan_account`], and [`Code::SetupSeenOtherwise`].
    pub async fn undo_account(
        &self,
        administrator: &Administrator,
        setup: &Setup,
        seen_as: Option<&str>,
        tell: impl FnMut(Thing, Result<(), Kept>),
    ) -> Result<(), Failure> {
        if seen_as.is_some_and(|arn| !administrator.is_who(arn)) {
            let about = administrator.arn.as_str();
            return Err(Failure::new(Code::SetupSeenOtherwise, about));
        }
        let undone = account::undo(administrator, setup, tell).await;
        undone.map_err(|error| of_provision(&error, &setup.bucket))
    }
}

/// `arn:aws:iam::123456789012:role/path/name` is of 123456789012, and named `path/name`.
fn account_and_name<'a>(arn: &'a str, kind: &str) -> (&'a str, &'a str) {
    let (before, name) = arn.split_once(kind).unwrap_or((arn, ""));
    let account = before.rsplit(':').next().unwrap_or_default();
    (account, name)
}

/// Does the destination lead where the form does?
fn is_same(known: &Destination, form: &DestinationForm) -> bool {
    known.role_arn.as_str() == form.role_arn
        && known.target.bucket.as_str() == form.bucket
        && known.target.region == form.region
        && known.prefix.as_str() == form.prefix
}

fn of_provision(error: &ProvisionError, about: &str) -> Failure {
    use ProvisionError as E;
    tracing::warn!(error = error as &dyn std::error::Error, "not set up");
    match error {
        E::NobodySignedIn => Failure::new(Code::NoAdministrator, ""),
        E::Denied { action } => Failure::new(Code::SetupDenied, *action),
        E::BucketTaken => Failure::new(Code::BucketTaken, about),
        E::BucketElsewhere => Failure::new(Code::WrongRegion, about),
        E::KeyInUse => Failure::new(Code::UserKeyInUse, about),
        E::NotInTime { action } => Failure::new(Code::SetupNotSeen, *action),
        E::Unreached(Some(why)) => of_unreached(why, "AWS"),
        E::Unreached(None) => Failure::new(Code::Offline, "AWS"),
        E::SeenOtherwise => Failure::new(Code::SetupSeenOtherwise, about),
        E::RoleNamedOtherwise { arn } => Failure::new(Code::RoleNamedOtherwise, arn),
        E::Refused { action, code } => {
            Failure::new(Code::SetupRefused, format!("{action}: {code}"))
        }
    }
}
