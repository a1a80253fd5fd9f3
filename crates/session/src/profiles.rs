//! AWS profiles that this computer's other tools use: `~/.aws/config` and `~/.aws/credentials`, read once, when a person
//! asks to take one over. The SDK's own parser reads them; `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` name other
//! paths, and nothing else of the environment counts.

use aws_config::profile::{self, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use secrecy::SecretString;

use crate::{AccessKey, BoxError};

/// Settings that change who signs in, or how, and that Sandglass does not take over.
const NOT_TAKEN: &[&str] = &[
    "aws_session_token",
    "credential_process",
    "credential_source",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "sso_account_id",
    "sso_role_name",
    "services",
    "ca_bundle",
    // Of these three, Sandglass has options of its own.
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "s3",
];

/// The profiles of both files.
#[derive(Debug)]
pub struct Profiles(ProfileSet);

/// What one profile says, as it stands there; empty where it says nothing. `Debug` shows of the key what `AccessKey`
/// shows.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// `role_arn`.
    pub role_arn: String,
    /// `region`.
    pub region: String,
    /// `mfa_serial`.
    pub mfa_serial: String,
    /// `external_id`.
    pub external_id: String,
    /// `duration_seconds`.
    pub session_seconds: String,
    /// `role_session_name`.
    pub session_name: String,
    /// `endpoint_url`.
    pub endpoint: String,
    /// The access key of its `source_profile`.
    pub key: Option<AccessKey>,
    /// Settings that are there and not taken over.
    pub left_out: Vec<String>,
}

impl Profiles {
    /// Reads both files. None of them there is no error: then there are no profiles.
    ///
    /// # Errors
    /// A file cannot be read, or has a line that is none.
    pub async fn load() -> Result<Self, BoxError> {
        Self::of(&EnvConfigFiles::default()).await
    }

    async fn of(files: &EnvConfigFiles) -> Result<Self, BoxError> {
        let loaded = profile::load(&Fs::real(), &Env::real(), files, None).await?;
        Ok(Self(loaded))
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.profiles().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// The role that a profile acts as.
    pub fn role_of(&self, name: &str) -> Option<&str> {
        self.0.get_profile(name)?.get("role_arn")
    }

    /// All that is taken of a profile; none when there is no such profile.
    pub fn read(&self, name: &str) -> Option<Profile> {
        let found = self.0.get_profile(name)?;
        let text = |key: &str| found.get(key).unwrap_or_default().to_owned();
        let source = found.get("source_profile");
        let mut left_out = not_taken(found);
        let signs = match source {
            None => Some(found),
            // Its keys sign; a source that acts as a role itself would be a chain.
            Some(source) => self
                .0
                .get_profile(source)
                .filter(|signs| source == name || signs.get("role_arn").is_none()),
        };
        match signs {
            None => left_out.push("source_profile".to_owned()),
            Some(signs) if source.is_some_and(|source| source != name) => {
                left_out.extend(not_taken(signs));
            }
            Some(_) => {}
        }
        left_out.dedup();
        Some(Profile {
            role_arn: text("role_arn"),
            region: text("region"),
            mfa_serial: text("mfa_serial"),
            external_id: text("external_id"),
            session_seconds: text("duration_seconds"),
            session_name: text("role_session_name"),
            endpoint: text("endpoint_url"),
            key: signs.and_then(key_of),
            left_out,
        })
    }
}

fn not_taken(profile: &profile::Profile) -> Vec<String> {
    let has = |key: &&&str| profile.get(key).is_some();
    NOT_TAKEN
        .iter()
        .filter(has)
        .map(|key| (*key).to_owned())
        .collect()
}

/// A key with a session token is temporary: nothing to keep.
fn key_of(profile: &profile::Profile) -> Option<AccessKey> {
    if profile.get("aws_session_token").is_some() {
        return None;
    }
    let secret = SecretString::from(profile.get("aws_secret_access_key")?.to_owned());
    AccessKey::new(profile.get("aws_access_key_id")?, &secret).ok()
}

#[cfg(test)]
mod tests {
    use aws_runtime::env_config::file::EnvConfigFileKind;

    use super::*;

    const KEYS: &str = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n\
        [temporary]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\n\
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\naws_session_token = abc\n";

    async fn profiles(config: &str) -> Profiles {
        let files = EnvConfigFiles::builder()
            .with_contents(EnvConfigFileKind::Config, config)
            .with_contents(EnvConfigFileKind::Credentials, KEYS)
            .build();
        Profiles::of(&files).await.expect("readable")
    }

    #[tokio::test]
    async fn a_role_is_read_with_the_key_of_its_source() {
        let all = profiles(
            "[profile field]\nrole_arn = arn:aws:iam::123456789012:role/up\nsource_profile = default\n\
             region = eu-central-1\nexternal_id = agreed\nmfa_serial = arn:aws:iam::123456789012:mfa/mira\n\
             duration_seconds = 7200\nrole_session_name = mira\nendpoint_url = https://s3.example.com\n",
        )
        .await;
        assert_eq!(all.names(), ["default", "field", "temporary"]);
        assert_eq!(all.role_of("default"), None);
        let field = all.read("field").expect("there");
        assert_eq!(field.role_arn, "arn:aws:iam::123456789012:role/up");
        assert_eq!(field.region, "eu-central-1");
        assert_eq!(field.external_id, "agreed");
        assert_eq!(field.mfa_serial, "arn:aws:iam::123456789012:mfa/mira");
        assert_eq!(field.session_seconds, "7200");
        assert_eq!(field.session_name, "mira");
        assert_eq!(field.endpoint, "https://s3.example.com");
        assert_eq!(field.key.expect("a key").ends().as_str(), "MPLE");
        assert!(field.left_out.is_empty(), "{:?}", field.left_out);
        assert!(all.read("nobody").is_none());
    }

    #[tokio::test]
    async fn what_is_not_taken_over_is_named() {
        let all = profiles(
            "[profile chain]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = middle\n\
             [profile middle]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = default\n\
             [profile short]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = temporary\n\
             [profile tool]\nrole_arn = arn:aws:iam::123456789012:role/a\ncredential_process = /bin/x\n\
             ca_bundle = /etc/ca.pem\n",
        )
        .await;
        let read = |name: &str| all.read(name).expect("there");
        assert_eq!(read("chain").left_out, ["source_profile"]);
        assert_eq!(read("short").left_out, ["aws_session_token"]);
        assert_eq!(read("tool").left_out, ["credential_process", "ca_bundle"]);
        for name in ["chain", "short", "tool"] {
            assert!(read(name).key.is_none(), "{name}");
        }
    }
}
