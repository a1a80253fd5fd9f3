//! Destinations from elsewhere, and for elsewhere: AWS profiles, drop-zone files.

use std::path::Path;

use session::Profiles;

use super::App;
use crate::destination::DestinationId;
use crate::offer::{Offer, OfferSource, ProfileSummary};
use crate::{Code, DestinationForm, Failure, SessionOptions, drop_zone};

impl App {
    /// The AWS profiles of this computer that could be taken over, and those that could not.
    ///
    /// # Errors
    /// [`Code::ProfilesMissing`], [`Code::FileUnreadable`].
    pub async fn profiles(&self) -> Result<Vec<ProfileSummary>, Failure> {
        let profiles = load_profiles().await?;
        let summary = |name: String| ProfileSummary {
            role_arn: profiles.role_of(&name).map(str::to_owned),
            name,
        };
        Ok(profiles.names().into_iter().map(summary).collect())
    }

    /// What a profile would make. Its bucket is not known, and is for the person to say.
    ///
    /// # Errors
    /// [`Code::ProfilesMissing`], [`Code::FileUnreadable`], [`Code::ProfileUnusable`].
    pub async fn read_profile(&self, name: &str) -> Result<Offer, Failure> {
        let found = load_profiles().await?.read(name);
        let profile = found
            .filter(|found| !found.role_arn.is_empty())
            .ok_or_else(|| Failure::new(Code::ProfileUnusable, name))?;
        let key = profile.key.as_ref();
        Ok(Offer {
            source: OfferSource::Profile {
                name: name.to_owned(),
            },
            form: DestinationForm {
                name: self.free_name(name),
                role_arn: profile.role_arn,
                region: profile.region,
                endpoint: profile.endpoint,
                session_seconds: profile.session_seconds,
                external_id: profile.external_id,
                mfa_serial: profile.mfa_serial,
                session: SessionOptions {
                    name: profile.session_name,
                    ..SessionOptions::default()
                },
                ..DestinationForm::default()
            },
            key: key.map(|key| self.inner.key_files.hold(key.clone(), name.to_owned())),
            left_out: profile.left_out,
        })
    }

    /// What a drop-zone file would make.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::NotADropZone`], [`Code::DropZoneTooNew`], one code for each wrong field.
    pub fn read_drop_zone(&self, path: &Path) -> Result<Offer, Failure> {
        let read = drop_zone::read(path)?;
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut form = read.form;
        form.name = self.free_name(form.name.trim());
        Ok(Offer {
            source: OfferSource::DropZone {
                file_name: file_name.into_owned(),
            },
            form,
            key: None,
            left_out: read.left_out,
        })
    }

    /// What a file that came alone would make, where it is a drop-zone file or the console's key file: such files are not
    /// meant for the bucket. None for every other file.
    pub fn offer_in(&self, path: &Path) -> Option<Result<Offer, Failure>> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        if !path.is_absolute() || !path.is_file() {
            return None;
        }
        match extension.as_str() {
            "sandglass" => Some(self.read_drop_zone(path)),
            "csv" => {
                let key = self.read_key_file(path).ok()?;
                Some(Ok(Offer {
                    source: OfferSource::KeyFile {
                        file_name: key.file_name.clone(),
                    },
                    form: DestinationForm::default(),
                    key: Some(key),
                    left_out: Vec::new(),
                }))
            }
            _ => None,
        }
    }

    /// A destination as a drop-zone file's text, to onboard the next person.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`].
    pub fn drop_zone(&self, id: &DestinationId) -> Result<String, Failure> {
        Ok(drop_zone::write(&self.inner.destination(id)?))
    }

    /// Writes [`App::drop_zone`] to a file, over an older one.
    ///
    /// # Errors
    /// [`Code::DestinationUnknown`], [`Code::FileUnwritable`].
    pub fn save_drop_zone(&self, id: &DestinationId, path: &Path) -> Result<(), Failure> {
        let text = self.drop_zone(id)?;
        std::fs::write(path, text).map_err(|error| {
            tracing::warn!(%error, "a drop-zone file was not written");
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Failure::new(Code::FileUnwritable, name)
        })
    }
}

async fn load_profiles() -> Result<Profiles, Failure> {
    let profiles = Profiles::load().await.map_err(|error| {
        tracing::warn!(error = &*error as &dyn std::error::Error, "no AWS profiles");
        Failure::new(Code::FileUnreadable, "~/.aws/config")
    })?;
    if profiles.names().is_empty() {
        return Err(Failure::new(Code::ProfilesMissing, ""));
    }
    Ok(profiles)
}
