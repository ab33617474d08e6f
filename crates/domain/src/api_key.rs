//! API keys: what a program may do for a store, and how a key is known again.

use crate::{Invalid, UnixMillis, both, ids::ApiKeyId, text};
use serde::{Deserialize, Serialize};

/// Longest name of a key, in characters.
pub const NAME_MAX: usize = 80;
/// Most keys of one store that are in use.
pub const KEYS_MAX: usize = 50;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $about:literal;)+) => {
        /// A part of what a key may do. Each is for itself: who may change something may
        /// not read it by that.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Scope {
            $($(#[$doc])* #[serde(rename = $word)] $name,)+
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word that is stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// What a key can do with it, for people.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$name => $about,)+
                }
            }
        }
    };
}

scopes! {
    /// See the store and its team.
    StoreRead = "store:read", "See the store and who is in its team";
    /// See the settings.
    SettingsRead = "settings:read", "See the settings";
    /// Change the settings.
    SettingsWrite = "settings:write", "Change the settings";
    /// See conversations and their messages.
    ConversationsRead = "conversations:read", "Read conversations";
    /// Reply, write notes, resolve, reopen.
    ConversationsWrite = "conversations:write", "Reply, write notes, resolve, reopen";
    /// See who the shoppers are.
    VisitorsRead = "visitors:read", "See what shoppers told about themselves";
    /// See the FAQ.
    FaqRead = "faq:read", "Read the FAQ";
    /// Change the FAQ.
    FaqWrite = "faq:write", "Change the FAQ";
    /// See the canned responses that the team shares.
    CannedResponsesRead = "canned-responses:read", "Read shared canned responses";
    /// Change the canned responses that the team shares.
    CannedResponsesWrite = "canned-responses:write", "Change shared canned responses";
    /// See orders.
    OrdersRead = "orders:read", "See orders";
    /// Put and delete orders.
    OrdersWrite = "orders:write", "Put and delete orders";
    /// See who is in the team, and who is invited.
    TeamRead = "team:read", "See the team, with addresses and roles";
    /// Invite agents, and take invitations back.
    TeamWrite = "team:write", "Invite agents, and see and revoke invitations";
    /// See, make and delete webhooks.
    WebhooksWrite = "webhooks:write", "See, make and delete webhooks";
}

impl Scope {
    /// The scope of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|scope| scope.as_str() == word)
    }

    /// Reads a list such as `faq:read,orders:write`.
    ///
    /// # Errors
    /// [`Invalid`] for a word that is no scope.
    pub fn parse_list(list: &str) -> Result<Vec<Self>, Invalid> {
        let words = list.split(',').map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .map(|word| Self::from_word(word).ok_or_else(|| unknown(word)))
            .collect()
    }
}

fn unknown(word: &str) -> Invalid {
    let all: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let word = text::excerpt(word, 40);
    Invalid::new(
        "scopes",
        format!(
            "“{word}” is not a scope. There are these: {}.",
            all.join(", ")
        ),
    )
}

/// A key as lists show it. The key itself is known to its holder only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: ApiKeyId,
    /// What it is for, and what its replies are signed with.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The first characters of the token, to know it again by.
    pub start: String,
    /// The name of the person who made it, if it was a person who is still known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last used, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<UnixMillis>,
}

/// A key that has just been made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedApiKey {
    pub key: ApiKey,
    /// Shown now and never again.
    pub token: String,
}

impl std::fmt::Debug for CreatedApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedApiKey")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What a form or a command says to make a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiKey {
    /// 1–80 characters.
    pub name: String,
    /// At least one.
    #[serde(default)]
    pub scopes: Vec<Scope>,
}

impl NewApiKey {
    /// Trims the name; puts the scopes in order, each once.
    ///
    /// # Errors
    /// [`Invalid`] for `name` or `scopes`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let mut scopes = self.scopes;
        scopes.sort_unstable();
        scopes.dedup();
        let scopes = match scopes.is_empty() {
            false => Ok(scopes),
            true => Err(Invalid::new(
                "scopes",
                "Please choose at least one thing that the key may do.",
            )),
        };
        let (name, scopes) = both(text::required("name", &self.name, NAME_MAX), scopes)?;
        Ok(Self { name, scopes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_known_by_its_word() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.as_str()), Some(*scope));
            let json = serde_json::to_string(scope).expect("JSON");
            assert_eq!(json, format!("\"{}\"", scope.as_str()));
        }
    }

    #[test]
    fn a_list_of_scopes_is_read_and_a_wrong_word_is_named() {
        assert_eq!(
            Scope::parse_list("faq:read, orders:write,"),
            Ok(vec![Scope::FaqRead, Scope::OrdersWrite])
        );
        let wrong = Scope::parse_list("faq:read,everything").expect_err("no scope");
        assert!(wrong.message.contains("everything"), "{wrong}");
    }

    #[test]
    fn a_key_has_a_name_and_each_scope_once() {
        let new = |name: &str, scopes: &[Scope]| {
            let new = NewApiKey {
                name: name.to_owned(),
                scopes: scopes.to_vec(),
            };
            new.checked()
        };
        let checked = new(
            " Shop ",
            &[Scope::FaqWrite, Scope::FaqRead, Scope::FaqWrite],
        );
        let checked = checked.expect("a good key");
        assert_eq!(checked.name, "Shop");
        assert_eq!(checked.scopes, [Scope::FaqRead, Scope::FaqWrite]);
        assert_eq!(new("Shop", &[]).expect_err("no scope").field, "scopes");
        assert_eq!(
            new(" ", &[Scope::FaqRead]).expect_err("no name").field,
            "name"
        );
    }

    #[test]
    fn a_token_is_never_printed() {
        let created = CreatedApiKey {
            key: ApiKey {
                id: ApiKeyId::generate(),
                name: "Shop".into(),
                scopes: vec![Scope::FaqRead],
                start: "sd_abc".into(),
                created_by: None,
                created_at: 0,
                last_used_at: None,
            },
            token: "sd_abcdef".into(),
        };
        assert!(!format!("{created:?}").contains("sd_abcdef"));
    }
}
