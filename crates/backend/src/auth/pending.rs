//! A sign-in whose password was right, and which waits for its code. The browser keeps it, sealed;
//! nothing is stored here, and it opens nothing by itself.

use crate::{error::Result, secret::Secret};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{UnixMillis, account::EmailAddress};
use serde::{Deserialize, Serialize};

/// Name of its cookie.
pub const PENDING_COOKIE: &str = "shopdesk_sign_in";
/// How long the code may take, in milliseconds: ten minutes.
pub(super) const PENDING_LIFE: UnixMillis = 10 * 60 * 1000;

/// What the cookie is sealed for, and nothing else.
const PURPOSE: &str = "a sign-in that waits for its code";

/// The first step of a sign-in.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    /// Whose account.
    pub email: EmailAddress,
    /// What the password was when it was right.
    password: String,
    until: UnixMillis,
}

impl Pending {
    /// One that has just begun, with the password of this hash.
    pub fn begun(
        secret: &Secret,
        email: EmailAddress,
        password_hash: &str,
        now: UnixMillis,
    ) -> Self {
        Self {
            email,
            password: fingerprint(secret, password_hash),
            until: now + PENDING_LIFE,
        }
    }

    /// The one whose cookie this is, unless its time is over.
    pub fn read(secret: &Secret, cookie: &str, now: UnixMillis) -> Option<Self> {
        let opened = secret.open(PURPOSE, cookie).ok()?;
        let pending: Self = serde_json::from_slice(&opened).ok()?;
        (now < pending.until).then_some(pending)
    }

    /// Whether the password of the account is still the one that was right.
    pub fn is_of(&self, secret: &Secret, password_hash: &str) -> bool {
        self.password == fingerprint(secret, password_hash)
    }

    /// Its cookie.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn cookie(&self, secret: &Secret) -> Result<String> {
        secret.seal(PURPOSE, crate::db::to_json(self)?.as_bytes())
    }
}

fn fingerprint(secret: &Secret, password_hash: &str) -> String {
    let hash = secret.keyed_hash("the password of a first step", password_hash.as_bytes());
    URL_SAFE_NO_PAD.encode(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lasts_ten_minutes_and_no_longer_than_the_password() {
        let secret = Secret::of_this_process().expect("a secret");
        let email = EmailAddress::parse("ada@example.com").expect("an address");
        let begun = Pending::begun(&secret, email, "hash", 0);
        let cookie = begun.cookie(&secret).expect("a cookie");
        assert!(!cookie.contains("ada"));
        let read = Pending::read(&secret, &cookie, PENDING_LIFE - 1).expect("in time");
        assert_eq!(read.email.as_str(), "ada@example.com");
        assert!(read.is_of(&secret, "hash") && !read.is_of(&secret, "another"));
        assert!(Pending::read(&secret, &cookie, PENDING_LIFE).is_none());
        let another = Secret::of_this_process().expect("a secret");
        assert!(Pending::read(&another, &cookie, 0).is_none());
        assert!(Pending::read(&secret, "made up", 0).is_none());
    }
}
