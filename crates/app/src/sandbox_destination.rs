//! *Try the sandbox*: a small AWS on loopback, and a destination that points to it like any other.

use std::fs::{File, TryLockError};
use std::path::Path;

use bucket::{Addressing, BucketName, Folder, Target};
use sandbox::{Address, Options, Sandbox};
use secrecy::SecretString;
use session::{AccessKey, RoleArn, SessionLength};

use crate::app::{App, KeyPresence};
use crate::destination::{Destination, DestinationId};
use crate::home::make_private;
use crate::known_key::KnownKey;
use crate::session_options::SessionAsks;
use crate::uploads::Uploads;
use crate::{Code, Failure};

/// Short enough that one sees the sand run out.
const SESSION_SECONDS: u64 = 180;

/// A sandbox that runs in this process until it is dropped.
pub struct OpenSandbox {
    sandbox: Sandbox,
    // One process at a time on one folder.
    _lock: File,
}

impl OpenSandbox {
    /// Where it answers, and with which key now: it may have been rotated since the start.
    pub fn address(&self) -> Address {
        self.sandbox.address_now()
    }
}

/// Starts a sandbox in `folder`, which survives it; on `port`, or on a free one.
///
/// # Errors
/// [`Code::SandboxFailed`]: the port is taken, another process runs a sandbox there, the folder cannot be used.
pub async fn open_sandbox(
    folder: &Path,
    port: u16,
    session_seconds: Option<u64>,
) -> Result<OpenSandbox, Failure> {
    let lock = lock(folder)?.ok_or_else(unusable)?;
    let mut options = Options::new(folder);
    options.port = port;
    options.session_seconds = session_seconds;
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| failed(&error))?;
    Ok(OpenSandbox {
        sandbox,
        _lock: lock,
    })
}

/// None when another process has it.
fn lock(folder: &Path) -> Result<Option<File>, Failure> {
    let open = || {
        make_private(folder)?;
        File::options()
            .create(true)
            .append(true)
            .open(folder.join("lock"))
    };
    let file = open().map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

fn unusable() -> Failure {
    Failure::new(Code::SandboxFailed, "")
}

fn destination_of(address: &Address, name: String, key: KnownKey) -> Result<Destination, Failure> {
    Ok(Destination {
        id: DestinationId::new(),
        name,
        role_arn: RoleArn::new(&address.role_arn).map_err(|_| unusable())?,
        target: Target {
            bucket: BucketName::new(&address.bucket).map_err(|_| unusable())?,
            region: address.region.clone(),
            endpoint: Some(address.endpoint.clone()),
            addressing: Addressing::default(),
        },
        prefix: Folder::default(),
        sts_endpoint: Some(address.endpoint.clone()),
        session_length: SessionLength::default(),
        longest_session: None,
        asks: SessionAsks::default(),
        refuses_policy: false,
        external_id: None,
        mfa_serial: None,
        key,
        next_key: None,
        is_sandbox: true,
        uploads: Uploads::default(),
    })
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Failure {
    tracing::error!(error, "the sandbox did not start");
    unusable()
}

impl App {
    /// Starts the sandbox on this computer and shows its destination; makes it at the first time. Its key goes into the
    /// keychain like any other.
    ///
    /// # Errors
    /// [`Code::SandboxFailed`], the keychain's, [`Code::SettingsFailed`].
    pub async fn try_sandbox(&self) -> Result<Destination, Failure> {
        let known = self
            .destinations()
            .into_iter()
            .find(|destination| destination.is_sandbox);
        if let Some(known) = known {
            let known = self.open_own_sandbox(known).await?;
            self.select_destination(&known.id)?;
            return self.with_its_key(known).await;
        }
        let address = self.own_sandbox_address().await?.ok_or_else(unusable)?;
        let (key, known) = self.key_of_sandbox(&address)?;
        let destination = destination_of(&address, self.free_name("Sandbox"), known)?;
        self.save(destination, Some(&key)).await
    }

    fn key_of_sandbox(&self, address: &Address) -> Result<(AccessKey, KnownKey), Failure> {
        let secret = SecretString::from(address.secret_access_key.clone());
        let key = AccessKey::new(&address.access_key_id, &secret).map_err(|_| unusable())?;
        let known = KnownKey::kept(&key, self.inner.around.clock.wall(), false);
        Ok((key, known))
    }

    /// A key of the sandbox's own that was taken out of the keychain comes back with the next try: nobody else could
    /// enter it.
    async fn with_its_key(&self, mut known: Destination) -> Result<Destination, Failure> {
        let state = self.key_state(&known.id).await?;
        // Another process runs the sandbox, and has the key.
        let address = self.own_sandbox_address().await?;
        if let (KeyPresence::Gone, Some(address)) = (state.presence, address) {
            let (key, new) = self.key_of_sandbox(&address)?;
            known.key = new;
            return self.save(known, Some(&key)).await;
        }
        Ok(known)
    }

    pub(crate) fn free_name(&self, name: &str) -> String {
        let taken = self.destinations();
        let mut free = name.to_owned();
        let mut number = 1;
        while taken.iter().any(|other| other.name == free) {
            number += 1;
            free = format!("{name} {number}");
        }
        free
    }

    /// After a restart the sandbox takes up its folder again and its destination gets the new port.
    pub(crate) async fn open_own_sandbox(
        &self,
        destination: Destination,
    ) -> Result<Destination, Failure> {
        let Some(address) = self.own_sandbox_address().await? else {
            // Another process runs it; the settings know its port.
            return self.inner.fresh_destination(&destination.id);
        };
        if destination.target.endpoint.as_ref() == Some(&address.endpoint) {
            return Ok(destination);
        }
        self.inner.change_settings(|destinations| {
            for saved in destinations
                .all
                .iter_mut()
                .filter(|saved| saved.id == destination.id)
            {
                saved.target.endpoint = Some(address.endpoint.clone());
                saved.sts_endpoint = Some(address.endpoint.clone());
            }
            Ok(())
        })?;
        self.inner.destination(&destination.id)
    }

    /// Starts the sandbox if this process does not run it yet. None when another process does.
    async fn own_sandbox_address(&self) -> Result<Option<Address>, Failure> {
        let mut running = self.inner.sandbox.lock().await;
        if let Some(open) = &*running {
            return Ok(Some(open.address()));
        }
        let folder = self.inner.around.home.sandbox();
        if lock(&folder)?.is_none() {
            return Ok(None);
        }
        let open = open_sandbox(&folder, 0, Some(SESSION_SECONDS)).await?;
        let address = open.address();
        *running = Some(open);
        Ok(Some(address))
    }
}
