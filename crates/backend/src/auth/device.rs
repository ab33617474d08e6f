//! Devices that somebody has signed in from before. What others try can't keep
//! an account's owner out there: such a device is counted by itself.

use crate::{error::Result, secret::Secret, tokens};
use domain::{UnixMillis, account::EmailAddress};
use serde::{Deserialize, Serialize};

/// Name of a device's cookie.
pub const DEVICE_COOKIE: &str = "shopdesk_device";
/// How long a device is known from its last sign-in on, in milliseconds: a year.
pub(super) const DEVICE_LIFE: UnixMillis = 365 * 24 * 60 * 60 * 1000;

/// What its cookie is sealed for, and nothing else.
const PURPOSE: &str = "a device that has signed in";

/// A device that has signed in to one account. Its cookie opens nothing.
#[derive(Serialize, Deserialize)]
pub(super) struct Device {
    id: String,
    email: String,
    until: UnixMillis,
}

impl Device {
    /// The one whose cookie this is, if it has signed in to the account of
    /// `email` within the year. A cookie that was made up, changed or moved to
    /// another account is none.
    pub fn known(secret: &Secret, cookie: &str, email: &str, now: UnixMillis) -> Option<Self> {
        let opened = secret.open(PURPOSE, cookie).ok()?;
        let device: Self = serde_json::from_slice(&opened).ok()?;
        (device.email == email && now < device.until).then_some(device)
    }

    /// A new one.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn new() -> Result<Self> {
        Ok(Self {
            id: tokens::random::<12>()?,
            email: String::new(),
            until: 0,
        })
    }

    /// What it is counted by.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The cookie of this device, which has signed in to the account of `email`
    /// now.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn cookie(self, secret: &Secret, email: &EmailAddress, now: UnixMillis) -> Result<String> {
        let device = Self {
            email: email.as_str().to_owned(),
            until: now + DEVICE_LIFE,
            ..self
        };
        secret.seal(PURPOSE, crate::db::to_json(&device)?.as_bytes())
    }
}
