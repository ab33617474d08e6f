//! Accounts of the dashboard: email addresses, passwords.

use crate::{
    Invalid, UnixMillis,
    ids::{StoreId, UserId},
    notifications::Notifications,
    role::Role,
    store::StoreSummary,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An email address, lower-cased. Checked for its shape only: whether it
/// exists is known when a message to it has been answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address such as `jane@example.com`.
    ///
    /// # Errors
    /// [`Invalid`] if there isn't exactly one `@` with a name before it and a
    /// dotted host after it, or if it is longer than 254 characters.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let address = raw.trim().to_lowercase();
        let wrong = || {
            Invalid::new(
                "email",
                "This doesn't look like an email address. It should read like name@example.com.",
            )
        };
        let (local, host) = address.split_once('@').ok_or_else(wrong)?;
        let unwelcome =
            |c: char| c.is_whitespace() || c.is_control() || "<>\"(),;:\\@[]".contains(c);
        let labels_fit = host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if local.is_empty() || address.len() > 254 || local.contains(unwelcome) || !labels_fit {
            return Err(wrong());
        }
        Ok(Self(address))
    }

    /// The address, lower-cased.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Invalid;

    fn try_from(raw: String) -> Result<Self, Invalid> {
        Self::parse(&raw)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Shortest password taken, in characters.
pub const PASSWORD_MIN: usize = 10;
/// Longest password taken, in characters: hashing costs by the byte.
pub const PASSWORD_MAX: usize = 200;

/// A password as typed. Never serialised, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// A new password: [`PASSWORD_MIN`] to [`PASSWORD_MAX`] characters.
    ///
    /// # Errors
    /// [`Invalid`] if it is shorter or longer.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        match raw.chars().count() {
            n if n < PASSWORD_MIN => Err(Invalid::new(
                "password",
                format!("Please choose a password of at least {PASSWORD_MIN} characters."),
            )),
            n if n > PASSWORD_MAX => Err(Invalid::new(
                "password",
                format!("Please choose a password of at most {PASSWORD_MAX} characters."),
            )),
            _ => Ok(Self(raw.to_owned())),
        }
    }

    /// The characters, to be hashed and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Where a new password is set by a link.
#[must_use]
pub fn reset_path(token: &str) -> String {
    format!("/reset-password/{token}")
}

/// Longest name of a person, in characters.
pub const NAME_MAX: usize = 80;

/// Longest signature of a person, in characters.
pub const SIGNATURE_MAX: usize = 500;

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Tells it from the account's others; opens nothing.
    pub id: String,
    /// The device in words, such as "Firefox on Linux".
    pub device: String,
    /// The address that it signed in from, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When it signed in.
    pub created_at: UnixMillis,
    /// When it was last used, to a few minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<UnixMillis>,
    /// Whether it is the one who asks.
    pub is_this: bool,
}

/// The person who is signed in, and the stores they belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: UserId,
    /// The name that shoppers see beside replies.
    pub name: String,
    /// The sign-in address.
    pub email: EmailAddress,
    /// What they write below their replies, where a canned response has it; may be empty.
    #[serde(default)]
    pub signature: String,
    /// Whether their replies wait a moment before they go out, so that they can be taken back.
    #[serde(default)]
    pub hold_replies: bool,
    /// Whether signing in takes a second factor.
    #[serde(default)]
    pub two_factor: bool,
    /// Every store this account is a member of, by name.
    pub stores: Vec<StoreSummary>,
    /// What they want to be told of.
    #[serde(default)]
    pub notifications: Notifications,
    /// Whether they say that they are away: then no conversation is given to them.
    #[serde(default)]
    pub away: bool,
    /// Whether the browser of this session is told by push.
    #[serde(default)]
    pub pushed_here: bool,
}

impl Account {
    /// What the person is in a store, if they belong to it.
    #[must_use]
    pub fn role_in(&self, store: StoreId) -> Option<Role> {
        let stores = &mut self.stores.iter();
        stores
            .find(|summary| summary.id == store)
            .map(|summary| summary.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_have_a_name_and_a_dotted_host() {
        assert_eq!(
            EmailAddress::parse("  Jane@Example.COM ").map(String::from),
            Ok("jane@example.com".into())
        );
        for wrong in [
            "",
            "jane",
            "jane@",
            "@example.com",
            "a@b",
            "a b@c.de",
            "a@b@c.de",
            "a@.de",
            "a@b..de",
            "<a@b.de>",
        ] {
            assert!(EmailAddress::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let password = Password::parse("correct horse battery").expect("long enough");
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert!(Password::parse("short").is_err());
        assert!(Password::parse(&"x".repeat(201)).is_err());
    }

    proptest! {
        #[test]
        fn parsing_an_address_twice_changes_nothing(raw in "\\PC{0,40}@\\PC{0,40}") {
            if let Ok(address) = EmailAddress::parse(&raw) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
