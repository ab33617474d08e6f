//! What is asked and answered.

use crate::{
    Invalid, UnixMillis, conversation::Status, ids::MessageId, inbox::ConversationSummary,
    message::Sender,
};
use serde::{Deserialize, Serialize};

/// Longest query, in characters.
pub const QUERY_MAX: usize = 200;

/// Who has written what is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The shopper.
    Shopper,
    /// The team, in replies and notes.
    Team,
    /// The AI.
    Ai,
}

impl Author {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Shopper, Self::Team, Self::Ai];

    /// The word in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Team => "team",
            Self::Ai => "ai",
        }
    }

    /// The author of a word in an address.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|author| author.as_str() == word)
    }

    /// Who wrote a message; nobody an event.
    #[must_use]
    pub fn of(sender: Sender) -> Option<Self> {
        match sender {
            Sender::Customer => Some(Self::Shopper),
            Sender::Agent | Sender::Note => Some(Self::Team),
            Sender::Ai => Some(Self::Ai),
            Sender::System => None,
        }
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Search {
    /// As it was typed.
    pub q: String,
    /// Only in conversations that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Only in what these have written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Only in what was written since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixMillis>,
}

impl Search {
    /// Checks the query's length. What is in it is text, whatever it is.
    ///
    /// # Errors
    /// [`Invalid`] for `q`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let length = self.q.chars().count();
        if length > QUERY_MAX {
            let text =
                format!("This is {length} characters long; please look for at most {QUERY_MAX}.");
            return Err(Invalid::new("q", text));
        }
        Ok(self)
    }
}

/// A place in the results, behind which the older ones are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchCursor {
    /// The messages that are looked at are older than this one.
    pub before: i64,
    /// So many conversations of them were shown.
    pub skip: i64,
}

impl std::fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.before, self.skip)
    }
}

impl std::str::FromStr for SearchCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (before, skip) = text.split_once('-').ok_or(())?;
        let number = |text: &str| text.parse::<u32>().map(i64::from).map_err(drop);
        Ok(Self {
            before: before
                .parse::<i64>()
                .ok()
                .filter(|before| *before >= 0)
                .ok_or(())?,
            skip: number(skip)?,
        })
    }
}

/// Part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// What it says.
    pub text: String,
    /// Whether it is what was looked for.
    #[serde(default)]
    pub mark: bool,
}

/// What of a conversation besides its messages was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FoundIn {
    /// The shopper's name.
    Name,
    /// Their email.
    Email,
    /// The number of an order of theirs.
    Order,
    /// The name of a tag.
    Tag,
}

/// A name that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundName {
    /// What it is.
    #[serde(rename = "in")]
    pub found_in: FoundIn,
    /// All of it.
    pub parts: Vec<Part>,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundMessage {
    /// Which one.
    pub id: MessageId,
    /// Its number in the conversation.
    pub seq: i64,
    /// Who wrote it.
    pub sender: Sender,
    /// The person or program of the team who did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    /// When it was stored.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// The part of it around what was found, on one line.
    pub extract: Vec<Part>,
}

/// A conversation in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHit {
    /// As it is now.
    pub conversation: ConversationSummary,
    /// What was found besides messages.
    pub names: Vec<FoundName>,
    /// The best of its messages, at most three.
    pub messages: Vec<FoundMessage>,
    /// How many more of its messages have it.
    pub more: i64,
}

/// How far the index is behind what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Indexing {
    /// New messages, names and orders that wait for it, counted up to a thousand.
    pub waiting: i64,
    /// How much of what was there before the index is in it, in percent.
    pub older_percent: i64,
}

/// A page of results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchPage {
    /// The best first.
    pub items: Vec<SearchHit>,
    /// Give it back as `after` to get older ones; null at the end.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next: Option<String>,
    /// There is more to be found once the index has caught up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexing: Option<Indexing>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_results_is_what_it_was() {
        let cursor = SearchCursor {
            before: 1_234,
            skip: 30,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for other in [
            "",
            "1",
            "-1-2",
            "1--2",
            "a-1",
            "1-a",
            "99999999999999999999-0",
        ] {
            assert_eq!(other.parse::<SearchCursor>(), Err(()), "{other}");
        }
    }

    #[test]
    fn an_author_is_found_by_its_word() {
        for author in Author::ALL {
            assert_eq!(Author::from_word(author.as_str()), Some(author));
        }
    }

    #[test]
    fn a_query_has_a_length() {
        let search = |length| Search {
            q: "é".repeat(length),
            ..Search::default()
        };
        assert!(search(QUERY_MAX).checked().is_ok());
        assert!(search(QUERY_MAX + 1).checked().is_err());
    }
}
